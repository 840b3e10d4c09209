"""What is decided, saved or fetched while a job works stays, whatever the job commits afterwards."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from aiohttp import web as http
from msgspec.structs import replace
from support.parts import NOW, Web, desk, page, rss
from support.server import Site

from curator.core.context import Context
from curator.core.errors import Locked
from curator.core.feed import Failure, Feed, FeedState, NotModified
from curator.core.item import Item, Source
from curator.core.protocols import Changes, FetchRequest, Store
from curator.core.text.urls import item_id
from curator.feeds import collect
from curator.jobs import daily, fetch, merge, save
from curator.jobs.batch import FetchBatch
from curator.jobs.merge import ItemEdit
from curator.library import Library
from curator.planning import decisions
from curator.storage.memory import MemoryStore
from curator.storage.tinydb_store import TinyStore

FEED, STORY = "https://warung.example/feed", "https://warung.example/panen"
HARVEST = (
    "Petani kopi di Gayo menyeduh dan menyangrai sendiri hasil panen mereka tahun ini.",
    "Kopi mereka dijual ke kedai kopi di Bandung dengan harga sangrai yang lebih baik bagi petani.",
)
ID, DAY = item_id(STORY), timedelta(days=1)
TODAY = NOW.date()


@pytest.fixture(params=["memory", "tinydb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore() if request.param == "memory" else TinyStore(tmp_path / "library")


class SlowWeb(Web):
    """A web in memory; `during[url]` is done by another thread while that address is asked."""

    during: dict[str, Callable[[], object]] = {}  # noqa: RUF012 - a msgspec field, copied for each

    async def get(self, ask: FetchRequest) -> object:  # type: ignore[override]
        if job := self.during.pop(ask.url, None):
            elsewhere(job)
        return await super().get(ask)


@pytest.fixture
def web() -> SlowWeb:
    made = SlowWeb()
    told = {"title": "Petani kopi menyangrai sendiri", "link": STORY, "guid": "tag:1", "description": HARVEST[0]}
    made.serve(FEED, rss("Warung", [told]), "application/rss+xml", etag='"v1"')
    made.serve(STORY, page("Petani kopi menyangrai sendiri", *HARVEST))
    return made


def elsewhere(job: Callable[[], object]) -> None:
    """Do a job in a thread, which no lock of this thread lets in; an error there is one here."""
    errors: list[BaseException] = []

    def tried() -> None:
        try:
            job()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=tried)
    thread.start()
    thread.join(30)
    if errors:
        raise errors[0]


def before_the_commit(store: Store, monkeypatch: pytest.MonkeyPatch, job: Callable[[], object]) -> None:
    """Do a job at the last moment before a writer gets the lock."""
    writing = store.writing

    def delayed(*args: float) -> AbstractContextManager[None]:
        monkeypatch.setattr(store, "writing", writing)
        elsewhere(job)
        return writing(*args)

    monkeypatch.setattr(store, "writing", delayed)


def only(store: Store) -> Item:
    (item,) = store.items()
    return item


# --- decisions --------------------------------------------------------------------------------------------------


DECIDED: dict[str, tuple[Callable[[Context], object], dict[str, object]]] = {
    "picked": (lambda of: decisions.pick(of, [ID], NOW, note="Senin", tags=["a"]), {"status": "picked", "note": "Senin", "tags": ("a",)}),
    "skipped": (lambda of: decisions.skip(of, [ID], NOW), {"status": "skipped"}),
    "tagged": (lambda of: decisions.tag(of, [ID], ["panen"], NOW), {"status": "listed", "tags": ("panen",)}),
    "noted": (lambda of: decisions.note(of, ID, "tanya", NOW), {"status": "listed", "note": "tanya"}),
    "given a kind": (lambda of: decisions.kind(of, [ID], "hard-selling", NOW), {"status": "listed", "kind": "hard-selling"}),
    "saved": (lambda of: save.save(of, STORY, NOW, tags=["simpan"]), {"status": "saved", "tags": ("simpan",)}),
}


@pytest.mark.parametrize("verb", DECIDED)
def test_what_is_decided_on_an_item_after_it_was_chosen_stays(
    store: Store, web: SlowWeb, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    of = desk(web, FEED, store=store)
    fetch.fetch(of, NOW - timedelta(hours=1))
    decide, marks = DECIDED[verb]
    before_the_commit(store, monkeypatch, lambda: decide(of))
    report = daily.run(of, NOW)
    kept = only(store)
    assert [card.id for card in report.items] == [ID]
    assert {name: getattr(kept, name) for name in marks} == marks
    assert (kept.listed, kept.depth, len(store.decisions())) == (TODAY, "article", 1)
    assert "harga sangrai" in store.texts([ID])[ID]


@pytest.mark.parametrize("moment", [FEED, STORY])
def test_what_is_decided_while_the_network_is_asked_stays(store: Store, web: SlowWeb, moment: str) -> None:
    of = desk(web, FEED, store=store)
    fetch.fetch(of, NOW - DAY / 24)
    web.during = {moment: lambda: decisions.pick(of, [ID], NOW, tags=["panen"])}
    assert daily.run(of, NOW).items == ()
    kept = only(store)
    assert (kept.status, kept.tags, kept.listed, kept.depth) == ("picked", ("panen",), None, "article")
    assert [(post.item, post.cancelled) for post in store.posts()] == [(ID, False)]


def test_what_is_taken_back_while_a_run_works_stays_taken_back(store: Store, web: SlowWeb) -> None:
    of = desk(web, FEED, store=store)
    fetch.fetch(of, NOW - DAY / 24)
    decisions.pick(of, [ID], NOW, kind="quote", tags=["panen"])
    web.during = {STORY: lambda: decisions.undo(of, NOW)}
    assert [card.id for card in daily.run(of, NOW).items] == [ID], "it is open again, and the list is made after the pages are read"
    kept = only(store)
    assert (kept.status, kept.tags, kept.depth, store.decisions()) == ("listed", (), "article", [])


def test_a_decision_during_a_fetch_is_made_at_once_and_kept(store: Store, web: SlowWeb) -> None:
    of = desk(web, FEED, store=store)
    fetch.fetch(of, NOW - DAY)
    web.during = {FEED: lambda: decisions.skip(of, [ID], NOW)}
    fetch.fetch(of, NOW)
    assert only(store).status == "skipped"


def test_an_interrupted_run_keeps_what_it_fetched_and_what_was_decided(store: Store, web: SlowWeb) -> None:
    other = "https://warung.example/teh"
    told = [
        {"title": "Kopi Gayo", "link": STORY, "description": HARVEST[0]},
        {"title": "Kopi Toraja", "link": other, "description": HARVEST[1]},
    ]
    of = desk(web, FEED, store=store)
    fetch.fetch(of, NOW - DAY)
    web.serve(FEED, rss("Warung", told), "application/rss+xml", etag='"v2"')
    web.pages[other] = SystemExit(143)
    web.during = {other: lambda: decisions.pick(of, [ID], NOW)}
    with pytest.raises((SystemExit, BaseExceptionGroup)):
        daily.run(of, NOW)
    assert {item.id: item.status for item in store.items()} == {ID: "picked", item_id(other): "new"}
    assert (store.states()[FEED].etag, store.report()) == ('"v2"', None)


def test_an_expired_item_stays_when_it_is_decided_on_at_the_last_moment(
    store: Store, web: SlowWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    def old(n: int) -> Item:
        found, url = NOW - timedelta(days=200), f"https://warung.example/{n}"
        return Item(id=item_id(url), url=url, title=f"Kabar {n}", source=Source(title="Warung", feed=FEED), published=found, found=found)

    of = desk(web, store=store)
    store.commit(Changes(items=(old(1), old(2))))
    daily.run(of, NOW - DAY, fetch=False)
    before_the_commit(store, monkeypatch, lambda: decisions.pick(of, [old(1).id], NOW))
    daily.run(of, NOW, fetch=False)
    assert [(item.id, item.status) for item in store.items()] == [(old(1).id, "picked")]
    assert [trace.id for trace in store.tombstones()] == [old(2).id]


# --- what is new ------------------------------------------------------------------------------------------------


def test_a_page_that_is_saved_while_its_feed_is_asked_is_one_item_and_stays_saved(store: Store, web: SlowWeb) -> None:
    of = desk(web, FEED, store=store)
    web.during = {FEED: lambda: save.save(desk(web, store=store), STORY, NOW, note="bagus")}
    fetch.fetch(of, NOW)
    kept = only(store)
    assert (kept.status, kept.note, kept.depth, len(store.decisions())) == ("saved", "bagus", "article", 1)
    assert "harga sangrai" in store.texts([ID])[ID]


def test_a_page_that_is_saved_while_a_run_fails_to_read_it_keeps_its_article(store: Store, web: SlowWeb) -> None:
    of = desk(web, FEED, store=store)
    fetch.fetch(of, NOW - DAY)

    def saved_then_gone() -> None:
        save.save(of, STORY, NOW)
        del web.pages[STORY]

    web.during = {STORY: saved_then_gone}
    report = daily.run(of, NOW)
    kept = only(store)
    assert [failure.url for failure in report.failures] == [STORY]
    assert (kept.status, kept.depth) == ("saved", "article")
    assert "harga sangrai" in store.texts([ID])[ID]


def test_an_item_that_a_feed_brings_while_its_page_is_saved_is_one(store: Store, web: SlowWeb) -> None:
    of = desk(web, FEED, store=store)
    web.during = {STORY: lambda: fetch.fetch(of, NOW)}
    card, text = save.save(of, STORY, NOW, tags=["simpan"])
    kept = only(store)
    assert (kept.status, kept.tags, kept.source.feed, kept.depth) == ("saved", ("simpan",), FEED, "article")
    assert (card.status, store.texts([ID])) == ("saved", {ID: text})


def test_what_two_jobs_brought_is_kept_once_as_the_first_kept_it(store: Store) -> None:
    def brought(title: str) -> Item:
        return Item(id=ID, url=STORY, title=title, source=Source(title="W", feed=FEED), published=NOW, found=NOW)

    store.commit(Changes(items=(brought("Pertama"),), texts={ID: "satu"}))
    late = ItemEdit(before=brought("Kedua"), after=brought("Kedua"), text="dua")
    with store.writing():
        store.commit(merge.changes(store, [late]))
    assert (only(store).title, store.texts([ID])) == ("Pertama", {ID: "satu"})


def test_of_two_fetches_the_later_says_what_is_remembered_of_a_feed(store: Store, web: SlowWeb) -> None:
    of = desk(web, FEED, store=store)
    fetch.fetch(of, NOW)
    web.serve(FEED, rss("Warung", []), "application/rss+xml", etag='"v2"')
    fetch.fetch(of, NOW + DAY)
    assert (store.states()[FEED].etag, store.states()[FEED].last_try) == ('"v2"', NOW + DAY)


def test_a_run_commits_its_list_once(store: Store, web: SlowWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    of, reports = desk(web, FEED, store=store), []
    commit = store.commit

    def counted(changes: Changes) -> None:
        reports.append(changes.report)
        commit(changes)

    monkeypatch.setattr(store, "commit", counted)
    report = daily.run(of, NOW)
    assert (reports, store.days()) == ([report], [TODAY])


# --- who waits, who is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize("job", [lambda of: daily.run(of, NOW), lambda of: fetch.fetch(of, NOW)])
def test_a_second_run_or_fetch_is_refused_while_one_is_at_work(store: Store, web: SlowWeb, job: Callable[[Context], object]) -> None:
    of, refused = desk(web, FEED, store=store), []

    def second() -> None:
        try:
            job(of)
        except Locked as error:
            refused.append(error.code)

    web.during = {FEED: second}
    assert fetch.fetch(of, NOW).counts.new == 1
    assert refused == [75]


def test_a_batch_blames_no_feed_while_no_server_has_answered() -> None:
    batch, state = FetchBatch(), FeedState(url=FEED)
    batch.add_feed(collect.FeedResult(feed=Feed(url=FEED), outcome=Failure(url=FEED, stage="fetch", reason="no such host")), state, [])
    assert batch.states_to_keep == ()
    batch.add_feed(collect.FeedResult(feed=Feed(url=STORY), outcome=NotModified(url=STORY, headers={})), replace(state, url=STORY), [])
    assert len(batch.states_to_keep) == 2


# --- all of it, on the real parts -------------------------------------------------------------------------------


@pytest.fixture
def slow_site() -> Iterator[Site]:
    """A site whose feed takes a fifth of a second and shows another entry each time."""
    numbers = count(1)

    async def answer(_: http.Request) -> http.StreamResponse:
        await asyncio.sleep(0.2)
        n = next(numbers)
        body = rss("slow", [{"title": f"Kabar {n}", "link": f"https://slow.example/{n}", "guid": f"tag:{n}"}])
        return http.Response(body=body.encode(), headers={"Content-Type": "application/rss+xml"})

    with Site() as site:
        site.handles("/feed.xml", answer)
        yield site


def test_two_hundred_picks_succeed_while_fetches_follow_one_another(tmp_path: Path, slow_site: Site) -> None:
    outline = f'<outline type="rss" text="feed" xmlUrl="{slow_site.url("/feed.xml")}"/>'
    (tmp_path / "feeds.opml").write_text(f'<opml version="2.0"><body>{outline}</body></opml>')
    brand = f'[brand]\nname = "Senja"\n[[topics]]\nname = "Kopi"\nabout = "kopi"\n[fetch]\nallow = ["{slow_site.allow}"]\n'
    (tmp_path / "brand.toml").write_text(brand)
    ids = [f"{n:08d}" for n in range(200)]
    items = [
        Item(id=id_, url=f"https://a.example/{id_}", title=id_, source=Source(title="A", feed=""), published=NOW, found=NOW) for id_ in ids
    ]
    Library.open(tmp_path).store.commit(Changes(items=tuple(items)))
    fetched, done, errors = [], threading.Event(), []

    def keep_fetching() -> None:
        try:
            while not done.is_set():
                fetched.append(Library.open(tmp_path).fetch(all_=True).counts.new)
        except BaseException as error:
            errors.append(error)

    fetching = threading.Thread(target=keep_fetching)
    fetching.start()
    try:
        with Library.open(tmp_path) as library:
            for id_ in ids:
                library.decisions.pick(id_)
                time.sleep(0.005)
    finally:
        done.set()
        fetching.join(60)
    store = TinyStore(tmp_path / "library")
    kept = {item.id: item.status for item in store.items()}
    assert (errors, store.check()) == ([], [])
    assert [kept[id_] for id_ in ids] == ["picked"] * 200
    assert [(d.number, d.item) for d in store.decisions()] == list(enumerate(ids, 1))
    assert len(fetched) >= 2
    assert sum(fetched) == len(kept) - 200 == len(slow_site.asked("/feed.xml"))
