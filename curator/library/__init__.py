"""The Python API: a brand directory opened as a `Library`, and the functions that need no brand directory, or make one."""

from curator.library._library import Library
from curator.library._progress import SilentProgress
from curator.library.standalone import check_feeds, demo, discover_feeds, doctor, extract, import_library

__all__ = ["Library", "SilentProgress", "check_feeds", "demo", "discover_feeds", "doctor", "extract", "import_library"]
