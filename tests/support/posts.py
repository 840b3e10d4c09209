"""A calendar in memory: items that were picked, their posts, and strict readers of what is made of them."""

import csv
import io
import random
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from curator.core.brand import Brand, CalendarRules
from curator.core.context import Context
from curator.core.item import Item, Source
from curator.core.post import Post
from curator.core.protocols import Changes
from curator.core.report import Counts, RunReport, Seconds
from curator.core.story import Card, Evidence, StoryRef
from curator.storage.memory import MemoryStore
from support.parts import BRAND, NOW, Web, desk

LIST = date(2026, 11, 20)
NETWORKS = ("instagram", "linkedin", "x", "facebook", "threads", "pinterest", "bluesky", "mastodon")
PLANNING = replace(BRAND, calendar=CalendarRules(networks=NETWORKS, utm={"source": "{network}"}), boards={"pinterest": "Kedai kami"})
SCRIPTS = (
    "Petani kopi Gayo menjual langsung",
    "Coffee farmers, “direct trade” & fair prices; 50% more",
    "المزارعون يبيعون القهوة مباشرة",
    "ชาวไร่กาแฟขายตรงให้ร้าน",
    "咖啡農直接銷售，價格更公平",
    "👩🏽‍🌾☕️ harga naik 🇮🇩",
    '=HYPERLINK("http://evil.example","x")',
    "+62 811\t000; @everyone -- #kopi",
    "a,b;c|d\\n`code` ```fence``` <b>*bold*</b> [l](u)",
    "BEGIN:VEVENT\nATTENDEE:mailto:evil@example.com\r\nEND:VEVENT",
    "e\u0301\u200d\u202egnirts\u202c \x00\x07\x0b\u2028\ufeff end",
)


def item(n: int = 0, **changes: Any) -> Item:
    """An item that was on a list."""
    made = Item(
        id=f"{n:08d}",
        url=f"https://warta.example/kopi/{n}",
        title=f"Petani kopi {n}",
        source=Source(title="Warta Kopi", feed="https://warta.example/feed"),
        published=NOW,
        found=NOW,
        lang="id",
        image="https://warta.example/kopi.jpg",
        status="picked",
        listed=LIST,
    )
    return replace(made, **changes)


def placed(of: Item, network: str = "x", days: float = 1, **changes: Any) -> Post:
    """The item's post on a network, so many days from now."""
    return replace(Post(item=of.id, network=network, at=NOW + timedelta(days=days), changed=NOW), **changes)


def planned(items: Iterable[Item], posts: Iterable[Post], brand: Brand = PLANNING) -> Context:
    """A desk whose library holds these, and the list the items were on."""
    items, store = tuple(items), MemoryStore()
    store.commit(Changes(items=items, posts=tuple(posts), report=_list(items)))
    return desk(Web(), store=store, brand=brand)


def one(brand: Brand = PLANNING, **changes: Any) -> Context:
    """A desk with one post on X, tomorrow."""
    return planned([item(**changes)], [placed(item())], brand)


def thousand(seed: int = 1) -> Context:
    """1,000 picks at random: every script and every nastiness, all networks, some too near, past or without a picture."""
    dice = random.Random(seed)
    items = [_random_item(n, dice) for n in range(1000)]
    posts = [placed(i, dice.choice(NETWORKS), dice.randint(-3, 4000) / 24, text=_random_text(dice)) for i in items]
    return planned(items, posts)


def table(body: bytes, *, delimiter: str = ",") -> list[list[str]]:
    """A CSV file as the pickiest reader takes it: UTF-8 with its mark, CRLF, all quoted, rows of one width, none blank."""
    assert body.startswith(b"\xef\xbb\xbf")
    text = body.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter))
    again = io.StringIO(newline="")
    csv.writer(again, quoting=csv.QUOTE_ALL, lineterminator="\r\n", delimiter=delimiter).writerows(rows)
    assert again.getvalue() == text
    assert len({len(row) for row in rows}) <= 1
    assert all(any(row) for row in rows)
    return rows


def moments(cells: Sequence[str], pattern: str) -> list[datetime]:
    return [datetime.strptime(cell, pattern) for cell in cells]


def _list(items: Sequence[Item]) -> RunReport:
    cards = tuple(_card(i) for i in items)
    return RunReport(brand="Kopi Senja", date=LIST, generated_at=NOW, counts=Counts(), seconds=Seconds(), items=cards)


def _card(of: Item) -> Card:
    return Card(
        id=of.id,
        url=of.url,
        title=of.title,
        source=of.source,
        author="",
        published=of.published,
        found=of.found,
        lang=of.lang,
        kind="",
        excerpt="",
        image=of.image,
        words=0,
        status="listed",
        tags=(),
        score=0.5,
        fits=(),
        evidence=Evidence(text="Harga yang lebih adil, kata mereka.", topic="Kopi"),
        why=(),
        story=StoryRef(id=of.id),
    )


def _random_item(n: int, dice: random.Random) -> Item:
    image = dice.choice(("", "https://warta.example/a.png?w=1,2", "https://warta.example/a.webp"))
    tags = tuple(dice.sample(("panen", "harga; naik", "a,b", "咖啡"), dice.randint(0, 2)))
    return item(
        n, title=dice.choice(SCRIPTS), note=dice.choice(("", *SCRIPTS)), image=image, tags=tags, url=f"https://warta.example/{n}?a=1,2;b#é"
    )


def _random_text(dice: random.Random) -> str:
    return dice.choice(("", "", "\n".join(dice.sample(SCRIPTS, 3)), "terlalu panjang " * 40))
