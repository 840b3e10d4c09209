"""A brand directory whose library holds the invented day of `samples`, as if a run had just made it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from curator.core.item import Item
from curator.core.protocols import Changes
from curator.core.story import Card
from curator.library import Library
from curator.storage import open_store
from support.samples import MENTIONS, REPORT

BRAND = """[brand]
name = "Kopi Senja"
language = "en"
timezone = "Asia/Jakarta"
[[topics]]
name = "Specialty coffee"
about = "coffee"
[mix]
education = 0.6
quote = 0.4
[calendar]
networks = ["x", "linkedin"]
slots = ["Mon 09:00", "Thu 12:00"]
"""
NOW = datetime.now(UTC).replace(microsecond=0)
FIRST, SECOND = REPORT.items[0].id, REPORT.items[1].id


def made(home: Path, brand: str = BRAND) -> Path:
    """Makes the directory."""
    (home / "brand.toml").write_text(brand)
    (home / "feeds.opml").write_text('<opml version="2.0"><body><outline text="x" xmlUrl="https://x.example/feed"/></body></opml>')
    report = replace(REPORT, date=NOW.date(), generated_at=NOW)
    items = tuple(_item(card) for card in (*report.items, *(m.item for m in MENTIONS)))
    open_store("tinydb", home / "library").commit(Changes(items=items, report=report, texts={i.id: i.title for i in items}))
    return home


def status(home: Path, id_: str) -> str:
    return Library.open(home).item(id_).status


def _item(card: Card) -> Item:
    fields = {name: getattr(card, name) for name in ("id", "url", "title", "source", "author", "lang", "kind", "excerpt", "words")}
    return Item(**fields, published=NOW - timedelta(hours=5), found=NOW, status="listed", depth="article", listed=NOW.date())
