"""Messages to an executor, several in one task: a task costs a cluster milliseconds, whatever it carries.

At most two tasks are out for each process. The rest waits here and fills the tasks that leave next.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor
from math import ceil
from typing import Final, NamedTuple

MOST: Final = 8  # messages of one task
LARGEST: Final = 1 << 20  # bytes from which a task takes no further message
_EACH: Final = 2  # tasks for each process, so that it has the next one at hand


class Batches:
    """Hands messages to a job, and each its reply. A message that finds a process free is sent at once."""

    def __init__(self, executor: Executor, job: Callable[[Sequence[bytes]], Sequence[bytes]], width: Callable[[], int]) -> None:
        """`job` returns the replies to some messages, in their order. `width`: how many processes the executor has now."""
        self._executor, self._job, self._width = executor, job, width
        self._waiting: deque[_Waiting] = deque()
        self._out: set[asyncio.Task[None]] = set()

    async def reply(self, message: bytes) -> bytes:
        """Return the reply to a message. Raises what the job raises, and BrokenExecutor where the message ends every process it meets."""
        loop = asyncio.get_running_loop()
        told: asyncio.Future[bytes] = loop.create_future()
        self._waiting.append(_Waiting(message, told))
        loop.call_soon(self._send)  # behind what is asked in the same turn of the loop
        return await told

    def _send(self) -> None:
        """Share out what waits among the tasks that may leave."""
        while (free := _EACH * self._width() - len(self._out)) > 0 and (some := self._next(free)):
            self._start(some)

    def _next(self, free: int) -> "list[_Waiting]":
        """Take what one of `free` tasks carries, without what nobody waits for any more."""
        most, size = min(MOST, ceil(len(self._waiting) / free)), 0
        some: list[_Waiting] = []
        while self._waiting and len(some) < most and size < LARGEST:
            if not (each := self._waiting.popleft()).told.done():
                some.append(each)
                size += len(each.message)
        return some

    def _start(self, some: "Sequence[_Waiting]") -> None:
        task = asyncio.get_running_loop().create_task(self._ask(some))
        self._out.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._out.discard(task)
        self._send()

    async def _ask(self, some: "Sequence[_Waiting]") -> None:
        """Run one task. Where it ends its process, each message is sent again alone, so that one of them costs the others nothing."""
        try:
            replies = await asyncio.wrap_future(self._executor.submit(self._job, tuple(each.message for each in some)))
        except BrokenExecutor as error:
            if len(some) > 1:
                for each in some:
                    self._start([each])
            else:
                some[0].fail(error)
        except Exception as error:  # whatever a job or the executor raises is for those who asked
            for each in some:
                each.fail(error)
        else:
            for each, reply in zip(some, replies, strict=True):
                each.tell(reply)


class _Waiting(NamedTuple):
    """A message, and where its reply goes, unless whoever asked was cancelled."""

    message: bytes
    told: "asyncio.Future[bytes]"

    def tell(self, reply: bytes) -> None:
        if not self.told.done():
            self.told.set_result(reply)

    def fail(self, error: Exception) -> None:
        if not self.told.done():
            self.told.set_exception(error)
