# ruff: noqa: S311, T201 - a script that draws days by lot and prints what it found
"""How well stories are folded, on labelled texts: what is merged wrongly, and which translated or rewritten copies are found.

    python benchmarks/stories.py LABELLED_DIR [--vectors FILE] [--seeds 3] [--show 0]

LABELLED_DIR holds `docs.jsonl` as for calibrate.py; ids of translations of one text end in the same number, and numbers that
follow each other under one label are sentences of one article. A day is at most 200 texts, told by feeds of their own within
two days: some once, some in two to four languages, some by a reprint under another title, some rewritten: a third of the
sentences gone, the others in another order, another title. They are judged and folded as a run does. Days of sentences have
one sentence a text (no title, hardly a name or number); days of articles have passages of two to four sentences, and
paragraphs of about 700 characters. On hard days all texts are of one label. Of neighbours in one article one at most takes
part. Printed are: of the pairs in one story, those whose texts are different; of the copies, those that are in the story of
what they copy, by kind.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from curator.core.brand import Brand, Topic
from curator.core.item import Item, Source
from curator.core.protocols import EmbeddingEngine
from curator.core.story import Story
from curator.core.text.plain import line, sentences
from curator.ranking import embed
from curator.ranking.pipeline import Ranker
from curator.storage.spaces import MemorySpaces
from curator.storage.vectors import MemoryVectors, SqliteVectors

NOW = datetime(2026, 11, 23, tzinfo=UTC)
BRAND = Brand(name="Stories", topics=(Topic(name="news", about="News of all kinds"),))
SIZE, FEWEST = 200, 25  # texts of a day; a label with fewer makes no hard day
PARAGRAPHS = 200  # that take part, of the texts that nobody translated
APART, LONGEST = 8, 4  # numbers from one article to another; sentences of a passage
HOME = ("id", "en")


class Text(Struct, frozen=True, kw_only=True):
    """A text with its sentences, by language. `number`: its own, or the first sentence's; texts that lie near are of one article."""

    name: str
    number: int
    label: str
    said: dict[str, list[str]]


class Copy(Struct, frozen=True, kw_only=True):
    """One telling on a day; `kind` is "" for the text itself."""

    of: str
    lang: str
    title: str
    text: str
    kind: str = ""


class Tally(Struct, kw_only=True):
    """What is counted: pairs in one story, those of different texts; copies by kind, and those found."""

    pairs: int = 0
    wrong: int = 0
    copies: dict[str, int] = {}
    found: dict[str, int] = {}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("labelled", type=Path)
    asked.add_argument("--vectors", type=Path, help="keep the vectors in this file between runs")
    asked.add_argument("--seeds", type=int, default=3, help="how often each day is drawn")
    asked.add_argument("--show", type=int, default=0, help="print so many wrong pairs of each sort of day")
    given = asked.parse_args()
    engine = embed.open_engine(
        "embedded", SqliteVectors(given.vectors) if given.vectors else MemoryVectors(), MemoryVectors(), MemorySpaces()
    )
    docs = [json.loads(row) for row in (given.labelled / "docs.jsonl").read_text("utf-8").splitlines()]
    for name, pool in (("sentences", _sentences(docs)), ("articles", [*_passages(docs), *_paragraphs(docs)])):
        for hard in (False, True):
            tally = Tally()
            for copies in _days(pool, given.seeds, hard=hard):
                _count(tally, copies, folded(copies, engine), given.show)
            _print(f"{name}, {'one subject' if hard else 'all subjects'}", tally)


def folded(copies: Sequence[Copy], engine: EmbeddingEngine) -> list[Story]:
    """The stories that a run makes of them; an item's id is its place."""
    items = [_item(copy, n) for n, copy in enumerate(copies)]
    judged = Ranker(BRAND, engine).score(items, {str(n): copy.text for n, copy in enumerate(copies)}, NOW)
    return Ranker(BRAND, engine).stories(judged)


def _count(tally: Tally, copies: Sequence[Copy], stories: Sequence[Story], show: int) -> None:
    told = [[int(r.item.id) for r in (story.lead, *story.others)] for story in stories]
    story_of = {n: at for at, members in enumerate(told) for n in members}
    for a, b in (pair for members in told for pair in combinations(members, 2)):
        tally.pairs += 1
        if copies[a].of != copies[b].of:
            tally.wrong += 1
            if tally.wrong <= show:
                print(*(f"  {copies[n].lang:9} {line(copies[n].text, 200)}" for n in (a, b)), "", sep="\n")
    first = {copy.of: n for n, copy in enumerate(copies) if not copy.kind}
    for n, copy in enumerate(copies):
        if copy.kind:
            tally.copies[copy.kind] = tally.copies.get(copy.kind, 0) + 1
            tally.found[copy.kind] = tally.found.get(copy.kind, 0) + (story_of[n] == story_of[first[copy.of]])


