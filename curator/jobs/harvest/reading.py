"""One reading of each document for all brands of a harvest."""

from collections.abc import Callable, Sequence
from functools import partial
from hashlib import blake2b
from typing import Any, TypeVar

import msgspec

from curator.core.feed import Failure, Stage
from curator.core.fleet import HarvestCounts
from curator.core.protocols import Workers
from curator.feeds.workers import jobs
from curator.feeds.workers.jobs import JobFailure
from curator.jobs.harvest.shelf import Shelf

T = TypeVar("T")


class SharedWorkers:
    """Workers that run a job on the same input once. Whoever asks has the input, so nothing is told that is not known."""

    def __init__(self, workers: Workers, shelf: Shelf, counts: HarvestCounts) -> None:
        self._workers, self._shelf, self._counts = workers, shelf, counts

    async def call(self, stage: Stage, url: str, job: Callable[..., T], *args: object) -> T | Failure:
        """Return the kept result of a job, or run it and keep what came of it, a failure too: a page may take 20 s to fail."""
        key = content_key(job, args)
        if kept := self._shelf.get(key):
            self._counts.read_shared += 1
            result: T | JobFailure = jobs.decode(kept, job)
            return result.failure(stage, url) if isinstance(result, JobFailure) else result
        self._counts.read += 1
        outcome = await self._workers.call(stage, url, job, *args)
        self._shelf.put(key, jobs.encode(JobFailure(outcome.reason, outcome.hint) if isinstance(outcome, Failure) else outcome))
        return outcome


def content_key(job: Callable[..., Any], args: Sequence[object]) -> bytes:
    """Return a key that is the same for the same function with the same values, whatever objects hold them."""
    said: Any = (job.func, (*job.args, *args), sorted(job.keywords.items())) if isinstance(job, partial) else (job, args)
    return blake2b(msgspec.msgpack.encode(said, enc_hook=_name), digest_size=16).digest()


def _name(function: Any) -> str:
    return f"{function.__module__}.{function.__qualname__}"
