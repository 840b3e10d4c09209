"""From posts to the files of a calendar: which posts; their words; what would be refused; the files; the disk."""

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct, field
from msgspec.structs import replace

from curator.core import files
from curator.core.brand import Brand
from curator.core.context import Context
from curator.core.errors import CuratorError, Problem, UsageError
from curator.core.item import Item
from curator.core.post import Post
from curator.core.story import Evidence
from curator.core.text.plain import line
from curator.planning import post
from curator.publishing.formats import CALENDAR_FORMATS, TABLES, agenda, checks, ics, rows, sheet
from curator.publishing.formats.ready import ReadyPost
from curator.publishing.formats.rows import Layout

_AT_ONCE = 32  # files written at a time: each waits for the disk, and a disk takes many at once
_MOST_PARTS = 100  # of one network, that an earlier export may have left


class ExportRequest(Struct, frozen=True, kw_only=True):
    """What to export: posts of a network, of the days from `since` to `until` on the brand's own calendar, both included.

    `like`: a file that a scheduler offers as its template. `skip_bad`: leave out what would be refused, and go on.
    """

    format: str
    network: str = ""
    since: date | None = None
    until: date | None = None
    like: Path | None = None
    skip_bad: bool = False


class ExportFiles(Struct, frozen=True, kw_only=True):
    """Files by name, and how many posts are in each. `gone`: names of an earlier export that are no part of this one.

    `left_out`: posts that would have been refused, and why; `note`: what to mind while importing. `blank`: a file without
    posts. `folder`: the files make a folder, of that name where no other is given. `calendar`: it is made of posts.
    """

    files: Mapping[str, bytes]
    posts: Mapping[str, int] = field(default_factory=dict)
    folder: str = ""
    gone: tuple[str, ...] = ()
    left_out: tuple[Problem, ...] = ()
    note: str = ""
    blank: bytes = b""
    calendar: bool = True

    def only(self) -> bytes:
        """The one file there is. Raises UsageError where it is a folder, or several."""
        if self.folder:
            raise UsageError("this makes a folder of files, which cannot be printed", hint="-o FOLDER")
        if len(self.files) > 1:
            names = ", ".join([*self.files][:4])
            raise UsageError(f"one file can be printed, and this makes {len(self.files)}: {names}", hint="--network X, or -o FOLDER")
        return next(iter(self.files.values()), self.blank)


class WrittenExport(Struct, frozen=True, kw_only=True):
    """Where the files lie, in the order of the parcel, and what was taken away."""

    folder: Path
    files: tuple[Path, ...] = ()
    removed: tuple[Path, ...] = ()


def pack(context: Context, wish: ExportRequest, now: datetime) -> ExportFiles:
    """The files of an export, none written yet.

    Raises CuratorError with every post that would be refused, unless told to skip those; UsageError for a network nobody has.
    """
    _check_format(wish)
    posts = ready(context, wish, now)
    standing = [r for r in posts if not r.post.cancelled]
    match wish.format:
        case "ics":
            return _one("calendar.ics", ics.calendar(posts, context.brand), posts)
        case "vdir":
            return _vdir(context, standing)
        case "md":
            return _one("calendar.md", agenda.render(standing, context.brand).encode("utf-8", "replace"), standing)
        case "xlsx":
            layout = rows.layout("csv")
            cells = [rows.cells(r, layout, context.brand) for r in standing]
            made = max((r.post.changed for r in standing), default=datetime(2000, 1, 1, tzinfo=UTC))
            return _one("calendar.xlsx", sheet.workbook(cells, layout, made), standing)
    return _tables(context, wish, standing, now)


def ready(context: Context, wish: ExportRequest, now: datetime) -> list[ReadyPost]:
    """The posts that have a time, cancelled ones too, with their words: the earliest first."""
    zone, posts = ZoneInfo(context.brand.timezone), context.store.posts()
    _check_network(context.brand, posts, wish.network)
    wanted = [(p, p.at) for p in posts if p.at and _wanted(p, p.at.astimezone(zone).date(), wish)]
    items = {item.id: item for item in context.store.items()} if wanted else {}
    placed = [(p, at, items[p.item]) for p, at in wanted if p.item in items]
    said = _evidence(context, {item.id: item for p, _, item in placed if not (p.text or p.cancelled)}, now)
    found = (_ready(context, p, at, item, said.get(item.id, Evidence(text="", topic=""))) for p, at, item in placed)
    return sorted(found, key=lambda r: (r.at, r.post.id))


