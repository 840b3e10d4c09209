"""The posts as events of a calendar on a server: which calendar; which events; the push."""

from datetime import datetime

from curator.config import values
from curator.core.brand import Brand
from curator.core.context import Context
from curator.core.errors import ConfigError, UsageError
from curator.publishing import export
from curator.publishing.caldav import Account, Event, PushResult, push
from curator.publishing.formats import ics


def caldav(context: Context, url: str, account: Account, now: datetime, *, dry_run: bool = False) -> PushResult:
    """Makes the calendar at `url`, or the one that the brand names, show the posts. Raises CuratorError when it cannot."""
    return push(address(context.brand, url), account, events(context, now), context.progress, dry_run=dry_run)


def events(context: Context, now: datetime) -> list[Event]:
    """An event for every post that has a time; what is cancelled, or has none any more, is called off."""
    standing = [ready for ready in export.ready(context, export.ExportRequest(format="ics"), now) if not ready.post.cancelled]
    shown = [Event(uid=ics.uid(context.brand, ready.post), body=ics.single(ready, context.brand)) for ready in standing]
    off = [Event(uid=ics.uid(context.brand, post)) for post in context.store.posts() if post.cancelled or not post.at]
    return shown + off


def address(brand: Brand, url: str) -> str:
    """Where the calendar is. Raises UsageError for what is no address or tells a password, ConfigError where none is named."""
    if not url:
        if not brand.calendar.caldav:
            hint = 'caldav = "https://dav.example.org/me/posts/" below [calendar], or --url'
            raise ConfigError("no calendar is named", where="brand.toml: calendar.caldav", hint=hint)
        return brand.calendar.caldav
    try:
        return str(values.calendar(url))
    except ValueError as error:
        raise UsageError(f"--url {error}", hint="--url https://dav.example.org/me/posts/") from None
