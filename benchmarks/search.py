# ruff: noqa: S311, S603, T201 - a script that draws nonsense, starts what it measures and prints what it found
"""How well and how fast `curator search` finds. Run from the repository: python benchmarks/search.py COMMAND --help.

make       a library of synthetic items, Indonesian and English, with stand-ins for the vectors of both encoders
times      whole cold processes over such a library, beside sqlite FTS5 and a loaded sentence-transformers process
quality    known items and translations found again, over labelled texts (JSON lines: id, lang, title, text)
"""

import argparse
import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from curator.core.item import Item, Source
from curator.core.protocols import Changes
from curator.core.text.urls import item_id
from curator.library import Library
from curator.ranking.embed import weights
from curator.ranking.embed.cache import CachedEncoder
from curator.ranking.passages import first_passage
from curator.storage.vectors import SqliteVectors

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SYLLABLES = {
    "id": "ka ki ku ko pa pi pu sa si su ta ti tu ma mi mu na ni nu la li lu ra ri ru ja bi bu da di ga be ke se te me ne le re",
    "en": "st er in ow ar at en ing al or an le ch th sh br cl ea oo ai ou ck nd nt mp ly ry ty ve se ce ge te re de pe be he we",
}
BRAND = """[brand]
name = "Bench"
language = "id"
timezone = "Asia/Jakarta"
[[topics]]
name = "Kopi"
about = "Petani kopi, roasting, cara seduh, kedai kopi lokal"
[[topics]]
name = "Usaha kecil"
about = "Usaha kecil dan media sosial"
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make")
    make.add_argument("home", type=Path)
    make.add_argument("--items", type=int, default=10_000)
    times = commands.add_parser("times")
    times.add_argument("home", type=Path)
    times.add_argument("--runs", type=int, default=7)
    times.add_argument("--peers", action="store_true", help="sqlite FTS5 and sentence-transformers too")
    quality = commands.add_parser("quality")
    quality.add_argument("texts", type=Path)
    quality.add_argument("--home", type=Path, help="where to keep the library; embedding it takes minutes")
    quality.add_argument("--sentences", type=int, default=300)
    quality.add_argument("--asked", type=int, default=100)
    args = parser.parse_args()
    {"make": lambda: make_library(args.home, args.items), "times": lambda: take_times(args), "quality": lambda: measure(args)}[
        args.command
    ]()


# --- a synthetic library -----------------------------------------------------------------------------------------


def make_library(home: Path, count: int, day: int = 300) -> None:
    """`count` items of 60–400 words, `day` of them a day, the newest now; then the search index, timed."""
    draw = random.Random(count)
    words = {lang: _vocabulary(lang, draw) for lang in SYLLABLES}
    desk = _brand(home)
    for number, month in enumerate(_months(count, day)):
        _keep(desk, [_item(n, words, draw) for n in month], NOW - timedelta(days=1), seed=number)
    start = time.perf_counter()
    desk.search.reindex()
    print(f"{count:,} items indexed from nothing in {time.perf_counter() - start:.1f} s")


def add_day(home: Path, count: int = 300) -> float:
    """Seconds to bring the index up to date after a day's items, as `run` does at its end."""
    draw = random.Random(str(time.time_ns()))
    words = {lang: _vocabulary(lang, random.Random(1)) for lang in SYLLABLES}
    desk = Library.open(home)
    _keep(desk, [_item(-draw.randrange(10**9), words, draw) for _ in range(count)], NOW, seed=draw.randrange(10**6))
    start = time.perf_counter()
    desk.search("kopi", mode="words", limit=1)
    return time.perf_counter() - start


def _brand(home: Path) -> Library:
    home.mkdir(parents=True, exist_ok=True)
    (home / "brand.toml").write_text(BRAND)
    (home / "feeds.opml").write_text('<opml version="2.0"><body/></opml>')
    return Library.open(home)


def _vocabulary(lang: str, draw: random.Random) -> list[str]:
    return ["".join(draw.choices(SYLLABLES[lang].split(), k=draw.randint(2, 4))) for _ in range(20_000)]


def _months(count: int, day: int) -> Iterator[range]:
    size = 30 * day
    yield from (range(start, min(start + size, count)) for start in range(0, count, size))


