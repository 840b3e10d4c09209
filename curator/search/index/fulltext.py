"""The full-text index (tantivy). A word in a title counts more than one in a text, the exact word more than another form of it.

Every item is a document of folded tokens, cut and stemmed by `analysis` as queries are. It also holds the item as JSON, so
that a hit is shown without reading the store.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from curator.core.item import Item
from curator.core.story import Fit
from curator.core.text.language import primary
from curator.core.text.query import Node
from curator.core.text.urls import domain
from curator.search.index import analysis
from curator.search.index.compiler import Compiler, Condition, Span
from curator.search.index.forms import TantivyForms
from curator.search.index.protocols import TOPICAL, FulltextResult, IndexEntry

if TYPE_CHECKING:
    from tantivy import Index, Query, Searcher

HEAP: Final = 32_000_000  # bytes that a writer holds before it flushes

_DECODE = msgspec.json.Decoder(tuple[Item, tuple[Fit, ...]]).decode


class FulltextIndex:
    """Tantivy index in a folder. ValueError or OSError from any method means that it cannot be read."""

    def __init__(self, folder: Path, languages: Sequence[str] = ("id", "en")) -> None:
        """Open the index in `folder`, if there is one; words of queries are stemmed in each of `languages`."""
        self.folder, self.languages = folder, tuple(languages)
        self._index = self._open(folder) if (folder / "meta.json").exists() else None

    @contextmanager
    def writing(self) -> "Iterator[TantivyWriter]":
        """Yield a writer. What it puts and drops takes effect when the block ends, all of it or nothing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        index = self._index or self._create()
        writer = index.writer(HEAP, 1)
        yield TantivyWriter(writer)
        writer.commit()
        writer.wait_merging_threads()
        self._index = self._open(self.folder)

    def find(
        self, query: Node | None, conditions: Sequence[Condition], limit: int, *, loose: bool = False, newest: bool = False
    ) -> FulltextResult:
        """Return the items that match the query and every condition, best first, or the newest first.

        `loose` tolerates misspelt words, and long queries of which some words are missing.
        """
        form = self._compiled(query, conditions, loose=loose)
        return self._search(form, limit, newest=newest)

    def among(self, ids: Sequence[str], conditions: Sequence[Condition]) -> set[str]:
        """Return those of the ids that satisfy every condition."""
        from tantivy import Occur, Query

        some = Query.term_set_query(self._schema, "id", list(ids))
        form = Query.boolean_query([(Occur.Must, some), (Occur.Must, self._compiled(None, conditions))])
        return set(self._search(form, max(len(ids), 1)).ids)

    def ids_beginning(self, prefix: str, limit: int) -> list[str]:
        """Return ids that begin with `prefix`, in order, at most `limit`."""
        return sorted(term for term, _ in self._searcher.terms_with_prefix("id", prefix, limit=limit))

    def cards(self, ids: Iterable[str]) -> dict[str, tuple[Item, tuple[Fit, ...]]]:
        """Return items as they were put, with their fits, by id."""
        from tantivy import Query

        wanted = list(ids)
        if not wanted:
            return {}
        searcher = self._searcher
        found = searcher.search(Query.term_set_query(self._schema, "id", wanted), len(wanted), count=False).hits
        decoded = (_DECODE(bytes(searcher.doc(address).get_first("card") or b"")) for _, address in found)
        return {card[0].id: card for card in decoded}

    def count(self) -> int:
        """Return the number of items in the index."""
        return self._searcher.num_docs if self._index else 0

    # --- inside ---

    def _open(self, folder: Path, tries: int = 3) -> "Index":
        """Open the index; try again where another process replaced files between listing and opening them."""
        from tantivy import Index

        try:
            index = Index.open(str(folder))
            index.config_reader("manual")
            index.reload()
        except (ValueError, OSError):
            if tries == 1:
                raise
            return self._open(folder, tries - 1)
        return index

    def _create(self) -> "Index":
        from tantivy import Index

        return Index(_schema(), str(self.folder), reuse=False)

    @property
    def _schema(self) -> Any:
        assert self._index
        return self._index.schema

    @property
    def _searcher(self) -> "Searcher":
        assert self._index
        return self._index.searcher()

    def _search(self, form: "Query", limit: int, *, newest: bool = False) -> FulltextResult:
        searcher = self._searcher
        order = "published" if newest else None
        result = searcher.search(form, limit, count=True, order_by_field=order)
        found = sorted((-value, str(searcher.doc(address).get_first("id"))) for value, address in result.hits)
        count: int = result.count  # type: ignore[attr-defined]
        return FulltextResult(total=count, ids=tuple(id_ for _, id_ in found))

    def _compiled(self, query: Node | None, conditions: Sequence[Condition], *, loose: bool = False) -> "Query":
        forms = TantivyForms(self._schema)
        compiler = Compiler(forms, self.languages, loose=loose)
        holds = (forms.published(each) if isinstance(each, Span) else compiler.condition(each) for each in conditions)
        wanted = forms.everything()
        if query:
            wanted = compiler.node(query) or forms.nothing()
        return forms.all([*(form for form in holds if form), wanted])


class TantivyWriter:
    """Writer of an index."""

    def __init__(self, writer: Any) -> None:
        """Wrap a writer of tantivy."""
        self._writer = writer

    def drop(self, id_: str) -> None:
        """Remove an item, if it is there."""
        self._writer.delete_documents_by_term("id", id_)

    def put(self, entry: IndexEntry) -> None:
        """Put an item in the place of the one with the same id."""
        from tantivy import Document

        self.drop(entry.item.id)
        self._writer.add_document(Document(**_document(entry)))


def _document(entry: IndexEntry) -> dict[str, Any]:
    item = entry.item
    lang, body = item.lang.casefold(), entry.text or item.summary
    title, text = analysis.tokens(item.title), analysis.tokens(body)
    return {
        "id": item.id,
        "title": " ".join(title),
        "text": " ".join(text),
        "title_stem": " ".join(analysis.stems([*title, *analysis.compounds(item.title)], lang)),
        "text_stem": " ".join(analysis.stems([*text, *analysis.compounds(body)], lang)),
        "title_joined": " ".join(analysis.around_joined(item.title)),
        "text_joined": " ".join(analysis.around_joined(body)),
        "feed": " ".join(analysis.tokens(f"{item.source.title} {domain(item.url)} {item.source.feed}")),
        "topic": [" ".join(analysis.tokens(fit.topic)) for fit in entry.fits if fit.fit >= TOPICAL],
        "lang": list(dict.fromkeys([lang, primary(lang)])),
        "tag": [tag.casefold() for tag in item.tags],
        "status": item.status,
        "published": int(item.published.timestamp()),
        "card": msgspec.json.encode((item, entry.fits)),
    }


def _schema() -> Any:
    from tantivy import SchemaBuilder

    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("title", "text", "title_joined", "text_joined", "feed", "topic"):
        builder.add_text_field(name, tokenizer_name="whitespace")
    for name in ("title_stem", "text_stem"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in ("lang", "tag", "status"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("published", indexed=True, fast=True)
    builder.add_bytes_field("card", stored=True)
    return builder.build()
