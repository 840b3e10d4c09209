import asyncio
import gzip
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from time import monotonic

import brotli
import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st
from support.server import Site

from curator.core.brand import FetchRules
from curator.core.errors import ConfigError
from curator.core.feed import Failure, NotModified, Page
from curator.core.protocols import FetchRequest
from curator.feeds.credentials import loggable
from curator.feeds.http import HttpFetcher, Limits, errors, robots

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

RSS = "<rss version='2.0'><channel><title>Koran Pagi – kopi, teh 茶</title></channel></rss>" * 20
HTML = "<!doctype html><p>Kedai kopi di Bandung memakai gelas isi ulang.</p>"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PATIENT = Limits(total=20.0, connect=5.0, read=10.0, pause=0.02)
HASTY = Limits(total=2.0, connect=1.0, read=0.4, pause=0.02)
Outcome = Page | NotModified | Failure


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as one:
        yield one


@pytest.fixture
def other() -> Iterator[Site]:
    with Site() as one:
        yield one


def visit(
    sites: list[Site], do: Callable[[HttpFetcher], Awaitable[list[Outcome]]], limits: Limits = PATIENT, contact: str = ""
) -> list[Outcome]:
    async def inside() -> list[Outcome]:
        async with HttpFetcher(FetchRules(contact=contact, allow=tuple(s.allow for s in sites)), limits) as fetcher:
            return await do(fetcher)

    return asyncio.run(inside())


def get(site: Site, *asks: FetchRequest | str, kind: str = "feed", limits: Limits = PATIENT, allow: tuple[Site, ...] = ()) -> list[Outcome]:
    """Asks one after the other with one client."""

    async def one_by_one(fetcher: HttpFetcher) -> list[Outcome]:
        wanted = [a if isinstance(a, FetchRequest) else FetchRequest(url=site.url(a), kind=kind) for a in asks]  # type: ignore[arg-type]
        return [await fetcher.get(ask) for ask in wanted]

    return visit([site, *allow], one_by_one, limits)


def page(outcome: Outcome) -> Page:
    assert isinstance(outcome, Page), outcome
    return outcome


def failure(outcome: Outcome) -> Failure:
    assert isinstance(outcome, Failure), outcome
    return outcome


def reason(site: Site, path: str, kind: str = "feed") -> str:
    return failure(get(site, path, kind=kind)[0]).reason


# --- a good answer ---


def test_a_feed_comes_whole_with_the_headers_that_matter(site: Site) -> None:
    site.serves(
        "/ok", RSS, etag='W/"a:b+c="', headers={"Last-Modified": "Mon, 23 Nov 2026 00:00:00 GMT", "Set-Cookie": "a=b", "X-Odd": "1"}
    )
    got = page(get(site, "/ok")[0])
    assert got == Page(
        url=site.url("/ok"),
        final_url=site.url("/ok"),
        status=200,
        headers={"content-type": "application/rss+xml", "etag": 'W/"a:b+c="', "last-modified": "Mon, 23 Nov 2026 00:00:00 GMT"},
        body=RSS.encode(),
    )


def test_we_say_who_we_are_what_we_read_and_nothing_else(site: Site) -> None:
    site.serves("/who", RSS, headers={"Set-Cookie": "track=1; Path=/"})
    site.moves("/from", "/who")

    async def twice(fetcher: HttpFetcher) -> list[Outcome]:
        return [await fetcher.get(FetchRequest(url=site.url("/from"))), await fetcher.get(FetchRequest(url=site.url("/who")))]

    visit([site], twice, contact="https://kopisenja.example/bot\r\nX-Bad: é")
    for asked in site.asked("/who"):
        sent = {name.lower(): value for name, value in asked.headers.items()}
        assert sent["user-agent"].startswith("curator/0")
        assert sent["user-agent"].endswith(" (+https://kopisenja.example/bot X-Bad: )")
        assert "application/atom+xml" in sent["accept"]
        assert sent["accept-encoding"] == "gzip, deflate, br, zstd"
        assert set(sent) == {"host", "user-agent", "accept", "accept-encoding"}


