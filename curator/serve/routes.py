"""What a section of the desk offers: pages at paths, and actions that forms ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from curator.library import Library
from curator.serve.background import Background
from curator.serve.lanes import LaneName
from curator.serve.language import Language
from curator.serve.replies import Reply
from curator.serve.sessions import Notice

_LOCAL: Final = re.compile(r"/(?![/\\])[!-~]*")


class Ask(Struct, frozen=True, kw_only=True):
    """A request as a page or an action gets it. Of a field that comes several times `query` and `form` hold the first.

    - `path`: with its query. `parts`: the variable parts of it. `upload`: the file of the form.
    - `background`: the runs of the daily job.
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
    upload: bytes = b""

    def back(self) -> str:
        """Return the path of the desk that the form wants to be followed by; any other address becomes the first page."""
        return local(self.form.get("back", ""))

    def say(self, text: str, **values: object) -> str:
        """Return a text in the language of the page, with its values filled in."""
        return self.language.say(text, **values)


class Done(Struct, frozen=True, kw_only=True):
    """What an action did, in words, and the path of the page to show then, "" for the one that the form names."""

    text: str
    to: str = ""
    problem: bool = False


class Route(Struct, frozen=True, kw_only=True):
    """A path and what answers it. `lane`: the thread that does. What loads a model or asks other hosts must not be quick."""

    path: str
    run: Callable[[Library, Ask], Reply | Done]
    method: Literal["GET", "POST"] = "GET"
    lane: LaneName = "quick"


def local(path: str) -> str:
    """Return a path of the desk; "/" for whatever else it is, such as the address of another site."""
    return path if _LOCAL.fullmatch(path) else "/"
