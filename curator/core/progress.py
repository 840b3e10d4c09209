"""What a job that runs in another process says of itself."""

from msgspec import Struct


class ProgressEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """State of the current stage, `done` of `total` steps (0: unknown), or a message beside it."""

    stage: str = ""
    done: int = 0
    total: int = 0
    note: str = ""