def test_no_proxy_of_the_environment_is_used(site: Site, other: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", other.url())
    monkeypatch.setenv("http_proxy", other.url())
    site.serves("/direct", RSS)
    page(get(site, "/direct")[0])
    assert not other.log


def test_a_connection_is_used_again(site: Site) -> None:
    ports = set()

    async def remember(request: web.Request) -> web.Response:
        assert request.transport
        ports.add(request.transport.get_extra_info("peername")[1])
        return web.Response(text=RSS)

    site.handles("/again", remember)
    get(site, *["/again"] * 5)
    assert len(ports) == 1


# --- conditional requests ---


def test_validators_are_sent_as_they_came_and_a_304_is_no_failure(site: Site) -> None:
    site.serves("/cond", RSS, etag='W/"ñ:1"', headers={"Cache-Control": "max-age=60"})
    got = get(site, FetchRequest(url=site.url("/cond"), etag='W/"ñ:1"', last_modified="someday"))[0]
    assert isinstance(got, NotModified)
    assert got.url == site.url("/cond")
    sent = site.asked("/cond")[-1].headers
    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('W/"ñ:1"', "someday")


def test_a_304_that_nobody_asked_for_is_a_failure(site: Site) -> None:
    site.serves("/304", status=304)
    assert reason(site, "/304") == "answered 304: nothing new, though it was asked for everything"


def test_a_validator_that_is_no_text_is_not_kept(site: Site) -> None:
    head = b'HTTP/1.1 200 OK\r\nETag: "\xff\xfe"\r\nLast-Modified: ' + b"x" * 2000 + b"\r\nContent-Length: 2\r\n\r\nok"
    site.sends("/odd-etag", head, pause=0.05)
    assert page(get(site, "/odd-etag")[0]).headers == {}


# --- who may be contacted ---


def test_a_private_address_is_not_contacted_and_the_hint_says_how_to_allow_it(other: Site) -> None:
    async def blocked(fetcher: HttpFetcher) -> list[Outcome]:
        return [await fetcher.get(FetchRequest(url=other.url("/")))]

    got = failure(visit([], blocked)[0])
    assert got.reason == "a private or local address, not contacted"
    assert got.hint == f'add "127.0.0.1:{other.port}" to allow under [fetch] in brand.toml, if it is yours'
    assert not other.log


@pytest.mark.parametrize(
    "host", ["localhost", "2130706433", "0x7f000001", "127.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "user:pw@127.0.0.1"]
)
def test_no_spelling_of_a_local_address_gets_through(site: Site, other: Site, host: str) -> None:
    site.moves("/sneak", f"http://{host}:{other.port}/secret", 302)
    got = failure(get(site, f"http://{host}:{other.port}/secret", "/sneak")[1])
    assert not got.hint
    assert not other.log


def test_every_hop_is_checked(site: Site, other: Site) -> None:
    other.serves("/secret", RSS)
    site.moves("/step", "/last", 302)
    site.moves("/last", other.url("/secret"), 302)
    assert reason(site, "/step") == "moved to 127.0.0.1: a private or local address, not contacted"
    assert not other.log
    assert page(get(site, "/step", allow=(other,))[0]).final_url == other.url("/secret")


def test_a_host_name_in_the_allow_list_stands_for_the_addresses_it_has() -> None:
    async def named(port: int) -> Outcome:
        async with HttpFetcher(FetchRules(allow=(f"localhost:{port}", "nosuch.invalid:80"))) as fetcher:
            return await fetcher.get(FetchRequest(url=f"http://localhost:{port}/named"))

    with Site() as one:
        one.serves("/named", RSS)
        page(asyncio.run(named(one.port)))


def test_an_allow_list_that_cannot_be_read_is_a_person_s_to_mend() -> None:
    with pytest.raises(ConfigError):
        HttpFetcher(FetchRules(allow=("127.0.0.1",)))


NO_ADDRESS = ["", "nonsense", "ftp://a.example/x", "javascript:alert(1)", "file:///etc/passwd", "exec:touch x", "http://", "http:///x"]
NO_ADDRESS += ["http://a:99999/", "http://[bad/", "http://127.0.0.2\\@koran.example/", f"http://{'a' * 300}.example/"]


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_is_no_web_address_is_told_and_asks_nobody(site: Site, url: str) -> None:
    got = failure(get(site, FetchRequest(url=url))[0])
    assert (got.url, got.stage) == (url, "fetch")
    assert got.reason in ("not a web address", "no such host", "not an address that can be requested")


def test_a_name_and_password_in_an_address_are_not_sent(site: Site) -> None:
    site.serves("/user", RSS)
    page(get(site, FetchRequest(url=f"http://ani:rahasia@127.0.0.1:{site.port}/user#bagian"))[0])
    assert "Authorization" not in site.asked("/user")[-1].headers


# --- moving ---


def test_a_permanent_move_is_told_and_a_temporary_one_is_not(site: Site) -> None:
    site.serves("/new", RSS)
    site.moves("/301", "/new", 301)
    site.moves("/308", "/301", 308)
    site.moves("/302", "/301", 302)
    site.moves("/mixed", "/302", 301)
    moved = [page(got) for got in get(site, "/301", "/308", "/302", "/mixed")]
    assert [p.moved for p in moved] == [site.url("/new"), site.url("/new"), None, None]
    assert {p.final_url for p in moved} == {site.url("/new")}
    assert moved[1].url == site.url("/308")
    assert moved[1].hops == (site.url("/301"), site.url("/new"))
    assert moved[1].sent_on == (308, 301)


def test_five_hops_are_followed_and_no_more(site: Site) -> None:
    site.serves("/hop0", RSS)
    for n in range(1, 8):
        site.moves(f"/hop{n}", f"/hop{n - 1}")
    five, six = get(site, "/hop5", "/hop6")
    page(five)
    assert failure(six).reason == "moved too often"


def test_a_loop_ends(site: Site) -> None:
    site.moves("/loop", "/loop", 302)
    site.moves("/ping", "/pong", 302)
    site.moves("/pong", "/ping", 302)
    assert reason(site, "/loop") == f"moved in a circle, back to {site.url('/loop')}"
    assert reason(site, "/ping") == f"moved in a circle, back to {site.url('/ping')}"
    assert [asked.path for asked in site.log if asked.path in ("/loop", "/ping", "/pong")] == ["/loop", "/ping", "/pong"]


def wants_a_cookie(site: Site, path: str, cookie: str, *, sets: str) -> None:
    """Serve a feed at `path` to whoever sends `cookie`; set it and redirect all others to the same address."""

    async def answer(request: web.Request) -> web.Response:
        if request.headers.get("Cookie") == cookie:
            return web.Response(text=RSS)
        return web.Response(status=302, headers={"Location": path, "Set-Cookie": sets})

    site.handles(path, answer)


def test_a_cookie_that_a_redirect_to_itself_asks_for_is_sent_back_and_forgotten_afterwards(site: Site) -> None:
    wants_a_cookie(site, "/gate", "pass=1", sets="pass=1; Path=/; HttpOnly")
    site.serves("/after", RSS)
    gate, after = get(site, "/gate", "/after")
    assert page(gate).hops == (site.url("/gate"),)
    assert page(gate).moved is None
    assert page(after)
    assert [asked.headers.get("Cookie") for asked in site.asked("/gate")] == [None, "pass=1"]
    assert "Cookie" not in site.asked("/after")[0].headers


def test_a_cookie_goes_to_no_other_host_whatever_domain_it_names(site: Site) -> None:
    site.serves("/own", status=302, headers={"Location": site.url("/else").replace("127.0.0.1", "localhost"), "Set-Cookie": "a=b"})
    site.serves("/else", status=302, headers={"Location": site.url("/end"), "Set-Cookie": "c=d; Domain=127.0.0.1"})
    site.serves("/end", RSS)

    async def one(port: int) -> Outcome:
        async with HttpFetcher(FetchRules(allow=(site.allow, f"localhost:{port}", f"[::1]:{port}")), PATIENT) as fetcher:
            return await fetcher.get(FetchRequest(url=site.url("/own")))

    page(asyncio.run(one(site.port)))
    assert "Cookie" not in site.asked("/else")[0].headers
    assert site.asked("/end")[0].headers["Cookie"] == "a=b"


@pytest.mark.parametrize(
    "sets", ["a=b; Secure", "a=b; Max-Age=0", "a=b; Path=/elsewhere", f"a={'b' * 2000}", "", "=;;;", 'a="\\015\\012X: y"']
)
def test_a_cookie_that_may_not_be_sent_back_ends_the_journey_as_a_circle(site: Site, sets: str) -> None:
    wants_a_cookie(site, "/strict", "never", sets=sets)
    assert reason(site, "/strict") in (f"moved in a circle, back to {site.url('/strict')}", "answered with something that is not HTTP")


def test_a_cookie_that_is_new_each_time_comes_to_an_end(site: Site) -> None:
    async def ever_new(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/ever-new", "Set-Cookie": f"n={len(site.asked('/ever-new'))}"})

    site.handles("/ever-new", ever_new)
    assert reason(site, "/ever-new") == "moved too often"
    assert len(site.asked("/ever-new")) == 6


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/berita baru/é.xml", "/berita%20baru/%C3%A9.xml"),
        ("//127.0.0.1:{port}/tanpa-skema", "/tanpa-skema"),
        ("  relatif.xml#bagian ", "/dir/relatif.xml"),
        ("?halaman=2", "/dir/from?halaman=2"),
        ("http://ani:rahasia@127.0.0.1:{port}/%41%2f?a=b%20c", "/A%2F?a=b%20c"),
    ],
)
def test_a_location_is_understood_the_way_servers_write_it(site: Site, location: str, path: str) -> None:
    site.serves(path, RSS)
    raw = location.format(port=site.port).encode()
    site.sends("/dir/from", b"HTTP/1.1 302 Found\r\nLocation: " + raw + b"\r\nContent-Length: 0\r\n\r\n", pause=0.02)
    assert page(get(site, "/dir/from")[0]).body == RSS.encode()


def test_a_location_in_an_old_code_is_taken_byte_for_byte(site: Site) -> None:
    site.serves("/caf%E9", RSS)
    site.sends("/latin", b"HTTP/1.1 301 Moved\r\nLocation: /caf\xe9\r\nContent-Length: 0\r\n\r\n", pause=0.02)
    page(get(site, "/latin")[0])


@pytest.mark.parametrize(
    "location", ["ftp://x/", "javascript:alert(1)", "data:text/xml,<rss/>", "file:///etc/passwd", "http://a:0/", "gopher://x"]
)
def test_a_move_to_what_is_no_web_address_ends_there(site: Site, location: str) -> None:
    site.moves("/away", location, 302)
    told = reason(site, "/away")
    assert told.startswith("moved to ")
    assert told.endswith(", which is not a web address")


def test_a_move_to_a_name_that_is_no_proper_international_one_is_told_in_ascii(site: Site) -> None:
    site.moves("/idn", "http://xn--80akraa92e.invalid/", 302)
    assert reason(site, "/idn").startswith("moved to xn--80akraa92e.invalid: ")


def test_a_move_to_nowhere_is_told(site: Site) -> None:
    site.serves("/nowhere", status=301)
    assert reason(site, "/nowhere") == "answered 301: moved, but not where to"


# --- answers that are no page ---


def test_a_missing_feed_is_told_with_what_to_type_and_not_asked_twice(site: Site) -> None:
    got = failure(get(site, "/none?a=1&b=2")[0])
    assert (got.status, got.reason, got.gone) == (404, "answered 404: not found", False)
    assert got.hint == f"curator feeds discover '{site.url('/none?a=1&b=2')}'"
    assert len(site.asked("/none?a=1&b=2")) == 1


def test_a_feed_that_is_gone_says_so(site: Site) -> None:
    site.serves("/gone", status=410)
    got = failure(get(site, "/gone")[0])
    assert got.gone
    assert got.hint == f"curator feeds remove {site.url('/gone')}"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (204, "answered 204: no content"),
        (202, "answered 202: accepted"),
        (206, "answered 206: partial content"),
        (226, "answered 226: im used"),
        (401, "answered 401: it asks for a password"),
        (403, "answered 403: forbidden"),
        (451, "answered 451: withheld for legal reasons"),
        (599, "answered 599"),
    ],
)
def test_other_answers_are_told_in_words(site: Site, status: int, told: str) -> None:
    site.serves("/said", RSS[: RSS.index("</rss>")], status=status)
    assert reason(site, "/said") == told


