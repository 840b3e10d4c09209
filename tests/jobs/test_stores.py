"""The daily job does the same on every store and on every kind of workers, to the byte."""

import subprocess
from concurrent.futures import Executor
from datetime import timedelta
from pathlib import Path

import msgspec
from msgspec.structs import replace
from support.parts import NOW, Web, WordCounter, desk, ensemble, page, rss

from curator.core.feed import Failure, NotModified, Page
from curator.core.protocols import Changes, FetchRequest, Store
from curator.core.report import RunReport, Seconds
from curator.feeds.workers import RemoteWorkers
from curator.jobs import daily
from curator.ranking.embed.remote import RemoteEncoder
from curator.storage.tinydb_store import TinyStore

PLACES = ("Gayo", "Garut", "Toraja", "Kintamani", "Bajawa", "Wamena", "Kerinci", "Malabar")
DEEDS = (
    ("Petani kopi di {} menyangrai sendiri", "Petani kopi di {} menyeduh dan menyangrai panen mereka, lalu menjual kopi ke kedai."),
    ("Isi ulang gelas di {} memangkas sampah", "Warga {} membawa gelas pakai ulang untuk isi ulang kopi, sampah plastik turun {n} persen."),
    ("Kedai kopi senja buka di {} ☕", "Kopi Senja membuka kedai di {} dengan espresso dan seduh manual, ramai pada jam {n}."),
    ("Timnas menang di {}", "Pertandingan sepak bola di {} berakhir larut malam dengan {n} gol."),
)


def press() -> Web:
    web = Web()
    for feed in ("kabar", "warta", "berita"):
        entries = []
        for n, place in enumerate(PLACES):
            title, text = DEEDS[(n + len(feed)) % len(DEEDS)]
            title, text = title.format(place), text.format(place, n=n + len(feed))
            link = f"https://{feed}.example/{place.lower()}"
            date = (NOW - timedelta(hours=3 + 2 * n)).strftime("%a, %d %b %Y %H:%M:%S +0000")
            entries.append({"title": title, "link": link, "guid": link, "pubDate": date, "description": text[:60]})
            web.serve(link, page(title, text, f"{text} {place} menunggu panen berikutnya.", f"Menurut {feed}, harga naik {n} persen."))
        web.serve(f"https://{feed}.example/feed", rss(f"{feed}.example", entries), "application/rss+xml")
    return web


def days(store: Store, web: Web | None = None, executor: Executor | None = None) -> list[RunReport]:
    """Three days of work: lists, a pick, a skip, and what they teach. `executor`: who reads and embeds, None for this process."""
    feeds = [f"https://{feed}.example/feed" for feed in ("kabar", "warta", "berita")]
    context = desk(web or press(), *feeds, store=store)
    if executor:
        encoders = ensemble(RemoteEncoder(WordCounter.name, executor, WordCounter))
        context = replace(context, workers=lambda: RemoteWorkers(executor, lambda: 2), engine=lambda: encoders)
    reports = []
    for day in range(3):
        now = NOW + timedelta(days=day)
        reports.append(daily.run(context, now))
        listed = reports[-1].items
        if len(listed) > 1:
            item = store.find(listed[0].id)[0]
            store.commit(Changes(items=(replace(item, status="picked", kind="education"),)))
    return reports


def as_bytes(report: RunReport) -> bytes:
    return msgspec.json.encode(replace(report, seconds=Seconds()))


def test_three_days_are_the_same_bytes_in_files_and_on_postgres(tmp_path: Path) -> None:
    from support.postgres import server

    from curator.storage import open_store

    files, database = TinyStore(tmp_path / "library"), open_store(server().url("three-days"), tmp_path / "library")
    of_files, of_database = days(files), days(database)
    assert len(of_files[0].items) >= 3
    assert [as_bytes(each) for each in of_database] == [as_bytes(each) for each in of_files]
    assert database.items() == files.items()
    assert [as_bytes(each) for day in database.days() if (each := database.report(day))] == [as_bytes(each) for each in of_files]


class Deadly(Web):
    """A web that ends a process when the fifth page is asked for."""

    victim: "subprocess.Popen[bytes] | None" = None

    async def get(self, ask: FetchRequest) -> Page | NotModified | Failure:
        if self.victim and sum(request.kind == "article" for request in self.asked) == 5:
            self.victim.kill()
            self.victim = None
        return await super().get(ask)


def test_three_days_are_the_same_bytes_on_postgres_and_a_cluster_that_loses_a_worker(tmp_path: Path) -> None:
    from support.cluster import Dask
    from support.postgres import server

    from curator.storage import open_store

    of_files = days(TinyStore(tmp_path / "library"))
    with Dask() as dask:
        web = Deadly(pages=press().pages, victim=dask.workers[0])
        of_cluster = days(open_store(server().url("three-days-there"), tmp_path / "library"), web, dask.connect())
        assert dask.workers[0].wait(10) == -9
    assert [as_bytes(each) for each in of_cluster] == [as_bytes(each) for each in of_files]
