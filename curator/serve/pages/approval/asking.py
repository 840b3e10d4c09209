"""Approval: send drafts to a client or boss by a link or a file, take their answers in, and see what they said."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace
from yarl import URL

from curator.core.errors import UsageError
from curator.core.post import Decision
from curator.core.review import LARGEST_ANSWERS, Review
from curator.library import Library
from curator.planning.approval import Approval, answers, approvals
from curator.publishing.language import chosen
from curator.publishing.retold import retold
from curator.serve import layout
from curator.serve.access import is_loopback
from curator.serve.pages.approval import review
from curator.serve.replies import Reply, download
from curator.serve.routes import Ask, Done, Route

LASTING: Final = (3, 7, 14, 30)  # days that a link can last
_LATEST: Final = date(9990, 1, 1)
_SHOWN: Final = 40  # answers, the latest first


class Heard(Struct, frozen=True, kw_only=True):
    """Something that a reviewer said, the title of the item, and where the post stands now."""

    decision: Decision
    post: str
    title: str
    approval: Approval | None


def show(desk: Library, ask: Ask) -> Reply:
    """Return the page."""
    return _page(desk, ask)


def _page(desk: Library, ask: Ask, link: str = "", made: Review | None = None) -> Reply:
    """Return the page, with a link where one was just made."""
    decisions, zone = desk.store.decisions(), ZoneInfo(desk.brand.timezone)
    posts = [post for post in desk.store.posts() if not post.cancelled]
    ahead = [post for post in posts if post.at and post.at > ask.now]
    days = [post.at.astimezone(zone).date() for post in ahead if post.at]
    known, today = approvals(posts, decisions), ask.now.astimezone(zone).date()
    return layout.render(
        desk,
        ask,
        "approval.html.j2",
        first=max(_day(ask.query.get("day", ""), today), today),
        week=timedelta(days=6),
        lasting=LASTING,
        link=link,
        shown=sum(made.first <= day <= made.last for day in days) if made else 0,
        here_alone=is_loopback(URL(ask.base).host or ""),
        ahead=len(ahead),
        approved=sum(post.id in known and known[post.id].approved for post in ahead),
        reviews=[each for each in desk.reviews.all() if each.expires > ask.now],
        heard=_heard(desk, decisions, known),
    )


def _heard(desk: Library, decisions: list[Decision], known: dict[str, Approval]) -> list[Heard]:
    """Return what was said, the latest first."""
    said = [(each, name) for name, every in answers(decisions).items() for each in every]
    latest = sorted(said, key=lambda one: one[0].number, reverse=True)[:_SHOWN]
    titles = {id_: found.item.title for id_, found in desk.decisions.standing(*{each.item for each, _ in latest}).items()}
    return [Heard(decision=each, post=name, title=titles.get(each.item, each.item), approval=known.get(name)) for each, name in latest]


def _day(text: str, otherwise: date) -> date:
    try:
        return min(date.fromisoformat(text), _LATEST)
    except ValueError:
        return otherwise


def _asked(ask: Ask) -> tuple[date, date, timedelta]:
    """Return the days and the time that a form asks for. Raises UsageError for what is none."""
    try:
        first, last = (date.fromisoformat(ask.form.get(name, "")) for name in ("first", "last"))
        return first, last, timedelta(days=min(int(ask.form.get("lasting", "")), 1000))
    except ValueError:
        raise UsageError(ask.say("a review needs a first and a last day")) from None


def _link(desk: Library, ask: Ask) -> Reply:
    """Make a link, and show it this once."""
    made, token = desk.reviews.link(*_asked(ask), now=ask.now)
    return _page(desk, ask, f"{ask.base}/review/{token}?language={_spoken(desk, ask).language.code}", made)


def _file(desk: Library, ask: Ask) -> Reply:
    """Make a file to send."""
    made, token = desk.reviews.file(*_asked(ask), now=ask.now)
    return download(f"review-{made.first}.html", review.file(desk, _spoken(desk, ask), made, token))


def _spoken(desk: Library, ask: Ask) -> Ask:
    """Return the request in the language that the reviewer is to read."""
    return replace(ask, language=chosen(ask.form.get("language", ""), desk.brand.language))


def _revoke(desk: Library, ask: Ask) -> Done:
    """End a link or a file."""
    desk.reviews.revoke(ask.form.get("id", ""))
    return Done(text=ask.say("It opens nothing any more, and no answers of it are taken in."), to="/approval")


def _take(desk: Library, ask: Ask) -> Done:
    """Take in what came back: a file, or a text."""
    taken = desk.reviews.take_in(ask.upload or ask.form.get("text", "").encode("utf-8", "replace"), now=ask.now)
    told = ask.say("New answers by %(name)s: %(n)s.", n=ask.language.number(len(taken.kept)), name=taken.by)
    left = "; ".join(f"{each.where}: {retold(each.what, ask.language)}" for each in taken.left)
    if left:
        told = " ".join((told, ask.say("Left out: %(what)s", what=left)))
    return Done(text=told, to="/approval", problem=bool(left))


ROUTES: Final = (
    Route(path="/approval", run=show),
    Route(path="/approval/link", run=_link, method="POST"),
    Route(path="/approval/file", run=_file, method="POST", lane="model"),
    Route(path="/approval/revoke", run=_revoke, method="POST"),
    Route(path="/approval/take", run=_take, method="POST", lane="model", largest=2 * LARGEST_ANSWERS),
)
