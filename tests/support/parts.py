"""Honest small parts behind the real seams: a web in memory, an embedder that counts words, a desk made of them."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import numpy as np
from msgspec import Struct, field

from curator.core.brand import Brand, ShortlistRules, Topic, Watch
from curator.core.context import Context
from curator.core.feed import Failure, Feed, NotModified, Page
from curator.core.protocols import Encoder, FetchRequest, Store
from curator.core.text.plain import fold
from curator.feeds.workers import InlineWorkers
from curator.ranking.embed import EncoderEnsemble
from curator.storage.memory import MemoryStore
from curator.storage.spaces import MemorySpaces

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

BRAND = Brand(
    name="Kopi Senja",
    language="id",
    reads=("id", "en"),
    timezone="Asia/Jakarta",
    topics=(
        Topic(name="Kopi", about="kopi petani sangrai seduh espresso coffee farmers roasting brewing"),
        Topic(name="Isi ulang", about="isi ulang gelas pakai ulang sampah plastik refill reuse cup waste"),
    ),
    watch=(Watch(name="Kami", query='"kopi senja"'),),
    shortlist=ShortlistRules(size=10, window=timedelta(days=7)),
)


class WordCounter:
    """An embedder whose vectors are the words of a text, hashed into places."""

    name = "word-counter@1"
    dim = 256

    def embed(self, texts: Sequence[str], role: str) -> np.ndarray:
        rows = np.zeros((len(texts), self.dim), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in fold(text).split():
                row[int.from_bytes(hashlib.blake2b(word.encode(), digest_size=2).digest(), "big") % self.dim] += 1
            row[0] += 0.01
            row /= np.linalg.norm(row)
        return rows


def ensemble(*encoders: Encoder) -> EncoderEnsemble:
    """An engine of these encoders that keeps what it learns in memory."""
    return EncoderEnsemble(encoders, MemorySpaces())


class Web(Struct):
    """What answers at each address; an address nobody put here does not exist. Remembers what was asked."""

    pages: dict[str, Page | NotModified | Failure | BaseException] = field(default_factory=dict)
    asked: list[FetchRequest] = field(default_factory=list)

    def serve(self, url: str, body: str, content_type: str = "text/html; charset=utf-8", **headers: str) -> None:
        self.pages[url] = Page(url=url, final_url=url, status=200, headers={"content-type": content_type, **headers}, body=body.encode())

    async def get(self, ask: FetchRequest) -> Page | NotModified | Failure:
        self.asked.append(ask)
        answer = self.pages.get(ask.url) or Failure(url=ask.url, stage="fetch", reason="answered 404: not found", status=404)
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, Page) and ask.etag and ask.etag == answer.headers.get("etag"):
            return NotModified(url=ask.url, headers=answer.headers)
        return answer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None


class Quiet:
    def stage(self, name: str, total: int = 0) -> None: ...

    def step(self, n: int = 1) -> None: ...

    def note(self, text: str) -> None: ...


def desk(web: Web, *feeds: str, store: Store | None = None, brand: Brand = BRAND) -> Context:
    encoders = ensemble(WordCounter())
    return Context(
        brand=brand,
        feeds=tuple(Feed(url=url) for url in feeds),
        store=store or MemoryStore(),
        engine=lambda: encoders,
        fetcher=lambda: web,
        workers=InlineWorkers,
        progress=Quiet(),
    )


def rss(title: str, items: Sequence[Mapping[str, str]]) -> str:
    """An RSS feed of items given by element name."""
    entries = "".join("<item>" + "".join(f"<{k}>{v}</{k}>" for k, v in item.items()) + "</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title><link>https://{title}/</link>{entries}</channel></rss>'


def page(title: str, *paragraphs: str) -> str:
    body = "".join(f"<p>{p}</p>" for p in paragraphs)
    head = f"<!doctype html><html><head><title>{title}</title></head>"
    return f"{head}<body><nav>Menu</nav><article><h1>{title}</h1>{body}</article></body></html>"
