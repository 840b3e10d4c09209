"""Foreign words in Markdown stay words, whatever they contain."""

import re

from curator.core.text.plain import line
from curator.core.text.urls import web

# What means something inside a line: in CommonMark; in GFM, which also makes links of bare addresses; in note-taking
# programs, with their #tags, $formulas$, ==marks== and %%comments%%. No foreign word ever begins a line.
_ACTIVE = re.compile(r"[\\`*_\[\]<~$#@]|&(?=#?\w+;)|=(?==)|%(?=%)|:(?=//)|(?<=www)\.", re.I)
_ENTITY = re.compile(r"&(?=#?\w+;)")


def plain(text: str) -> str:
    """One clean line in which no character means anything but itself."""
    return _ACTIVE.sub(r"\\\g<0>", line(text, 500))


def link(text: str, url: str) -> str:
    """A link in angle brackets, or the bare words where the address is none that may be followed."""
    address = _address(url)
    return f"[{plain(text)}](<{address}>)" if address else plain(text)


def _address(url: str) -> str:
    """Nothing in it can end the angle brackets or be read as an escape or an entity."""
    safe = line(web(url), 4000).replace("\\", "%5C").replace("<", "%3C").replace(">", "%3E")
    return _ENTITY.sub("&amp;", safe)