def deliver(parcel: ExportFiles, calendar: Path, to: Path | None = None) -> WrittenExport:
    """Writes the files into the calendar folder, or to `to`: a folder, or the name of the only file, which has an ending.

    What is there already as it should be is not touched; what is gone is taken away from our own folders alone. Raises
    UsageError for a file name that several files cannot share, StoreError where the disk refuses.
    """
    made = _addressed(parcel, calendar, to)
    home = to if parcel.folder and to else calendar / parcel.folder
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(_write, made, made.values()))
    gone = [home / name for name in parcel.gone if (home / name).is_file()] if parcel.folder or not to else []
    for path in gone:
        with files.written(path):
            path.unlink()
    return WrittenExport(folder=home, files=tuple(made), removed=tuple(gone))


def _write(path: Path, body: bytes) -> None:
    if not path.is_file() or path.read_bytes() != body:
        files.write(path, body)


def _addressed(parcel: ExportFiles, calendar: Path, to: Path | None) -> dict[Path, bytes]:
    if to is None or parcel.folder or to.is_dir() or not (to.suffix or to.exists()):
        folder = to or calendar / parcel.folder
        return {folder / name: body for name, body in parcel.files.items()}
    if len(parcel.files) > 1:
        raise UsageError(f"this makes {len(parcel.files)} files, which cannot all be {to.name}", hint=f"--network X, or -o {to.parent}")
    return {to: parcel.only()}


def _check_format(wish: ExportRequest) -> None:
    if wish.format not in CALENDAR_FORMATS:
        raise UsageError(f"{wish.format!r} is no format: there are {', '.join(CALENDAR_FORMATS)}", hint="curator export ics")
    if wish.like and wish.format not in TABLES:
        raise UsageError(f"--like fills in a table, and {wish.format} is none", hint=f"curator export csv --like {wish.like}")


def _check_network(brand: Brand, posts: Sequence[Post], network: str) -> None:
    known = dict.fromkeys([*(brand.calendar.networks or post.networks.networks()), *(p.network for p in posts)])
    if network and network not in known:
        meant = get_close_matches(network, known, 1)
        hint = f"--network {meant[0] if meant else next(iter(known))}"
        raise UsageError(f"{network!r} is no network of this brand: there are {', '.join(known)}", hint=hint)


def _wanted(post: Post, day: date, wish: ExportRequest) -> bool:
    here = not wish.network or post.network == wish.network
    return here and (wish.since or day) <= day <= (wish.until or day)


def _evidence(context: Context, items: Mapping[str, Item], now: datetime) -> dict[str, Evidence]:
    """The sentences to quote: those on the lists that the items were on, else sought in their texts, which takes the model."""
    days = {item.listed for item in items.values() if item.listed}
    reports = (context.store.report(day) for day in sorted(days))
    said = {card.id: card.evidence for report in reports if report for card in report.items if card.id in items}
    return said | _sought(context, [item for id_, item in items.items() if id_ not in said], now)


def _sought(context: Context, items: Sequence[Item], now: datetime) -> dict[str, Evidence]:
    if not items:
        return {}
    from curator.ranking.pipeline import Ranker

    context.progress.stage("reading", len(items))
    texts = context.store.texts(item.id for item in items)
    return {card.id: card.evidence for card in Ranker.of(context).cards(items, texts, now)}


def _ready(context: Context, placed: Post, at: datetime, item: Item, said: Evidence) -> ReadyPost:
    draft = post.compose(item, said.text, said.topic, context.brand, placed.network, at, placed.kind, own=placed.text)
    network = post.networks.rules(placed.network)
    return ReadyPost(
        post=placed,
        item=item,
        at=at,
        text=draft.text,
        network=network.title,
        pictured=network.needs_media,
        board=context.brand.boards.get(placed.network, ""),
        url=draft.url,
        topic=said.topic,
        length=draft.length,
        limit=draft.limit,
        problems=tuple(problem.text for problem in draft.problems if problem.blocking),
    )


def _one(name: str, body: bytes, posts: Sequence[ReadyPost]) -> ExportFiles:
    return ExportFiles(files={name: body}, posts={name: len(posts)})


