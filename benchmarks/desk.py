# ruff: noqa: T201 - a script that prints what it found
"""How fast the desk in a browser answers on a library of many items: pages, decisions, and search while one types.

./dev bench desk [--items 10000] [--rounds 30]
"""

import argparse
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from msgspec.structs import replace
from support.browser import Answer, Browser, Page, opened
from support.day import made
from support.samples import REPORT

from curator.core.item import Item
from curator.core.protocols import Changes
from curator.core.text.urls import item_id
from curator.library import Library
from curator.storage import open_store

WORDS: Final = ("kopi", "petani", "panen", "shade", "trees", "roaster", "harga", "gelas", "isi", "ulang", "water", "brew", "sangrai")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--items", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=30)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = made(Path(folder))
        fill(home, given.items)
        Library(home).search("kopi", mode="words")  # the index is made here
        with opened(home) as desk:
            measure(desk.browser(), given.rounds)


def fill(home: Path, number: int) -> None:
    """Add items of the last sixty days, which the day's list does not show."""
    now, like = datetime.now(UTC), Library(home).item(REPORT.items[0].id)
    items = tuple(_item(like, n, now - timedelta(minutes=8.64 * n * 10_000 / number)) for n in range(number))
    texts = {item.id: f"{item.title}. {item.summary} " * 20 for item in items}
    open_store("tinydb", home / "library").commit(Changes(items=items, texts=texts))


def measure(browser: Browser, rounds: int) -> None:
    ids = [card.id for card in REPORT.items]
    page = browser.open("/")
    print(f"{'':34}median ms   slowest ms   KB")
    row("Today", rounds, lambda _: browser.ask("GET", "/"))
    row("Calendar, a month", rounds, lambda _: browser.ask("GET", "/calendar?view=month"))
    row("Feeds", rounds, lambda _: browser.ask("GET", "/feeds"))
    row("a decision, its answer", rounds, lambda n: decide(browser, page, ids[n % len(ids)], ("note", f"n {n}")))
    row("search as one types, words", rounds, lambda n: browser.ask("GET", f"/search?mode=words&q={WORDS[n % len(WORDS)]}"))


def decide(browser: Browser, page: Page, id_: str, change: tuple[str, str]) -> Answer:
    """Send the form without following where it leads, and without a stamp, for the page is an old one."""
    fields = dict(page.form("/decide/note", id_).form_values()) | dict([change]) | {"seen": ""}
    body = "&".join(f"{name}={re.sub('[^0-9A-Za-z]', '+', value)}" for name, value in fields.items() if name != "csrf")
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    answer = browser.ask("POST", "/decide/note", f"{body}&csrf={fields['csrf']}".encode(), sent)
    assert answer.status == 303, answer.body
    return answer


def row(name: str, rounds: int, job: Callable[[int], Answer]) -> None:
    took, size = [], 0
    for n in range(rounds + 2):
        began = time.perf_counter()
        size = max(size, len(job(n).body))
        took.append(1000 * (time.perf_counter() - began))
    print(f"{name:34}{statistics.median(took[2:]):9.1f}   {max(took[2:]):10.1f}   {size / 1000:4.0f}")


def _item(like: Item, n: int, when: datetime) -> Item:
    title = " ".join(WORDS[(n * k + k) % len(WORDS)] for k in (1, 3, 5, 7)) + f" {n}"
    url = f"https://site{n % 200}.example/{n}"
    return replace(
        like, id=item_id(url), url=url, title=title, summary=f"{title}: berita {n}", published=when, found=when, status="new", listed=None
    )


if __name__ == "__main__":
    main()
