"""Trends of a library: by command, in the daily list, and beside each card."""

import json
from datetime import timedelta

from msgspec.structs import replace
from rich.console import Console
from support.command import Day, curator
from support.parts import NOW, Web, desk
from support.samples import BRAND as SAMPLE_BRAND
from support.samples import CARDS, REPORT
from support.samples import NOW as SAMPLE_NOW

from curator.cli.render import report as terminal
from curator.cli.render import trends as shown
from curator.core.context import Context
from curator.core.item import Item, Source
from curator.core.protocols import Changes
from curator.core.story import Momentum
from curator.core.trend import LanguageStart, Trend, Trends
from curator.jobs import daily, trends
from curator.publishing.formats import markdown, page
from curator.storage.memory import MemoryStore

WORDS = "pasar cuaca jalan sekolah warga bupati panen stadion konser kereta bandara".split()  # noqa: SIM905
TREND = Trend(
    id="aaaaaaaa",
    label="Kapal <b>pinisi</b> karam",
    kind="story",
    state="growing",
    terms=("kapal pinisi", "karam"),
    publishers=4,
    peak=5,
    expected=0.3,
    chance=0.001,
    daily=(0, 0, 1, 5, 4),
    languages=(LanguageStart(lang="en", since=SAMPLE_NOW - timedelta(hours=6), publishers=4),),
    missing=("id",),
    items=(),
)


def item(n: int, title: str, days: float, site: str) -> Item:
    when = NOW - timedelta(days=days)
    source = Source(title=site, feed=f"https://{site}/feed")
    return Item(id=f"{n:08d}", url=f"https://{site}/{n}", title=title, source=source, published=when, found=when, lang="id")


def library(*, burst: bool) -> Context:
    past = [item(n, f"{WORDS[n % 11]} {WORDS[n % 7]} hari", n / 6, f"koran{n % 8}.example") for n in range(150)]
    now = [item(900 + n, f"Petani kopi lereng panen espresso {WORDS[n]}", 0.1 + n / 100, f"koran{n}.example") for n in range(5 * burst)]
    store = MemoryStore()
    store.commit(Changes(items=(*past, *now)))
    return desk(Web(), store=store)


def test_the_daily_list_tells_what_surely_rises_and_its_card_has_the_momentum():
    made = daily.run(library(burst=True), NOW, fetch=False)
    (rising,) = made.trends
    assert (rising.state, rising.publishers) == ("new", 5)
    card = next(card for card in made.items if card.title.startswith("Petani kopi lereng"))
    assert card.momentum == Momentum(trend=rising.id, state="new", publishers=5)
    calm = daily.run(library(burst=False), NOW, fetch=False)
    assert calm.trends == ()
    assert all(card.momentum is None for card in calm.items)


def test_momentum_is_no_part_of_the_score():
    context = library(burst=True)
    ranked = {card.id: (card.score, card.fits) for card in daily.rank(context, NOW)}
    listed = daily.run(context, NOW, fetch=False).items
    assert any(card.momentum for card in listed)
    assert all(ranked[card.id] == (card.score, card.fits) for card in listed)


def test_trends_of_a_span_say_on_which_day_how_many_told_it():
    found = trends.find(library(burst=True), NOW, timedelta(days=3))
    assert [trend.daily for trend in found.trends] == [(0, 0, 5)]
    assert (found.note, found.since) == ("", NOW - timedelta(days=3))
    later = trends.find(library(burst=True), NOW + timedelta(days=2), timedelta(days=3))
    assert [(trend.state, trend.publishers, trend.peak) for trend in later.trends] == [("fading", 0, 5)]


def test_what_was_found_after_the_given_time_is_no_part_of_it():
    assert trends.find(library(burst=True), NOW - timedelta(days=1), timedelta(days=1)).trends == ()


def test_every_format_tells_the_trend_in_words_and_escapes_its_label():
    report = replace(REPORT, trends=(TREND,), items=(replace(CARDS[0], momentum=Momentum(trend="a", state="growing", publishers=4)),))
    brand, console = replace(SAMPLE_BRAND, language="en"), Console(width=200, record=True)
    html, text = page.render(report, brand), markdown.render(report, brand)
    terminal.show_report(report, brand, console)
    for told in (html, text, " ".join(console.export_text().split())):
        assert "English since 6 h, 4 publishers; nobody in Indonesian yet" in told
        assert "growing: 4 publishers in 24 h" in told
    assert "Kapal &lt;b&gt;pinisi&lt;/b&gt; karam" in html
    assert "<b>pinisi" not in html
    assert "Rising" in html
    assert "Rising" not in page.render(REPORT, brand)


def test_the_terminal_draws_the_course_and_says_why_it_is_empty():
    console = Console(width=100, record=True)
    made = Trends(since=SAMPLE_NOW, days=40, publishers=9, terms=1200, trends=(TREND,))
    shown.show(made, SAMPLE_BRAND, SAMPLE_NOW, console)
    told = console.export_text()
    assert "▁▁▂█▇" in told
    assert "1,200 terms of 9 publishers against 40 days" in told
    shown.show(replace(made, trends=()), SAMPLE_BRAND, SAMPLE_NOW, console)
    assert "Nothing rises that is sure." in console.export_text()


def test_the_command_prints_one_document_and_writes_nothing(day: Day):
    before = {path: path.read_bytes() for path in day.home.rglob("*") if path.is_file()}
    document, told = curator("trends", "--home", day.home, "--json"), curator("trends", "--home", day.home, "--since", "2d")
    assert document.returncode == told.returncode == 0, document.stderr + told.stderr
    assert set(json.loads(document.stdout)) == {"since", "days", "publishers", "terms", "note", "trends"}
    assert {path: path.read_bytes() for path in day.home.rglob("*") if path.is_file()} == before
    assert curator("trends", "--home", day.home, "--since", "soon").returncode == 2
