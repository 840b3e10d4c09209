"""Channels: addresses from the environment or the keyring, and messages sent by Apprise.

Apprise says only whether a message was accepted. What is told apart here besides: a receiver that was not reached or refused
the message, which is sent again, and one whose answer was lost, which may have it.
"""

import logging
import smtplib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from hashlib import blake2b
from importlib import import_module
from importlib.util import find_spec
from typing import Any, cast
from urllib.parse import urlsplit

from apprise import Apprise, AppriseAsset, NotifyFormat
from apprise.common import PersistentStoreMode
from apprise.exception import AppriseException
from apprise.plugins.base import NotifyBase
from apprise.plugins.custom_form import NotifyForm
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.custom_xml import NotifyXML
from apprise.plugins.email.base import NotifyEmail, PGPMode
from apprise.plugins.email.smtp import AppriseSMTPController
from apprise.result import AppriseResult, AppriseResultStatus

from curator.core.errors import ConfigError
from curator.core.notice import Channel, Delivery, Message
from curator.core.text.plain import line

PATIENCE = 30.0  # seconds to wait for an answer
_SERVICE = "curator notify"
# Attributes of Apprise's services that list the receivers of one address.
_LISTS = ("targets", "topics", "channels", "rooms")
# What the HTTP client says when a receiver was not reached at all.
_NOT_REACHED = ("Failed to establish a new connection", "NameResolutionError", "ConnectTimeoutError", "SSLError", "ProxyError")
_NO_ANSWER = "Socket Exception"
_ASSET = AppriseAsset(
    app_id="curator",
    app_desc="curator",
    app_url="",
    image_url_mask="",
    storage_mode=PersistentStoreMode.MEMORY,
    pgp_autogen=False,
    http_redirects=False,
)
# What Apprise logs while it sends tells how it ended. It may hold addresses and is not printed.
_LOG = logging.getLogger("apprise")
_LOG.addHandler(logging.NullHandler())
_LOG.setLevel(logging.DEBUG)
_LOG.propagate = False


def channels(entry: str, environment: Mapping[str, str]) -> tuple[Channel, ...]:
    """Return the receivers of an entry of `[notify] urls`, one for each address and each of its targets.

    Raises ConfigError where no address is kept there, or one that Apprise cannot use. The message does not repeat it.
    """
    addresses = _kept(entry, environment).split()
    if not addresses:
        raise ConfigError(f"{entry} holds no address", where="brand.toml: notify.urls", hint=_hint(entry))
    return tuple(_channel(plugin) for n, url in enumerate(addresses, 1) for plugin in _plugins(entry, n, url))


def _kept(entry: str, environment: Mapping[str, str]) -> str:
    place, _, name = entry.partition(":")
    if place == "env":
        return environment.get(name, "")
    if not find_spec("keyring"):
        raise ConfigError(f"{entry} needs the package keyring", where="brand.toml: notify.urls", hint="pip install keyring")
    return import_module("keyring").get_password(_SERVICE, name) or ""


def _hint(entry: str) -> str:
    place, _, name = entry.partition(":")
    return f"export {name}='mailto://…'" if place == "env" else f"keyring set '{_SERVICE}' {name}"


def _plugins(entry: str, n: int, url: str) -> Iterator[NotifyBase]:
    """Yield a service for each target of an address, so that each has a result of its own. Copies go with the first mail."""
    first = _plugin(entry, n, url)
    name = next((name for name in _LISTS if isinstance(getattr(first, name, None), list) and len(getattr(first, name)) > 1), "")
    yield from (_of_target(_plugin(entry, n, url), name, k) for k in range(len(getattr(first, name)))) if name else [first]


def _plugin(entry: str, n: int, url: str) -> NotifyBase:
    made = Apprise.instantiate(url, asset=_ASSET, suppress_exceptions=True)
    if not isinstance(made, NotifyBase):
        raise ConfigError(f"address {n} of {entry} cannot be used: Apprise does not know it", where="brand.toml: notify.urls")
    made.socket_connect_timeout = made.socket_read_timeout = PATIENCE
    return made


def _of_target(plugin: NotifyBase, name: str, k: int) -> NotifyBase:
    setattr(plugin, name, getattr(plugin, name)[k : k + 1])
    if isinstance(plugin, NotifyEmail) and k:
        plugin.cc, plugin.bcc = set(), set()
    return plugin


def _channel(plugin: NotifyBase) -> Channel:
    return Mail(plugin) if type(plugin) is NotifyEmail and plugin.pgp_mode == PGPMode.NONE else Service(plugin)


