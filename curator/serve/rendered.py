"""The pages that were made last, which are sent again where all that they show is the same.

What a page shows is gathered anew for each request, so a page never tells what was true before; only the markup is kept.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final

_KEPT: Final = 50  # pages, of at most 150 kB each


class RenderedPages:
    """Markup of pages with what it was made of. Threads share it."""

    def __init__(self, kept: int = _KEPT) -> None:
        """Keep the last `kept` pages."""
        self._kept, self._lock = kept, Lock()
        self._pages: OrderedDict[Hashable, tuple[object, bytes]] = OrderedDict()

    def page(self, name: Hashable, shown: object, make: Callable[[], bytes]) -> bytes:
        """Return the page of a name that shows this, made where it is not kept. Values that are equal must look the same."""
        known = self._pages.get(name)
        if known and known[0] == shown:
            return known[1]
        body = make()
        with self._lock:
            self._pages[name] = shown, body
            self._pages.move_to_end(name)
            while len(self._pages) > self._kept:
                self._pages.popitem(last=False)
        return body
