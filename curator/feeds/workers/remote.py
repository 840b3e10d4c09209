"""Workers on other machines: jobs are sent to an executor, whose processes run them in sandboxed workers of their own.

    calls ── batch ── executor ──► process on a machine ── socket ──► sandboxed worker, which a hostile page may kill

What comes back is msgpack, decoded as the type that the job returns, as from the workers of this machine.
"""

import os
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor
from functools import cache, partial
from types import TracebackType
from typing import Self, TypeVar

from curator.core.errors import CuratorError
from curator.core.feed import Failure, Stage
from curator.core.version import VERSION
from curator.feeds.workers import jobs
from curator.feeds.workers.batches import Batches
from curator.feeds.workers.jobs import JobFailure
from curator.feeds.workers.pool import LocalWorkers

T = TypeVar("T")


class RemoteWorkers:
    """The interface of `LocalWorkers` over an executor. Time and memory of a job are bound there as they are here."""

    def __init__(self, executor: Executor, width: Callable[[], int]) -> None:
        """`width`: how many processes the executor has now."""
        self._batches = Batches(executor, partial(answer, VERSION), width)

    async def call(self, stage: Stage, url: str, job: Callable[..., T], *args: object) -> T | Failure:
        """Run a module-level function in a worker and return its result, or why there is none.

        Raises CuratorError where the executor can be reached no more, or runs another version.
        """
        try:
            reply = await self._batches.reply(pickle.dumps((job, args)))
        except BrokenExecutor:
            return JobFailure("crashed the program that reads it").failure(stage, url)
        outcome: T | JobFailure = jobs.decode(reply, job)
        return outcome.failure(stage, url) if isinstance(outcome, JobFailure) else outcome

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None


def answer(version: str, messages: Sequence[bytes]) -> list[bytes]:
    """Run jobs in a sandboxed worker of this machine, one after the other, and return their outcomes as `jobs.encode` has them.

    Raises CuratorError where the program that asks is of another version: its types may differ.
    """
    if version != VERSION:
        what = f"a worker runs curator {VERSION}, this machine {version}"
        raise CuratorError(what, where=f"worker {os.uname().nodename}", hint=f"pip install 'curator[cluster]=={version}', on the workers")
    calls = map(pickle.loads, messages)  # from the program that sends the jobs
    return [jobs.encode(_sandbox().run(job, args)) for job, args in calls]


@cache
def _sandbox() -> LocalWorkers:
    """Return the pool of this process. Its processes start when they are needed, and end with this one however it ends."""
    return LocalWorkers(processes=os.cpu_count())
