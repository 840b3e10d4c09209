"""Running one job, and its result as bytes."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, get_type_hints

import msgspec
from msgspec import Raw, Struct

from curator.core.errors import Unreadable
from curator.core.feed import Failure, Stage
from curator.core.text import plain


class JobFailure(Struct, frozen=True):
    """Why a job has no result. `unusable`: the process must not be given another job."""

    reason: str
    hint: str = ""
    unusable: bool = False

    def failure(self, stage: Stage, url: str) -> Failure:
        """Return this as the result of a page."""
        return Failure(url=url, stage=stage, reason=plain.line(self.reason, 200), hint=plain.line(self.hint, 500))


class _Reply(Struct, array_like=True):
    failure: JobFailure | None = None
    result: Raw = Raw(b"\xc0")  # msgpack's nil


def run(job: Callable[..., Any], args: tuple[object, ...]) -> Any:
    """Return the result of a job, or a JobFailure for any exception it raises."""
    try:
        return job(*args)
    except Exception as error:  # whatever a page does to its parser is the failure of that page alone
        return from_exception(error)


def from_exception(error: Exception) -> JobFailure:
    """Describe the exception of a job in plain words."""
    match error:
        case Unreadable():
            return JobFailure(error.reason, error.hint)
        case MemoryError():
            return JobFailure("needs more memory than one page is given", unusable=True)
        case RecursionError():
            return JobFailure("is nested too deeply")
    return JobFailure(f"could not be read ({type(error).__name__}: {plain.line(str(error), 120)})")


def encode(outcome: Any) -> bytes:
    """Encode a result or JobFailure as msgpack. Raises TypeError or ValueError for values that msgpack cannot hold."""
    if isinstance(outcome, JobFailure):
        return msgspec.msgpack.encode(_Reply(outcome))
    return msgspec.msgpack.encode(_Reply(None, Raw(msgspec.msgpack.encode(outcome))))


def decode(message: bytes, job: Callable[..., Any]) -> Any:
    """Decode what `encode` made of a job's outcome. Anything else is the JobFailure of a process that must not be used again."""
    try:
        reply = msgspec.msgpack.decode(message, type=_Reply)
        return reply.failure or msgspec.msgpack.decode(reply.result, type=_return_type(_function(job)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return JobFailure("crashed the program that reads it", unusable=True)


def _function(job: Callable[..., Any]) -> Callable[..., Any]:
    while isinstance(job, partial):
        job = job.func
    return job


@lru_cache
def _return_type(function: Callable[..., Any]) -> Any:
    """Return the annotated return type of a job. Raises KeyError when it has none: such a function cannot be a job."""
    return get_type_hints(function)["return"]
