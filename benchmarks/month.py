# ruff: noqa: T201 - a script that prints what it made
"""Make a month of the demonstration's brand, and its report: lists, picks, posts, and what these got.

The stories of the demonstration come over four weeks instead of a few days; each day is ranked by the real models. A picker with a
taste of its own, and a public that likes one topic better, stand for people.

./dev bench month FOLDER [--days 28] [--seed 1]

FOLDER/home is the brand directory afterwards, FOLDER/report.html and report.md the report of the whole month.
"""

import argparse
import csv
import random
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Final

from msgspec.structs import replace

from curator import Library, demo
from curator.core.item import Item
from curator.core.post import Post
from curator.core.protocols import Changes
from curator.core.story import Card
from curator.storage import open_store

DAY: Final = timedelta(days=1)
LIKED: Final = {"Kopi spesialti": 0.7, "Isi ulang & minim sampah": 0.6, "UMKM & media sosial": 0.05}  # chance that a listed story is picked
ENGAGED: Final = {"Kopi spesialti": 40, "Isi ulang & minim sampah": 110, "UMKM & media sosial": 35}  # engagements of a post, on average
SIZE: Final = {"instagram": 1.0, "linkedin": 0.3, "x": 0.15}  # of the public of each network


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--days", type=int, default=28)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    end = datetime.now(UTC).replace(microsecond=0)
    home, chance = given.folder / "home", random.Random(given.seed)  # noqa: S311 - no secret
    items, texts = spread(home, end, given.days)
    for n in reversed(range(given.days)):
        now = end - n * DAY
        live(home, [item for item in items if now - DAY < item.found <= now], texts, now, chance)
    desk = Library(home)
    read = desk.read_results(results(desk, given.folder / "results.csv", chance), now=end)
    print(f"{read.tool}: {len(read.results)} of {read.rows} rows joined")
    begun = perf_counter()
    report = desk.report(given.days * DAY, now=end)
    print(f"report: {perf_counter() - begun:.1f} s, {len(report.lists)} lists, {len(report.proposals)} proposals")
    print(*desk.write_report(report, html=given.folder / "report.html", md=given.folder / "report.md"), sep="\n")


def spread(home: Path, end: datetime, days: int) -> tuple[list[Item], dict[str, str]]:
    """Make the demonstration's library and empty it. Returns its stories, one after another over the days, and their texts."""
    demo(home)
    store = open_store("tinydb", home / "library")
    items = sorted(store.items(), key=lambda item: (item.published, item.id))
    texts = store.texts([item.id for item in items])
    for name in ("items", "runs"):
        shutil.rmtree(home / "library" / name)
    step = days * DAY / len(items)
    return [_moved(item, end - days * DAY + (n + 1) * step) for n, item in enumerate(items)], texts


def _moved(item: Item, when: datetime) -> Item:
    return replace(item, published=when.replace(microsecond=0), found=when.replace(microsecond=0), status="new", listed=None)


def live(home: Path, new: Sequence[Item], texts: Mapping[str, str], now: datetime, chance: random.Random) -> None:
    """Live through a day: its stories come, the list is made, and some of it is picked or skipped."""
    came = {item.id: texts[item.id] for item in new if item.id in texts}
    open_store("tinydb", home / "library").commit(Changes(items=tuple(new), texts=came))
    desk = Library(home)
    made = desk.run(fetch=False, now=now)
    decide(desk, made.items, now, chance)
    print(f"{made.date}: {len(made.items)} listed", flush=True)


def decide(desk: Library, cards: Sequence[Card], now: datetime, chance: random.Random) -> None:
    """Pick at most two cards of a day, each for the next slot on every network, and skip what is liked little."""
    liked = [card for card in cards if chance.random() < LIKED[card.evidence.topic]][:2]
    skipped = [card.id for card in cards if card not in liked and chance.random() < 0.8][:4]
    for card in liked:
        slot = (now + timedelta(hours=chance.choice((2, 5, 8)))).replace(minute=0, second=0)
        desk.decisions.pick(card.id, at=slot, networks=tuple(SIZE), now=now)
    if skipped:
        desk.decisions.skip(*skipped, now=now)


def results(desk: Library, file: Path, chance: random.Random) -> Path:
    """Write an analytics export of the month's posts. Some rows are about what the brand posted besides."""
    items = {item.id: item for item in desk.store.items()}
    topics = {card.id: card.evidence.topic for day in desk.store.days() for card in desk.list(day).items}
    with file.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(("Date", "Channel", "Post Text", "Link", "Impressions", "Reach", "Likes", "Comments", "Shares", "Clicks"))
        table.writerows(_rows(desk.store.posts(), items, topics, chance))
    return file


def _rows(posts: Sequence[Post], items: dict[str, Item], topics: dict[str, str], chance: random.Random) -> Iterator[tuple[object, ...]]:
    for n, post in enumerate(post for post in posts if post.at):
        mean = ENGAGED[topics[post.item]] * SIZE[post.network]
        got = round(mean * chance.lognormvariate(-0.18, 0.6))
        when = f"{post.at + timedelta(minutes=chance.randint(0, 4)):%Y-%m-%d %H:%M}Z" if post.at else ""
        link = f"{items[post.item].url}?utm_source={post.network}&utm_medium=social"
        yield when, post.network, items[post.item].title, link, 20 * got, 14 * got, got * 6 // 10, got // 10, got // 10, got * 2 // 10
        if n % 6 == 0:
            yield when, post.network, "Promo https://kopisenja.example/menu", "", 300, 200, 9, 1, 0, 2


if __name__ == "__main__":
    main()
