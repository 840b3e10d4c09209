"""A look at a feed shows how its server behaves: every hop, the headers that matter, what a second ask gets, when the next is due."""

import asyncio
import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from support.parts import NOW, page, rss
from support.server import Site

from curator.core.brand import FetchRules
from curator.core.feed import Article, Failure
from curator.core.report import FeedCheck, Hop
from curator.feeds import inspect
from curator.feeds.http import HttpFetcher
from curator.feeds.workers import InlineWorkers

FEED = rss(
    "kedai",
    [
        {"title": f"kopi {n}", "link": f"https://kedai.example/{n}", "pubDate": format_datetime(NOW - timedelta(days=n))}
        for n in range(1, 8)
    ],
)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


def looked(site: Site, *targets: str) -> list[FeedCheck | Failure]:
    async def asked() -> list[FeedCheck | Failure]:
        async with HttpFetcher(FetchRules(allow=(site.allow,))) as fetcher, InlineWorkers() as workers:
            return await inspect.feeds(targets, fetcher, workers, NOW, "Asia/Jakarta")

    return asyncio.run(asked())


def check(site: Site, target: str) -> FeedCheck:
    (answer,) = looked(site, target)
    assert isinstance(answer, FeedCheck), answer
    return answer


def test_every_hop_is_shown_with_the_status_that_sent_it_on(site: Site):
    site.moves("/lama", "/antara", 301)
    site.moves("/antara", "/baru", 302)
    site.serves("/baru", FEED)
    seen = check(site, site.url("/lama"))
    assert seen.hops == (
        Hop(url=site.url("/lama"), status=301),
        Hop(url=site.url("/antara"), status=302),
        Hop(url=site.url("/baru"), status=200),
    )
    assert seen.final_url == site.url("/baru")


def test_the_headers_that_matter_are_shown_as_they_came(site: Site):
    told = {
        "Last-Modified": "Sun, 22 Nov 2026 08:00:00 GMT",
        "Cache-Control": "max-age=7200",
        "Age": "300",
        "Retry-After": "60",
        "Server": "x",
    }
    site.serves("/feed", FEED, headers=told)
    assert check(site, site.url("/feed")).headers == {
        "content-type": "application/rss+xml",
        "last-modified": "Sun, 22 Nov 2026 08:00:00 GMT",
        "cache-control": "max-age=7200",
        "retry-after": "60",
        "age": "300",
    }


def test_a_server_that_keeps_its_word_answers_the_second_ask_with_304(site: Site):
    site.serves("/feed", FEED, etag='"kopi-1"')
    assert check(site, site.url("/feed")).repeat == 304
    assert [one.headers.get("If-None-Match") for one in site.asked("/feed")] == [None, '"kopi-1"']


def test_a_server_that_names_an_etag_and_forgets_it_is_found_out(site: Site):
    site.serves("/feed", FEED, headers={"ETag": '"kopi-1"'})
    assert check(site, site.url("/feed")).repeat == 200


def test_a_feed_without_validators_is_not_asked_twice(site: Site):
    site.serves("/feed", FEED)
    assert check(site, site.url("/feed")).repeat is None
    assert len(site.asked("/feed")) == 1


def test_rhythm_and_next_time_are_told(site: Site):
    site.serves("/feed", FEED, headers={"Cache-Control": "max-age=7200"})
    seen = check(site, site.url("/feed"))
    assert (seen.latest, seen.per_week) == (NOW - timedelta(days=1), 6.0)
    assert seen.next_due is not None
    assert seen.next_due >= NOW + timedelta(hours=2)


def test_a_file_has_entries_and_a_rhythm_but_no_server(site: Site, tmp_path: Path):
    file = tmp_path / "kedai.xml"
    file.write_text(FEED)
    seen = check(site, str(file))
    assert (len(seen.entries), seen.per_week) == (7, 6.0)
    assert (seen.hops, seen.headers, seen.repeat, seen.next_due) == ((), {}, None, None)
    assert not site.log


