"""Search requests as they are typed, and parsed: words to score, conditions to hold, terms to highlight."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from msgspec import Struct

from curator.core.errors import UsageError
from curator.core.item import Status
from curator.core.text import query
from curator.core.text.query import And, Near, Node, Not, Or, QueryError, Term
from curator.search.index.compiler import Condition, Span, is_plain

Mode = Literal["words", "meaning", "both"]
Sort = Literal["relevance", "date", "fit"]

FIELDS: Final = frozenset({"title", "feed", "lang", "tag", "topic", "status", "since", "until"})
FILTERS: Final = FIELDS - {"title"}  # fields that do not change the score of an item
STATUSES: Final[tuple[str, ...]] = get_args(Status)
_SPAN: Final = re.compile(r"(\d{1,4})([hdw])")
_UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_MOMENT: Final = "is neither a day like 2026-11-23 nor a span like 7d, 48h or 2w"


class SearchRequest(Struct, frozen=True, kw_only=True):
    """Search request as it is typed. Of the values of one filter any will do; `like` is the id of an item to find similar ones of.

    `whole` asks for what is hardly about the query, too.
    """

    query: str = ""
    mode: Mode = "both"
    sort: Sort = "relevance"
    limit: int = 20
    page: int = 1
    whole: bool = False
    like: str = ""
    topics: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    since: str = ""
    until: str = ""


class ParsedQuery(Struct, frozen=True, kw_only=True):
    """Parsed search request.

    `scored` is what ranks items by words, `conditions` must hold for every hit, `strict` also for hits by meaning alone. `terms`
    are the words to highlight, `plain` is all of them as one text, for its meaning.
    """

    scored: Node | None = None
    conditions: tuple[Condition, ...] = ()
    strict: tuple[Condition, ...] = ()
    terms: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        """Terms as one text."""
        return " ".join(self.terms)


def parse(request: SearchRequest, zone: ZoneInfo, now: datetime) -> ParsedQuery:
    """Parse a request. Raises UsageError where a part cannot be read, with a caret under its place in the query."""
    for name, value, known in (("mode", request.mode, get_args(Mode)), ("sort", request.sort, get_args(Sort))):
        if value not in known:
            raise UsageError(f"unknown {name} {value!r}", hint=f"--{name} {'|'.join(known)}")
    conditions = [*_filters(request), *_spans(request, zone, now)]
    if not request.query.strip():
        if not conditions and not request.like:
            raise QueryError("an empty query finds nothing", request.query, 0)
        return ParsedQuery(conditions=tuple(conditions))
    node = query.parse(request.query, FIELDS)
    parts = node.parts if isinstance(node, And) else (node,)
    conditions += [_condition(part, request.query, zone, now) for part in parts if _is_condition(part)]
    scored = [part for part in parts if not _is_condition(part)]
    _refuse_hidden_times(scored, request.query)
    return ParsedQuery(
        scored=(And(tuple(scored)) if len(scored) > 1 else scored[0]) if scored else None,
        conditions=tuple(conditions),
        strict=tuple(part for part in scored if not is_plain(part)),
        terms=tuple(term.text for part in scored for term in query.wanted(part) if term.field not in FILTERS),
    )


def moment(text: str, zone: ZoneInfo, now: datetime, *, after: bool = False) -> datetime:
    """Return the beginning of a day in `zone`, with `after` its end, or the time a span before now. Raises ValueError."""
    if found := _SPAN.fullmatch(text):
        return now - int(found[1]) * _UNITS[found[2]]
    try:
        day = date.fromisoformat(text)
        return datetime.combine(day + timedelta(days=after), time(), zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(_MOMENT) from None


def _filters(request: SearchRequest) -> list[Condition]:
    for status in request.statuses:
        if status not in STATUSES:
            raise UsageError(f"unknown status {status!r}", hint=f"--status {'|'.join(STATUSES)}")
    named = {"topic": request.topics, "feed": request.feeds, "lang": request.langs, "status": request.statuses, "tag": request.tags}
    return [Or(tuple(Term(value, field) for value in values)) for field, values in named.items() if values]


def _spans(request: SearchRequest, zone: ZoneInfo, now: datetime) -> list[Condition]:
    found: list[Condition] = []
    for field, text in (("since", request.since), ("until", request.until)):
        try:
            found += [_span(field, text, zone, now)] if text else []
        except ValueError as error:
            raise UsageError(f"--{field} {text} {error}", hint=f"--{field} 7d") from None
    return found


def _span(field: str, text: str, zone: ZoneInfo, now: datetime) -> Span:
    when = moment(text, zone, now, after=field == "until")
    return Span(since=when) if field == "since" else Span(until=when)


def _is_condition(part: Node) -> bool:
    match part:
        case Term(_, field):
            return field in FILTERS
        case Near():
            return False
        case Not():
            return True
        case And(parts) | Or(parts):
            return all(map(_is_condition, parts)) and not _times(parts)


def _condition(part: Node, typed: str, zone: ZoneInfo, now: datetime) -> Condition:
    if isinstance(part, Term) and part.field in {"since", "until"}:
        try:
            return _span(part.field, part.text, zone, now)
        except ValueError as error:
            raise QueryError(f"{part.text} {error}", typed, _place(typed, part), f"{part.field}:7d") from None
    _refuse_hidden_times([part], typed)
    if isinstance(part, Term) and part.field == "status" and part.text.casefold() not in STATUSES:
        raise QueryError(f"unknown status {part.text!r}: there are {', '.join(STATUSES)}", typed, _place(typed, part), "status:picked")
    return part


def _refuse_hidden_times(parts: Sequence[Node], typed: str) -> None:
    for term in _times(parts):
        raise QueryError(
            f"{term.field}: cannot stand behind a minus, beside OR or in parentheses", typed, _place(typed, term), f"kopi {term.field}:7d"
        )


def _times(parts: Iterable[Node]) -> list[Term]:
    found: list[Term] = []
    for part in parts:
        match part:
            case Term(_, field):
                found += [part] if field in {"since", "until"} else []
            case Near():
                pass
            case Not(inner):
                found += _times([inner])
            case And(inner_parts) | Or(inner_parts):
                found += _times(inner_parts)
    return found


def _place(typed: str, term: Term) -> int:
    """Return the position where the term of a field was typed."""
    return max(typed.find(f"{term.field}:{term.text}"), typed.find(f"{term.field}:"), 0)