JSON_FEED = '{"version": "https://jsonfeed.org/version/1.1", "title": "Kedai", "items": []}'


@pytest.mark.parametrize("status", [202, 203, 206, 226])
@pytest.mark.parametrize("feed", [RSS, f"<?xml version='1.0'?><!-- cached -->\n{RSS}\n<!-- 0.2 s -->", JSON_FEED])
def test_a_whole_feed_is_read_under_an_unusual_status(site: Site, status: int, feed: str) -> None:
    site.serves("/whole", feed, status=status)
    got = page(get(site, "/whole")[0])
    assert (got.status, got.body) == (status, feed.encode())


@pytest.mark.parametrize("half", [RSS[5:], JSON_FEED[:-9], "", "<!--->" * 30_000, "<html><body></rss></body></html>", "[" * 100_000])
def test_half_a_feed_under_an_unusual_status_stays_a_failure(site: Site, half: str) -> None:
    site.serves("/part", half, status=206)
    assert reason(site, "/part") == "answered 206: partial content"


def test_a_page_under_an_unusual_status_is_no_article(site: Site) -> None:
    site.serves("/part", HTML, status=202, type="text/html")
    assert reason(site, "/part", "article") == "answered 202: accepted"


# --- walls ---


@pytest.mark.parametrize(
    ("status", "headers", "body", "told"),
    [
        (403, {"cf-mitigated": "challenge"}, "", "a check for robots (Cloudflare)"),
        (
            403,
            {},
            "<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/h/b/x'></script>",
            "a check for robots (Cloudflare)",
        ),
        (503, {}, "<title>Just a moment...</title>", "a check for robots"),
        (202, {"x-amzn-waf-action": "challenge"}, "", "a check for robots (AWS WAF)"),
        (405, {}, "<script src='https://x.awswaf.com/captcha.js'></script>", "a check for robots (AWS WAF)"),
        (403, {}, "<p>Pastikan Anda bukan robot</p>", "a check for robots"),
        (403, {}, "Blocked because of your User Agent", "a rule against programs of this name (User-Agent)"),
    ],
)
def test_a_wall_says_what_it_is_and_what_can_be_done(site: Site, status: int, headers: dict[str, str], body: str, told: str) -> None:
    site.serves("/wall", body, status=status, type="text/html", headers=headers)
    before = len(site.asked("/wall"))
    got = failure(get(site, "/wall")[0])
    assert got.reason == f"answered {status}: {told} keeps us out"
    assert "contact under [fetch]" in got.hint
    assert f"curator feeds discover {site.url('/wall')}" in got.hint
    assert len(site.asked("/wall")) == before + 1, "a wall is not asked twice"


