"""Escape foreign text for Markdown."""

import re

from curator.core.text.plain import line
from curator.core.text.urls import web

# The markup inside a line: of CommonMark; of GFM, which also links bare URLs; and of note-taking programs, with their #tags,
# $formulas$, ==highlights== and %%comments%%. Foreign text never begins a line, so block markup is no concern.
_MARKUP = re.compile(r"[\\`*_\[\]<~$#@]|&(?=#?\w+;)|=(?==)|%(?=%)|:(?=//)|(?<=www)\.", re.I)
_ENTITY = re.compile(r"&(?=#?\w+;)")


def escape(text: str) -> str:
    """Return the text as one line in which no character is markup."""
    return _MARKUP.sub(r"\\\g<0>", line(text, 500))


def link(text: str, url: str) -> str:
    """Return a link, or the text alone where the URL is not one of the web."""
    address = _address(url)
    return f"[{escape(text)}](<{address}>)" if address else escape(text)


def _address(url: str) -> str:
    """Return the URL for use in angle brackets: nothing in it ends them, escapes, or is read as an entity."""
    safe = line(web(url), 4000).replace("\\", "%5C").replace("<", "%3C").replace(">", "%3E")
    return _ENTITY.sub("&amp;", safe)
