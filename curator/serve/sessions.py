"""Sessions of browsers: a signed cookie, the token that every form carries, and what is to be told on the next page.

Nothing is kept on the disk: when the server starts again, pages that were open before must be loaded again.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from typing import Final

from msgspec import Struct

_KEPT: Final = 200  # sessions whose notice is remembered


class Notice(Struct, frozen=True, kw_only=True):
    """What the last form did, in words. `problem`: that it was not done."""

    text: str
    problem: bool = False


class Session(Struct, frozen=True, kw_only=True):
    """Session of a browser. `csrf` is the token of its forms, which no page of another site can read."""

    id: str
    cookie: str
    csrf: str

    def admits(self, token: str) -> bool:
        """Return whether this is the token of the session's forms, compared in constant time."""
        return hmac.compare_digest(self.csrf.encode(), token.encode("utf-8", "replace"))


class Sessions:
    """All sessions of one brand, which are told by a signature with the secret of the server.

    A cookie is good for all brands of a server; a form and a notice belong to one of them.
    """

    def __init__(self, secret: bytes, brand: str) -> None:
        """Tell sessions by `secret`, and forms by the name of the brand too."""
        self._secret, self._brand = secret, brand
        self._notices: OrderedDict[str, Notice] = OrderedDict()

    def fresh(self) -> Session:
        """Begin a session."""
        return self._session(secrets.token_urlsafe(16))

    def known(self, cookie: str) -> Session | None:
        """Return the session of a cookie that this server has given, else None."""
        session = self._session(cookie.partition(".")[0])
        return session if hmac.compare_digest(session.cookie.encode(), cookie.encode("utf-8", "replace")) else None

    def tell(self, session: Session, notice: Notice) -> None:
        """Remember a notice for the next page of a session."""
        self._notices[session.id] = notice
        self._notices.move_to_end(session.id)
        while len(self._notices) > _KEPT:
            self._notices.popitem(last=False)

    def told(self, session: Session) -> Notice | None:
        """Return the notice of a session, once."""
        return self._notices.pop(session.id, None)

    def _session(self, id_: str) -> Session:
        return Session(id=id_, cookie=f"{id_}.{self._signed('cookie', id_)}", csrf=self._signed(f"form {self._brand}", id_))

    def _signed(self, purpose: str, id_: str) -> str:
        return hmac.new(self._secret, f"{purpose} {id_}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
