"""How tantivy writes the parts of a query."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from curator.search.index import analysis
from curator.search.index.compiler import Span

if TYPE_CHECKING:
    from tantivy import Query


class TantivyForms:
    """The `Forms` of one schema."""

    def __init__(self, schema: Any) -> None:
        """Write queries for `schema`."""
        self._schema = schema

    def everything(self) -> "Query":
        """Match every item and add nothing to a score."""
        from tantivy import Query

        return self.unscored(Query.all_query())

    def published(self, span: Span) -> "Query":
        """Match what was published in a span and add nothing to a score."""
        from tantivy import FieldType, Query

        low, high = (int(moment.timestamp()) if moment else None for moment in (span.since, span.until))
        return self.unscored(Query.range_query(self._schema, "published", FieldType.Integer, low, high, include_upper=high is None))

    def nothing(self) -> "Query":
        """Match no item."""
        from tantivy import Query

        return Query.empty_query()

    def any(self, parts: "Sequence[Query]") -> "Query":
        """Match what one of the parts matches."""
        from tantivy import Occur, Query

        return Query.boolean_query([(Occur.Should, part) for part in parts])

    def all(self, needed: "Sequence[Query]", welcome: "Sequence[Query]" = ()) -> "Query":
        """Match what all needed parts match; the welcome ones add to the score."""
        from tantivy import Occur, Query

        return Query.boolean_query([*((Occur.Must, part) for part in needed), *((Occur.Should, part) for part in welcome)])

    def most(self, parts: "Sequence[Query]", least: int) -> "Query":
        """Match what at least so many of the parts match."""
        from tantivy import Occur, Query

        return Query.boolean_query([(Occur.Should, part) for part in parts], least)

    def without(self, part: "Query") -> "Query":
        """Match what a part does not match."""
        from tantivy import Occur, Query

        return Query.boolean_query([(Occur.Must, self.everything()), (Occur.MustNot, part)])

    def unscored(self, part: "Query") -> "Query":
        """Match the same and add nothing to the score."""
        from tantivy import Query

        return Query.const_score_query(part, 0.0)

    def value(self, field: str, value: str) -> "Query":
        """Match items with a value."""
        from tantivy import Query

        return Query.term_query(self._schema, field, value)

    def words(self, field: str, words: Sequence[str], weight: float = 1.0) -> "Query":
        """Match words one after another; a single character of a script without spaces is also found within a pair."""
        from tantivy import Query

        if len(words) > 1:
            form = Query.phrase_query(self._schema, field, list(words))
        elif len(words[0]) == 1 and analysis.unspaced(words[0]):
            form = Query.regex_query(self._schema, field, f"{words[0]}.?")
        else:
            form = Query.term_query(self._schema, field, words[0])
        return Query.boost_query(form, weight)

    def beginning(self, field: str, words: Sequence[str], weight: float = 1.0) -> "Query":
        """Match words one after another of which the last is only begun."""
        from tantivy import Query

        begun = [*words[:-1], f"{words[-1]}.*"]
        single = len(words) == 1
        form = Query.regex_query(self._schema, field, begun[0]) if single else Query.regex_phrase_query(self._schema, field, [*begun])
        return Query.boost_query(form, weight)

    def near(self, field: str, left: Sequence[str], right: Sequence[str], within: int) -> "Query":
        """Match two sides, in this order, as a phrase that other words may stand in."""
        from tantivy import Query

        return Query.phrase_query(self._schema, field, [*left, *right], within)

    def stem(self, field: str, stem: str, weight: float) -> "Query":
        """Match words of a field by their stem."""
        from tantivy import Query

        return Query.boost_query(Query.term_query(self._schema, f"{field}_stem", stem), weight)

    def misspelt(self, field: str, word: str, edits: int, weight: float) -> "Query":
        """Match words that differ by at most so many letters."""
        from tantivy import Query

        return Query.const_score_query(Query.fuzzy_term_query(self._schema, field, word, edits), weight)