def test_a_refusal_without_words_has_the_same_hint_for_feeds_and_none_for_articles(site: Site) -> None:
    site.serves("/403", status=403)
    feed, article = failure(get(site, "/403")[0]), failure(get(site, "/403", kind="article")[0])
    assert feed.reason == article.reason == "answered 403: forbidden"
    assert "contact under [fetch]" in feed.hint
    assert not article.hint


def test_a_refusal_that_never_ends_or_is_packed_badly_is_told_by_its_status(site: Site) -> None:
    site.sends("/hang", b"HTTP/1.1 403 Forbidden\r\nContent-Length: 99\r\n\r\n", hang=True)
    assert reason(site, "/hang") == "answered 403: forbidden"
    site.serves("/bad", b"x", status=403, headers={"Content-Encoding": "gzip, br"})
    assert reason(site, "/bad") == "answered 403: forbidden"
    site.serves("/zip", gzip.compress(b"captcha" + bytes(50 << 20)), status=403, headers={"Content-Encoding": "gzip"})
    assert reason(site, "/zip") == "answered 403: a check for robots keeps us out"


def test_a_server_in_trouble_is_asked_once_more_and_its_body_is_not_taken(site: Site) -> None:
    site.serves("/500", RSS, status=500)
    assert reason(site, "/500") == "answered 500: internal server error"
    assert len(site.asked("/500")) == 2


def test_a_second_try_may_succeed(site: Site) -> None:
    async def flaky(request: web.Request) -> web.Response:
        return web.Response(text=RSS) if len(site.asked("/flaky")) > 1 else web.Response(status=502)

    site.handles("/flaky", flaky)
    page(get(site, "/flaky")[0])


def test_a_cut_connection_is_tried_again_once(site: Site) -> None:
    site.sends("/reset", cut=True)
    assert reason(site, "/reset") in ("cut the connection", "hung up without an answer")
    assert 2 <= len(site.asked("/reset")) <= 4


# --- rest ---


def test_a_host_that_says_too_many_requests_is_left_alone_for_the_rest_of_the_run(other: Site) -> None:
    other.serves("/busy", status=429, headers={"Retry-After": "1800"})
    other.serves("/fine", RSS)
    busy, fine = (failure(got) for got in get(other, "/busy", "/fine"))
    assert busy.hold == fine.hold == timedelta(minutes=30)
    assert busy.reason == "answered 429: too many requests; asks to be left alone for 30 min"
    assert fine.reason == f"127.0.0.1:{other.port} asked to be left alone for 30 min"
    assert [asked.path for asked in other.log] == ["/busy"]


def test_a_503_with_a_time_holds_the_host_and_one_without_is_tried_again(other: Site) -> None:
    other.serves("/later", status=503, headers={"Retry-After": "120"})
    other.serves("/soon", status=503)
    soon, later = (failure(got) for got in get(other, "/soon", "/later"))
    assert (soon.hold, later.hold) == (None, timedelta(minutes=2))
    assert [asked.path for asked in other.log] == ["/soon", "/soon", "/later"]


@pytest.mark.parametrize(
    ("value", "hold"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta(minutes=1)),
        ("315360000", timedelta(days=7)),
        ("9" * 400, timedelta(days=7)),
        (format_datetime(NOW + timedelta(hours=3), usegmt=True), timedelta(hours=3)),
        ("Mon, 23 Nov 2026 04:00:00 -0000", timedelta(hours=3)),
        ("Mon, 01 Jan 2001 00:00:00 GMT", timedelta(minutes=1)),
        ("Fri, 31 Dec 9999 23:59:59 -1400", timedelta(days=7)),
        ("-5, soon", timedelta(minutes=30)),
        ("١٢", timedelta(minutes=30)),
        ("Mon, 99 Foo 99999 99:99:99", timedelta(minutes=30)),
        ("", timedelta(minutes=30)),
    ],
)
def test_retry_after_is_read_within_a_minute_and_a_week(value: str, hold: timedelta) -> None:
    assert errors.from_status(429, value, NOW).hold == hold