def _item(number: int, words: dict[str, list[str]], draw: random.Random) -> tuple[Item, str]:
    lang = draw.choice(("id", "id", "en"))
    said = [words[lang][min(int(draw.paretovariate(0.6)), 19_999)] for _ in range(draw.randint(60, 400))]
    text = ". ".join(" ".join(said[n : n + 12]) for n in range(0, len(said), 12))
    url = f"https://site-{number % 200}.example/{number}"
    when = NOW - timedelta(days=max(number, 0) / 300)
    item = Item(
        id=item_id(url), url=url, title=" ".join(draw.choices(words[lang], k=8)), lang=lang, published=when, found=when,
        source=Source(title=f"Site {number % 200}", feed=f"https://site-{number % 200}.example/feed"), excerpt=text[:200], words=len(said),
    )  # fmt: skip
    return item, text


def _keep(desk: Library, made: Sequence[tuple[Item, str]], now: datetime, seed: int) -> None:
    """The items in the library, and a direction for each as if a run had read it."""
    desk.store.commit(Changes(items=tuple(item for item, _ in made), texts={item.id: text for item, text in made}))
    draw, kept = np.random.default_rng(seed), SqliteVectors(desk.home / "library" / "vectors.db")
    for encoder in (weights.E5, weights.USE):
        cached = CachedEncoder(encoder.name, _no_model, kept)
        keys = [cached._key(first_passage(item, text), "document") for item, text in made]
        asked = [cached._key(wording, "query") for topic in desk.brand.topics for wording in topic.wordings]
        rows = draw.standard_normal((len(keys) + len(asked), encoder.dim)).astype(np.float32)
        kept.put(dict(zip([*keys, *asked], rows / np.linalg.norm(rows, axis=1, keepdims=True), strict=True)))


def _no_model() -> None:
    raise RuntimeError("nothing here is embedded")


# --- times -------------------------------------------------------------------------------------------------------


def take_times(args: argparse.Namespace) -> None:
    """Medians of whole processes, and the largest of them in memory."""
    executable = [str(Path(sys.executable).with_name("curator"))]
    for name, asked in (
        ("words", ["kakiku", "--mode", "words"]),
        ("both", ["strategi konten untuk merek kecil"]),
        ("both, filtered", ["strategi konten", "--lang", "en", "--since", "30d"]),
    ):
        _report(name, [*executable, "search", *asked, "--json", "--now", NOW.isoformat(), "--home", str(args.home)], args.runs)
    print(f"{'adding 300 items':24} {add_day(args.home):7.2f} s")
    if args.peers:
        _peers(args)


def _report(name: str, command: list[str], runs: int) -> None:
    took = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        took.append(time.perf_counter() - start)
    memory = subprocess.run([sys.executable, "-c", _PEAK, *command], capture_output=True, text=True, check=True).stdout
    print(f"{name:24} {statistics.median(took[1:]) * 1000:7.0f} ms  {int(memory) // 1024:5} MB")


_PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], capture_output=True, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def _peers(args: argparse.Namespace) -> None:
    """The usual way: FTS5 for words; for meaning torch, sentence-transformers and a matrix of float32."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        _fill_fts(Library.open(args.home), path / "fts.db")
        words = "import sqlite3,sys;db=sqlite3.connect(sys.argv[1]);print(db.execute(sys.argv[2]).fetchall())"
        query = "SELECT id FROM t WHERE t MATCH 'kakiku' ORDER BY rank LIMIT 20"
        _report("peer: FTS5", [sys.executable, "-c", words, str(path / "fts.db"), query], args.runs)
        _report("peer: FTS5 + s-t", [sys.executable, "-c", _MEANING, str(path / "fts.db"), query, str(path / "m.npy")], min(args.runs, 3))


_MEANING = """
import sqlite3, sys
import numpy as np
from curator.ranking.embed.ensemble import _load_e5
db = sqlite3.connect(sys.argv[1])
db.execute(sys.argv[2]).fetchall()
query = _load_e5().embed(["strategi konten untuk merek kecil"], "query")[0]
print(np.argsort(-(np.load(sys.argv[3], mmap_mode="r") @ query))[:20])
"""


def _fill_fts(desk: Library, path: Path) -> None:
    items = desk.store.items()
    texts = desk.store.texts(item.id for item in items)
    db = sqlite3.connect(path)
    db.execute("CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, title, text)")
    db.executemany("INSERT INTO t VALUES (?, ?, ?)", ((i.id, i.title, texts.get(i.id, "")) for i in items))
    db.commit()
    np.save(path.with_name("m.npy"), np.random.default_rng(1).standard_normal((len(items), 384)).astype(np.float32))


# --- quality -----------------------------------------------------------------------------------------------------


def measure(args: argparse.Namespace) -> None:
    """MRR of known items asked by a part of their words; recall@10 of translations asked for by the Indonesian sentence."""
    rows = [json.loads(row) for row in args.texts.read_text("utf-8").splitlines()]
    groups: dict[str, dict[str, str]] = {}
    for row in rows:
        if row["collection"] == "sib200":
            groups.setdefault(row["id"].rpartition("-")[2], {})[row["lang"]] = row["text"]
    chosen = sorted(groups)[: args.sentences]
    with tempfile.TemporaryDirectory() as folder:
        desk = _brand(args.home or Path(folder))
        ids = _embedded(desk, {(group, lang): groups[group][lang] for group in chosen for lang in TOLD})
        asked = random.Random(1).sample(chosen, min(args.asked, len(chosen)))
        _known_items(desk, ids, groups, asked)
        _translations(desk, ids, groups, asked)


TOLD = ("id", "en", "ms", "jv", "ja", "ar", "es", "th", "zh")


def _embedded(desk: Library, texts: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """The ids of the texts, kept as items and read by the real encoders."""
    ids = {key: item_id(f"https://{key[1]}.example/{key[0]}") for key in texts}
    if len(desk.store.items()) < len(ids):
        items = [
            Item(
                id=ids[key], url=f"https://{key[1]}.example/{key[0]}", title="", source=Source(title=key[1], feed=key[1]), lang=key[1],
                published=NOW, found=NOW, summary=text, excerpt=text,
            )
            for key, text in texts.items()
        ]  # fmt: skip
        desk.store.commit(Changes(items=tuple(items)))
        desk.engine.embed_texts([first_passage(item, "") for item in items])
        desk.engine.embed_topics(desk.brand.topics)
        desk.search.reindex()
    return ids


def _known_items(desk: Library, ids: dict[tuple[str, str], str], groups: dict[str, dict[str, str]], asked: Sequence[str]) -> None:
    for lang in ("id", "en", "ja", "th", "ar"):
        for name, cut in (("whole", 1.0), ("half", 0.5)):
            ranks = [_rank(desk, _part(groups[group][lang], cut), ids[group, lang]) for group in asked]
            print(f"known item, {lang}, {name:6} MRR {statistics.mean(1 / r if r else 0 for r in ranks):.3f}", flush=True)


def _translations(desk: Library, ids: dict[tuple[str, str], str], groups: dict[str, dict[str, str]], asked: Sequence[str]) -> None:
    for lang in TOLD[1:]:
        alone = [_rank(desk, groups[group]["id"], ids[group, lang], langs=(lang,)) for group in asked]
        among = [_rank(desk, groups[group]["id"], ids[group, lang]) for group in asked]
        within, over_all = (statistics.mean(0 < rank <= 10 for rank in ranks) for ranks in (alone, among))
        print(f"translation, id to {lang}  recall@10 {within:.3f} within the language, {over_all:.3f} among all {len(TOLD)}", flush=True)


def _part(text: str, cut: float) -> str:
    words = text.split()
    return " ".join(words[: max(4, round(len(words) * cut))]) if len(words) > 4 else text[: max(8, round(len(text) * cut))]


def _rank(desk: Library, query: str, wanted: str, **asked: object) -> int:
    """The place of an item among the first 20 hits, 0 for none."""
    plain = "".join(c if c.isalnum() or c.isspace() or ord(c) > 127 else " " for c in query)
    hits = [hit.id for hit in desk.search(plain, now=NOW, **asked).hits]
    return hits.index(wanted) + 1 if wanted in hits else 0


if __name__ == "__main__":
    main()
