"""Feeds to measure readers with: served on loopback by a process of its own, slow in the way of the web, and counted.

Each host is a port. What a feed says and how long it lets one wait follow from its number, so all readers meet the same world.
"""

import asyncio
import gzip
import hashlib
import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from multiprocessing.connection import Connection
from random import Random

from aiohttp import web
from msgspec import Struct, field

HOST = "127.0.0.1"
BORN = datetime.now(UTC).replace(microsecond=0)
# Who did what, where, and what came of it: even feeds speak English, odd ones Indonesian.
ENGLISH = """The roastery|A night market|Our neighbour's bakery|The weavers' guild|A young ceramicist|The city library
opened a second counter|published its prices|invited guests to a tasting|counted its visitors|filmed a short lesson
beside the old harbour|in the northern quarter|during the long weekend|after months of repairs|on a rainy Tuesday
because regulars had asked for it|and the queue reached the bridge|which surprised its owner|while rents kept rising"""
INDONESIAN = """Kedai di ujung gang|Pasar malam itu|Perajin tenun muda|Perpustakaan kota|Koperasi petani kopi|Toko roti tetangga
membuka cabang kedua|mengumumkan harga baru|mengajak pelanggan mencicipi|menghitung pengunjung|merekam pelajaran singkat
di dekat pelabuhan lama|selama libur panjang|setelah renovasi berbulan-bulan|di kawasan utara|pada hari yang hujan
karena banyak yang meminta|sehingga antrean sampai ke jembatan|dan pemiliknya pun terkejut|meskipun sewa terus naik"""
FEED = '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>Feed {}</title><link>{}/</link>{}</channel></rss>'
ITEM = "<item><title>{}</title><link>{}</link><guid>{}</guid><pubDate>{}</pubDate><description>&lt;p&gt;{}.&lt;/p&gt;</description></item>"


class Tally(Struct, kw_only=True):
    """What was asked since the last tally. `full`: feeds answered in full; `busiest`: most requests in flight at one host."""

    requests: int = 0
    unchanged: int = 0
    busiest: int = 0
    full: set[str] = field(default_factory=set)


@contextmanager
def serving(feeds: int, items: int, hosts: int, latency: tuple[float, float]) -> Iterator[tuple[list[str], Callable[[], Tally]]]:
    """Until the block is left: the addresses, hosts taking turns, and what tells the tally. Answers wait `latency` (ms, from and to)."""
    spawn = multiprocessing.get_context("spawn")
    wire, theirs = spawn.Pipe()
    world = spawn.Process(target=_serve, args=(theirs, feeds, items, min(hosts, feeds), latency), daemon=True)
    world.start()
    theirs.close()
    try:
        yield wire.recv(), partial(_asked, wire)
    finally:
        world.terminate()
        world.join()


def _asked(wire: Connection) -> Tally:
    wire.send(True)
    tally: Tally = wire.recv()
    return tally


def _serve(wire: Connection, feeds: int, items: int, hosts: int, latency: tuple[float, float]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started this process, and ends it
    asyncio.run(_Desk(wire).open(feeds, items, hosts, latency))


class _Feed:
    """One feed, ready to be sent; every third brings its articles whole."""

    def __init__(self, n: int, base: str, items: int, latency: tuple[float, float]) -> None:
        dice = Random(f"feed {n}")  # noqa: S311 - the same world every time is the point
        words = (INDONESIAN if n % 2 else ENGLISH).splitlines()
        self.wait = dice.uniform(*latency) / 1000

        def sentences(count: int) -> str:
            return ". ".join(" ".join(dice.choice(part.split("|")) for part in words) for _ in range(count))

        def item(k: int) -> str:
            link, when = f"{base}/{n}/{items - k}", format_datetime(BORN - timedelta(hours=7 * k, minutes=n % 400))
            return ITEM.format(f"{sentences(1)} ({n}-{items - k})", link, link, when, sentences(3 if n % 3 else 40))

        body = FEED.format(n, base, "\n".join(map(item, range(items)))).encode()
        self.body = gzip.compress(body, mtime=0)
        tag = f'W/"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
        self.told = {"ETag": tag, "Last-Modified": format_datetime(BORN, usegmt=True), "Content-Type": "application/xml"}


def _page(path: str) -> web.Response:
    """Return the page of an article: a menu, forty paragraphs of its own, a footer."""
    dice = Random(path)  # noqa: S311 - the same world every time is the point
    words = (INDONESIAN if int(path.split("/")[1]) % 2 else ENGLISH).splitlines()

    def paragraph() -> str:
        return "<p>" + ". ".join(" ".join(dice.choice(part.split("|")) for part in words) for _ in range(4)) + ".</p>"

    body = "\n".join(paragraph() for _ in range(40))
    menu = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(60))
    head = f"<!doctype html><html><head><title>{path}</title></head>"
    html = f"{head}<body><ul>{menu}</ul><article><h1>{path}</h1>{body}</article></body></html>"
    return web.Response(text=html, content_type="text/html")


class _Desk:
    """Answers for all hosts and keeps the tally."""

    def __init__(self, wire: Connection) -> None:
        self._wire, self._feeds, self._tally, self._now = wire, dict[str, _Feed](), Tally(), Counter[str]()

    async def open(self, feeds: int, items: int, hosts: int, latency: tuple[float, float]) -> None:
        runner = web.ServerRunner(web.Server(self._answer, access_log=None))
        await runner.setup()
        for _ in range(hosts):
            await web.TCPSite(runner, HOST, 0, backlog=1024).start()
        bases = [f"http://{HOST}:{address[1]}" for address in runner.addresses]
        self._feeds = {f"{bases[n % hosts]}/{n}.xml": _Feed(n, bases[n % hosts], items, latency) for n in range(feeds)}
        self._wire.send(list(self._feeds))
        with suppress(EOFError):  # the one who asks is gone: nothing is left to serve
            while await asyncio.to_thread(self._wire.recv):
                self._wire.send(self._tally)
                self._tally = Tally()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        feed, tally = self._feeds.get(str(request.url)), self._tally
        tally.requests += 1
        if feed is None:
            return _page(request.path) if request.path.count("/") == 2 else web.Response(status=404)
        self._now[request.host] += 1
        tally.busiest = max(tally.busiest, self._now[request.host])
        await asyncio.sleep(feed.wait)
        self._now[request.host] -= 1
        # If-None-Match decides where there is one, else If-Modified-Since (RFC 9110, 13.2.2).
        tag, since = request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")
        if tag == feed.told["ETag"] or (tag is None and since == feed.told["Last-Modified"]):
            tally.unchanged += 1
            return web.Response(status=304, headers=feed.told)
        tally.full.add(str(request.url))
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=feed.body, headers=feed.told | {"Content-Encoding": "gzip"})
        return web.Response(body=gzip.decompress(feed.body), headers=feed.told)
