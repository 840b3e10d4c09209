"""What a person sees of feeds: a site's feeds with the command that subscribes, and one feed looked at closely."""

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from support.console import printed
from support.samples import NOW

from curator.cli.render import feeds as render_feeds
from curator.core.report import CheckedEntry, DiscoveredFeed, FeedCheck, Hop

FOUND = DiscoveredFeed(
    url="https://kedai.example/feed",
    title="Kabar Kedai",
    format="rss 2.0",
    entries=10,
    latest=NOW - timedelta(hours=5),
    per_week=4.6,
    fit=0.812,
)
ENTRY = CheckedEntry(id="1", url="https://a.example/1", link="https://a.example/1", title="Satu", published=NOW, updated=None, summary="")
FILE = FeedCheck(
    url="a.xml",
    final_url="a.xml",
    format="rss 2.0",
    title="A",
    site="",
    entries=(ENTRY, replace(ENTRY, title="", published=None)),
    warnings=("no dates",),
    latest=NOW,
    per_week=0.5,
)
FEED = replace(
    FILE,
    hops=(Hop(url="http://a.example/feed", status=301), Hop(url="https://a.example/feed/", status=200)),
    headers={"content-type": "text/xml", "etag": '"1"', "last-modified": "Sun, 22 Nov 2026 22:05:00 GMT", "age": "300"},
    repeat=304,
    next_due=NOW + timedelta(hours=2),
)


def found(*feeds: DiscoveredFeed, width: int = 80) -> str:
    return printed(lambda c: render_feeds.show_discovered(feeds, NOW, c), width)


def checked(check: FeedCheck, width: int = 80) -> str:
    return printed(lambda c: render_feeds.show_check(check, NOW, c), width)


def test_the_feeds_of_a_site_read_like_this_and_end_with_what_to_type():
    silent = replace(FOUND, url="https://kedai.example/?feed=rss2&x='", title="", entries=1, latest=None, per_week=0.0, fit=None)
    assert found(FOUND, silent) == (
        "  1  Kabar Kedai                                              fit ▇▇▇▇▇▇▇▇▁▁ .81\n"
        "     rss 2.0 · 10 entries · 5 a week, the newest 5 h old\n"
        "     curator feeds add https://kedai.example/feed\n"
        "\n"
        "  2  kedai.example\n"
        "     rss 2.0 · 1 entry · no entry has a date\n"
        "     curator feeds add 'https://kedai.example/?feed=rss2&x='\"'\"''\n"
    )


@pytest.mark.parametrize("width", [40, 60, 120])
def test_nothing_but_what_is_to_be_copied_is_wider_than_the_terminal(width: int):
    long = replace(FOUND, title="Kabar Kedai Kopi " * 9, url="https://kedai.example/" + "panjang/" * 9)
    rows = [*found(long, width=width).splitlines(), *checked(replace(FEED, warnings=("salah " * 30,)), width).splitlines()]
    assert all(re.match(r"\s*(curator feeds add|asked|200 |https?://)", row) for row in rows if cell_len(row) > width)


def test_a_title_cannot_speak_to_the_terminal():
    assert "\x1b" not in found(replace(FOUND, title="\x1b[2Jkopi", format="\x1b]0;x\x07"))
    assert "\x1b" not in checked(replace(FEED, headers={"etag": "\x1b[2J"}, hops=(Hop(url="https://a.example/\x1b[2J", status=200),)))


def test_a_feed_in_a_file_shows_its_entries_its_rhythm_and_what_is_wrong_with_it():
    assert checked(FILE) == (
        " A\n rss 2.0 · 2 entries\n no dates\n rhythm   less than 1 a week, the newest is new\n\n"
        " Monday 23 November 2026, 01:05  Satu\n   https://a.example/1\n no date  no title\n   https://a.example/1\n"
    )


def test_a_feed_with_an_address_shows_every_hop_its_headers_and_what_comes_next():
    assert checked(FEED).split("\n\n")[1] == (
        " asked    301 http://a.example/feed\n"
        "          200 https://a.example/feed/\n"
        "          content-type: text/xml\n"
        '          etag: "1"\n'
        "          last-modified: Sun, 22 Nov 2026 22:05:00 GMT (3 h ago)\n"
        "          age: 300 (lay 5 min in a cache)\n"
        " rhythm   less than 1 a week, the newest is new\n"
        " repeat   304: a second request brings nothing twice\n"
        " next     curator fetch would ask again in 2 h"
    )


@pytest.mark.parametrize(
    ("headers", "repeat", "told"),
    [
        ({}, None, "every request brings all of it"),
        ({"etag": '"1"'}, None, "was not answered"),
        ({"etag": '"1"'}, 200, "200: a second request brings all of it again"),
        ({"last-modified": "yesterday"}, 503, "503: a second request was refused"),
    ],
)
def test_a_server_that_wastes_answers_is_told_of(headers: dict[str, str], repeat: int | None, told: str):
    assert told in " ".join(checked(replace(FEED, headers=headers, repeat=repeat), 200).split())
