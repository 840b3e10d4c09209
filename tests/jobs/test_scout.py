"""The scout: which sites are tried, how politely, what is remembered of them, and what the report proposes."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from msgspec.structs import replace
from support.fortnight import desk_after
from support.parts import BRAND, NOW, Web, desk, page, rss
from support.server import Site
from support.store_contract import report as report_of

from curator.core.brand import FetchRules, Mute
from curator.core.context import Context
from curator.core.errors import NothingFetched
from curator.core.feed import Failure, Feed
from curator.core.item import Item, Source, Status
from curator.core.post import Decision, ItemState, Verdict
from curator.core.protocols import Changes
from curator.core.scouting import ScoutedSite
from curator.core.story import StoryRef
from curator.core.text import urls
from curator.feeds.http import HttpFetcher
from curator.feeds.workers import InlineWorkers
from curator.jobs import daily, discover, report, scout
from curator.planning import decisions
from curator.storage.memory import MemoryStore

FEED, SEED = "https://kabar.example/feed", "https://benih.example/laporan"
DAY = timedelta(days=1)
HTML = "text/html; charset=utf-8"
COFFEE = "Petani kopi sangrai seduh espresso"
STORIES = ("Petani kopi lereng gunung", "Kedai sangrai espresso pasar", "Resep seduh kopi gelas", "Lomba sangrai petani panen")


def item(n: int, *links: str, status: Status = "listed", days: float = 1) -> Item:
    when = NOW - days * DAY
    listed = None if status == "new" else when.date()
    url = f"https://kabar.example/{n}"
    return Item(
        id=f"{n:08d}",
        url=url,
        title=f"Cerita {n}",
        source=Source(title="Kabar", feed=FEED),
        published=when,
        found=when,
        status=status,
        listed=listed,
        links=links,
    )


def linked(web: Web, *items: Item, **changes: object) -> Context:
    context = desk(web, FEED, store=MemoryStore(), brand=replace(BRAND, **changes))
    keep(context, *items)
    return context


def keep(context: Context, *items: Item) -> None:
    """Keep items with the decisions and the list that their status tells of."""
    plain, numbers = report_of((NOW - DAY).date()), count(1 + len(context.store.decisions()))
    cards = (replace(plain.items[0], id=each.id, story=StoryRef(id=each.id)) for each in items if each.listed)
    verdicts: dict[str, Verdict] = {"picked": "pick", "skipped": "skip"}
    plain_said = Decision(number=0, command=0, at=NOW - DAY / 2, item="", verdict="pick", before=ItemState())
    said = tuple(
        replace(plain_said, number=n, command=n, item=each.id, verdict=verdicts[each.status])
        for n, each in zip(numbers, [each for each in items if each.status in verdicts], strict=False)
    )
    context.store.commit(Changes(items=items, decisions=said, report=replace(plain, items=tuple(cards))))


def sites(context: Context) -> list[str]:
    return [lead.site for lead in scout.leads(context, NOW)]


def entry(n: int, title: str, site: str = "https://benih.example", days: float = 2) -> dict[str, str]:
    day = NOW - days * DAY
    return {"title": f"{title} {n}", "link": f"{site}/{n}", "pubDate": f"{day:%a, %d %b %Y %H:%M:%S} +0000"}


@pytest.fixture
def web() -> Web:
    """A feed with one good story that links to a site, and the site with its feed."""
    made = Web()
    made.serve(FEED, rss("kabar.example", [entry(1, f"{COFFEE} Gayo", "https://kabar.example")]), "application/rss+xml")
    told = (f"{COFFEE} menurut <a href='{SEED}'>laporan yang baru terbit</a> tentang panen tahun ini di Gayo.", f"{COFFEE} di Bandung.")
    made.serve("https://kabar.example/1", page(f"{COFFEE} Gayo 1", *told))
    link = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    made.serve(SEED, page("Laporan", "Isi laporan.").replace("<head>", f"<head>{link}"))
    made.serve("https://benih.example/", page("Benih", "Depan."))
    made.serve("https://benih.example/feed.xml", rss("Benih", [entry(n, title) for n, title in enumerate((*STORIES, "Cuaca kota hujan"))]))
    return made


# --- which sites ---


def test_sites_that_good_articles_link_to_are_tried_the_most_linked_first():
    context = linked(
        Web(),
        item(1, "https://a.example/x", "https://b.example/1", status="picked"),
        item(2, "https://b.example/2", "https://c.example/"),
        item(3, "https://c.example/", "https://d.example/"),
        item(4, "https://e.example/", status="skipped"),
        item(5, "https://f.example/", status="new"),
        item(6, "https://g.example/", status="picked", days=31),
    )
    assert sites(context) == ["b.example", "a.example", "c.example"]
    assert scout.leads(context, NOW)[0].links == ("00000002", "00000001")


def test_links_of_the_other_items_of_a_listed_story_count_as_those_of_the_one_shown(web: Web):
    title = "Petani kopi lereng gunung panen sangrai espresso pagi ini"
    context = desk_after(2, decide=False)
    shown = replace(item(1, status="new"), title=title)
    told = replace(item(2, SEED, status="new", days=1.1), title=title, url="https://lain.example/2")
    context.store.commit(Changes(items=(shown, told)))
    made = daily.run(context, NOW, fetch=False)
    (card,) = (card for card in made.items if {card.id, *(other.id for other in card.story.others)} == {shown.id, told.id})
    assert scout.leads(context, NOW) == []
    decisions.pick(context, [card.id], NOW)
    assert [(lead.site, lead.links) for lead in scout.leads(context, NOW + DAY)] == [("benih.example", (told.id,))]


def test_followed_muted_tried_and_ubiquitous_sites_and_platforms_are_left_alone():
    links = (
        "https://kabar.example/2",
        "https://m.bising.example/",
        "https://coba.example/",
        "https://id.wikipedia.org/wiki/Kopi",
        "https://bit.ly/x",
    )
    links = (*links, "https://www.youtube.com/@kopi", "https://kopi.substack.com/p/1", "https://baru.example/")
    context = linked(Web(), item(1, *links, status="picked"), mute=Mute(domains=("bising.example",)))
    context = replace(context, feeds=(*context.feeds, Feed(url="https://umpan.example/1", site="https://situs.example")))
    keep(context, item(2, "https://situs.example/", status="picked"))
    context.store.commit(Changes(scouted=(ScoutedSite(site="coba.example", tried=NOW - 29 * DAY, url="https://coba.example/"),)))
    assert sites(context) == ["baru.example"]
    assert scout.leads(context, NOW + 2 * DAY)[0].site == "baru.example"
    assert "coba.example" in [lead.site for lead in scout.leads(context, NOW + 2 * DAY)]


def test_few_sites_are_tried_in_a_run_and_none_where_the_brand_says_so():
    context = linked(Web(), item(1, *(f"https://s{n}.example/" for n in range(12)), status="picked"))
    assert len(sites(context)) == scout.SITES
    assert sites(replace(context, brand=replace(BRAND, fetch=FetchRules(scout=False)))) == []


# --- a run ---


def test_a_run_finds_the_feed_of_a_site_that_a_picked_story_links_to_and_the_report_proposes_it(web: Web):
    context = replace(desk_after(5), feeds=(Feed(url=FEED),), fetcher=lambda: web)
    daily.run(context, NOW)
    (kept,) = (each for each in context.store.items() if each.url == "https://kabar.example/1")
    assert (kept.links, context.store.scouted()) == ((SEED,), [])
    decisions.pick(context, [kept.id], NOW)
    daily.run(context, NOW + DAY)
    (found,) = context.store.scouted()
    assert (found.site, found.feed, found.title) == ("benih.example", "https://benih.example/feed.xml", "Benih")
    assert (found.entries, found.fitting, found.links) == (5, 4, (kept.id,))
    assert {title.rpartition(" ")[0] for title in found.examples} < set(STORIES)
    asked = [request.url for request in web.asked if "benih" in request.url]
    assert asked == [SEED, "https://benih.example/", "https://benih.example/feed.xml"]
    (proposal,) = (each for each in report.report(context, NOW + DAY, 7 * DAY).proposals if each.kind == "add feed")
    assert proposal.command == "curator feeds add https://benih.example/feed.xml"
    assert "4 fitting stories" in proposal.effect
    assert found.examples[0] in proposal.effect


def test_a_site_is_tried_once_a_month_and_forgotten_when_nothing_links_to_it(web: Web):
    context = linked(web, item(1, SEED, status="picked"))
    daily.run(context, NOW)
    daily.run(context, NOW + DAY)
    assert [request.url for request in web.asked].count(SEED) == 1
    daily.run(context, NOW + scout.FORGET + DAY)
    assert context.store.scouted() == []


def test_a_site_that_cannot_be_read_is_remembered_with_the_reason_and_not_proposed(web: Web):
    web.pages[SEED] = Failure(url=SEED, stage="robots", reason="its robots.txt asks that this page not be read")
    context = linked(web, item(1, SEED, "https://lain.example/", status="picked"))
    web.serve("https://lain.example/", page("Lain", "Tanpa umpan."))
    made = daily.run(context, NOW)
    assert {each.site: each.reason for each in context.store.scouted()} == {
        "benih.example": "its robots.txt asks that this page not be read",
        "lain.example": "it names no feed",
    }
    assert not made.failures
    assert not [each for each in report.report(context, NOW, 7 * DAY).proposals if each.kind == "add feed"]


def test_what_followed_feeds_brought_and_the_feeds_themselves_are_not_counted_again(web: Web):
    context = replace(desk_after(5), feeds=(Feed(url=FEED),), fetcher=lambda: web)
    known = replace(item(2), id=urls.item_id("https://benih.example/1"), url="https://benih.example/1")
    context.store.commit(Changes(items=(known,)))
    keep(context, item(1, SEED, status="picked"))
    daily.run(context, NOW)
    assert context.store.scouted()[0].fitting == 3
    followed = replace(context, feeds=(*context.feeds, Feed(url="http://benih.example/feed.xml/")))
    assert not [each for each in report.report(followed, NOW, 7 * DAY).proposals if each.kind == "add feed"]


def test_nobody_is_scouted_without_the_network(web: Web):
    context = linked(web, item(1, SEED, status="picked"))
    daily.run(context, NOW, fetch=False)
    assert web.asked == []
    web.pages[FEED] = Failure(url=FEED, stage="fetch", reason="no answer")
    with pytest.raises(NothingFetched):
        daily.run(context, NOW)
    assert context.store.scouted() == []


def test_a_site_that_never_answers_does_not_hold_up_the_list(web: Web, monkeypatch: pytest.MonkeyPatch):
    class Silent(Web):
        async def get(self, ask: object) -> object:  # type: ignore[override]
            if "benih" in ask.url:  # type: ignore[attr-defined]
                await asyncio.sleep(60)
            return await Web.get(self, ask)  # type: ignore[arg-type]

    monkeypatch.setattr(scout, "PATIENCE", 0.1)
    context = linked(Silent(pages=web.pages), item(1, SEED, status="picked"))
    assert daily.run(context, NOW).counts.entries == 1
    assert context.store.scouted() == []


# --- politeness, over real HTTP ---


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


def test_robots_txt_is_obeyed_and_no_usual_place_is_tried(site: Site):
    link = "".join(f'<link rel="alternate" type="application/rss+xml" href="{path}">' for path in ("/kabar.xml", "/comments/feed"))
    site.serves("/cerita", f"<html><head>{link}</head><body>Cerita</body></html>", type=HTML)
    site.serves("/tertutup", f"<html><head>{link}</head><body>Cerita</body></html>", type=HTML)
    site.serves("/kabar.xml", rss("Kabar", [entry(1, "Kopi")]))
    site.serves("/comments/feed", rss("Comments on Kabar", [entry(2, "Kopi")]))
    site.serves("/robots.txt", "User-agent: *\nDisallow: /tertutup", type="text/plain")

    async def named(path: str) -> list[discover.FeedCandidate] | Failure:
        async with HttpFetcher(FetchRules(allow=(site.allow,))) as fetcher, InlineWorkers() as workers:
            return await discover.named(site.url(path), fetcher, workers)

    found, closed = asyncio.run(named("/cerita")), asyncio.run(named("/tertutup"))
    assert [one.document.title for one in found] == ["Kabar"]  # type: ignore[union-attr]
    assert isinstance(closed, Failure)
    assert closed.stage == "robots"
    assert {request.path for request in site.log} == {"/robots.txt", "/cerita", "/", "/kabar.xml", "/comments/feed"}
