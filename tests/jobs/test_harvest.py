"""Brands that share a harvest: asked and read once, ranked as if each were alone, and nothing told that is not theirs."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace
from support.parts import NOW, Web, WordCounter, desk, page, rss

from curator.core.brand import FetchRules
from curator.core.feed import Failure, NotModified, Page
from curator.core.protocols import FetchRequest
from curator.core.report import RunReport, Seconds
from curator.feeds import credentials
from curator.feeds.workers import InlineWorkers
from curator.jobs import daily
from curator.jobs.harvest import Harvest
from curator.ranking.embed.cache import CachedEncoder
from curator.storage.caches import Caches
from curator.storage.memory import MemoryStore
from curator.storage.spaces import MemorySpaces
from curator.storage.vectors import MemoryVectors

FEED = "https://kabar.example/feed"
RULES = FetchRules()


def press(feeds: Sequence[str] = (FEED,)) -> Web:
    """Feeds of eight coffee stories each, a validator on every feed."""
    web = Web()
    for url in feeds:
        entries = []
        for n in range(8):
            link = f"https://kabar.example/{n}-{abs(hash(url)) % 97}"
            text = f"Petani kopi menyangrai panen ke-{n} sendiri, lalu menyeduh espresso dari gelas pakai ulang."
            entries.append({"title": f"Panen kopi {n}", "link": link, "guid": link, "description": text})
            web.serve(link, page(f"Panen kopi {n}", text, f"{text} Kedai membeli {n} karung."))
        web.serve(url, rss("kabar.example", entries), "application/rss+xml", etag='"1"')
    return web


def run(shared: Harvest | None, web: Web, *feeds: str, store: MemoryStore | None = None) -> RunReport:
    context = desk(web, *feeds, store=store)
    if shared:
        context = replace(
            context, fetcher=lambda: shared.fetcher(RULES, "", lambda: web), workers=lambda: shared.workers("", InlineWorkers)
        )
    return daily.run(context, NOW)


def as_bytes(report: RunReport) -> bytes:
    return msgspec.json.encode(replace(report, seconds=Seconds()))


def get(web: Web, shared: Harvest, request: FetchRequest, rules: FetchRules = RULES) -> Page | NotModified | Failure:
    async def ask() -> Page | NotModified | Failure:
        async with shared.fetcher(rules, "", lambda: web) as fetcher:
            return await fetcher.get(request)

    return asyncio.run(ask())


def test_three_brands_ask_every_address_once_and_get_the_lists_that_each_gets_alone() -> None:
    alone, web = press(), press()
    with Harvest() as shared:
        lists = [run(shared, web, FEED) for _ in range(3)]
    expected = run(None, alone, FEED)
    assert len(expected.items) >= 1
    assert [as_bytes(each) for each in lists] == [as_bytes(expected)] * 3
    assert len(web.asked) == len(alone.asked)
    assert (shared.counts.requests, shared.counts.requests_shared) == (len(alone.asked), 2 * len(alone.asked))
    assert shared.counts.read_shared == 2 * shared.counts.read


def test_an_address_with_credentials_is_asked_for_each_brand() -> None:
    private = "https://kabar.example/feed?token=abc"
    web = press([private])
    with Harvest() as shared:
        run(shared, web, private)
        run(shared, web, private)
    assert [request.url for request in web.asked].count(private) == 2


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://kabar.example/feed", False),
        ("https://kabar.example/feed?page=2&lang=id", False),
        ("https://user:secret@kabar.example/feed", True),
        ("https://user@kabar.example/feed", True),
        ("https://kabar.example/feed?lang=id&api_key=1", True),
        ("https://kabar.example/feed?sessionid=1", True),
        ("https://[kabar/feed", True),
        ("https://kabar.example/@senja/feed", False),
    ],
)
def test_credentials_are_a_user_or_a_parameter_that_may_be_secret(url: str, private: bool) -> None:
    assert credentials.are_in(url) is private


def test_a_brand_that_may_contact_other_addresses_is_told_nothing_of_them() -> None:
    web = press()
    with Harvest() as shared:
        get(web, shared, FetchRequest(url=FEED), FetchRules(allow=("10.0.0.1:80",)))
        get(web, shared, FetchRequest(url=FEED))
        get(web, shared, FetchRequest(url=FEED), FetchRules(contact="https://other.example"))
    assert len(web.asked) == 2


def test_a_page_that_a_brand_has_is_unchanged_for_it_and_whole_for_the_others() -> None:
    web = press()
    with Harvest() as shared:
        first = get(web, shared, FetchRequest(url=FEED))
        same, older = (get(web, shared, FetchRequest(url=FEED, etag=etag)) for etag in ('"1"', '"0"'))
    assert isinstance(first, Page)
    assert isinstance(same, NotModified)
    assert same.headers == first.headers
    assert older == first
    assert len(web.asked) == 1


def test_unchanged_answers_only_those_who_have_the_same_page() -> None:
    web = press()
    with Harvest() as shared:
        answers = [get(web, shared, FetchRequest(url=FEED, etag=etag)) for etag in ('"1"', '"1"', "", '"1"')]
    assert [type(answer) for answer in answers] == [NotModified, NotModified, Page, NotModified]
    assert [request.etag for request in web.asked] == ['"1"', ""]


def test_a_failure_is_asked_for_once_and_told_to_all_with_the_pause_that_the_host_wants() -> None:
    web, wait = Web(), timedelta(hours=2)
    web.pages[FEED] = Failure(url=FEED, stage="fetch", reason="answered 429", status=429, hold=wait)
    with Harvest() as shared:
        answers = [get(web, shared, FetchRequest(url=FEED)) for _ in range(3)]
    assert answers == [web.pages[FEED]] * 3
    assert len(web.asked) == 1


def hostile(body: bytes, *, url: str) -> str:
    raise ValueError(f"{len(body)} bytes at {url}")


def measured(body: bytes, *, url: str) -> str:
    return f"{len(body)} bytes at {url}"


@pytest.mark.parametrize("job", [hostile, measured])
def test_a_document_is_read_once_whatever_objects_hold_it(job: Callable[..., str]) -> None:
    with Harvest() as shared:

        async def read(body: bytes) -> str | Failure:
            async with shared.workers("", InlineWorkers) as workers:
                return await workers.call("parse", FEED, partial(job, body, url=FEED))

        outcomes = [asyncio.run(read(body)) for body in (b"1234", bytearray(b"1234").copy(), b"".join([b"12", b"34"]), b"123")]
    assert outcomes[0] == outcomes[1] == outcomes[2] != outcomes[3]
    assert (shared.counts.read, shared.counts.read_shared) == (2, 2)


class Counting(WordCounter):
    embedded = 0

    def embed(self, texts: Sequence[str], role: str) -> np.ndarray:
        self.embedded += len(texts)
        return super().embed(texts, role)


def caches() -> Caches:
    return Caches(vectors=MemoryVectors(), words=MemoryVectors(), scores=MemoryVectors(), spaces=MemorySpaces())


def test_a_text_is_embedded_once_and_kept_in_the_library_of_each_brand() -> None:
    model, own = Counting(), [caches(), caches()]
    with Harvest() as shared:
        first, second = (CachedEncoder(model.name, lambda: model, shared.caches(each).vectors, dim=model.dim) for each in own)
        one, two = (encoder.embed(["kopi", "senja"], "document") for encoder in (first, second))
    assert model.embedded == 2
    assert one.tobytes() == two.tobytes()
    later = CachedEncoder(model.name, lambda: model, own[1].vectors, dim=model.dim)
    assert later.embed(["senja", "kopi"], "document").tobytes() == two[::-1].tobytes()
    assert model.embedded == 2
