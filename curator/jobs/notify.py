"""The notify job: send what is due in the outbox, once to each receiver.

Of every message the outbox is told before and after it is sent. What is still being sent when another command holds the
outbox was left by a command that was killed: whether it arrived is not known. Such a message is sent once more and says so;
when its answer is lost again, it waits for `curator notify --retry`.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from functools import partial
from hashlib import blake2b

from msgspec.structs import replace

from curator.core.context import Context
from curator.core.errors import CuratorError
from curator.core.notice import Channel, ChannelTest, Delivery, Message, Notice
from curator.core.protocols import Changes
from curator.core.text.plain import line
from curator.publishing.notify import timing, wording
from curator.publishing.notify.wording import Reports

_PATIENCE = 60.0  # seconds that a sender waits for another command to finish writing
_LIKELY_TWICE = 2  # after so many lost answers a message is not sent again by itself
_LOG = logging.getLogger(__name__)


def tell(context: Context, now: datetime, *, insist: bool = False) -> tuple[Notice, ...]:
    """Send every notice that is due and return those that were tried, as they are kept now.

    `insist`: whether to send at once what waits for another try, also in quiet hours. Raises Locked when another command sends.
    """
    open_ = _open(context, now, insist=insist)
    if not open_ or (timing.is_quiet(context.brand, now) and not insist):
        return ()
    with context.store.sending():
        _recover(context, now)
        open_ = _open(context, now, insist=insist)
        for entry in context.brand.notify.urls:
            _tell_channel(context, entry, {each.id for each in open_ if each.channel == entry}, now, insist=insist)
        ids = {each.id for each in open_}
        return tuple(each for each in context.store.notices() if each.id in ids)


def test(context: Context, now: datetime) -> tuple[ChannelTest, ...]:
    """Send a test message to every receiver. The outbox stays as it is."""
    message = wording.test_message(f"test-{_digest([now.isoformat()])}", context.brand)
    return tuple(result for entry in context.brand.notify.urls for result in _tested(context, entry, message))


def _tested(context: Context, entry: str, message: Message) -> Iterable[ChannelTest]:
    try:
        receivers = context.channels(entry)
    except CuratorError as error:
        return [ChannelTest(channel=entry, address="", ok=False, reason=str(error))]
    sent = ((each, each.send(message)) for each in receivers)
    return [ChannelTest(channel=entry, address=each.address, ok=done.delivered, reason=done.reason) for each, done in sent]


def _open(context: Context, now: datetime, *, insist: bool) -> list[Notice]:
    """Return the notices to send now: due ones, and what a killed command left half sent."""
    here, lists = set(context.brand.notify.urls), set(context.store.days())
    found = (each for each in context.store.notices() if each.channel in here and each.state in ("due", "sending", "failed"))
    wanted = (each for each in found if each.kind != "list" or date.fromisoformat(each.about) in lists)
    return [each for each in wanted if each.state == "sending" or insist or (each.due is not None and each.due <= now)]


def _recover(context: Context, now: datetime) -> None:
    """Mark what a killed command left half sent."""
    lost = Delivery(delivered=False, unsure=True, reason="the command that sent it was stopped")
    with context.store.writing(_PATIENCE):
        left = [each for each in context.store.notices() if each.state == "sending"]
        context.store.commit(Changes(notices=tuple(replace(_failed(each, lost, now), due=now) for each in left)))


def _tell_channel(context: Context, entry: str, ids: Collection[str], now: datetime, *, insist: bool) -> None:
    if not ids:
        return
    try:
        receivers = context.channels(entry)
    except CuratorError as error:
        _LOG.warning("not told: %s", error)
        refused = Delivery(delivered=False, reason=line(str(error), 200))
        _update(context, ids, lambda each: _failed(each, refused, now))
        return
    for receiver in receivers:
        _tell_receiver(context, receiver, ids, now, insist=insist)
    names = [receiver.name for receiver in receivers]
    _update(context, ids, lambda each: _concluded(each, names, now))


def _tell_receiver(context: Context, receiver: Channel, ids: Collection[str], now: datetime, *, insist: bool) -> None:
    """Send message after message until the receiver has everything, or one fails."""
    while True:
        waiting = [each for each in context.store.notices() if each.id in ids and receiver.name not in each.reached]
        waiting = [each for each in waiting if insist or not _is_given_up(each, receiver.name)]
        if not waiting:
            return
        message, carried = _next_message(context, receiver, waiting)
        _update(context, carried, partial(replace, state="sending", message=message.id))
        delivery = receiver.send(message)
        _update(context, carried, partial(_after, receiver=receiver.name, delivery=delivery, now=now))
        if not delivery.delivered:
            _LOG.warning("not told on %s: %s", receiver.address, delivery.reason)
            return


def _next_message(context: Context, receiver: Channel, waiting: list[Notice]) -> tuple[Message, set[str]]:
    """Return the next message to a receiver and the ids of its notices. One whose answer was lost comes first, whole and by itself."""
    lost = next((_lost(each, receiver.name) for each in waiting if _lost(each, receiver.name)), "")
    chosen = [each for each in context.store.notices() if lost in each.unsure and receiver.name not in each.reached] if lost else waiting
    reports = _reports(context, chosen)
    language = wording.spoken(context.brand)
    room = receiver.limit - len(language.say(wording.AGAIN)) - len(wording.title(context.brand, chosen, reports)) - 4
    taken, text = wording.fitting(chosen, reports, room, language)
    id_ = lost or f"{receiver.name}-{_digest(sorted(each.id for each in taken))}"
    return wording.message(id_, context.brand, taken, text, reports, again=bool(lost)), {each.id for each in taken}


def _reports(context: Context, notices: Iterable[Notice]) -> Reports:
    days = {each.about for each in notices if each.kind == "list"}
    return {day: report for day in days if (report := context.store.report(date.fromisoformat(day)))}


def _lost(notice: Notice, receiver: str) -> str:
    """Return the id of the message to a receiver whose answer was lost, or ""."""
    return next((id_ for id_ in notice.unsure if id_.startswith(f"{receiver}-")), "")


def _is_given_up(notice: Notice, receiver: str) -> bool:
    lost = _lost(notice, receiver)
    return bool(lost) and notice.unsure.count(lost) >= _LIKELY_TWICE


def _after(notice: Notice, receiver: str, delivery: Delivery, now: datetime) -> Notice:
    """Return the notice after an attempt. What one receiver has may wait for another still: `_concluded` says whether it is done."""
    if not delivery.delivered:
        return _failed(notice, delivery, now)
    return replace(notice, state="failed" if notice.tries else "due", reached=(*notice.reached, receiver))


def _failed(notice: Notice, delivery: Delivery, now: datetime) -> Notice:
    unsure = (*notice.unsure, notice.message) if delivery.unsure else notice.unsure
    tries = notice.tries + 1
    return replace(notice, state="failed", unsure=unsure, tries=tries, reason=delivery.reason, due=timing.next_try(now, tries))


def _concluded(notice: Notice, names: Collection[str], now: datetime) -> Notice:
    """Return the notice as sent where every receiver has it, and without a time where a person must decide for the rest."""
    left = [name for name in names if name not in notice.reached]
    if not left:
        return replace(notice, state="sent", sent=now, due=None, tries=0, reason="")
    return replace(notice, state="failed", due=None) if all(_is_given_up(notice, name) for name in left) else notice


def _update(context: Context, ids: Collection[str], change: Callable[[Notice], Notice]) -> None:
    """Change notices as they are kept now, under the write lock."""
    with context.store.writing(_PATIENCE):
        context.store.commit(Changes(notices=tuple(change(each) for each in context.store.notices() if each.id in ids)))


def _digest(parts: Iterable[str]) -> str:
    return blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()
