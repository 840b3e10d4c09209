"""Items, and a search index over a store of them."""

from pathlib import Path

from msgspec.structs import replace

from curator.core.item import Item, Source
from curator.core.protocols import Store
from curator.core.text.urls import item_id
from curator.search.index import Index
from curator.search.sync import SearchContext
from support.parts import BRAND, NOW, Quiet, WordCounter, ensemble


def item(name: str, title: str, **more: object) -> Item:
    url = f"https://kabar.example/{name}"
    made = Item(
        id=item_id(url), url=url, title=title, source=Source(title="Kabar", feed="https://kabar.example/feed"), published=NOW, found=NOW
    )
    return replace(made, **more)


def search_context(folder: Path, store: Store, **more: object) -> SearchContext:
    encoders = ensemble(WordCounter())
    made = SearchContext(brand=BRAND, store=store, engine=lambda: encoders, index=Index(folder), vectors_stamp=lambda: "", progress=Quiet())
    return replace(made, **more)
