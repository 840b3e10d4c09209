"""Replay: what an edited brief would change, beside the one in use."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.command import Day, curator
from support.parts import NOW, Web, WordCounter, desk, ensemble

from curator.core.brand import Brand, ShortlistRules, Topic
from curator.core.context import Context
from curator.core.item import Item, Source
from curator.core.post import Decision, ItemState
from curator.core.protocols import Changes
from curator.jobs import replay
from curator.ranking.embed.cache import CachedEncoder
from curator.storage.memory import MemoryStore
from curator.storage.vectors import LentVectors, MemoryVectors, SqliteVectors

COFFEE = Topic(name="Kopi", about="kopi petani sangrai seduh espresso")
TEA = Topic(name="Teh", about="teh daun melati kebun upacara")
OLD = Brand(name="Senja", topics=(COFFEE,), shortlist=ShortlistRules(size=3))
NEW = replace(OLD, topics=(COFFEE, TEA))
MONTH = timedelta(days=30)
TITLES = (
    *("Petani kopi sangrai espresso", "Seduh kopi petani", "Espresso kopi seduh sangrai", "Sangrai kopi petani seduh"),
    *("Kebun teh melati", "Upacara teh daun melati", "Daun teh kebun upacara"),
    *(f"Berita cuaca kota {n}" for n in ("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan")),
)


def item(n: int, title: str) -> Item:
    when = NOW - timedelta(days=n)
    return Item(id=f"{n:08d}", url=f"https://a.example/{n}", title=title, source=Source(title="A", feed=""), published=when, found=when)


def decided(picks: tuple[int, ...], skips: tuple[int, ...]) -> tuple[Decision, ...]:
    said = [(n, "pick") for n in picks] + [(n, "skip") for n in skips]
    return tuple(
        Decision(number=at, command=at, at=NOW - timedelta(hours=1), item=f"{n:08d}", verdict=verdict, before=ItemState())  # type: ignore[arg-type]
        for at, (n, verdict) in enumerate(said, 1)
    )


def desk_of(*decisions: Decision, titles: tuple[str, ...] = TITLES, brand: Brand = OLD, read: bool = True) -> Context:
    store, encoders = MemoryStore(), ensemble(CachedEncoder(WordCounter.name, WordCounter, MemoryVectors(), dim=WordCounter.dim))
    items = tuple(item(n, title) for n, title in enumerate(titles))
    store.commit(Changes(items=items, decisions=decisions))
    if read:
        encoders.embed_texts([each.title for each in items])
    return replace(desk(Web(), store=store, brand=brand), engine=lambda: encoders)


def test_who_enters_and_who_leaves_the_top_list_is_told_with_both_places():
    made = replay.replay(desk_of(), NEW, NOW, MONTH)
    entered, left = {one.item.title for one in made.enters}, {one.item.title for one in made.leaves}
    assert entered
    assert entered <= set(TITLES[4:7])
    assert left <= set(TITLES[:4])
    assert all(one.after <= 3 < one.before for one in made.enters)
    assert all(one.before <= 3 < one.after for one in made.leaves)


def test_the_same_brief_changes_nothing():
    made = replay.replay(desk_of(*decided((0, 1), (8,))), OLD, NOW, MONTH)
    assert made.enters == made.leaves == ()
    assert made.before == made.after


def test_without_a_feed_its_items_leave_and_those_behind_them_enter():
    context = desk_of(*decided((0, 3), (8,)))
    other = replace(item(0, TITLES[0]), source=Source(title="Lain", feed="https://lain.example/feed"))
    context.store.commit(Changes(items=(other,)))
    plain = replay.replay(context, OLD, NOW, MONTH)
    made = replay.replay(context, OLD, NOW, MONTH, without=other.source.feed)
    assert [(one.item.id, one.after) for one in made.leaves] == [(other.id, 0)]
    assert len(made.enters) == 1
    assert (made.before, made.after.picks) == (plain.before, plain.before.picks - 1)
    assert replay.replay(context, OLD, NOW, MONTH, without="https://tak-ada.example/") == plain


def test_a_brief_that_explains_the_picks_better_measures_better():
    made = replay.replay(desk_of(*decided((4, 5, 6), (0, 7, 8))), replace(NEW, topics=(TEA,)), NOW, MONTH)
    assert (made.picks, made.skips) == (3, 3)
    assert made.after.ndcg == 1.0
    assert made.before.ndcg < made.after.ndcg
    assert made.after.picks == 3 > made.before.picks


def test_where_nothing_was_decided_nothing_is_measured():
    made = replay.replay(desk_of(), NEW, NOW, MONTH)
    assert (made.before.precision, made.before.ndcg) == (None, None)
    only_skips = replay.replay(desk_of(*decided((), (0, 1))), NEW, NOW, MONTH)
    assert (only_skips.before.precision, only_skips.before.ndcg) == (0.0, None)


def test_only_what_was_published_in_the_span_until_now_takes_part():
    assert replay.replay(desk_of(), OLD, NOW, timedelta(days=5)).items == 6
    assert replay.replay(desk_of(), OLD, NOW - timedelta(days=10), MONTH).items == len(TITLES) - 10


def test_a_decision_of_later_is_no_truth_yet():
    assert replay.replay(desk_of(*decided((0,), (1,))), OLD, NOW - timedelta(hours=2), MONTH).picks == 0


def test_what_no_run_has_read_is_counted_and_left_out():
    made = replay.replay(desk_of(read=False), NEW, NOW, MONTH)
    assert (made.items, made.unread) == (0, len(TITLES))
    assert made.enters == made.leaves == made.suggestions == ()


def test_picks_that_fit_badly_propose_words_for_the_topic():
    titles = (*TITLES, "Latte art lomba", "Belajar latte art", "Guru latte art")
    said = decided(tuple(range(len(TITLES), len(titles))), (7, 8))
    found = [s for s in replay.replay(desk_of(*said, titles=titles), OLD, NOW, MONTH).suggestions if s.key == "about"]
    assert [(s.topic, "latte art" in s.text, len(s.items)) for s in found] == [("Kopi", True, 3)]


def test_skips_that_fit_well_propose_a_phrase_to_avoid_that_no_pick_has(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(replay, "HIGH", 0.0)
    titles = (*TITLES, "Saham kopi seduh naik", "Saham kopi seduh turun", "Kopi seduh enak")
    first = len(TITLES)
    made = replay.replay(desk_of(*decided((first + 2,), (first, first + 1)), titles=titles), OLD, NOW, MONTH)
    assert [(s.topic, s.text) for s in made.suggestions if s.key == "avoid"] == [("Kopi", "saham kopi")]


@given(st.lists(st.booleans(), min_size=1, max_size=40).filter(any))
def test_picks_that_stand_higher_never_measure_lower(right: list[bool]):
    best, worst = sorted(right, reverse=True), sorted(right)
    assert 0 <= replay._ndcg(worst) <= replay._ndcg(right) + 1e-9 <= replay._ndcg(best) + 1e-9
    assert replay._ndcg(best) == pytest.approx(1)


def test_lent_vectors_are_read_and_never_written(tmp_path: Path):
    kept = SqliteVectors(tmp_path / "vectors.db")
    rows = WordCounter().embed(["kopi", "teh"], "document")
    kept.put({b"kopi": rows[0]})
    before = (tmp_path / "vectors.db").read_bytes()
    lent = LentVectors(kept)
    lent.put({b"teh": rows[1]})
    assert set(lent.get([b"kopi", b"teh"])) == {b"kopi", b"teh"}
    assert set(kept.get([b"kopi", b"teh"])) == {b"kopi"}
    assert (tmp_path / "vectors.db").read_bytes() == before


def test_the_command_tells_a_table_or_one_document_and_writes_nothing(day: Day, tmp_path: Path):
    brief = tmp_path / "new.toml"
    brief.write_text((day.home / "brand.toml").read_text().replace("size = 20", "size = 5"))
    before = {path: path.read_bytes() for path in day.home.rglob("*") if path.is_file()}
    asked = ("replay", "--brief", brief, "--home", day.home)
    told, document = curator(*asked), curator(*asked, "--json")
    assert told.returncode == document.returncode == 0, told.stderr + document.stderr
    assert "precision@10" in told.stdout
    made = json.loads(document.stdout)
    assert (made["before"]["size"], made["after"]["size"], len(made["leaves"])) == (20, 5, 15)
    assert {path: path.read_bytes() for path in day.home.rglob("*") if path.is_file()} == before


def test_problems_of_the_other_file_are_told_like_those_of_brand_toml(day: Day, tmp_path: Path):
    brief = tmp_path / "new.toml"
    brief.write_text('[brand]\nnam = "Senja"\n[[topics]]\nname = "Kopi"\nabout = ""\n')
    done = curator("replay", "--brief", brief, "--home", day.home)
    assert done.returncode == 1
    assert done.stderr.count("error:") >= 3
    assert f"where: {brief}: brand.nam" in done.stderr
    missing = curator("replay", "--brief", tmp_path / "none.toml", "--home", day.home)
    assert (missing.returncode, "none.toml cannot be read" in missing.stderr) == (1, True)
    assert curator("replay", "--brief", brief, "--since", "soon", "--home", day.home).returncode == 2