def _vdir(context: Context, posts: Sequence[ReadyPost]) -> ExportFiles:
    """A file a post. What a person took out of the calendar is taken out of the folder, and so out of what is kept in step with it."""
    made = {f"{ics.uid(context.brand, r.post)}.ics": ics.single(r, context.brand) for r in posts}
    off = tuple(f"{ics.uid(context.brand, p)}.ics" for p in context.store.posts() if p.cancelled or not p.at)
    return ExportFiles(files=made, posts=dict.fromkeys(made, 1), folder="vdir", gone=off)


def _tables(context: Context, wish: ExportRequest, posts: Sequence[ReadyPost], now: datetime) -> ExportFiles:
    layout = _layout(wish)
    bad = dict(zip((r.post.id for r in posts), checks.refusals(posts, layout, context.brand.timezone, now), strict=True))
    left_out = tuple(_located(posts, bad, layout, wish))
    if left_out and not wish.skip_bad:
        raise CuratorError(problems=left_out)
    parts = _parts([r for r in posts if not bad[r.post.id]], layout, wish)
    made = {name: _table(context, those, layout) for name, those in parts.items()}
    return ExportFiles(
        files=made,
        posts={name: len(those) for name, those in parts.items()},
        gone=tuple(name for name in _earlier(context, wish, layout) if name not in made),
        left_out=left_out,
        note=layout.note,
        blank=_table(context, [], layout),
    )


def _layout(wish: ExportRequest) -> Layout:
    """The layout of a format, or of the template; a sheet for people with a template is one for the template's scheduler."""
    if not wish.like:
        return rows.layout(wish.format)
    layout = rows.layout("template" if wish.format == "csv" else wish.format)
    if not layout.named:
        raise UsageError(f"{layout.name} knows no header: there is nothing to fill in --like", hint=f"curator export {wish.format}")
    return sheet.like(wish.like, layout)


def _parts(posts: Sequence[ReadyPost], layout: Layout, wish: ExportRequest) -> dict[str, list[ReadyPost]]:
    """The posts by the file they go into: one a network where the target wants it, no longer than it takes."""
    stem = _stem(wish)
    by_stem: dict[str, list[ReadyPost]] = {} if layout.each else {stem: []}
    for r in posts:
        by_stem.setdefault(f"{stem}-{_slug(r.post.network)}" if layout.each else stem, []).append(r)
    most = layout.rows or max(map(len, by_stem.values()), default=0) or 1
    cut = ((stem, those[n : n + most], n // most) for stem, those in by_stem.items() for n in range(0, max(len(those), 1), most))
    return {_name(stem, n): those for stem, those, n in cut}


def _earlier(context: Context, wish: ExportRequest, layout: Layout) -> Iterator[str]:
    """What an earlier export may have left for networks that have no post any more, or fewer: it would be posted again."""
    known = {*context.brand.calendar.networks, *(p.network for p in context.store.posts())}
    networks = sorted(known & {wish.network} if wish.network else known)
    for stem in [f"{_stem(wish)}-{_slug(network)}" for network in networks] if layout.each else [_stem(wish)]:
        yield from (_name(stem, n) for n in range(_MOST_PARTS if layout.rows else 1))


def _located(posts: Sequence[ReadyPost], bad: Mapping[str, Sequence[Problem]], layout: Layout, wish: ExportRequest) -> Iterator[Problem]:
    """What is wrong with which row, as a spreadsheet would number it."""
    for name, those in _parts(posts, layout, wish).items():
        for n, r in enumerate(those, 2 if layout.named else 1):
            where = f"{name}, row {n}: {r.item.id} {line(r.item.title, 60)}"
            yield from (replace(problem, where=where) for problem in bad[r.post.id])


def _table(context: Context, posts: Sequence[ReadyPost], layout: Layout) -> bytes:
    cells = [rows.cells(r, layout, context.brand) for r in posts]
    return sheet.written(cells, layout, sheet.header(cells, layout, posts[0].post.network if posts else ""))


def _stem(wish: ExportRequest) -> str:
    return "calendar" if wish.format == "csv" else wish.format


def _name(stem: str, n: int) -> str:
    """The first part has the bare name, the second is x-2.csv."""
    return f"{stem}-{n + 1}.csv" if n else f"{stem}.csv"


def _slug(network: str) -> str:
    return re.sub(r"[^\w-]+", "-", network) or "any"
