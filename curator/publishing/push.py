"""Push the posts to a calendar server as events."""

from datetime import datetime

from curator.config import values
from curator.core.brand import Brand
from curator.core.context import Context
from curator.core.errors import ConfigError, UsageError
from curator.publishing import caldav
from curator.publishing.caldav import Account, Event, PushResult
from curator.publishing.formats import ics
from curator.publishing.posts import ready_posts
from curator.publishing.types import ExportRequest


def push(context: Context, url: str, account: Account, now: datetime, *, dry_run: bool = False) -> PushResult:
    """Make the calendar at `url`, else the one of brand.toml, show the posts. Raises CuratorError where the server refuses."""
    return caldav.push(calendar_url(context.brand, url), account, events(context, now), context.progress, dry_run=dry_run)


def events(context: Context, now: datetime) -> list[Event]:
    """Return an event for every post: with a body for those that have a time, to be cancelled for the others."""
    standing = [ready for ready in ready_posts(context, ExportRequest(format="ics"), now) if not ready.post.cancelled]
    shown = [Event(uid=ics.uid(context.brand, ready.post), body=ics.single(ready, context.brand)) for ready in standing]
    off = [Event(uid=ics.uid(context.brand, post)) for post in context.store.posts() if post.cancelled or not post.at]
    return shown + off


def calendar_url(brand: Brand, url: str) -> str:
    """Return the URL of the calendar.

    Raises UsageError for a URL that is invalid or holds a password, ConfigError where none is given and brand.toml names none.
    """
    if not url:
        if not brand.calendar.caldav:
            hint = 'caldav = "https://dav.example.org/me/posts/" below [calendar], or --url'
            raise ConfigError("no calendar is named", where="brand.toml: calendar.caldav", hint=hint)
        return brand.calendar.caldav
    try:
        return str(values.calendar(url))
    except ValueError as error:
        raise UsageError(f"--url {error}", hint="--url https://dav.example.org/me/posts/") from None