@given(st.text(max_size=60))
def test_no_retry_after_breaks_anything(value: str) -> None:
    hold = errors.from_status(429, value, NOW).hold
    assert hold
    assert timedelta(minutes=1) <= hold <= timedelta(days=7)


def test_times_are_said_as_people_say_them() -> None:
    said = [errors.span(t) for t in (timedelta(seconds=60), timedelta(minutes=90), timedelta(hours=5), timedelta(days=7))]
    assert said == ["1 min", "90 min", "5 h", "7 days"]


# --- sizes and encodings ---

ENCODED = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
    "identity": lambda raw: raw,
    "X-GZIP": gzip.compress,
    " gzip": lambda raw: gzip.compress(raw[:99]) + gzip.compress(raw[99:]),
    "deflate ": lambda raw: zlib.compress(raw)[2:-4],
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_every_encoding_we_ask_for_is_unpacked(site: Site, encoding: str) -> None:
    site.serves("/packed", ENCODED[encoding](RSS.encode()), headers={"Content-Encoding": encoding})
    assert page(get(site, "/packed")[0]).body == RSS.encode()


def bombs() -> dict[str, bytes]:
    mib = b"A" * (1 << 20)
    packer, squeezer, presser = zlib.compressobj(9, wbits=31), brotli.Compressor(quality=1), zstd.ZstdCompressor()
    return {
        "gzip": b"".join(packer.compress(mib) for _ in range(40)) + packer.flush(),
        "br": b"".join(squeezer.process(mib) for _ in range(40)) + squeezer.finish(),
        "zstd": b"".join(presser.compress(mib) for _ in range(40)) + presser.flush(),
    }


@pytest.mark.parametrize(("encoding", "bomb"), bombs().items())
def test_a_bomb_is_cut_at_the_cap(site: Site, encoding: str, bomb: bytes) -> None:
    assert len(bomb) < 200_000
    site.serves("/bomb", bomb, type="text/html", headers={"Content-Encoding": encoding})
    assert reason(site, "/bomb") == "larger than 10 MiB"
    assert reason(site, "/bomb", "article") == "larger than 4 MiB"


@pytest.mark.parametrize("named", ["aws-chunked", "utf-8", "none", "x-foo, identity"])
def test_an_encoding_nobody_knows_is_none_when_the_answer_reads_as_what_was_asked_for(site: Site, named: str) -> None:
    site.serves("/strange", RSS, headers={"Content-Encoding": named})
    site.serves("/page", HTML, type="text/html", headers={"Content-Encoding": named})
    assert page(get(site, "/strange")[0]).body == RSS.encode()
    assert page(get(site, "/page", kind="article")[0]).body == HTML.encode()


@pytest.mark.parametrize("kind", ["application/x-gzip", "application/octet-stream", "text/xml", "application/rss+xml"])
def test_a_gzip_file_is_unpacked_whatever_its_type_says(site: Site, kind: str) -> None:
    site.serves("/feed.xml.gz", gzip.compress(RSS.encode()), type=kind)
    site.serves("/packed.xml.gz", gzip.compress(gzip.compress(RSS.encode())), type=kind, headers={"Content-Encoding": "gzip"})
    assert [page(got).body for got in get(site, "/feed.xml.gz", "/packed.xml.gz")] == [RSS.encode()] * 2


def test_a_gzip_file_is_bounded_like_any_other_answer(site: Site) -> None:
    site.serves("/bomb.gz", bombs()["gzip"], type="application/x-gzip")
    site.serves("/half.gz", gzip.compress(RSS.encode())[:-9], type="application/x-gzip")
    assert [failure(got).reason for got in get(site, "/bomb.gz", "/half.gz")] == ["larger than 10 MiB", "broke off in the middle"]


def test_packed_twice_or_in_something_unknown_is_told(site: Site) -> None:
    site.serves("/twice", gzip.compress(gzip.compress(b"x")), headers={"Content-Encoding": "gzip, gzip"})
    assert reason(site, "/twice") == "packed in a way we did not ask for (gzip, gzip)"
    site.serves("/foo", b"x", headers={"Content-Encoding": "x-foo"})
    assert reason(site, "/foo") == "packed in a way we did not ask for (x-foo)"


def test_a_size_that_is_announced_too_large_is_not_even_begun(site: Site) -> None:
    site.sends("/10tib", b"HTTP/1.1 200 OK\r\nContent-Length: 10995116277760\r\n\r\n<rss>", hang=True)
    assert reason(site, "/10tib") == "larger than 10 MiB"


def test_an_endless_body_is_cut(site: Site) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while sent < 100 << 20:
            await response.write(b"<item/>" * 9000)
            sent += 63_000
        return response

    site.handles("/endless", endless)
    assert reason(site, "/endless") == "larger than 10 MiB"
    assert sent < 20 << 20


# --- half answers and no answers ---


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<rss><item/>",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n",
    ],
)
def test_half_a_body_is_a_failure(site: Site, sent: bytes) -> None:
    site.sends("/half", sent, pause=0.02)
    assert reason(site, "/half") == "broke off in the middle of the answer"


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\xff\xfeHELO mail.example\r\n\r\n",
        b"<rss/>\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\nX-Big: " + b"b" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000,
        b"HTTP/1.1 200 O\x1b[31mK\r\nX: a\x00b\r\n\r\n",
    ],
)
def test_what_is_not_http_is_told(site: Site, sent: bytes) -> None:
    site.sends("/odd", sent, pause=0.02)
    assert reason(site, "/odd") == "answered with something that is not HTTP"


