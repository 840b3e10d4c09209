"""Notices: what is to be told on a channel, the message that carries several of them, and the receiver of messages."""

from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

NoticeKind = Literal["mention", "list", "lost", "back"]
NoticeState = Literal["held", "due", "sending", "sent", "failed"]


class Notice(Struct, frozen=True, kw_only=True):
    """One thing to tell on one channel, kept from the moment it is known until long after it was told.

    - `channel`: entry of `[notify] urls`. `kind`: a mention, a day's list, a feed that no longer answers, or one that is back.
    - `about`: id of the story's first item, day of the list, or URL of the feed. `watch`: name of the watch term of a mention.
    - `made`: when it was known. `due`: when to send it next, or None where nothing will send it by itself.
    - `members`: ids of the story's items. `publishers`: the owners or registered domains of their pages.
    - `state`: held until its condition holds; due; being sent; sent; or failed, and sent again at `due`.
    - `message`: id of the last message with it. `reached`: names of the receivers that have it.
    - `unsure`: ids of the messages whose answer was lost, once for each time.
    - `tries`: failures in a row. `reason`: the last one.
    """

    id: str
    channel: str
    kind: NoticeKind
    about: str
    made: datetime
    due: datetime | None
    watch: str = ""
    title: str = ""
    url: str = ""
    source: str = ""
    sentence: str = ""
    certain: bool = True
    members: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    state: NoticeState = "due"
    message: str = ""
    reached: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    tries: int = 0
    reason: str = ""
    sent: datetime | None = None


class Message(Struct, frozen=True, kw_only=True):
    """Message to one receiver, as plain text and as HTML. A message that is sent again keeps its `id`."""

    id: str
    title: str
    text: str
    html: str = ""


class Delivery(Struct, frozen=True, kw_only=True):
    """Outcome of sending a message: delivered, refused, or `unsure` where the receiver's answer was lost. `reason`: why not."""

    delivered: bool
    unsure: bool = False
    reason: str = ""


class ChannelTest(Struct, frozen=True, kw_only=True):
    """Outcome of a test message to one receiver. `address` hides every secret."""

    channel: str
    address: str
    ok: bool
    reason: str = ""


class Channel(Protocol):
    """One receiver of messages."""

    @property
    def name(self) -> str:
        """Identifier that stays when the password changes. It contains no secret."""
        ...

    @property
    def address(self) -> str:
        """Address with every secret hidden."""
        ...

    @property
    def limit(self) -> int:
        """Maximum number of characters of a message, the title included."""
        ...

    def send(self, message: Message) -> Delivery:
        """Send a message and return the outcome. Never raises for what the receiver or the network does."""
        ...
