"""A library made by 0.1.0, whose ids come from former rules of addresses, is read by today's code.

`tests/data/library-0.1.0` was written by that version: a picked, a skipped and a saved item, three new ones, and the tombstone of one.
"""

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.parts import BRAND, NOW, Web, desk, rss

from curator.core.context import Context
from curator.core.text.urls import item_id
from curator.jobs import explain, fetch, save
from curator.planning import decisions
from curator.ranking.relevance import with_examples
from curator.storage.tinydb_store import TinyStore

FEED, OTHER = "https://kedai.example/feed", "https://warung.example/pilihan"
KEPT = {
    "Kopi": "nusx41fv",  # https://www.kedai.example/kopi?srsltid=a, picked
    "Seduh": "7fjimaso",  # https://m.kedai.example/seduh, skipped
    "Sangrai": "pgkxn689",  # https://kedai.example/sangrai?page=all
    "Gelas": "fxyb0qk4",  # https://kedai.example/gelas?amp=1
    "Biasa": "5ev2el5m",  # https://kedai.example/biasa
    "Simpan": "w94hb4ib",  # https://kedai.example/simpan?srsltid=z, saved
}
REMOVED = "lys1pza0"  # https://kedai.example/panen/amp/
AGAIN = ["kopi", "seduh", "panen/amp/", "sangrai", "gelas?utm_source=x", "biasa?gad_source=1", "simpan?srsltid=b"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(Path(__file__).parents[1] / "data" / "library-0.1.0", tmp_path / "library"))


def opened(folder: Path, *feeds: str, web: Web | None = None) -> Context:
    return desk(web or Web(), *feeds, store=TinyStore(folder))


def everything(of: Context) -> tuple[object, ...]:
    store = of.store
    return store.items(), store.posts(), store.decisions(), list(store.tombstones()), store.texts(KEPT.values())


@pytest.mark.parametrize("feed", [FEED, OTHER])
def test_a_feed_that_shows_its_items_again_under_other_addresses_brings_nothing_new(folder: Path, feed: str) -> None:
    web = Web()
    shown = [{"title": f"Judul baru {n}", "link": f"https://kedai.example/{link}"} for n, link in enumerate([*AGAIN, "baru"])]
    web.serve(feed, rss("kedai.example", shown), "application/rss+xml")
    before = everything(opened(folder))
    of = opened(folder, feed, web=web)
    report = fetch.fetch(of, NOW)
    assert (report.counts.entries, report.counts.new) == (8, 1)
    fresh = next(item for item in of.store.items() if item.id not in KEPT.values())
    assert fresh.id == item_id("https://kedai.example/baru")
    items, *rest = everything(opened(folder))
    assert ([item for item in items if item != fresh], *rest) == before


def test_decisions_posts_notes_tags_texts_and_what_was_removed_are_as_they_were(folder: Path) -> None:
    of = opened(folder)
    assert {item.title.split()[0]: item.id for item in of.store.items()} == KEPT
    assert {item.id: item.status for item in of.store.items() if item.status != "new"} == {
        KEPT["Kopi"]: "picked",
        KEPT["Seduh"]: "skipped",
        KEPT["Simpan"]: "saved",
    }
    assert [post.item for post in of.store.posts()] == [KEPT["Kopi"]]
    assert [decision.verdict for decision in of.store.decisions()] == ["pick", "skip", "save"]
    assert [trace.id for trace in of.store.tombstones()] == [REMOVED]
    card, text = explain.show(of, KEPT["Simpan"], NOW)
    assert (card.tags, of.store.find(KEPT["Simpan"])[0].note) == (("panen",), "untuk Senin")
    assert "menyeduh dan menyangrai" in text
    assert decisions.undo(of, NOW)[0].item.id == KEPT["Simpan"]


def test_a_page_that_is_kept_is_found_by_any_of_its_addresses(folder: Path) -> None:
    of = opened(folder)
    known = of.store.find(KEPT["Simpan"])[0]
    for address in ("https://kedai.example/simpan", "https://m.kedai.example/simpan/amp?srsltid=c", known.url):
        assert save.save(of, address, NOW)[0].id == known.id
    brand = replace(BRAND, topics=(replace(BRAND.topics[0], examples=("https://m.kedai.example/seduh",)),))
    assert with_examples(brand, of.store, of.progress).topics[0].shown


def test_a_run_that_is_broken_off_leaves_the_library_as_it_was(folder: Path) -> None:
    web, before = Web(), everything(opened(folder))
    web.pages[FEED] = SystemExit(143)
    with pytest.raises(SystemExit):
        fetch.fetch(opened(folder, FEED, web=web), NOW)
    assert everything(opened(folder)) == before