def test_silence_is_waited_out_for_only_so_long_and_not_twice(site: Site) -> None:
    site.sends("/silence", hang=True)
    assert failure(get(site, "/silence", limits=HASTY)[0]).reason == "sent nothing for 0.4 s"
    assert len(site.asked("/silence")) == 1


def test_a_drip_is_ended_by_the_total_time(site: Site) -> None:
    site.sends("/drip", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", *[b"x"] * 60, pause=0.1)
    limits = Limits(total=0.6, read=0.4)
    assert failure(get(site, "/drip", limits=limits)[0]).reason == "did not answer in full within 0.6 s"


def test_the_total_time_is_for_the_whole_chain(site: Site) -> None:
    site.moves("/slow0", "/slow1", 302)
    for n in (1, 2, 3):
        site.serves(f"/slow{n}", status=302, headers={"Location": f"/slow{n + 1}"}, delay=0.25)
    started = monotonic()
    assert failure(get(site, "/slow0", limits=Limits(total=0.4))[0]).reason == "did not answer in full within 0.4 s"
    assert monotonic() - started < 0.8


def test_nobody_at_home_is_told(other: Site) -> None:
    async def closed(fetcher: HttpFetcher) -> list[Outcome]:
        other.close()
        return [await fetcher.get(FetchRequest(url=other.url()))]

    assert failure(visit([other], closed)[0]).reason == "nobody answers there"


def test_a_name_that_does_not_exist_is_told(site: Site) -> None:
    assert failure(get(site, FetchRequest(url="http://tidak-ada.invalid/rss"))[0]).reason in (
        "no such host",
        "its name could not be looked up (is this machine online?)",
    )


@given(st.binary(max_size=400))
@settings(max_examples=30, deadline=None)
def test_whatever_a_server_sends_there_is_an_answer_and_never_an_exception(site: Site, noise: bytes) -> None:
    for head in (b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", b"HTTP/1.1 302 Found\r\nLocation: "):
        site.sends("/noise", head + noise)
        got = get(site, "/noise", limits=Limits(total=1.0, read=0.3, tries=1))[0]
        if isinstance(got, Failure):
            assert got.reason.isprintable()
            assert 0 < len(got.reason) <= 200


def test_a_silent_name_server_holds_up_neither_the_others_nor_the_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    look_up, over = socket.getaddrinfo, threading.Event()

    def silent(host: str, *more: object, **named: object) -> object:
        if host.endswith(".example"):
            over.wait(10)
            raise socket.gaierror(socket.EAI_AGAIN, "silence")
        return look_up(host, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    site.serves("/named", RSS)

    async def together(fetcher: HttpFetcher) -> list[Outcome]:
        lost = [fetcher.get(FetchRequest(url=f"http://sunyi{n}.example/")) for n in range(20)]
        return await asyncio.gather(*lost, fetcher.get(FetchRequest(url=site.url("/named").replace("127.0.0.1", "localhost"))))

    started = monotonic()
    *lost, found = visit([site], together, Limits(total=0.5))
    assert monotonic() - started < 5
    over.set()
    page(found)
    assert {failure(got).reason for got in lost} == {"did not answer in full within 0.5 s"}


# --- articles ---


def test_an_article_is_a_web_page(site: Site) -> None:
    site.serves("/html", HTML, type="text/html; charset=utf-8")
    site.serves("/xhtml", HTML, type="Application/XHTML+xml")
    site.sends("/untyped", f"HTTP/1.1 200 OK\r\nContent-Length: {len(HTML)}\r\n\r\n{HTML}".encode(), pause=0.02)
    assert {page(got).body for got in get(site, "/html", "/xhtml", "/untyped", kind="article")} == {HTML.encode()}


@pytest.mark.parametrize(("kind", "told"), [("application/pdf", "a PDF, not a web page"), ("video/mp4; x=y", "video/mp4, not a web page")])
def test_what_is_no_web_page_is_not_downloaded(site: Site, kind: str, told: str) -> None:
    site.sends("/film", f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: 2000000\r\n\r\n".encode(), hang=True)
    assert reason(site, "/film", "article") == told


def test_robots_txt_is_asked_once_per_host_and_obeyed(other: Site) -> None:
    other.serves("/robots.txt", "User-agent: *\nDisallow: /private/\nAllow: /private/open$\n", type="text/plain")
    for path in ("/a", "/b", "/private/open"):
        other.serves(path, HTML, type="text/html")

    async def together(fetcher: HttpFetcher) -> list[Outcome]:
        paths = ("/a", "/b", "/private/x", "/private/open")
        return await asyncio.gather(*(fetcher.get(FetchRequest(url=other.url(p), kind="article")) for p in paths))

    a, b, forbidden, allowed = visit([other], together)
    assert [page(got).status for got in (a, b, allowed)] == [200, 200, 200]
    assert failure(forbidden).stage == "robots"
    assert failure(forbidden).reason == "its robots.txt asks that this page not be read"
    assert len(other.asked("/robots.txt")) == 1
    assert not other.asked("/private/x")


def test_the_feeds_a_person_listed_are_hers_to_read(other: Site) -> None:
    other.serves("/robots.txt", "User-agent: *\nDisallow: /\n", type="text/plain")
    other.serves("/feed", RSS)
    page(get(other, "/feed")[0])
    assert not other.asked("/robots.txt")


def test_without_robots_txt_everything_may_be_read(other: Site) -> None:
    other.serves("/a", HTML, type="text/html")
    page(get(other, "/a", kind="article")[0])
    assert other.asked("/robots.txt")


@pytest.mark.parametrize(("status", "told"), [(500, "internal server error"), (503, "service unavailable"), (429, "too many requests")])
def test_a_robots_txt_that_cannot_be_had_closes_the_site_for_today(other: Site, status: int, told: str) -> None:
    other.serves("/robots.txt", status=status)
    first, second = (failure(got) for got in get(other, "/a", "/b", kind="article"))
    assert first.stage == second.stage == "robots"
    assert first.reason.startswith(f"its robots.txt could not be read: answered {status}: {told}")
    assert len(other.asked("/robots.txt")) <= 2
    assert not other.asked("/a")


def test_a_silent_robots_txt_closes_the_site_for_today(other: Site) -> None:
    other.sends("/robots.txt", hang=True)
    first, second = (failure(got) for got in get(other, "/a", "/b", kind="article", limits=HASTY))
    assert first.reason == second.reason == "its robots.txt could not be read: sent nothing for 0.4 s"


def test_where_an_article_moved_to_another_site_that_site_s_robots_txt_counts(site: Site, other: Site) -> None:
    site.moves("/here", other.url("/there"), 302)
    other.serves("/robots.txt", "User-agent: curator\nDisallow: /\n", type="text/plain")
    got = failure(get(site, "/here", kind="article", allow=(other,))[0])
    assert got.reason == "moved to 127.0.0.1: its robots.txt asks that this page not be read"
    assert not other.asked("/there")


def test_only_the_beginning_of_a_huge_robots_txt_is_read_and_no_rule_is_cut_in_half(other: Site) -> None:
    other.serves("/robots.txt", "User-agent: *\nDisallow: /tutup\n" + "Disallow: /x/y/z/panjang\n" * 400_000, type="text/plain")
    for path in ("/tutup", "/x", "/buka"):
        other.serves(path, HTML, type="text/html")
    closed, cut, open_ = get(other, "/tutup", "/x", "/buka", kind="article")
    assert failure(closed).stage == "robots"
    page(cut)
    page(open_)


@pytest.mark.parametrize(
    ("text", "path", "may"),
    [
        ("", "/a", True),
        ("User-agent: curator\nDisallow: /a\n\nUser-agent: *\nDisallow:\n", "/a", False),
        ("User-agent: *\nDisallow: /a\n\nUser-agent: Curator # us\nDisallow: /b\n", "/a", True),
        ("User-agent: Curator/1.0 (+https://kedai.example)\nDisallow: /a\n\nUser-agent: *\nDisallow:\n", "/a", False),
        ("User-agent: curator-bot\nDisallow: /\n", "/a", True),
        ("User-agent: cur\nDisallow: /\n", "/a", True),
        ("User-agent: Googlebot\nUser-agent: *\nDisallow: /a\n", "/a", False),
        ("User-agent: Googlebot\nDisallow: /\n", "/a", True),
        ("\ufeffUser-agent: *\nDisallow: /*.pdf$\n", "/x.pdf", False),
        ("User-agent: *\nDisallow: /\nAllow: /a\n", "/a", True),
        ("<html>Not found</html>", "/a", True),
        ("\x00\xff" * 999, "/a", True),
    ],
)
def test_robots_txt_is_read_as_its_rfc_says(text: str, path: str, may: bool) -> None:
    assert robots.parse(text.encode("utf-8"))(f"https://koran.example{path}") is may


def test_a_thousand_names_times_a_thousand_rules_cost_nothing() -> None:
    started = monotonic()
    many = "".join(f"User-agent: bot{n}\n" for n in range(15_000)) + "Disallow: /*a*b*c*d\n" * 10_000
    assert robots.parse(many.encode())("https://koran.example/" + "abc" * 200)
    assert monotonic() - started < 1.5


# --- many at once ---


def test_two_at_a_time_on_one_host(other: Site) -> None:
    for n in range(8):
        other.serves(f"/{n}", RSS, delay=0.03)

    async def together(fetcher: HttpFetcher) -> list[Outcome]:
        return await asyncio.gather(*(fetcher.get(FetchRequest(url=other.url(f"/{n}"))) for n in range(8)))

    visit([other], together)
    assert max(asked.together for asked in other.log) == 2


def test_no_more_requests_than_allowed_run_at_once_and_a_host_with_many_pages_delays_no_other() -> None:
    with ExitStack() as stack:
        crowded, *others = [stack.enter_context(Site()) for _ in range(4)]
        open_ = most = 0

        async def slow(request: web.Request) -> web.Response:
            nonlocal open_, most
            open_ += 1
            most = max(most, open_)
            await asyncio.sleep(0.05)
            open_ -= 1
            return web.Response(text=RSS)

        for one in (crowded, *others):
            one.handles("/x", slow)

        async def together(fetcher: HttpFetcher) -> list[Outcome]:
            crowd = [fetcher.get(FetchRequest(url=crowded.url("/x"))) for _ in range(20)]
            return await asyncio.gather(*crowd, *(fetcher.get(FetchRequest(url=one.url("/x"))) for one in others))

        visit([crowded, *others], together, Limits(concurrent=3))
        assert most <= 4  # handlers of four threads count without a lock
        last_of_others = max(one.log[0].at for one in others)
        assert sum(asked.at < last_of_others for asked in crowded.log) <= 8


def test_large_answers_are_taken_in_one_after_another_and_small_ones_pass_them() -> None:
    taken: list[str] = []
    piece = b"x" * 600_000

    async def slowly(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/rss+xml"})
        await response.prepare(request)
        await response.write(piece)
        await asyncio.sleep(0.3)
        await response.write(piece)
        return response

    with ExitStack() as stack:
        sites = [stack.enter_context(Site()) for _ in range(4)]
        for one in sites[:3]:
            one.handles("/x", slowly)
        sites[3].serves("/x", RSS, delay=0.05)

        async def together(fetcher: HttpFetcher) -> list[Outcome]:
            async def one(site: Site) -> Outcome:
                got = await fetcher.get(FetchRequest(url=site.url("/x")))
                taken.append(site.url("/x"))
                return got

            return await asyncio.gather(*map(one, sites))

        assert [len(page(got).body) for got in visit(sites, together, Limits(large=1))] == [1_200_000] * 3 + [len(RSS.encode())]
    assert taken[0] == sites[3].url("/x")


def test_waiting_for_a_turn_is_not_held_against_a_page(other: Site) -> None:
    for n in range(6):
        other.serves(f"/{n}", RSS, delay=0.3)

    async def together(fetcher: HttpFetcher) -> list[Outcome]:
        return await asyncio.gather(*(fetcher.get(FetchRequest(url=other.url(f"/{n}"))) for n in range(6)))

    assert all(isinstance(got, Page) for got in visit([other], together, Limits(total=0.8)))


def test_a_cancelled_request_gives_its_slot_back(other: Site) -> None:
    other.sends("/hang", hang=True)
    other.sends("/robots.txt", hang=True)
    other.serves("/ok", RSS)

    async def leave(fetcher: HttpFetcher) -> list[Outcome]:
        tasks = [asyncio.ensure_future(fetcher.get(FetchRequest(url=other.url("/hang")))) for _ in range(6)]
        tasks += [asyncio.ensure_future(fetcher.get(FetchRequest(url=other.url("/a"), kind="article"))) for _ in range(3)]
        await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert all(task.cancelled() for task in tasks)
        return [await fetcher.get(FetchRequest(url=other.url("/ok")))]

    page(visit([other], leave, Limits(read=30.0))[0])


# --- TLS ---

needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="makes certificates with openssl")


def certificate(folder: Path, name: str, days: int) -> Path:
    key, request, made = (folder / f"{name}.{end}" for end in ("key", "csr", "pem"))
    new = ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}"]
    san = ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*new, *san, "-keyout", key, "-out", request], check=True, capture_output=True)
    sign = ["openssl", "x509", "-req", "-in", request, "-signkey", key, "-days", str(days), "-copy_extensions", "copyall", "-out", made]
    subprocess.run(sign, check=True, capture_output=True)
    made.write_text(made.read_text() + key.read_text())
    return made


def secure(made: Path) -> Site:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made)
    return Site(tls=context)


