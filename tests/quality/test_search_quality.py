"""Pinned floors of search by meaning: short queries in two languages on the labelled texts, and where their hits end."""

import json
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from support import bundled
from support.index import item, search_context
from support.labelled import TEXTS
from support.parts import BRAND, NOW

from curator.core.protocols import Changes
from curator.core.text.urls import item_id
from curator.ranking.relevance import Relevance
from curator.search import service
from curator.search.index.request import SearchRequest
from curator.search.sync import SearchContext
from curator.storage.memory import MemoryStore

HERE = Path(__file__).parent
FLOORS = json.loads((HERE / "floors.json").read_text("utf-8"))["search"]
QUERIES = [line.split("\t") for line in (HERE / "queries.tsv").read_text("utf-8").splitlines()]
LABELS = {item_id(f"https://kabar.example/{n}"): label for n, (label, *_) in enumerate(TEXTS)}


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> SearchContext:
    items = [item(str(n), title, lang=lang) for n, (_, lang, title, _) in enumerate(TEXTS)]
    texts = {each.id: text for each, (*_, text) in zip(items, TEXTS, strict=True)}
    Relevance(BRAND, bundled.engine()).of_items(items, texts)
    store = MemoryStore()
    store.commit(Changes(items=tuple(items), texts=texts))
    return replace(search_context(tmp_path_factory.mktemp("index"), store), engine=bundled.engine)


def measured(of: SearchContext, *, whole: bool = False) -> dict[str, float]:
    """The mean, over the queries, of the share of hits that are about the query, and of what is about it that is found."""
    shares = []
    for topic, asked in QUERIES:
        found = service.search(of, SearchRequest(query=asked, mode="meaning", limit=200, whole=whole), NOW).hits
        right = sum(LABELS[hit.id] == topic for hit in found)
        shares.append((right / max(len(found), 1), right / sum(label == topic for label in LABELS.values())))
    right, found = np.mean(shares, axis=0)
    return {"right": float(right), "found": float(found)}


def test_hits_are_about_the_query_and_most_are_found(of: SearchContext) -> None:
    reached = measured(of)
    assert {name: value for name, value in reached.items() if value < FLOORS[name]} == {}


def test_with_all_more_is_found_and_less_of_it_is_about_the_query(of: SearchContext) -> None:
    reached, whole = measured(of), measured(of, whole=True)
    assert whole["found"] > reached["found"]
    assert reached["right"] > whole["right"] + 0.2
