"""Triage by keyboard: what a key does, how a card looks on any screen, and a session in a real pseudo terminal."""

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partialmethod
from pathlib import Path

import pexpect
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len
from rich.console import Console
from support.parts import NOW

from curator import config
from curator.cli.triage import begin, carry_out, view
from curator.cli.triage.keyboard import Keyboard, keys
from curator.cli.triage.state import KEYS, Triage, applied, press, start
from curator.core.item import Item, Source
from curator.core.protocols import Changes
from curator.core.report import Counts, RunReport, Seconds
from curator.core.story import Card, Evidence, Fit, Mention, Momentum, Reason, StoryRef
from curator.library import Library
from curator.storage.tinydb_store import TinyStore

KINDS = ("education", "quote", "soft-selling", "hard-selling")
FEED = Source(title="Warta Priangan", feed="https://warta.example/rss")
TITLES = {
    "aaaaaaaa": "Petani Pangalengan mencicipi kopinya sendiri",
    "bbbbbbbb": "A record auction for West Java coffee",
    "cccccccc": "مزارعو القهوة يتذوقون قهوتهم للمرة الأولى",
    "dddddddd": "กาแฟจากดอยช้าง รสชาติใหม่ที่คนกรุงเทพต้องลอง",
    "eeeeeeee": "咖啡农第一次品尝自己的咖啡 ☕️👩‍🌾",
}


def item(id_: str) -> Item:
    title = TITLES.get(id_, id_)
    return Item(
        id=id_, url=f"https://warta.example/{id_}", title=title, source=FEED, published=NOW, found=NOW, status="listed", listed=NOW.date()
    )


def card(id_: str, **changes: object) -> Card:
    of = item(id_)
    made = Card(
        id=of.id,
        url=of.url,
        title=of.title,
        source=of.source,
        author="",
        published=NOW - timedelta(hours=5),
        found=NOW,
        lang="id",
        kind="",
        excerpt="",
        image="",
        words=700,
        status="listed",
        tags=(),
        score=0.9,
        fits=(Fit(topic="Kopi spesialti", fit=0.91),),
        evidence=Evidence(text=f"{of.title}. " * 3, topic="Kopi spesialti"),
        why=(Reason(part="fit", value=0.9, text="fits Kopi spesialti .91"),),
        story=StoryRef(id=of.id, size=3),
    )
    return replace(made, **changes)


def report(*ids: str, mentions: tuple[str, ...] = ()) -> RunReport:
    told = (Mention(watch="Kopi Senja", item=card(id_), sentence="Kedai Kopi Senja membuka cabang.", certain=False) for id_ in mentions)
    return RunReport(
        brand="Kopi Senja",
        date=NOW.date(),
        generated_at=NOW,
        counts=Counts(),
        seconds=Seconds(),
        items=tuple(map(card, ids)),
        mentions=tuple(told),
    )


