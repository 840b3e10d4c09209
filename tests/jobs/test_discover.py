"""A site's feeds: where they are looked for, how few questions that takes, which are the same, and which come first."""

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from support.parts import BRAND, NOW, Quiet, Web, WordCounter, ensemble, rss
from support.server import Site

from curator.core.brand import FetchRules
from curator.core.feed import Entry, Failure, FeedDocument
from curator.feeds import pages
from curator.feeds.http import HttpFetcher
from curator.feeds.workers import InlineWorkers
from curator.jobs import discover
from curator.jobs.discover import MOST, USUAL, FeedCandidate
from curator.ranking.relevance import Relevance

HTML = "text/html; charset=utf-8"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


def find(site: Site, path: str = "/") -> list[FeedCandidate] | Failure:
    async def asked() -> list[FeedCandidate] | Failure:
        async with HttpFetcher(FetchRules(allow=(site.allow,))) as fetcher, InlineWorkers() as workers:
            return await discover.find(site.url(path), fetcher, workers, Quiet())

    return asyncio.run(asked())


def found(site: Site, path: str = "/") -> list[str]:
    """The paths of the feeds that were found."""
    answer = find(site, path)
    assert isinstance(answer, list), answer
    return [one.url.removeprefix(site.url("")) for one in answer]


def a_feed(title: str, *names: str) -> str:
    return rss(title, [{"title": name, "link": f"https://kedai.example/{title}/{name}"} for name in names or ("satu", "dua")])


def a_page(head: str = "", body: str = "") -> str:
    return f"<!doctype html><html><head><title>Kedai</title>{head}</head><body>{body}</body></html>"


def named(href: str, kind: str = "application/rss+xml") -> str:
    return f'<link rel="alternate" type="{kind}" href="{href}">'


# --- where feeds are looked for ---------------------------------------------------------------------------------


def test_feeds_that_the_page_names_come_before_those_in_the_usual_places(site: Site):
    site.serves("/", a_page(named("/kabar.xml") + named("/kopi.json", "application/feed+json")), type=HTML)
    site.serves("/feed.xml", a_feed("umum"))
    site.serves("/kabar.xml", a_feed("kabar"))
    site.serves("/kopi.json", '{"version": "https://jsonfeed.org/version/1.1", "title": "kopi", "items": []}')
    assert found(site) == ["/kabar.xml", "/kopi.json", "/feed.xml"]


@pytest.mark.parametrize("path", ["/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/feeds/posts/default"])
def test_a_site_that_names_nothing_is_asked_in_the_usual_places(site: Site, path: str):
    site.serves("/", a_page(body="<p>Selamat datang.</p>"), type=HTML)
    site.serves(path, a_feed("kedai"))
    assert found(site) == [path]


def test_links_in_the_text_and_sitemaps_that_look_like_feeds_are_asked_too(site: Site):
    site.serves("/", a_page(body='<a class="x" href="/kanal/rss-kopi">RSS</a> <a href="/rsstelah">tidak</a>'), type=HTML)
    site.serves(
        "/robots.txt",
        f"User-agent: *\nDisallow: /\nSitemap: {site.url('/sitemap.xml')}\nsitemap: {site.url('/peta/atom')}\n",
        type="text/plain",
    )
    site.serves("/kanal/rss-kopi", a_feed("kopi"))
    site.serves("/peta/atom", a_feed("peta"))
    assert found(site) == ["/kanal/rss-kopi", "/peta/atom"]
    assert not site.asked("/sitemap.xml")
    assert not site.asked("/rsstelah")


def test_a_robots_file_of_empty_lines_holds_nothing_up(site: Site):
    site.serves("/", a_page(), type=HTML)
    site.serves("/robots.txt", "\n" * 400_000, type="text/plain")
    site.serves("/feed", a_feed("kedai"))
    began = time.process_time()
    assert found(site) == ["/feed"]
    assert time.process_time() - began < 10  # an hour when each line is read to the end of all


def test_the_links_of_a_page_are_followed_from_its_base(site: Site):
    head = '<base href="/kanal/">' + named("kabar.xml")
    site.serves("/berita/2026/", a_page(head, '<a href="rss-kopi">RSS</a>'), type=HTML)
    site.serves("/kanal/kabar.xml", a_feed("kabar"))
    site.serves("/kanal/rss-kopi", a_feed("kopi"))
    assert found(site, "/berita/2026/") == ["/kanal/kabar.xml", "/kanal/rss-kopi"]


