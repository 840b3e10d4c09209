"""Items, and a search index over a store of them."""

from itertools import count
from pathlib import Path

from msgspec.structs import replace

from curator.core.item import Item, Source
from curator.core.protocols import Store
from curator.core.text.urls import item_id
from curator.search.index import Index
from curator.search.index.protocols import SearchIndex
from curator.search.sync import SearchContext
from support.parts import BRAND, NOW, Quiet, WordCounter, ensemble

KINDS = ("files", "postgres")
_BRANDS = count()


def item(name: str, title: str, **more: object) -> Item:
    url = f"https://kabar.example/{name}"
    made = Item(
        id=item_id(url), url=url, title=title, source=Source(title="Kabar", feed="https://kabar.example/feed"), published=NOW, found=NOW
    )
    return replace(made, **more)


def empty_index(kind: str, folder: Path) -> SearchIndex:
    """A new index of one of `KINDS`, in a folder or for a brand of its own."""
    if kind == "files":
        return Index(folder)
    from curator.search.postgres import PostgresIndex
    from curator.storage.postgres.address import address
    from support.postgres import server

    return PostgresIndex(address(server().url(f"search-{next(_BRANDS)}"), "", {}))


def reopened(index: SearchIndex) -> SearchIndex:
    """The same index as another command finds it."""
    return Index(index.folder) if isinstance(index, Index) else type(index)(index.address)


def search_context(folder: Path, store: Store, kind: str = "files", **more: object) -> SearchContext:
    encoders, index = ensemble(WordCounter()), empty_index(kind, folder)
    made = SearchContext(brand=BRAND, store=store, engine=lambda: encoders, index=index, vectors_stamp=lambda: "", progress=Quiet())
    return replace(made, **more)