ASK_TLS = """
import asyncio, sys
from curator.feeds.http import HttpFetcher
from curator.core.brand import FetchRules
from curator.core.feed import Page
from curator.core.protocols import FetchRequest

async def main(*urls):
    async with HttpFetcher(FetchRules(allow=tuple(u.split("/")[2] for u in urls))) as fetcher:
        for url in urls:
            got = await fetcher.get(FetchRequest(url=url))
            print("page" if isinstance(got, Page) else got.reason)

asyncio.run(main(*sys.argv[1:]))
"""


@needs_openssl
def test_certificates_are_checked_and_the_trouble_is_named(tmp_path: Path) -> None:
    good, expired, stranger = certificate(tmp_path, "good", 3), certificate(tmp_path, "expired", -1), certificate(tmp_path, "stranger", 3)
    trusted = tmp_path / "trusted.pem"
    trusted.write_text(good.read_text() + expired.read_text())
    with secure(good) as one, secure(expired) as two, secure(stranger) as three, Site() as plain:
        one.serves("/", RSS)
        plain.moves("/", one.url("/"))
        urls = [one.url(), plain.url(), two.url(), three.url(), one.url().replace("127.0.0.1", "localhost")]
        env = {**os.environ, "SSL_CERT_FILE": str(trusted)}
        told = subprocess.run([sys.executable, "-c", ASK_TLS, *urls], env=env, capture_output=True, text=True, check=False)
    assert told.stdout.splitlines() == [
        "page",
        "page",
        "its certificate has expired",
        "its certificate is signed by itself",
        "its certificate is for another host",
    ], told.stderr
    assert told.stderr == ""


