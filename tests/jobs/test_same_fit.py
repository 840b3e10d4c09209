"""An item has the same fit in every command that shows it."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.command import Day
from support.cross_encoder import saved

from curator import Library
from curator.core.feed import Entry, FeedDocument
from curator.core.rescoring import RescoringCurve
from curator.jobs import discover
from curator.jobs.discover import FeedCandidate
from curator.ranking.passages import READ
from curator.ranking.relevance import Relevance

Fits = dict[str, float]


def by_topic(card: object) -> Fits:
    return {fit.topic: fit.fit for fit in card.fits}  # type: ignore[attr-defined]


@pytest.fixture
def desk(day: Day) -> Library:
    """The bundled brand with an example for its first topic, an avoided phrase for its second, after a run that knows of both."""
    with Library.open(day.home) as before:
        listed = before.list().items
    brand = day.home / "brand.toml"
    first, second = brand.read_text("utf-8").split("[[topics]]")[1:3]
    text = brand.read_text("utf-8").replace(first, f'{first.rstrip()}\nexamples = ["{listed[0].id}"]\n\n', 1)
    text = re.sub(r"avoid = .*\n", "", text).replace(second, f'{second.rstrip()}\navoid = ["gelas"]\n\n', 1)
    brand.write_text(text, "utf-8")
    opened = Library.open(day.home)
    opened.run(fetch=False)
    return opened


def with_reranker(desk: Library, folder: Path) -> Library:
    """The same desk with a cross-encoder whose scores move fits far, after a run that used it."""
    brand, words = desk.home / "brand.toml", [item.title for item in desk.store.items()]
    saved(folder, words)
    brand.write_text(f'{brand.read_text("utf-8")}\n[engine]\nreranker = "{folder}"\n', "utf-8")
    opened = Library.open(desk.home)
    assert opened.engine.reranker
    opened.engine.reranker.keep(RescoringCurve(offset=0.2, own=0.6, read=0.8, pairs=1_000_000))
    opened.run(fetch=False)
    return opened


@pytest.mark.parametrize("reranked", [False, True])
def test_every_command_shows_an_item_with_the_same_fits(desk: Library, tmp_path: Path, reranked: bool) -> None:
    plain = {card.id: by_topic(card) for card in desk.rank(all_=True)}
    desk = with_reranker(desk, tmp_path / "cross") if reranked else desk
    everything = {card.id: by_topic(card) for card in desk.rank(all_=True)}
    assert (everything != plain) is reranked
    texts = desk.store.texts(everything)
    assert any(len(text) > READ for text in texts.values()), "a long text is among them"
    assert any(0.0 in fits.values() for fits in everything.values()), "an avoided phrase is said"

    report = desk.list()
    assert len(report.items) > 10
    for card in (*report.items, *desk.rank()):
        assert by_topic(card) == everything[card.id]
    for id_ in list(everything)[::40]:
        assert by_topic(desk.show(id_)[0]) == everything[id_]

    topic = report.items[0].fits[0].topic
    searches = [
        desk.search("kopi", limit=100),
        desk.search("", sort="fit", since="30d", limit=100),
        desk.search("", topics=[topic], limit=100),
    ]
    for hit in (hit for found in searches for hit in found.hits if hit.fits):
        assert by_topic(hit) == pytest.approx(everything[hit.id], abs=2e-6)
    assert sum(bool(hit.fits) for hit in searches[1].hits) > 20

    edited = tmp_path / "edited.toml"
    edited.write_text(re.sub(r"size = \d+", "size = 5", (desk.home / "brand.toml").read_text("utf-8")), "utf-8")
    replayed = desk.replay(edited, timedelta(days=30))
    assert replayed.leaves
    for change in replayed.leaves:
        assert by_topic(change.item) == pytest.approx(everything[change.item.id], abs=2e-6)


def test_a_feed_that_is_discovered_is_scored_as_its_entries_would_be(desk: Library) -> None:
    now = datetime.now(UTC)
    item = next(item for item in desk.store.items() if item.depth == "entry" and item.summary)
    entry = Entry(id=item.url, link=item.url, title=item.title, summary=item.summary)
    candidate = FeedCandidate(url="https://kabar.example/feed", document=FeedDocument(format="rss 2.0", entries=(entry,)))
    brand = desk.brand
    (found,) = discover.ranked([candidate], now, Relevance(brand, desk.engine))
    _, fits = Relevance(brand, desk.engine).of_items([item], {item.id: item.summary})
    assert found.fit == pytest.approx(float(fits.max()), abs=1e-3)