def test_the_base_of_a_page_says_what_its_links_are_relative_to(site: Site):
    site.serves(
        "/blog/2026/", a_page('<base target="_top"><base href="/siaran/">' + named("kabar.xml"), '<a href="rss-kopi">RSS</a>'), type=HTML
    )
    site.serves("/siaran/kabar.xml", a_feed("kabar"))
    site.serves("/siaran/rss-kopi", a_feed("kopi"))
    assert found(site, "/blog/2026/") == ["/siaran/kabar.xml", "/siaran/rss-kopi"]


def test_a_base_that_is_no_web_address_is_ignored(site: Site):
    site.serves("/", a_page('<base href="javascript:1">' + named("kabar.xml")), type=HTML)
    site.serves("/kabar.xml", a_feed("kabar"))
    assert found(site) == ["/kabar.xml"]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="feed" href="/kanal">',
        '<a rel="feed" href="/kanal">Langganan</a>',
        '<link rel="home alternate" type="text/xml" href="/kanal">',
        '<link rel="alternate" type="Application/Atom+XML; charset=utf-8" href="/kanal">',
    ],
)
def test_a_feed_is_named_in_many_ways(site: Site, link: str):
    site.serves("/", a_page(body=link), type=HTML)
    site.serves("/kanal", a_feed("kanal"))
    assert found(site) == ["/kanal"]


def test_feeds_that_the_link_header_names_are_found(site: Site):
    told = '</gaya.css>; rel=preload; as=style, <kanal/satu>; rel="alternate"; type="application/rss+xml"; title="a, b; c", </dua>;rel=feed'
    site.serves("/blog/", a_page(), type=HTML, headers={"Link": told})
    site.serves("/blog/kanal/satu", a_feed("satu"))
    site.serves("/dua", a_feed("dua"))
    assert found(site, "/blog/") == ["/blog/kanal/satu", "/dua"]


# --- accounts on platforms --------------------------------------------------------------------------------------


def on_the_web(web: Web, url: str) -> list[FeedCandidate] | Failure:
    return asyncio.run(discover.find(url, web, InlineWorkers(), Quiet()))


def test_an_account_is_asked_for_its_feed_at_the_place_of_its_platform_and_nothing_else():
    web = Web()
    web.serve("https://bsky.app/profile/kedai.example/rss", a_feed("kedai"))
    (own,) = on_the_web(web, "https://bsky.app/profile/kedai.example")
    assert own.url == "https://bsky.app/profile/kedai.example/rss"
    assert len(web.asked) == 1


def test_where_the_place_of_the_platform_holds_no_feed_the_page_is_searched():
    web = Web()
    web.serve("https://sosial.example/@kedai", a_page(named("/umpan/7")))
    web.serve("https://sosial.example/umpan/7", a_feed("kedai"))
    (own,) = on_the_web(web, "https://sosial.example/@kedai")
    assert own.url == "https://sosial.example/umpan/7"


def test_an_account_whose_address_says_too_little_is_found_through_its_page():
    web, channel = Web(), "UC" + "k" * 22
    web.serve("https://www.youtube.com/@kedai", a_page(body=f'<script>{{"externalId":"{channel}"}}</script>'))
    web.serve(f"https://www.youtube.com/feeds/videos.xml?channel_id={channel}", a_feed("kedai"))
    (own,) = on_the_web(web, "https://www.youtube.com/@kedai")
    assert own.url.endswith(channel)


def test_a_platform_without_feeds_says_so_and_what_to_do_and_is_not_asked():
    web = Web()
    told = on_the_web(web, "https://t.me/s/kedai")
    assert isinstance(told, Failure)
    assert told.reason == "Telegram gives its pages no feed"
    assert "/telegram/channel/kedai" in told.hint
    assert not web.asked


