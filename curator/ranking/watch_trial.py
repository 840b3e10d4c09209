"""Trial of a watch term: names that are near to those it looks for and that it misses, and common words that it takes for names."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct

from curator.core.text import query
from curator.core.text.matching import folded, matcher
from curator.ranking.watch_terms import WatchHit, written_as_name

SHORTEST: Final = 5  # letters of a name for which other spellings are sought
ALIKE: Final = 0.86  # share of letters in common (difflib's ratio) from which on words are another spelling
SHOWN: Final = 8
_TOKEN: Final = re.compile(r"[@#]?\w+(?:[.\-]\w+)*")
_KINDS: Final = (("#", "tag"), ("@", "handle"))

Kind = Literal["tag", "handle", "domain", "spelling"]


class NearMiss(Struct, frozen=True, kw_only=True):
    """A way of writing that the query does not find. `items`: in how many it stands; `add`: what the query would need."""

    text: str
    kind: Kind
    items: int
    add: str


class FalseFriend(Struct, frozen=True, kw_only=True):
    """Words around the name that tell of something else. `items`: hits that have them; `exclude`: what the query would need."""

    text: str
    items: int
    exclude: str


def near_misses(typed: str, texts: Iterable[str]) -> tuple[NearMiss, ...]:
    """Return ways of writing the names of a query that stand in these texts and that it does not find, the most frequent first."""
    names = _names(typed)
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(_near(text, names)))
    found = [(said, n) for said, n in counts.most_common() if not matcher(typed).says(said) and not _excluded(typed, said)]
    return tuple(NearMiss(text=said, kind=_kind(said), items=n, add=_added(said)) for said, n in found[:SHOWN])


def false_friends(typed: str, hits: Sequence[WatchHit], doubted: set[str]) -> tuple[FalseFriend, ...]:
    """Return what stands beside the name in doubtful hits and in no other, the most frequent first.

    `doubted`: ids of the items of the doubtful hits. Nothing is doubtful where every hit is.
    """
    sides = {hit.item.id: set(_beside(typed, hit.sentence)) for hit in hits}
    known = {said for id_, some in sides.items() if id_ not in doubted for said in some}
    counts = Counter(said for id_, some in sides.items() if id_ in doubted for said in some - known)
    return tuple(FalseFriend(text=said, items=n, exclude=f'-"{said}"') for said, n in counts.most_common(SHOWN))


def doubtful(typed: str, sentence: str) -> bool:
    """Return whether a sentence writes the name of a query as a common word."""
    return written_as_name(typed, sentence) < 0


def _names(typed: str) -> dict[str, int]:
    """Return the names of a query, joined, with their numbers of words."""
    phrases = (folded(term.text).lstrip("@#") for term in query.wanted(matcher(typed).node) if term.field in {"", "title"})
    joined = {"".join(words): len(words) for phrase in phrases if (words := re.findall(r"[^\W_]+", phrase))}
    return {name: words for name, words in joined.items() if len(name) >= SHORTEST}


def _near(text: str, names: dict[str, int]) -> Iterator[str]:
    """Yield what in a text has a name in it, or is spelt much like one."""
    tokens = _TOKEN.findall(folded(text))
    for name, size in names.items():
        yield from (token for token in tokens if len(token) > len(name) and name in token.replace("-", "").replace("_", ""))
        begin, end = name[:3], name[-3:]
        for first, last in zip(range(len(tokens)), range(size - 1, len(tokens)), strict=False):
            if (tokens[first].startswith(begin) or tokens[last].endswith(end)) and _alike("".join(tokens[first : last + 1]), name):
                yield " ".join(tokens[first : last + 1])


@lru_cache(maxsize=4096)
def _alike(said: str, name: str) -> bool:
    """Return whether words, joined, are spelt much like a name."""
    if said == name or abs(len(said) - len(name)) > 2:
        return False
    return SequenceMatcher(None, said, name, autojunk=False).ratio() >= ALIKE


def _excluded(typed: str, said: str) -> bool:
    """Return whether a query leaves this out of its own accord."""
    node = matcher(typed).node
    parts = node.parts if isinstance(node, query.And) else (node,)
    barred = (term.text for part in parts if isinstance(part, query.Not) for term in query.wanted(part.part))
    return any(folded(text) in said for text in barred)


def _kind(said: str) -> Kind:
    if said.startswith("#"):
        return "tag"
    if said.startswith("@"):
        return "handle"
    return "domain" if re.fullmatch(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", said) else "spelling"


def _added(said: str) -> str:
    return f'OR "{said}"' if " " in said else f"OR {said}"


def _beside(typed: str, sentence: str) -> Iterator[str]:
    """Yield the name with the word after it, and with the word before it."""
    text = folded(sentence)
    for found in matcher(typed).written(text):
        after = re.match(r" (\w+)", text[found.end() :])
        before = re.search(r"(\w+) $", text[: found.start()])
        yield from ([f"{found[0]} {after[1]}"] if after else [])
        yield from ([f"{before[1]} {found[0]}"] if before else [])
