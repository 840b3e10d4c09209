# ruff: noqa: S311, T201 - a script that draws texts by lot and prints what it measured
"""How long it takes to look for watch terms in everything that is kept.

    python benchmarks/mentions.py [--entries 100000] [--terms 50] [--full 0.25] [--seed 1]

Entries have a title of eight words and a summary of fifty, of 60 common and 30,000 rare words, with curly quotation marks and
dashes; a share of them (`--full`) has a text of 400 words. Each term is a name of two words with a handle and an exclusion, and
one entry in a hundred says one of the names, written in one of five ways. Printed are the seconds of the clock and of the
processor, which differ on a busy machine, and the names found.
"""

import argparse
from datetime import UTC, datetime
from random import Random
from time import perf_counter, process_time

from curator.core.brand import Watch
from curator.core.item import Item, Source
from curator.ranking.watch_terms import WatchList

NOW = datetime(2026, 11, 23, tzinfo=UTC)
_COMMON = (
    "harga kopi petani naik di pasar dan kedai baru untuk warga kota dengan gelas pakai ulang the market price of coffee rose as "
    "farmers in highland villages said that rain had come late “musim” — café yang buka pagi hari ini menurut data pemerintah"
)
WORDS = _COMMON.split()
SYLLABLES = [consonant + vowel for consonant in "bklmnrstwy" for vowel in "aiu"]

RARE = ["".join(Random(n).choices(SYLLABLES, k=n % 3 + 2)) for n in range(30_000)]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--entries", type=int, default=100_000)
    options.add_argument("--terms", type=int, default=50)
    options.add_argument("--full", type=float, default=0.25)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    lot = Random(asked.seed)
    names = [f"{_word(lot)} {_word(lot)}" for _ in range(asked.terms)]
    watches = tuple(Watch(name=name, query=f'"{name}" OR @{name.replace(" ", "")} -"{name} {_word(lot)}"') for name in names)
    entries = [_entry(n, names, lot, asked.full) for n in range(asked.entries)]
    begun, worked = perf_counter(), process_time()
    watching = WatchList(watches)
    found = sum(len(watching.hits(item, text)) for item, text in entries)
    seconds, cpu = perf_counter() - begun, process_time() - worked
    size = sum(len(item.title) + len(item.summary) + len(text) for item, text in entries) / 1e6
    what = f"{asked.entries:,} entries ({size:.0f} million characters), {asked.terms} terms"
    print(f"{what}: {seconds:.2f} s ({cpu:.2f} s of the processor), {found:,} hits")


def _entry(n: int, names: list[str], lot: Random, full: float) -> tuple[Item, str]:
    title, summary = _text(lot, 8), _text(lot, 50)
    text = _text(lot, 400) if lot.random() < full else ""
    if n % 100 == 0:
        summary = f"{summary} {_written(lot.choice(names), lot)} {_text(lot, 5)}"
    url = f"https://kabar{n % 300}.example/{n}"
    source = Source(title="Kabar", feed=f"https://kabar{n % 300}.example/feed")
    return Item(id=f"{n:08}", url=url, title=title, source=source, published=NOW, found=NOW, lang="id", summary=summary), text


def _written(name: str, lot: Random) -> str:
    joined = name.title().replace(" ", "")
    return lot.choice([name, name.title(), f"#{joined}", f"@{joined}", name.title().replace(" ", "-")])


def _text(lot: Random, words: int) -> str:
    return " ".join(lot.choice(RARE if lot.random() < 0.4 else WORDS) for _ in range(words))


def _word(lot: Random) -> str:
    return "".join(lot.choices(SYLLABLES, k=lot.choice([2, 3, 4])))


if __name__ == "__main__":
    main()
