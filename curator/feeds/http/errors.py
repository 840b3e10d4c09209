"""Why a request failed, in plain words for readers of news."""

import errno
import shlex
import socket
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import aiohttp

from curator.core.feed import Failure, Stage
from curator.core.protocols import FetchRequest
from curator.core.text import plain

HOLD = timedelta(minutes=30)
"""How long to leave a host alone that answers 429 without saying for how long."""
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=7)

_STATUS_REASONS = {
    304: "nothing new, though it was asked for everything",
    401: "it asks for a password",
    410: "gone for good",
    451: "withheld for legal reasons",
}
_UNREACHABLE = {
    errno.ECONNREFUSED: "nobody answers there",
    errno.ENETUNREACH: "no way to it from this network",
    errno.EHOSTUNREACH: "no way to it from this network",
    errno.ETIMEDOUT: "did not answer",
}
# Results of X509_verify_cert (OpenSSL, x509_vfy.h).
_CERTIFICATE = {
    9: "its certificate is not valid yet (is this machine's clock right?)",
    10: "its certificate has expired",
    18: "its certificate is signed by itself",
    62: "its certificate is for another host",
    64: "its certificate is for another host",
}


class FetchError(Exception):
    """Why a request ends without a page. `retry`: a second try may help. `refused`: the server wants no programs there.

    The other attributes are those of `Failure`.
    """

    def __init__(
        self,
        reason: str,
        *,
        hint: str = "",
        stage: Stage = "fetch",
        status: int | None = None,
        hold: timedelta | None = None,
        gone: bool = False,
        retry: bool = False,
        refused: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason, self.hint, self.stage, self.status = reason, hint, stage, status
        self.hold, self.gone, self.retry, self.refused = hold, gone, retry, refused

    def failure(self, request: FetchRequest) -> Failure:
        """Return this error as the result of a request."""
        return Failure(
            url=request.url,
            stage=self.stage,
            reason=plain.line(self.reason, 200),
            hint=plain.line(self.hint or self._advice(request), 500),
            status=self.status,
            hold=self.hold,
            gone=self.gone,
        )

    def _advice(self, request: FetchRequest) -> str:
        if request.kind != "feed" or len(request.url) > 400:  # a command cut short is worse than none
            return ""
        discover = f"curator feeds discover {shlex.quote(request.url)}"
        if self.gone:
            return f"curator feeds remove {shlex.quote(request.url)}"
        if self.refused:
            return f"name a contact under [fetch] in brand.toml and ask the site to let feed readers in; its other feeds: {discover}"
        return discover if self.status == HTTPStatus.NOT_FOUND else ""


class Refused(OSError):
    """A socket that must not be opened. The message leaves the address out, so that all refusals of a host are equal."""


def from_status(status: int, retry_after: str, now: datetime, *, wall: str = "") -> FetchError:
    """Return the error for a status without a page. 429, and 503 with Retry-After, hold the host (RFC 6585 §4, RFC 9110 §10.2.3).

    `wall`: what keeps programs out there, as far as the answer says.
    """
    reason = f"answered {status}: {f'{wall} keeps us out' if wall else _status_reason(status)}".removesuffix(": ")
    wait = _retry_after(retry_after, now)
    if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.SERVICE_UNAVAILABLE and wait):
        hold = wait or HOLD
        return FetchError(f"{reason}; asks to be left alone for {span(hold)}", status=status, hold=hold)
    refused = bool(wall) or status == HTTPStatus.FORBIDDEN
    return FetchError(reason, status=status, gone=status == HTTPStatus.GONE, retry=status >= 500 and not wall, refused=refused)


def from_exception(error: Exception, *, connect: float, read: float, total: float) -> FetchError:
    """Return the error for an exception of the HTTP client. `connect`, `read`, `total`: the limits in seconds that were set."""
    match error:
        case aiohttp.ConnectionTimeoutError():
            return FetchError(f"could not be connected to within {connect:g} s")
        case aiohttp.SocketTimeoutError():
            return FetchError(f"sent nothing for {read:g} s")
        case TimeoutError():
            return FetchError(f"did not answer in full within {total:g} s")
        case aiohttp.ClientConnectorDNSError():
            return _unknown_host(error.os_error)
        case aiohttp.ClientConnectorCertificateError():
            return _certificate(error.certificate_error)
        case aiohttp.ClientSSLError():
            return FetchError("no secure connection could be agreed on")
        case aiohttp.ClientConnectorError(os_error=Refused() as refused):
            return FetchError(str(refused))
        case aiohttp.ClientConnectorError():
            return FetchError(_UNREACHABLE.get(error.os_error.errno or 0, "could not be reached"), retry=True)
        case aiohttp.ServerDisconnectedError():
            return FetchError("hung up without an answer", retry=True)
        case aiohttp.ClientPayloadError():
            return FetchError("broke off in the middle of the answer", retry=True)
        case aiohttp.ClientOSError() | OSError():
            return FetchError("cut the connection", retry=True)
        case aiohttp.ClientResponseError():
            return FetchError("answered with something that is not HTTP")
    return FetchError("not an address that can be requested")


def span(time: timedelta) -> str:
    """Format a duration for reading: "30 min", "2 h", "7 days"."""
    minutes = round(time.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"


def _retry_after(value: str, now: datetime) -> timedelta | None:
    """Parse Retry-After, seconds or a date (RFC 9110 §10.2.3), clamped to 1 min … 7 days; None when it is neither."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        wait = timedelta(seconds=int(value)) if len(value) < 9 else _LONGEST
    else:
        try:
            date = parsedate_to_datetime(value)
        except (ValueError, TypeError, OverflowError):
            return None
        wait = (date if date.tzinfo else date.replace(tzinfo=UTC)) - now
    return min(max(wait, _SHORTEST), _LONGEST)


def _status_reason(status: int) -> str:
    try:
        return _STATUS_REASONS.get(status) or HTTPStatus(status).phrase.lower()
    except ValueError:
        return ""


def _unknown_host(error: OSError) -> FetchError:
    if error.errno == socket.EAI_AGAIN:
        return FetchError("its name could not be looked up (is this machine online?)", retry=True)
    return FetchError("no such host")


def _certificate(error: Exception) -> FetchError:
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else 0
    return FetchError(_CERTIFICATE.get(code, "its certificate is not signed by anyone this machine trusts"))