@needs_openssl
def test_a_certificate_nobody_vouches_for_is_refused_and_nothing_is_sent(tmp_path: Path) -> None:
    with secure(certificate(tmp_path, "alone", 3)) as alone:
        alone.serves("/", RSS)
        assert reason(alone, "/") == "its certificate is signed by itself"
        assert not alone.log


def test_plain_http_where_tls_was_expected_is_told(site: Site) -> None:
    got = get(site, FetchRequest(url=site.url("/x").replace("http:", "https:")), limits=HASTY)[0]
    assert failure(got).reason in ("no secure connection could be agreed on", "cut the connection", "could not be connected to within 1 s")


# --- the log ---


def test_the_log_tells_what_became_of_each_request_on_one_clean_line(other: Site, caplog: pytest.LogCaptureFixture) -> None:
    other.serves("/feed", RSS, etag='"1"')
    other.moves("/old", "/feed")
    other.serves("/broken", status=500)
    caplog.set_level("INFO", "curator")
    get(other, "/feed", FetchRequest(url=other.url("/feed"), etag='"1"'), "/old", "/broken", "/x\x1b[31m\nbaris?token=rahasia")
    base = other.url("")
    assert [re.sub(r"in [\d.]+ s", "in … s", record.message) for record in caplog.records] == [
        f"{base}/feed: read {len(RSS.encode())} bytes",
        f"{base}/feed: unchanged (304)",
        f"{base}/old: redirected (301) to {base}/feed",
        f"{base}/old: read {len(RSS.encode())} bytes",
        f"{base}/broken: answered 500: internal server error; trying again in … s",
        f"{base}/broken: failed: answered 500: internal server error",
        f"{base}/x[31mbaris?token=…: failed: answered 404: not found",
    ]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://rani:rahasia@koran.example/feed", "https://koran.example/feed"),
        ("https://koran.example/feed?a=1&api_key=rahasia&b=2", "https://koran.example/feed?a=1&api_key=…&b=2"),
        ("https://rani:rahasia@[bad/", "[bad/"),
    ],
)
def test_the_log_shows_no_secret_of_an_address(url: str, shown: str) -> None:
    assert loggable(url) == shown
