# ruff: noqa: T201, S311 - a script that prints what it found, and that draws lots
"""Planted bursts among the entries of captured feeds: how many are found within a day, and how many alarms are false.

    python benchmarks/trends.py [SEQUENCES] [--publishers 12] [--seed 7]

SEQUENCES holds a directory a feed, each with the feed's captures, YYYY-MM-DDTHHMM.xml; by default ../shared/corpus/sequences.
Its entries are dealt out to publishers by their address. About every twelve days three to five publishers tell one invented
event in words of their own choice, within a day. Trends are looked for every 24 hours. An alarm that no burst of the last two
days explains counts as false, though some of them are events that the feed really told. The exit code is 1 where fewer than
nine in ten bursts are found, or more than one alarm a week is false.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from random import Random

from msgspec import Struct

from curator.core.item import Item, Source
from curator.feeds.parse import parse
from curator.ranking import trends
from curator.ranking.trends import DAY

EVENTS = (
    "kopi gayo robusta lelang perdana",
    "larangan gelas plastik kedai",
    "festival durian lereng merapi",
    "gempa megathrust simeulue",
    "kapal phinisi tenggelam labuan",
    "wabah antraks gunungkidul",
)
FILLING = ("ramai", "dibahas", "pejabat", "menurut", "laporan", "akhirnya", "heboh")
LEAST_FOUND, MOST_FALSE = 0.9, 1.0


class Burst(Struct, frozen=True, kw_only=True):
    """An invented event, told within a day after `begins`."""

    begins: datetime
    words: frozenset[str]
    items: tuple[Item, ...]


def captured(folder: Path, publishers: int) -> list[Item]:
    """Return the entries of all captures, each when it was first seen, as items of invented publishers."""
    found: dict[str, Item] = {}
    for path in sorted(folder.glob("*/*.xml"), key=lambda p: p.name):
        when = datetime.strptime(path.stem, "%Y-%m-%dT%H%M").replace(tzinfo=UTC)
        for entry in parse(path.read_bytes(), url="https://capture.example/feed").entries:
            place = int.from_bytes(blake2b(entry.link.encode(), digest_size=4).digest(), "big") % publishers
            found.setdefault(entry.link, item(len(found), entry.title, entry.summary, when, place))
    return list(found.values())


def item(number: int, title: str, summary: str, when: datetime, publisher: int) -> Item:
    """Return an item of a publisher."""
    host = f"koran{publisher}.example"
    source = Source(title=host, feed=f"https://{host}/feed")
    url = f"https://{host}/{number}"
    return Item(id=f"{number:08d}", url=url, title=title, summary=summary, source=source, published=when, found=when, lang="id")


def bursts(begins: datetime, ends: datetime, publishers: int, lot: Random) -> Iterator[Burst]:
    """Iterate over invented events, one every nine to fifteen days."""
    when, number = begins + 20 * DAY, 1_000_000
    while when + DAY < ends:
        words = EVENTS[number // 10 % len(EVENTS)].split()
        at = when + timedelta(hours=18 * lot.random())
        told = [
            item(number + n, title(words, lot), "", at + timedelta(hours=5 * lot.random()), paper)
            for n, paper in enumerate(lot.sample(range(publishers), lot.choice((3, 4, 5))))
        ]
        yield Burst(begins=when, words=frozenset(words), items=tuple(told))
        when, number = when + lot.randint(9, 15) * DAY, number + 10


def title(words: list[str], lot: Random) -> str:
    """Return a headline: three or four words of the event, and three of any."""
    return " ".join((*lot.sample(words, min(4, len(words))), *lot.sample(FILLING, 3)))


def measure(items: list[Item], planted: list[Burst]) -> tuple[int, int, int]:
    """Return the number of bursts found within a day, of false alarms, and of days looked at."""
    found, false, days = set[datetime](), 0, 0
    now = min(each.published for each in items) + timedelta(days=14, hours=2)
    while now <= max(each.published for each in items) + DAY:
        for trend in trends.find([each for each in items if each.published <= now], (), (), now, DAY).trends:
            words = set(" ".join(trend.terms).split())
            explained = [burst for burst in planted if burst.begins <= now <= burst.begins + 2 * DAY and burst.words & words]
            found |= {burst.begins for burst in explained if max(each.published for each in burst.items) + DAY >= now}
            false += not explained
            if not explained:
                print(f"  not planted, {now:%Y-%m-%d}: {trend.label}")
        now, days = now + DAY, days + 1
    return len(found), false, days


def main() -> int:
    """Measure, and print what was found."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("sequences", nargs="?", type=Path, default=Path(__file__).parents[2] / "shared" / "corpus" / "sequences")
    options.add_argument("--publishers", type=int, default=12)
    options.add_argument("--seed", type=int, default=7)
    asked = options.parse_args()
    if not asked.sequences.is_dir():
        print(f"trends: no captures in {asked.sequences}, nothing checked", file=sys.stderr)
        return 0
    items = captured(asked.sequences, asked.publishers)
    begins, ends = (side(each.published for each in items) for side in (min, max))
    planted = list(bursts(begins, ends, asked.publishers, Random(asked.seed)))
    found, false, days = measure(items + [each for burst in planted for each in burst.items], planted)
    weekly = 7 * false / days
    print(f"{len(items)} entries of {days} days; found {found} of {len(planted)} bursts within a day; {weekly:.2f} false alarms a week")
    return int(found < LEAST_FOUND * len(planted) or weekly > MOST_FALSE)


if __name__ == "__main__":
    sys.exit(main())
