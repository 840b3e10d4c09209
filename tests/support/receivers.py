"""Receivers of messages: one in memory that fails when told to, a mail server and a webhook on loopback."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any, cast

from aiohttp import web
from aiosmtpd.controller import Controller
from msgspec import Struct, field

from curator.core.notice import Delivery, Message
from support.server import Site

DELIVERED = Delivery(delivered=True)
REFUSED = Delivery(delivered=False, reason="the server cannot be reached")
LOST = Delivery(delivered=False, unsure=True, reason="the connection ended before the server answered")


class Receiver(Struct):
    """A `core.notice.Channel` in memory. `answers`: outcome of the next messages; afterwards every message is delivered.

    `got` has what arrived, messages with a lost answer too. `before` and `after` are called around the arrival.
    """

    name: str = "aaaa"
    limit: int = 100_000
    answers: list[Delivery] = field(default_factory=list)
    got: list[Message] = field(default_factory=list)
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None

    @property
    def address(self) -> str:
        return f"memory://{self.name}"

    def send(self, message: Message) -> Delivery:
        self.before()
        answer = self.answers.pop(0) if self.answers else DELIVERED
        if answer.delivered or answer.unsure:
            self.got.append(message)
        self.after()
        return answer


class Mailbox:
    """What a mail server on loopback was given. `answer`: its reply to a message; "" hangs up instead."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.to: list[list[str]] = []
        self.answer = "250 OK"
        self.port = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(cast("EmailMessage", BytesParser(policy=default).parsebytes(envelope.content)))
        self.to.append(envelope.rcpt_tos)
        if not self.answer:
            server.transport.abort()
        return self.answer or "250 OK"

    def url(self, *to: str, **parameters: str) -> str:
        more = "".join(f"&{name}={value}" for name, value in parameters.items())
        return f"mailto://127.0.0.1:{self.port}/{'/'.join(to)}?from=meja@kopisenja.example{more}"


@contextmanager
def mail_server(port: int = 0) -> Iterator[Mailbox]:
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=port or _free_port())
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Webhook:
    """What a webhook was sent: the bodies and the headers, in order. `status`: its answer; 0 hangs up instead."""

    def __init__(self, site: Site) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.status = 200
        self.delay = 0.0
        self._site = site
        site.handles("/kait/rahasia", self._answer)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = b"".join([chunk async for chunk in request.content.iter_any()])
        self.bodies.append(json.loads(body))
        self.keys.append(request.headers.get("Idempotency-Key", ""))
        await asyncio.sleep(self.delay)
        if not self.status:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=self.status or 200)

    @property
    def url(self) -> str:
        return f"json://pengguna:sandi@127.0.0.1:{self._site.port}/kait/rahasia"


@contextmanager
def webhook() -> Iterator[Webhook]:
    with Site() as site:
        yield Webhook(site)