def test_a_gzip_file_on_disk_is_unpacked_and_a_broken_one_told(site: Site, tmp_path: Path):
    whole, half = tmp_path / "kedai.xml.gz", tmp_path / "rusak.xml.gz"
    whole.write_bytes(gzip.compress(FEED.encode()))
    half.write_bytes(gzip.compress(FEED.encode())[:-9])
    seen, broken = looked(site, str(whole), str(half))
    assert isinstance(seen, FeedCheck)
    assert len(seen.entries) == 7
    assert isinstance(broken, Failure)
    assert broken.reason == "broke off in the middle"


def test_a_check_for_robots_in_place_of_a_feed_is_named(site: Site):
    site.serves("/feed", "<html><head><title>Just a moment...</title></head><body></body></html>", type="text/html")
    (seen,) = looked(site, site.url("/feed"))
    assert isinstance(seen, Failure)
    assert seen.reason == "this is a check for robots, not a feed"


def test_targets_keep_their_order_and_a_failure_stands_in_its_place(site: Site, tmp_path: Path):
    site.serves("/feed", FEED)
    site.serves("/page", page("Kedai", "Selamat datang."), type="text/html")
    first, second, third, fourth = looked(site, str(tmp_path / "none.xml"), site.url("/feed"), site.url("/page"), site.url("/gone"))
    assert isinstance(second, FeedCheck)
    assert [one.stage for one in (first, third, fourth) if isinstance(one, Failure)] == ["parse", "parse", "fetch"]
    assert isinstance(third, Failure)
    assert third.hint == f"curator feeds discover {site.url('/page')}"


def test_articles_are_read_from_addresses_and_files_alike(site: Site, tmp_path: Path):
    words = ["Petani menjemur biji kopi di halaman sejak pagi, lalu membaliknya setiap jam sampai sore." * 3] * 3
    site.serves("/a", page("Menjemur kopi", *words), type="text/html")
    (tmp_path / "a.html").write_text(page("Menjemur kopi", *words))

    async def asked() -> list[Article | Failure]:
        async with HttpFetcher(FetchRules(allow=(site.allow,))) as fetcher, InlineWorkers() as workers:
            return await inspect.articles([site.url("/a"), str(tmp_path / "a.html"), str(tmp_path / "b.html")], fetcher, workers)

    one, other, none = asyncio.run(asked())
    assert isinstance(one, Article)
    assert isinstance(other, Article)
    assert one.text == other.text
    assert isinstance(none, Failure)
    assert none.stage == "extract"


def test_a_time_of_no_zone_and_no_country_is_on_the_brands_clocks_and_that_is_told(site: Site):
    site.serves("/feed", rss("kedai", [{"title": "kopi", "link": "https://kedai.example/1", "pubDate": "23 Nov 2026 09:00"}]))
    seen = check(site, site.url("/feed"))
    assert seen.entries[0].published == datetime(2026, 11, 23, 2, tzinfo=UTC)
    assert seen.warnings == ("no entry has a time zone: Asia/Jakarta is assumed",)


def test_what_is_kept_once_or_not_at_all_is_told(site: Site):
    live = {"title": "gol", "link": "https://kedai.example/live", "pubDate": format_datetime(NOW)}
    site.serves("/feed", rss("kedai", [live, live | {"title": "gol lagi"}, live, {"link": "https://kedai.example/kosong"}]))
    warnings = check(site, site.url("/feed")).warnings
    assert "1 of 4 entries repeat another one word for word and are kept once" in warnings
    assert "1 of 4 entries have neither title nor text and are not kept" in warnings


def test_an_address_is_shown_in_the_form_by_which_it_is_known(site: Site):
    site.serves("/feed", rss("kedai", [{"title": "kopi", "link": "https://m.kedai.example/kopi?srsltid=x"}]))
    (entry,) = check(site, site.url("/feed")).entries
    assert (entry.id, entry.url) == ("https://kedai.example/kopi", "https://m.kedai.example/kopi")