def test_a_page_in_a_usual_place_that_lists_the_feeds_of_the_site_is_followed(site: Site):
    site.serves("/", a_page(), type=HTML)
    site.serves(
        "/rss", a_page(body='<a href="/rss/kopi.xml">Kopi</a> <a href="/rss/niaga.xml">Niaga</a> <a href="/rss">RSS</a>'), type=HTML
    )
    site.serves("/rss/kopi.xml", a_feed("kopi"))
    site.serves("/rss/niaga.xml", a_feed("niaga"))
    assert found(site) == ["/rss/kopi.xml", "/rss/niaga.xml"]


def test_a_site_that_answers_everything_with_its_front_page_is_asked_no_more_than_others(site: Site):
    front = a_page(named("/kabar.xml"))
    for path in ("/", *(f"/{name}" for name in USUAL)):
        site.serves(path, front, type=HTML)
    site.serves("/kabar.xml", a_feed("kabar"))
    assert found(site) == ["/kabar.xml"]
    assert len(site.log) == len(USUAL) + 3


def test_a_page_deep_in_the_site_leads_to_the_feeds_of_its_folder_and_of_the_front_page(site: Site):
    site.serves("/", a_page(named("/semua.xml")), type=HTML)
    site.serves("/blog/kopi", a_page(), type=HTML)
    site.serves("/semua.xml", a_feed("semua"))
    site.serves("/blog/kopi/feed", a_feed("satu tulisan"))
    assert found(site, "/blog/kopi") == ["/semua.xml", "/blog/kopi/feed"]


def test_the_dead_address_of_a_feed_that_moved_leads_to_the_new_one(site: Site):
    site.serves("/", a_page(named("/baru.xml")), type=HTML)
    site.serves("/baru.xml", a_feed("baru"))
    assert found(site, "/lama.xml") == ["/baru.xml"]


def test_the_address_to_subscribe_to_is_where_a_feed_has_moved_for_good(site: Site):
    site.serves("/", a_page(named("/lama") + named("/pindah-sebentar")), type=HTML)
    site.moves("/lama", "/baru", 301)
    site.moves("/pindah-sebentar", "/lain", 302)
    site.serves("/baru", a_feed("baru"))
    site.serves("/lain", a_feed("lain"))
    assert found(site) == ["/baru", "/pindah-sebentar"]


def test_an_address_that_is_a_feed_is_its_own_answer_to_a_single_question(site: Site):
    site.serves("/kabar.xml", a_feed("kabar"))
    assert found(site, "/kabar.xml") == ["/kabar.xml"]
    assert len(site.log) == 1


# --- what is no feed, and what must not be asked ----------------------------------------------------------------


def test_what_is_named_but_is_no_feed_is_left_out(site: Site):
    site.serves("/", a_page(named("/hilang.xml") + named("/halaman") + named("/rusak.xml")), type=HTML)
    site.serves("/halaman", a_page(), type=HTML)
    site.serves("/rusak.xml", b"<rss><channel>\xff\xfe")
    assert found(site) == []


def test_a_site_that_cannot_be_reached_is_one_failure_with_its_reason():
    with Site() as site:
        pass
    answer = find(site)
    assert isinstance(answer, Failure)
    assert answer.reason == "nobody answers there"


def test_a_site_that_refuses_everything_says_why(site: Site):
    site.serves("/", status=429, headers={"Retry-After": "600"})
    answer = find(site)
    assert isinstance(answer, Failure)
    assert "10 min" in answer.reason
    assert len(site.log) == 1, "a host that asks to be left alone is left alone"


def test_a_page_that_names_a_thousand_feeds_gets_few_questions_two_at_a_time(site: Site):
    site.serves("/", a_page("".join(named(f"/f{n}.xml") for n in range(1000))), type=HTML)
    find(site)
    assert len(site.log) <= MOST + 1
    assert max(one.together for one in site.log) <= 2


def test_addresses_inside_the_network_are_not_contacted_whoever_names_them(site: Site):
    with Site() as inside:
        inside.serves("/feed", a_feed("rahasia"))
        site.serves("/", a_page(named(inside.url("/feed")) + named("file:///etc/passwd") + named("javascript:1")), type=HTML)
        assert found(site) == []
        assert not inside.log


@pytest.mark.parametrize("body", ["<a " * 300_000, "<a href='" * 100_000, "<a x" + " " * 900_000, "<link rel=alternate href=" * 40_000])
def test_garbage_takes_no_long_time(body: str):
    began = time.perf_counter()
    pages.links(body.encode(), url="https://kedai.example/")
    assert time.perf_counter() - began < 3