def _print(name: str, tally: Tally) -> None:
    copies, found = sum(tally.copies.values()), sum(tally.found.values())
    print(f"\n{name}: {tally.wrong} of {tally.pairs} pairs wrong ({tally.wrong / tally.pairs:.1%}), {found / copies:.1%} of {copies} found")
    shares = (f"{kind} {tally.found[kind] / n:.0%} ({n})" for kind, n in sorted(tally.copies.items()))
    print("  " + "  ".join(shares), flush=True)


# --- days -----------------------------------------------------------------------------------------------------------


def _days(pool: Sequence[Text], seeds: int, *, hard: bool) -> Iterator[list[Copy]]:
    labels = sorted({text.label for text in pool}) if hard else [""]
    for seed in range(seeds):
        for label in labels:
            dice = Random(f"{seed} {label}")
            texts = _drawn([text for text in pool if not label or text.label == label], dice)
            if len(texts) >= FEWEST:
                yield [copy for text in texts for copy in _told(text, dice)]


def _drawn(pool: Sequence[Text], dice: Random) -> list[Text]:
    """At most `SIZE` texts, no two of one article."""
    taken: list[Text] = []
    near: set[tuple[bool, int]] = set()
    for text in dice.sample(pool, len(pool)):
        alone = len(text.said) == 1
        if (alone, text.number) not in near and len(taken) < SIZE:
            taken.append(text)
            near |= set() if alone else {(alone, text.number + n) for n in range(1 - APART, APART)}
    return taken


def _told(text: Text, dice: Random) -> Iterator[Copy]:
    """The text, and its copies, if it has any."""
    lang = dice.choice([lang for lang in HOME if lang in text.said] or list(text.said))
    said = text.said[lang]
    yield _copy(text, lang, said)
    ways = [_translated, *([_rewritten, _reprinted] if len(said) > 2 else [])] if len(text.said) > 1 else [_rewritten, _reprinted]
    if dice.random() < 0.6:
        yield from dice.choice(ways)(text, lang, dice)


def _translated(text: Text, lang: str, dice: Random) -> Iterator[Copy]:
    for other in dice.sample(sorted(text.said.keys() - {lang}), dice.randint(1, 3)):
        kind = "id-en" if {lang, other} == set(HOME) else other
        yield _copy(text, other, text.said[other], kind)


def _rewritten(text: Text, lang: str, dice: Random) -> Iterator[Copy]:
    said = text.said[lang]
    yield _copy(text, lang, dice.sample(said, len(said) - max(1, len(said) // 3)), "rewritten")


def _reprinted(text: Text, lang: str, dice: Random) -> Iterator[Copy]:
    title = line(dice.choice(text.said[lang][1:]), 80)
    yield Copy(of=text.name, lang=lang, title=title, text=" ".join(text.said[lang]), kind="reprint")


def _copy(text: Text, lang: str, said: Sequence[str], kind: str = "") -> Copy:
    return Copy(of=text.name, lang=lang, title=line(said[0], 80) if len(said) > 1 else "", text=" ".join(said), kind=kind)


def _item(copy: Copy, n: int) -> Item:
    source, when = Source(title=f"Feed {n}", feed=f"https://f{n}.example/"), NOW - timedelta(minutes=4 * n)
    return Item(id=str(n), url=f"https://f{n}.example/1", title=copy.title, source=source, published=when, found=NOW, lang=copy.lang)


# --- labelled texts ---------------------------------------------------------------------------------------------------


def _sentences(docs: Sequence[dict[str, Any]]) -> list[Text]:
    """The sentences that were translated."""
    said: dict[int, dict[str, list[str]]] = defaultdict(dict)
    label = {}
    for doc in (doc for doc in docs if doc["collection"] == "sib200"):
        number = int(doc["id"].rpartition("-")[2])
        said[number][doc["lang"]], label[number] = [doc["text"]], doc["labels"][0]
    return [Text(name=f"s{n}", number=n, label=label[n], said=said[n]) for n in sorted(said)]


def _passages(docs: Sequence[dict[str, Any]]) -> list[Text]:
    """Two to four sentences of one article in one text."""
    runs: list[list[Text]] = []
    for text in _sentences(docs):
        follows = runs and runs[-1][-1].number == text.number - 1 and runs[-1][-1].label == text.label and len(runs[-1]) < LONGEST
        runs[-1].append(text) if follows else runs.append([text])
    return [
        replace(run[0], said={lang: [s for text in run for s in text.said[lang]] for lang in run[0].said}) for run in runs if len(run) > 1
    ]


def _paragraphs(docs: Sequence[dict[str, Any]]) -> list[Text]:
    """The texts that nobody translated."""
    some = (doc for doc in docs if doc["collection"] != "sib200")
    said = [(doc["labels"][0], doc["lang"], sentences(doc["text"], "id")) for doc in some]
    long = [(n, *each) for n, each in enumerate(said) if len(each[-1]) >= LONGEST]
    return [Text(name=f"p{n}", number=n, label=label, said={lang: told}) for n, label, lang, told in Random(7).sample(long, PARAGRAPHS)]


if __name__ == "__main__":
    main()