def started(*ids: str, **options: tuple[str, ...]) -> Triage:
    shown = report(*ids, **options)
    return start(shown, {id_: item(id_) for id_ in TITLES}, dict.fromkeys(TITLES, "Paragraf satu.\nParagraf dua. " * 80), KINDS)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A brand whose latest list has all five cards, the third with a mention."""
    config.init(tmp_path)
    library = Library.open(tmp_path)
    with library.store.writing():
        texts = dict.fromkeys(TITLES, "Paragraf satu.\nParagraf dua.")
        library.store.commit(Changes(items=tuple(map(item, TITLES)), texts=texts, report=report(*TITLES, mentions=("cccccccc",))))
    return tmp_path


def statuses(home: Path) -> Mapping[str, str]:
    return {i.id[0]: i.status for i in Library.open(home).store.items()}


def keyed(home: Path, keys: str) -> Triage:
    library = Library.open(home)
    state = begin(library)
    for key in keys:
        state, action = press(state, key)
        if action and action.verb != "quit":
            state = carry_out(library, state, action, NOW)
    return state


# --- what a key does ----------------------------------------------------------------------------------------------


def test_mentions_come_first_and_a_card_comes_once():
    state = started("aaaaaaaa", "bbbbbbbb", mentions=("bbbbbbbb", "cccccccc", "bbbbbbbb"))
    assert [each.card.id[0] for each in state.cards] == ["b", "c", "a"]
    assert [each.mention is not None for each in state.cards] == [True, True, False]


def test_what_was_decided_before_is_not_asked_again(home):
    keyed(home, "ps")
    assert [each.card.id[0] for each in begin(Library.open(home)).cards] == ["b", "d", "e"]


def test_a_key_is_a_decision_that_is_kept_at_once(home):
    state = keyed(home, "psl")
    assert statuses(home) == {"c": "picked", "a": "skipped", "b": "listed", "d": "listed", "e": "listed"}
    assert state.at == 3
    assert [post.item for post in Library.open(home).store.posts()] == ["cccccccc"]


def test_undo_goes_back_a_key_at_a_time_and_not_further_than_the_session(home):
    keyed(home, "p")
    state = keyed(home, "slpuuuuuu")
    assert (state.at, state.done, state.message) == (0, (), "nothing was decided here yet")
    assert statuses(home) == {"c": "picked", "a": "listed", "b": "listed", "d": "listed", "e": "listed"}


def test_a_kind_takes_one_more_key_stays_with_the_pick_and_can_be_taken_back(home):
    assert [d.card.kind for d in keyed(home, "k3p").cards][:1] == ["soft-selling"]
    assert Library.open(home).store.posts()[0].kind == "soft-selling"
    state = keyed(home, "k1u")
    assert state.cards[0].card.kind == ""
    assert keyed(home, "kx").message == "the kind stays as it is"
    assert keyed(home, "k9").view == "card"


def test_the_last_card_can_be_undone_and_is_followed_by_nothing(home):
    state = keyed(home, "sssssss")
    assert state.current is None
    assert "last card" in state.message
    assert keyed(home, "").cards == ()
    assert view.summary(state) == "5 skipped"


def test_what_another_command_hinders_is_told_and_the_card_stays(home, monkeypatch):
    monkeypatch.setattr(TinyStore, "writing", partialmethod(TinyStore.writing, patience=0))
    library = Library.open(home)
    state, action = press(begin(library), "p")
    with Library.open(home).store.writing():
        after = carry_out(library, state, action, NOW)
    assert after.message.startswith("not done: ")
    assert after.at == 0


def test_undo_does_not_take_back_what_somebody_else_decided_meanwhile(home):
    library = Library.open(home)
    state, action = press(begin(library), "p")
    state = carry_out(library, state, action, NOW)
    Library.open(home).decisions.skip("eeeeeeee")
    again = Library.open(home)
    state, action = press(state, "u")
    assert "something else was decided" in carry_out(again, state, action, NOW).message
    assert statuses(home)["e"] == "skipped"


@given(keys=st.lists(st.sampled_from([*KEYS, *"P13\r \x1bz", "\x1b[A", "é"]), max_size=40))
def test_whatever_keys_are_pressed_there_is_a_card_or_the_end(keys):
    state = started("aaaaaaaa", "bbbbbbbb", "cccccccc")
    for key in keys:
        state, action = press(state, key)
        if action and action.verb in {"pick", "skip", "undo", "note", "kind"}:
            at = next(n for n, each in enumerate(state.cards) if each.card.id == action.item)
            assert action.verb == "undo" or at == state.at
            state = replace(state, message="")
            state = applied(state, action, item(action.item))
        assert 0 <= state.at <= len(state.cards)
        assert all(one.at < len(state.cards) for one in state.done)


# --- how it looks -------------------------------------------------------------------------------------------------


def bare(row: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", row)


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (200, 60), (60, 8)])
@pytest.mark.parametrize("keys", ["", "t", "t ", "k", "?", "lllll"])
def test_a_screen_is_never_larger_than_the_terminal_and_the_keys_stand_at_its_foot(size, keys):
    console = Console(width=size[0], height=size[1], force_terminal=True, color_system="standard", markup=False, highlight=False)
    state = started(*TITLES, mentions=("cccccccc",))
    for _ in range(len(TITLES)):
        shown = state
        for key in keys:
            shown, _ = press(shown, key)
        rows = [bare(row) for row in view.render(shown, "Kopi Senja", NOW, console)]
        assert len(rows) == size[1] - 1
        assert all(cell_len(row) <= size[0] for row in rows)
        assert ("4 hard selling" if keys == "k" else "q quit") in " ".join(" ".join(rows[-3:]).split())
        state, _ = press(state, "l")


def test_a_card_says_where_one_is_what_it_is_and_why():
    console = Console(width=80, height=24, force_terminal=True, markup=False, highlight=False)
    state = started(*TITLES, mentions=("bbbbbbbb",))
    text = "\n".join(map(bare, view.render(state, "Kopi Senja", NOW, console)))
    for told in (
        "1/5",
        TITLES["bbbbbbbb"],
        "Warta Priangan · id · 5 h · 3 min read · also in 2",
        "no kind",
        "Kopi spesialti ▇▇▇▇▇▇▇▇▇▁ .91",
        "perhaps Kopi Senja: “Kedai Kopi Senja membuka cabang.”",
        "fits Kopi spesialti .91",
    ):
        assert told in text


def test_the_card_tells_the_state_of_its_trend_beside_its_fit():
    moved = card("aaaaaaaa", momentum=Momentum(trend="aaaaaaaa", state="growing", publishers=4))
    shown = start(replace(report("aaaaaaaa"), items=(moved,)), {"aaaaaaaa": item("aaaaaaaa")}, {}, KINDS)
    rows = [bare(row) for row in view.render(shown, "Kopi Senja", NOW, Console(width=100, height=30))]
    assert any("Kopi spesialti" in row and "growing: 4 publishers in 24 h" in row for row in rows)


def test_what_a_page_says_cannot_steer_the_terminal():
    console = Console(width=80, height=24, force_terminal=True, markup=False, highlight=False)
    evil = "\x1b]0;owned\x07\x1b[2Jjudul\r\nbaru [red]x[/red]"
    shown = start(
        replace(report("aaaaaaaa"), items=(card("aaaaaaaa", title=evil, excerpt=evil, evidence=Evidence(text=evil, topic="x")),)),
        {"aaaaaaaa": item("aaaaaaaa")},
        {"aaaaaaaa": evil},
        KINDS,
    )
    for face in ("card", "text"):
        rows = view.render(replace(shown, view=face), "Kopi Senja", NOW, console)
        assert not re.search(r"[\x00-\x1f\x7f]", "".join(map(bare, rows)))


# --- keys ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Keyboard, int]]:
    """A keyboard, and the end of its terminal that is typed at."""
    leader, follower = pty.openpty()
    with os.fdopen(follower) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        with Keyboard() as keyboard:
            yield keyboard, leader
    os.close(leader)


def test_keys_that_arrive_in_one_read_are_told_apart(typing):
    keyboard, terminal = typing
    os.write(terminal, "p\x1b[As\x1b[1;5Cé\x1bOP\x1bq☕".encode())
    assert [keyboard.key() for _ in range(9)] == ["p", "\x1b[A", "s", "\x1b[1;5C", "é", "\x1bOP", "\x1b", "q", "☕"]


@pytest.mark.parametrize("typed", ["é", "☕", "👩", "\x1b[A", "\x1b[15~", "\x1bOP"])
def test_a_key_whose_bytes_arrive_in_two_reads_is_one_key(typing, typed, monkeypatch):
    keyboard, terminal = typing
    whole = typed.encode()
    for cut in range(1, len(whole)):
        pieces = [whole[:cut], whole[cut:]]
        os.write(terminal, b"x")  # there is something to read
        with monkeypatch.context() as reading:
            reading.setattr(os, "read", lambda *_, pieces=pieces: pieces.pop(0))
            assert keyboard.key() == typed
        os.read(keyboard._terminal, 1)


def test_escape_alone_is_a_key_and_the_end_of_the_input_is_q(typing, monkeypatch):
    keyboard, terminal = typing
    os.write(terminal, b"\x1b")
    assert keyboard.key() == "\x1b"
    os.write(terminal, b"\x04")
    assert keyboard.key() == "q"
    monkeypatch.setattr(os, "read", lambda *_: b"")
    assert keyboard.key() == "q"


@given(st.lists(st.sampled_from([*"ps?é☕", "\x1b[A", "\x1b[15~", "\x1bOP"])))
def test_no_key_is_lost_or_doubled(typed):
    assert keys("".join(typed)) == typed


# --- in a terminal ------------------------------------------------------------------------------------------------


@pytest.fixture
def terminal(home: Path) -> Iterator[pexpect.spawn]:
    child = pexpect.spawn(
        sys.executable, ["-m", "curator", "triage", "--home", str(home)], dimensions=(24, 80), encoding="utf-8", timeout=30
    )
    child.delaybeforesend = None
    yield child
    child.close(force=True)


def test_keys_decide_in_a_terminal_and_q_ends_with_what_was_done(terminal, home):
    terminal.expect("1/5")
    for key, then in {"p": "2/5", "s": "3/5", "u": "2/5", "?": "put aside for good", "t": "Paragraf dua"}.items():
        terminal.send(key)
        terminal.expect(then)
    terminal.send("sq")
    terminal.expect("1 picked · 1 skipped · 3 left")
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 0
    assert statuses(home) == {"c": "picked", "a": "skipped", "b": "listed", "d": "listed", "e": "listed"}


def test_keys_that_come_faster_than_they_are_kept_wait_for_their_turn(terminal, home):
    terminal.expect("1/5")
    terminal.send("ps")
    terminal.send("p\x1b[A")
    terminal.send("sss")
    terminal.send("q")
    terminal.expect("2 picked · 3 skipped")
    assert statuses(home) == {"c": "picked", "a": "skipped", "b": "picked", "d": "skipped", "e": "skipped"}


def test_a_note_is_a_line_that_is_typed(terminal, home):
    terminal.expect("1/5")
    terminal.send("n")
    terminal.expect("note: ")
    terminal.sendline("tanya Ibu Asep dulu ☕")
    terminal.expect("noted")
    terminal.send("\x04")
    terminal.expect(pexpect.EOF)
    assert Library.open(home).store.find("cccccccc")[0].note == "tanya Ibu Asep dulu ☕"


def test_a_session_that_is_killed_has_lost_no_key(terminal, home):
    terminal.expect("1/5")
    terminal.send("p")
    terminal.expect("2/5")
    terminal.kill(signal.SIGKILL)
    terminal.expect(pexpect.EOF)
    assert statuses(home)["c"] == "picked"


def test_where_nobody_can_press_a_key_it_says_what_to_type_instead(home):
    told = subprocess.run(
        [sys.executable, "-m", "curator", "triage", "--home", home], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert told.returncode == 2
    assert "hint:" in told.stderr
    assert "curator pick ID" in told.stderr
