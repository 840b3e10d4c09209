"""What a section of the desk offers: pages at paths, and actions that forms ask for."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final, Literal

from markupsafe import Markup
from msgspec import Struct, field

from curator.core.errors import CuratorError, UsageError
from curator.library import Library
from curator.publishing.language import Language
from curator.publishing.retold import retold
from curator.serve.background import Background
from curator.serve.lanes import LaneName
from curator.serve.replies import Reply, message
from curator.serve.sessions import Notice

LARGEST_FORM: Final = 4 * 2**20  # bytes: an OPML file of thousands of feeds
_LOCAL: Final = re.compile(r"/(?![/\\])[!-~]*")


class Ask(Struct, frozen=True, kw_only=True):
    """A request as a page or an action gets it. Of a field that comes several times `query` and `form` hold the first.

    - `path`: with its query, without the root of the brand. `parts`: the variable parts of it. `upload`: the file of the form.
    - `root`: what stands before all paths of the brand, "" where it is the only one. `brands`: titles of all brands by root.
    - `background`: the runs of the daily job.
    - `base`: the address of the desk as the browser knows it. `key`: the saving key, where it alone let the request in.
    - `csrf`: the token for the forms of the page. `told`: returns once what the last action did.
    """

    path: str
    now: datetime
    csrf: str
    told: Callable[[], Notice | None]
    language: Language
    query: Mapping[str, str]
    parts: Mapping[str, str]
    form: Mapping[str, str]
    background: Background
    base: str = ""
    key: str = ""
    upload: bytes = b""
    root: str = ""
    brands: Mapping[str, str] = field(default_factory=dict)

    def back(self) -> str:
        """Return the path of the desk that the form wants to be followed by; any other address becomes the first page."""
        return local(self.form.get("back", ""))

    def sent(self) -> bytes:
        """Return the file of the form, or the one that the page before carried on. Raises UsageError where it is damaged."""
        try:
            return self.upload or b64decode(self.form.get("carried", ""), validate=True)
        except ValueError:
            raise UsageError(self.say("the file did not come back whole: choose it again")) from None

    def carried(self) -> Markup:
        """Return the file of the form for a field of the page, which sends it once more: letters and digits, with no markup."""
        return Markup(b64encode(self.sent()).decode())  # noqa: S704 - the alphabet of base64 has no markup

    def say(self, text: str, **values: object) -> str:
        """Return a text in the language of the page, with its values filled in."""
        return self.language.say(text, **values)

    def problem(self, error: CuratorError) -> str:
        """Return an error as one line in the language of the page: where, what, and what to type."""
        return message(error, partial(retold, language=self.language))


class Done(Struct, frozen=True, kw_only=True):
    """What an action did, in words, and the path of the page to show then, "" for the one that the form names."""

    text: str
    to: str = ""
    problem: bool = False


class Route(Struct, frozen=True, kw_only=True):
    """A path and what answers it. `lane`: the thread that does. What loads a model or asks other hosts must not be quick.

    `largest`: bytes that a form may have. `keyed`: whether the saving key alone opens it.
    `linked`: whether the token in its path alone opens it, which the route checks and answers with 404 where it is wrong.
    """

    path: str
    run: Callable[[Library, Ask], Reply | Done]
    method: Literal["GET", "POST"] = "GET"
    lane: LaneName = "quick"
    largest: int = LARGEST_FORM
    keyed: bool = False
    linked: bool = False


def local(path: str) -> str:
    """Return a path of the desk; "/" for whatever else it is, such as the address of another site."""
    return path if _LOCAL.fullmatch(path) else "/"
