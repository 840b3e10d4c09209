"""Part of a tsquery, with what ranks the items that it matches."""

from msgspec import Struct


class TsQuery(Struct, frozen=True):
    """Part of a query. `text`: as Postgres reads it, with a NUL where labels stand, for the same words in several fields are
    one form whose `labels` are joined. `lexemes` are those that rank items.
    """

    text: str
    labels: str = ""
    lexemes: tuple[str, ...] = ()

    def written(self) -> str:
        """Return the query in the syntax of tsquery. Labels that every place of a lexeme has are left out."""
        labels = "" if self.labels in {"AC", "BD"} else self.labels
        return self.text.replace("\0*", f":*{labels}").replace("\0", f":{labels}" if labels else "")

    def ranking(self) -> str:
        """Return the query that ranks items: any of the lexemes."""
        return " | ".join(dict.fromkeys(self.lexemes))