# --- the same feed twice ----------------------------------------------------------------------------------------


def test_a_feed_with_two_addresses_or_two_formats_is_shown_once(site: Site):
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>kabar</title><entry><id>1</id><title>satu</title>'
        '<link href="http://www.kedai.example/kabar/satu/"/></entry></feed>'
    )
    site.serves("/", a_page(named("/kabar.xml") + named("/kabar.atom", "application/atom+xml") + named("/kopi.xml")), type=HTML)
    site.serves("/kabar.xml", a_feed("kabar"))
    site.serves("/kabar.atom", atom)
    site.serves("/feed", a_feed("kabar"))
    site.serves("/kopi.xml", a_feed("kopi", "satu"))
    assert found(site) == ["/kabar.xml", "/kopi.xml"]


def test_a_part_of_a_site_with_a_title_of_its_own_is_another_feed():
    whole, part = feed("kabar", "satu", "dua"), feed("kabar: kopi", "satu")
    assert discover.merged([whole, part]) == [whole, part]


# --- which comes first ------------------------------------------------------------------------------------------


def feed(title: str, *titles: str, age: timedelta = timedelta(days=1), url: str = "") -> FeedCandidate:
    times = [NOW - age - timedelta(days=n) for n in range(len(titles))]
    entries = tuple(
        Entry(id=name, link=f"https://a.example/{name}", title=name, published=time) for name, time in zip(titles, times, strict=True)
    )
    return FeedCandidate(url=url or f"https://a.example/{title}", document=FeedDocument(format="rss 2.0", title=title, entries=entries))


COFFEE = feed("kopi", "kopi petani sangrai seduh", "espresso coffee farmers", "roasting brewing", age=timedelta(days=9))
SPORT = feed("bola", "hasil pertandingan semalam", "klasemen liga", "jadwal siaran langsung")
REPLIES = feed("Comments on kopi", "kopi petani sangrai seduh espresso", age=timedelta())


def titles(*feeds: FeedCandidate, brand: bool) -> list[str]:
    rows = discover.ranked(feeds, NOW, Relevance(BRAND, ensemble(WordCounter())) if brand else None)
    return [row.title for row in rows]


def test_what_fits_the_brand_comes_first_and_without_a_brand_what_is_newest():
    assert titles(SPORT, COFFEE, brand=True) == ["kopi", "bola"]
    assert titles(COFFEE, SPORT, brand=False) == ["bola", "kopi"]


def test_comments_come_after_what_the_site_writes():
    for brand in (True, False):
        assert titles(REPLIES, SPORT, COFFEE, brand=brand)[-1] == "Comments on kopi"


def test_a_feed_shows_its_rhythm_and_its_fit_in_numbers():
    (row,) = discover.ranked([COFFEE], NOW, Relevance(BRAND, ensemble(WordCounter())))
    assert (row.entries, row.latest, row.format) == (3, NOW - timedelta(days=9), "rss 2.0")
    assert row.per_week == 1.3
    assert row.fit is not None
    assert 0 <= row.fit <= 1
    assert discover.ranked([COFFEE], NOW)[0].fit is None


def test_feeds_without_entries_or_dates_are_shown_last_and_break_nothing():
    empty = feed("kosong")
    rows = discover.ranked([empty, COFFEE], NOW, Relevance(BRAND, ensemble(WordCounter())))
    assert [row.title for row in rows] == ["kopi", "kosong"]
    assert (rows[1].latest, rows[1].per_week, rows[1].fit) == (None, 0.0, 0.0)
    assert discover.ranked([], NOW, Relevance(BRAND, ensemble(WordCounter()))) == ()
    assert discover.ranked([empty], NOW, Relevance(BRAND, ensemble(WordCounter())))[0].fit == 0.0


def test_one_good_day_among_many_others_still_counts():
    mixed = feed(
        "campur",
        *(f"berita {n}" for n in range(20)),
        "kopi petani sangrai",
        "espresso coffee",
        "roasting brewing",
        "seduh kopi",
        "petani kopi",
    )
    dull = feed("bosan", *(f"berita {n}" for n in range(25)))
    assert titles(dull, mixed, brand=True) == ["campur", "bosan"]
