"""The calendar: a week or a month of posts, gaps and holidays, each post to be placed, moved, locked and exported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct
from yarl import URL

from curator.core.errors import CuratorError, UsageError
from curator.core.post import Post
from curator.library import Library
from curator.planning.decisions import Decided
from curator.planning.holidays import Occasion
from curator.publishing.formats import CALENDAR_FORMATS, LIBRARY_FORMATS
from curator.serve import layout
from curator.serve.pages import slots, uploads
from curator.serve.replies import Reply, archive, download
from curator.serve.routes import LARGEST_FORM, Ask, Done, Route

if TYPE_CHECKING:
    from curator.planning.plan import CalendarEntry
    from curator.publishing.types import ExportFiles

View = Literal["week", "month"]
_EARLIEST, _LATEST = date(1970, 1, 8), date(9990, 1, 1)


class Day(Struct, frozen=True, kw_only=True):
    """A day with its occasions and entries. `outside`: whether it only fills the last or first week of a month."""

    day: date
    occasions: tuple[Occasion, ...]
    entries: tuple[CalendarEntry, ...]
    outside: bool = False


class Waiting(Struct, frozen=True, kw_only=True):
    """A post without a time."""

    post: str
    network: str
    item: str
    title: str


def show(desk: Library, ask: Ask) -> Reply:
    """Return the page of a week or a month, by default the week in which the next open slots are."""
    view = _view(ask.query)
    today = ask.now.astimezone(ZoneInfo(desk.brand.timezone)).date()
    day = day_shown(desk, ask.query, ask.now)
    first, last = period(view, day)
    plan = desk.calendar.days(first, last)
    posts = [post for post in desk.store.posts() if not post.cancelled]
    known = desk.decisions.standing(*{entry.item for entry in plan.slots if entry.item}, *(post.item for post in posts if not post.at))
    ahead = [entry for entry in plan.slots if entry.item and entry.when > ask.now]
    lacking = sum(not (entry.approval and entry.approval.approved) for entry in ahead)
    return layout.render(
        desk,
        ask,
        "calendar.html.j2",
        ahead=len(ahead),
        lacking=lacking if desk.brand.calendar.approval != "none" else 0,
        view=view,
        day=day,
        today=today,
        days=_days(first, last, day if view == "month" else None, plan.slots, plan.days, ask.now),
        before=_moved(view, day, -1),
        after=_moved(view, day, 1),
        plan=plan,
        known=known,
        waiting=(waiting := _waiting(posts, known)),
        next_open=slots.next_open(desk, ask.now) if waiting else {},
        formats=(*CALENDAR_FORMATS, *LIBRARY_FORMATS),
    )


def _view(query: Mapping[str, str]) -> View:
    return "month" if query.get("view") == "month" else "week"


def period(view: View, day: date) -> tuple[date, date]:
    """Return the first and the last day that are shown: whole weeks from Monday on."""
    first, last = (day, day) if view == "week" else (day.replace(day=1), _month_after(day) - timedelta(days=1))
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())


def _days(
    first: date, last: date, month: date | None, entries: Sequence[CalendarEntry], occasions: Sequence[Occasion], now: datetime
) -> list[Day]:
    """Return every day of a period. A slot that nothing went out at is not shown once it is past."""
    return [
        Day(
            day=day,
            occasions=tuple(one for one in occasions if one.day == day),
            entries=tuple(one for one in entries if one.day == day and (one.item or one.when > now)),
            outside=bool(month and day.month != month.month),
        )
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
    ]


def _waiting(posts: Sequence[Post], known: Mapping[str, Decided]) -> list[Waiting]:
    return [
        Waiting(post=post.id, network=post.network, item=post.item, title=known[post.item].item.title)
        for post in posts
        if post.at is None and post.item in known
    ]


def day_shown(desk: Library, query: Mapping[str, str], now: datetime) -> date:
    """Return the day that is asked for, else today, or a day of the next week or month where nothing of this one is left."""
    try:
        return min(max(date.fromisoformat(query.get("day", "")), _EARLIEST), _LATEST)
    except ValueError:
        view, today = _view(query), now.astimezone(ZoneInfo(desk.brand.timezone)).date()
        after = _moved(view, today, 1)
        return after if not _coming(desk, view, today, now) and _coming(desk, view, after, now) else today


def _coming(desk: Library, view: View, day: date, now: datetime) -> bool:
    """Return whether a week or a month has a slot or a post that is not past."""
    return any(entry.when > now for entry in desk.calendar.days(*period(view, day)).slots)


def _moved(view: View, day: date, step: int) -> date:
    """Return a day of the week or month before or after."""
    if view == "week":
        return day + timedelta(weeks=step)
    return _month_after(day) if step > 0 else (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


# --- what its forms do ---


def _place(desk: Library, ask: Ask) -> Done:
    """Give a post the time that words mean."""
    post, words = ask.form.get("post", ""), ask.form.get("when", "")
    time = desk.calendar.when(words, post=post, now=ask.now)
    with desk.decisions.unless_changed(_seen(ask)):
        return _told(desk, ask, desk.calendar.move(post, time.at, now=ask.now))


def _shift(desk: Library, ask: Ask) -> Done:
    """Move a post by days, to the same time of day."""
    try:
        days = int(ask.form.get("days", ""))
    except ValueError:
        raise UsageError(ask.say("unknown number of days")) from None
    with desk.decisions.unless_changed(_seen(ask)):
        return _told(desk, ask, desk.calendar.shift(ask.form.get("post", ""), max(-366, min(days, 366)), now=ask.now))


def _lock(desk: Library, ask: Ask) -> Done:
    """Protect a post from being moved, or release it."""
    locked = ask.form.get("locked") == "yes"
    with desk.decisions.unless_changed(_seen(ask)):
        posts = desk.calendar.lock(ask.form.get("post", ""), locked=locked, now=ask.now)
    named = ", ".join(post.id for post in posts)
    return Done(text=ask.say("Locked: %(post)s", post=named) if locked else ask.say("Unlocked: %(post)s", post=named))


def _drop(desk: Library, ask: Ask) -> Done:
    """Take a post out of the calendar."""
    with desk.decisions.unless_changed(_seen(ask)):
        posts = desk.calendar.drop(ask.form.get("post", ""), now=ask.now)
    return Done(text=ask.say("Taken out of the calendar: %(post)s", post=", ".join(post.id for post in posts)))


def _seen(ask: Ask) -> dict[str, str]:
    """Return the stamp of the item that a form was made for."""
    seen = ask.form.get("seen", "")
    return {ask.form.get("post", "").partition("-")[0]: seen} if seen else {}


def _told(desk: Library, ask: Ask, moved: Sequence[Post]) -> Done:
    """Say where posts are now, and at once where another post of the network is."""
    taken = {(post.network, post.at) for post in desk.store.posts() if not post.cancelled and post not in moved}
    times = ", ".join(f"{post.network} {ask.language.clock(post.at, desk.brand.timezone)}" for post in moved if post.at)
    twice = [post.network for post in moved if (post.network, post.at) in taken]
    told = [ask.say("Moved to %(time)s.", time=times)]
    if twice:
        told.append(ask.say("%(network)s has two posts at this time.", network=", ".join(twice)))
    return Done(text=" ".join(told), to=_followed(desk, ask, moved), problem=bool(twice))


def _followed(desk: Library, ask: Ask, moved: Sequence[Post]) -> str:
    """Return the path of the page that the form came from, or of the week or month that its post is in now where that is another."""
    back = URL(ask.back())
    view, zone = _view(back.query), ZoneInfo(desk.brand.timezone)
    first, last = period(view, day_shown(desk, back.query, ask.now))
    days = [post.at.astimezone(zone).date() for post in moved if post.at]
    if back.path != "/calendar" or any(first <= day <= last for day in days):
        return ask.back()
    return str(URL("/calendar").with_query(view=view, day=str(days[0])).with_fragment(back.fragment))


def _export(desk: Library, ask: Ask) -> Reply:
    """Return the calendar as the files of a format. What the target would refuse is listed, and nothing is made."""
    format_, network = ask.form.get("format", ""), ask.form.get("network", "")
    try:
        made = _exported(desk, ask, format_, network)
    except CuratorError as error:
        return layout.render(desk, ask, "refused.html.j2", status=422, problems=error.problems, format=format_, network=network)
    contents = {name: b"".join(chunks) for name, chunks in made.contents().items()}
    if len(contents) > 1 or made.folder:
        return download(f"{format_}.zip", archive(contents), "application/zip")
    name, body = next(iter(contents.items()), (f"{format_}.empty", made.empty_file))
    return download(name, body)


def _exported(desk: Library, ask: Ask, format_: str, network: str) -> ExportFiles:
    """Return the files of a format; the template that came with the form is filled in, if one did."""
    sent, skip_bad = ask.sent(), bool(ask.form.get("skip_bad"))
    if not sent:
        return desk.publishing.export(format_, network=network, skip_bad=skip_bad, now=ask.now)
    with uploads.kept(sent, "template.csv") as like:
        return desk.publishing.export(format_, network=network, like=like, skip_bad=skip_bad, now=ask.now)


ROUTES: Final = (
    Route(path="/calendar", run=show),
    Route(path="/calendar/place", run=_place, method="POST"),
    Route(path="/calendar/shift", run=_shift, method="POST"),
    Route(path="/calendar/lock", run=_lock, method="POST"),
    Route(path="/calendar/drop", run=_drop, method="POST"),
    Route(path="/calendar/export", run=_export, method="POST", lane="model", largest=2 * LARGEST_FORM),
)
