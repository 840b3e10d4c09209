"""The outbox: everything is told once, however often a sender is killed, refused, or meets another."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from support import parts
from support.receivers import LOST, REFUSED, Receiver, mail_server, webhook
from support.samples import BRAND, MENTIONS, NOW, REPORT

from curator.core.brand import NotifyRules
from curator.core.context import Context
from curator.core.errors import ConfigError, Locked
from curator.core.notice import Channel, Message, Notice
from curator.core.protocols import Changes, Store
from curator.jobs import notify
from curator.publishing.notify import due, wording
from curator.storage.memory import MemoryStore
from curator.storage.tinydb_store import TinyStore

CHAT = replace(BRAND, language="en", notify=NotifyRules(urls=("env:CHAT",)))


class Killed(BaseException):
    """The process ends here."""


def context(*receivers: Channel, store: Store | None = None, brand=CHAT) -> Context:
    made = parts.desk(parts.Web(), store=store or MemoryStore(), brand=brand)
    return replace(made, channels=lambda entry: receivers)


def notice(n: int, **changes: object) -> Notice:
    day: dict[str, Any] = {"made": NOW, "due": NOW, "watch": "Kami", "url": "https://warta.example/kopi"}
    plain = Notice(id=f"{n:016x}", channel="env:CHAT", kind="mention", about=f"{n:08}", title=f"Kabar {n}.", sentence="x", **day)
    return replace(plain, **changes)  # type: ignore[arg-type]


def told(message: Message) -> list[str]:
    return [row for row in message.text.split("\n") if row.startswith("Kabar")]


def states(store: Store) -> list[str]:
    return [each.state for each in store.notices()]


def hours(n: float) -> datetime:
    return NOW + timedelta(hours=n)


def test_what_is_due_is_told_in_one_message_and_never_again() -> None:
    box = Receiver()
    desk = context(box)
    desk.store.commit(Changes(notices=(notice(1), notice(2), notice(3, due=hours(9)))))
    assert [each.state for each in notify.tell(desk, NOW)] == ["sent", "sent"]
    assert notify.tell(desk, NOW) == ()
    assert notify.tell(desk, hours(10))[0].sent == hours(10)
    assert [told(message) for message in box.got] == [["Kabar 1.", "Kabar 2."], ["Kabar 3."]]


def test_a_server_that_is_away_for_three_days_then_gets_one_message_with_everything() -> None:
    box = Receiver(answers=[REFUSED] * 100)
    desk = context(box)
    tries = 0
    for hour in range(72):
        desk.store.commit(Changes(notices=(notice(hour, made=hours(hour), due=hours(hour)),)))
        before = len(box.answers)
        notify.tell(desk, hours(hour))
        tries += before - len(box.answers)
    assert set(states(desk.store)) == {"failed"}
    box.answers.clear()
    notify.tell(desk, hours(78))
    assert set(states(desk.store)) == {"sent"}
    (message,) = box.got
    assert told(message) == [f"Kabar {n}." for n in range(72)]
    assert wording.AGAIN not in message.text


def test_a_failure_waits_longer_each_time_and_says_why() -> None:
    box = Receiver(answers=[REFUSED] * 2)
    desk = context(box)
    desk.store.commit(Changes(notices=(notice(1),)))
    (first,) = notify.tell(desk, NOW)
    assert (first.state, first.tries, first.reason, first.due) == ("failed", 1, REFUSED.reason, hours(5 / 60))
    assert notify.tell(desk, hours(1 / 60)) == ()
    (second,) = notify.tell(desk, hours(1))
    assert (second.tries, second.due) == (2, hours(1 + 10 / 60))
    (third,) = notify.tell(desk, hours(2))
    assert (third.state, third.tries, third.reason) == ("sent", 0, "")


def test_a_message_whose_answer_was_lost_is_sent_once_more_by_itself_and_says_so_then_a_person_decides() -> None:
    box = Receiver(answers=[LOST, LOST])
    desk = context(box)
    desk.store.commit(Changes(notices=(notice(1),)))
    notify.tell(desk, NOW)
    desk.store.commit(Changes(notices=(notice(2, due=hours(1)),)))
    notify.tell(desk, hours(1))
    first, second = box.got
    assert first.id == second.id
    assert (told(first), told(second)) == (["Kabar 1."], ["Kabar 1."])
    assert wording.AGAIN not in first.text
    assert wording.AGAIN in second.text
    notify.tell(desk, hours(30))
    assert [told(message) for message in box.got[2:]] == [["Kabar 2."]]
    stuck = desk.store.notices()[0]
    assert (stuck.state, stuck.due) == ("failed", None)
    notify.tell(desk, hours(31), insist=True)
    assert (box.got[-1].id, told(box.got[-1])) == (first.id, ["Kabar 1."])
    assert states(desk.store) == ["sent", "sent"]


def test_a_lost_message_is_sent_again_whole_even_when_only_a_part_of_it_is_due() -> None:
    box = Receiver(answers=[REFUSED, REFUSED, LOST])
    desk = context(box)
    desk.store.commit(Changes(notices=(notice(1),)))
    for hour in (0, 1):
        notify.tell(desk, hours(hour))
    desk.store.commit(Changes(notices=(notice(2),)))
    notify.tell(desk, hours(2))  # the first has failed three times now, the second once
    notify.tell(desk, hours(2.1))
    assert [told(message) for message in box.got] == [["Kabar 1.", "Kabar 2."]] * 2
    notify.tell(desk, hours(5))
    assert len(box.got) == 2
    assert states(desk.store) == ["sent", "sent"]


def test_one_receiver_that_fails_does_not_keep_another_waiting_nor_make_it_hear_twice() -> None:
    away, there = Receiver(name="aaaa", answers=[REFUSED] * 3), Receiver(name="bbbb")
    desk = context(away, there)
    desk.store.commit(Changes(notices=(notice(1), notice(2))))
    for hour in range(0, 24, 3):
        notify.tell(desk, hours(hour))
    assert [told(message) for message in there.got] == [["Kabar 1.", "Kabar 2."]]
    assert [told(message) for message in away.got] == [["Kabar 1.", "Kabar 2."]]
    assert states(desk.store) == ["sent", "sent"]


def test_a_small_receiver_gets_everything_in_as_many_messages_as_it_takes() -> None:
    box = Receiver(limit=150)
    desk = context(box)
    desk.store.commit(Changes(notices=tuple(notice(n) for n in range(9))))
    notify.tell(desk, NOW)
    assert sorted(row for message in box.got for row in told(message)) == [f"Kabar {n}." for n in range(9)]
    assert len(box.got) > 2
    assert all(len(message.title) + len(message.text) <= 150 for message in box.got)


def test_quiet_hours_hold_everything_and_a_person_may_insist() -> None:
    quiet = replace(CHAT, notify=NotifyRules(urls=("env:CHAT",), quiet="22:00-07:00"))
    box = Receiver()
    desk = context(box, brand=quiet)
    desk.store.commit(Changes(notices=(notice(1), notice(2))))
    night = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # 23:00 in Jakarta
    assert notify.tell(desk, night) == ()
    notify.tell(desk, night + timedelta(hours=8))
    assert [told(message) for message in box.got] == [["Kabar 1.", "Kabar 2."]]
    desk.store.commit(Changes(notices=(notice(3),)))
    assert notify.tell(desk, night, insist=True)[0].state == "sent"


def test_the_list_is_told_when_it_is_there() -> None:
    box = Receiver()
    desk = context(box)
    desk.store.commit(Changes(notices=due.reading_list(CHAT, (), REPORT, NOW)))
    assert notify.tell(desk, NOW) == ()
    desk.store.commit(Changes(report=REPORT))
    assert [each.state for each in notify.tell(desk, NOW)] == ["sent"]
    assert "20 stories" in box.got[0].text


def test_an_address_that_is_missing_is_a_failure_that_is_tried_again() -> None:
    def missing(entry: str) -> Sequence[Channel]:
        raise ConfigError(f"{entry} holds no address")

    desk = replace(context(), channels=missing)
    desk.store.commit(Changes(notices=(notice(1),)))
    (failed,) = notify.tell(desk, NOW)
    assert (failed.state, failed.reason) == ("failed", "env:CHAT holds no address")
    box = Receiver()
    notify.tell(replace(desk, channels=lambda entry: (box,)), hours(1))
    assert states(desk.store) == ["sent"]
    (result,) = notify.test(desk, NOW)
    assert (result.ok, result.reason) == (False, "env:CHAT holds no address")


def test_a_channel_that_left_brand_toml_is_told_nothing() -> None:
    box = Receiver()
    desk = context(box)
    desk.store.commit(Changes(notices=(notice(1, channel="env:OLD"),)))
    assert notify.tell(desk, NOW) == ()
    assert box.got == []


def test_a_test_message_touches_no_notice() -> None:
    box = Receiver(answers=[REFUSED])
    desk = context(box, Receiver(name="bbbb"))
    desk.store.commit(Changes(notices=(notice(1),)))
    before = desk.store.notices()
    assert [(each.ok, each.reason) for each in notify.test(desk, NOW)] == [(False, REFUSED.reason), (True, "")]
    assert desk.store.notices() == before


def test_two_senders_at_once_tell_everything_once() -> None:
    arrived, leave = threading.Event(), threading.Event()

    def slowly() -> None:
        arrived.set()
        leave.wait(10)

    box = Receiver(after=slowly)
    desk = context(box)
    desk.store.commit(Changes(notices=(notice(1),)))
    first = threading.Thread(target=lambda: notify.tell(desk, NOW))
    first.start()
    assert arrived.wait(10)
    with pytest.raises(Locked):
        notify.tell(desk, NOW)
    leave.set()
    first.join(10)
    assert notify.tell(desk, NOW) == ()
    assert len(box.got) == 1


class Faulty(MemoryStore):
    """A store whose process is killed at a step: right before or right after one of its commits takes effect."""

    def __init__(self) -> None:
        super().__init__()
        self.step: Callable[[], object] = lambda: None

    def commit(self, changes: Changes) -> None:
        self.step()
        super().commit(changes)
        self.step()


def killed_at(n: int) -> tuple[Counter[str], list[Message], Store, bool]:
    """Send five notices to two small receivers, killed at step `n`, then twice more undisturbed."""
    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        if count == n:
            raise Killed

    store = Faulty()
    store.commit(Changes(notices=tuple(notice(k) for k in range(5))))
    boxes = [Receiver(name=name, limit=150, before=step, after=step) for name in ("aaaa", "bbbb")]
    store.step = step
    desk, killed = context(*boxes, store=store), False
    try:
        notify.tell(desk, NOW)
    except Killed:
        killed = True
    for hour in (1, 2):
        notify.tell(desk, hours(hour))
    got = [message for box in boxes for message in box.got]
    return Counter(f"{box.name} {row}" for box in boxes for message in box.got for row in told(message)), got, store, killed


def test_killed_at_any_step_nothing_is_lost_and_only_what_says_so_comes_twice() -> None:
    steps = 0
    for n in range(1, 1000):
        rows, got, store, killed = killed_at(n)
        if not killed:
            break
        steps += 1
        assert rows.keys() == {f"{name} Kabar {k}." for name in ("aaaa", "bbbb") for k in range(5)}, n
        assert set(states(store)) == {"sent"}, n
        twice = [id_ for id_, times in Counter(message.id for message in got).items() if times > 1]
        assert len(twice) <= 1, n
        for id_ in twice:
            first, second = (message for message in got if message.id == id_)
            assert wording.AGAIN not in first.text
            assert wording.AGAIN in second.text
        once = [row for row, times in rows.items() if times > 1]
        assert len(once) <= sum(len(told(message)) for message in got if message.id in twice) // 2, n
    assert steps > 20


def test_mentions_that_were_found_before_a_crash_are_told_after_it() -> None:
    """The items of a fetch are committed with their notices; here the sender never came to its first step."""
    box = Receiver()
    desk = context(box)
    found = due.mentions(CHAT, (), [due.of_mention(each, NOW) for each in MENTIONS], NOW)
    desk.store.commit(Changes(notices=found))
    notify.tell(desk, hours(24))
    assert "Sejak program isi ulang" in box.got[0].text
    assert box.got[0].title == "Kopi Senja: 2 mentions"


SENDER = Path(__file__).parents[1] / "support" / "killed_sender.py"
BRAND_FILE = '[brand]\nname = "Senja"\n[[topics]]\nname = "Kopi"\nabout = "kopi"\n[notify]\nurls = ["env:KAIT", "env:SURAT"]\n'


def sent_by_a_process(home: Path, fatal: int, now: datetime, env: dict[str, str]) -> int:
    """Send in a process that is killed at its call number `fatal`. Returns the number of its calls, 0 where it was killed."""
    command = [sys.executable, str(SENDER), str(home), str(fatal), now.isoformat()]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | env, timeout=60, check=False)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return 0 if done.returncode else int(done.stdout)


def survives_a_kill(home: Path, fatal: int) -> int:
    """Send on a webhook and to two mailboxes, killed once; check what arrived in the end. Returns the number of calls, 0 if killed."""
    home.mkdir()
    (home / "brand.toml").write_text(BRAND_FILE)
    (home / "feeds.opml").write_text('<opml version="2.0"><body/></opml>')
    store = TinyStore(home / "library")
    store.commit(Changes(notices=tuple(notice(n, channel=entry) for n, entry in enumerate(("env:KAIT", "env:SURAT") * 2))))
    with webhook() as hook, mail_server() as box:
        env = {"KAIT": hook.url, "SURAT": box.url("sri@kopi.example", "ayu@kopi.example")}
        calls = sent_by_a_process(home, fatal, NOW, env)
        if not calls:
            sent_by_a_process(home, 0, hours(1), env)
        hooked = [(body["message"], key) for body, key in zip(hook.bodies, hook.keys, strict=True)]
        mailed = [
            (mail.get_body(("plain",)).get_content(), f"{mail['Message-ID']} {to}") for mail, to in zip(box.mails, box.to, strict=True)
        ]
    assert set(states(store)) == {"sent"}
    arrived = Counter(key for _, key in (*hooked, *mailed))
    assert len(arrived) == 3
    assert max(arrived.values()) <= 2
    assert sum(arrived.values()) - 3 == sum(wording.AGAIN in text for text, key in (*hooked, *mailed) if arrived[key] == 2) <= 1
    return calls


def test_a_process_that_is_killed_at_any_call_of_the_system_loses_nothing_and_repeats_only_what_says_so(tmp_path: Path) -> None:
    """Try some of its calls; KILL_EVERY=1 tries all, which takes minutes."""
    calls = survives_a_kill(tmp_path / "whole", 0)
    assert calls > 50
    for fatal in range(1, calls, int(os.environ.get("KILL_EVERY", "23"))):
        survives_a_kill(tmp_path / str(fatal), fatal)
