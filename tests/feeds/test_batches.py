"""Messages that travel together: each gets its own reply, none waits while a process is free, and one that kills costs no other."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from itertools import chain
from typing import TypeVar

import pytest

from curator.feeds.workers.batches import LARGEST, MOST, Batches

T = TypeVar("T")


class Echo:
    """A job that notes what came together and answers in capitals; `gate` holds it back, b"dies" ends its process."""

    def __init__(self) -> None:
        self.together: list[list[bytes]] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, messages: Sequence[bytes]) -> list[bytes]:
        self.together.append(list(messages))
        assert self.gate.wait(20)
        if b"dies" in messages:
            raise BrokenExecutor("every worker that had it died")
        return [message.upper() for message in messages]


def story(tell: Callable[[Batches, Echo], T], width: int = 1) -> T:
    echo = Echo()
    with ThreadPoolExecutor(width) as executor:
        return tell(Batches(executor, echo, lambda: width), echo)


def ask(batches: Batches, messages: Sequence[bytes]) -> list[bytes | BaseException]:
    async def all_() -> list[bytes | BaseException]:
        return await asyncio.gather(*map(batches.reply, messages), return_exceptions=True)

    return asyncio.run(all_())


def test_what_is_asked_together_travels_in_few_tasks_and_every_reply_finds_its_message() -> None:
    messages = [b"m%d" % n for n in range(100)]
    replies, together = story(lambda batches, echo: (ask(batches, messages), echo.together))
    assert replies == [message.upper() for message in messages]
    assert sorted(chain(*together)) == sorted(messages)
    assert max(map(len, together)) == MOST
    assert len(together) < 100 / MOST + 4


def test_few_messages_are_shared_among_the_processes_and_not_sent_to_one() -> None:
    together = story(lambda batches, echo: (ask(batches, [b"m%d" % n for n in range(6)]), echo.together)[1], width=3)
    assert [len(some) for some in together] == [1] * 6


def test_what_comes_while_all_are_busy_waits_here_and_travels_together() -> None:
    async def tell(batches: Batches, echo: Echo) -> None:
        echo.gate.clear()
        asked = []
        for n in range(7):
            asked.append(asyncio.ensure_future(batches.reply(b"m%d" % n)))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        echo.gate.set()
        assert await asyncio.gather(*asked) == [b"M%d" % n for n in range(7)]
        assert [len(some) for some in echo.together[:2]] == [1, 1]
        assert sum(map(len, echo.together[2:])) == 5
        assert len(echo.together) <= 5

    story(lambda batches, echo: asyncio.run(tell(batches, echo)))


def test_a_message_that_ends_its_process_costs_those_that_travel_with_it_nothing() -> None:
    messages = [b"a", b"b", b"dies", b"c", b"d", b"e"]
    *others, fate = (lambda replies: [*replies[:2], *replies[3:], replies[2]])(story(lambda batches, _: ask(batches, messages)))
    assert others == [b"A", b"B", b"C", b"D", b"E"]
    assert isinstance(fate, BrokenExecutor)


def test_a_large_message_takes_no_other_along() -> None:
    large = [b"x" * LARGEST] * 5
    together = story(lambda batches, echo: (ask(batches, large), echo.together)[1])
    assert [len(some) for some in together] == [1] * 5


def test_what_the_job_raises_is_raised_for_everybody_it_was_done_for() -> None:
    def refuses(messages: Sequence[bytes]) -> list[bytes]:
        raise ValueError("another version")

    with ThreadPoolExecutor(1) as executor:
        replies = ask(Batches(executor, refuses, lambda: 1), [b"a", b"b", b"c"])
    assert [str(reply) for reply in replies] == ["another version"] * 3


def test_after_a_loop_that_was_cut_the_next_one_is_answered_and_nothing_old_is_sent() -> None:
    def tell(batches: Batches, echo: Echo) -> None:
        async def cut() -> None:
            async with asyncio.timeout(0.05):
                await asyncio.gather(*(batches.reply(b"old%d" % n) for n in range(40)))

        echo.gate.clear()
        with pytest.raises(TimeoutError):
            asyncio.run(cut())
        echo.gate.set()
        sent = sum(map(len, echo.together))
        assert ask(batches, [b"new"]) == [b"NEW"]
        assert sum(map(len, echo.together)) == sent + 1
        assert echo.together[-1] == [b"new"]

    story(tell)
