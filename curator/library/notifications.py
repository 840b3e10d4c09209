"""`Library.notifications`: the outbox and its channels."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from curator.core.errors import CuratorError, Locked, NothingFetched
from curator.core.notice import ChannelTest, Notice
from curator.library._workspace import Workspace, moment

_LOG = logging.getLogger(__name__)


class Notifications:
    """What is told on the channels of `[notify] urls`, and what waits to be told."""

    def __init__(self, workspace: Workspace) -> None:
        """Send the notices of this workspace."""
        self._workspace = workspace

    def pending(self) -> tuple[Notice, ...]:
        """Return the notices that wait or have failed, the earliest first. What waits for a condition is not among them."""
        waiting = (each for each in self._workspace.store.notices() if each.state not in ("sent", "held"))
        return tuple(sorted(waiting, key=lambda each: (each.due is None, each.due or each.made, each.id)))

    def send(self, *, now: datetime | None = None) -> tuple[Notice, ...]:
        """Send what is due. Returns the notices that were tried. Raises Locked where another command sends."""
        if not self._workspace.brand.notify.urls:
            return ()
        from curator.jobs import notify

        return notify.tell(self._workspace.context(), moment(now))

    def retry(self, *, now: datetime | None = None) -> tuple[Notice, ...]:
        """Send at once all that waits or has failed, in quiet hours too. Returns and raises what `send` does."""
        from curator.jobs import notify

        return notify.tell(self._workspace.context(), moment(now), insist=True)

    def test(self, *, now: datetime | None = None) -> tuple[ChannelTest, ...]:
        """Send a test message to every receiver."""
        from curator.jobs import notify

        return notify.test(self._workspace.context(), moment(now))


@contextmanager
def told_after(notifications: Notifications, now: datetime) -> Iterator[None]:
    """Send what is due when the job in the block is done, or when it fetched nothing: feeds that are lost are told then too."""
    try:
        yield
    except NothingFetched:
        _send(notifications, now)
        raise
    _send(notifications, now)


def _send(notifications: Notifications, now: datetime) -> None:
    """Send what is due. What prevents it is logged: the notices stay, and the next job sends them."""
    try:
        notifications.send(now=now)
    except Locked as error:
        _LOG.info("notifications are left to another command: %s", error)
    except CuratorError as error:
        _LOG.warning("notifications were not sent: %s", error)