class Service:
    """Receiver behind one of Apprise's services (a `core.notice.Channel`)."""

    def __init__(self, plugin: NotifyBase) -> None:
        self._plugin = plugin
        self._url = str(cast("Any", plugin).url(privacy=True))  # sending may add headers, which would be part of it

    @property
    def name(self) -> str:
        """Hash of the address without its secrets, 8 hexadecimal digits."""
        return blake2b(self._url.encode(), digest_size=4).hexdigest()

    @property
    def address(self) -> str:
        """Scheme and host. Paths and parameters are left out too, for those of webhooks are secrets."""
        parts = urlsplit(self._url)
        return line(f"{parts.scheme}://{parts.netloc}", 200)

    @property
    def limit(self) -> int:
        """Three quarters of what the service takes: escaping makes a text longer, and a message in two parts may arrive in part."""
        return int(self._plugin.body_maxlen) * 3 // 4

    def send(self, message: Message) -> Delivery:
        """Send a message as plain text. A webhook gets the id of the message as its Idempotency-Key."""
        if isinstance(self._plugin, NotifyForm | NotifyJSON | NotifyXML):
            self._plugin.headers["Idempotency-Key"] = message.id
        box = Apprise(asset=_ASSET)
        box.add(self._plugin)
        with box.notify(message.text, message.title, body_format=NotifyFormat.TEXT, log_level=logging.DEBUG) as result:
            return _delivery(result)


def _delivery(result: AppriseResult) -> Delivery:
    if result:
        return Delivery(delivered=True)
    logs = [entry for each in result for entry in each.logs()]
    silence = next((entry.message for entry in logs if _NO_ANSWER in entry.message), "")
    if silence and any(words in silence for words in _NOT_REACHED):
        return Delivery(delivered=False, reason="the server cannot be reached")
    if silence or any(each.status == AppriseResultStatus.TIMEOUT for each in result):
        return Delivery(delivered=False, unsure=True, reason="the connection ended before the server answered")
    told = next((entry.message for entry in reversed(logs) if entry.level in ("WARNING", "ERROR")), "")
    return Delivery(delivered=False, reason=line(told, 200) or "the message was refused")


class Mail(Service):
    """Receiver of mail (a `core.notice.Channel`)."""

    _plugin: NotifyEmail

    def __init__(self, plugin: NotifyEmail) -> None:
        super().__init__(plugin)

    @property
    def address(self) -> str:
        """Mail address of the receiver."""
        return line(f"mailto:{self._target}", 200)

    @property
    def limit(self) -> int:
        """Maximum length of a mail. A daily list is a twentieth of it."""
        return 1_000_000

    def send(self, message: Message) -> Delivery:
        """Send a message as HTML with plain text beside it. Its Message-ID is the same when it is sent again."""
        mail, plugin = self._composed(message), self._plugin
        try:
            session = _Session(
                plugin.smtp_host,
                plugin.port or 0,
                str(plugin.secure_mode),
                plugin.user,
                plugin.password,
                plugin.verify_certificate,
                int(PATIENCE),
            )
            with session:
                return session.deliver(self._sender, [self._target, *plugin.cc, *plugin.bcc], mail)
        except smtplib.SMTPResponseException as error:
            return Delivery(delivered=False, reason=_refused(error.smtp_code, error.smtp_error))
        except (OSError, smtplib.SMTPException, AppriseException):
            return Delivery(delivered=False, reason="the server cannot be reached")

    @property
    def _sender(self) -> str:
        return str(self._plugin.from_addr[1])

    @property
    def _target(self) -> str:
        return str(self._plugin.targets[0][1])

    def _composed(self, message: Message) -> EmailMessage:
        plugin, mail = self._plugin, EmailMessage()
        mail["From"] = formataddr((str(plugin.from_addr[0] or "curator"), self._sender))
        mail["To"] = self._target
        if plugin.cc:
            mail["Cc"] = ", ".join(sorted(plugin.cc))
        mail["Subject"] = message.title
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Message-ID"] = f"<{message.id}@{self._sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation notice answers it
        mail.set_content(message.text, cte="quoted-printable")
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
        return mail


class _Session(AppriseSMTPController):
    """SMTP session that tells a refused message from one whose answer was lost."""

    def deliver(self, sender: str, receivers: list[str], mail: EmailMessage) -> Delivery:
        """Send a mail. What fails before its first byte is a failure of the connection and raises what smtplib raises."""
        try:
            cast("smtplib.SMTP", self._socket).sendmail(sender, receivers, mail.as_bytes(policy=SMTP))
        except smtplib.SMTPRecipientsRefused as error:
            return Delivery(delivered=False, reason=_refused(*next(iter(error.recipients.values()))))
        except smtplib.SMTPResponseException as error:
            return Delivery(delivered=False, reason=_refused(error.smtp_code, error.smtp_error))
        except (OSError, smtplib.SMTPServerDisconnected):
            return Delivery(delivered=False, unsure=True, reason="the connection ended before the server answered")
        return Delivery(delivered=True)


def _refused(code: int, answer: bytes | str) -> str:
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return line(f"the server answered {code}: {said}", 200)
