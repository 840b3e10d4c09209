"""Find the picture that is meant: not what stands in its place until a script loads it, and no decoration.

Scripts that load pictures late keep the real address in attributes of their own; `src` holds a placeholder then.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from lxml.etree import _Element

SENSIBLE = 400  # pixels: a narrower picture is a thumbnail
_ICON = 50  # pixels: what has a shorter side is an icon, a smiley or a counter
_LATE = ("data-src", "data-lazy-src", "data-original", "data-original-src", "data-lazy")
_LATE_SETS = ("data-srcset", "data-lazy-srcset")
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|\?)", re.I)
_SIZED = re.compile(r"-(\d{2,4})x\d{2,4}\.\w{3,4}(?:$|\?)|[?&;](?:w|width|fit|resize)=(\d{1,5})\b")  # as WordPress and CDNs write it
_TAG = re.compile(r"""<(?:(?:amp-)?img|source|video)\b(?:=\s*"[^"]*"|=\s*'[^']*'|[^<>])*+>""", re.I)
_BETWEEN = re.compile(r"(?<=\d[wx]),\s*|,\s+")
_DECORATION = re.compile(
    r"^(?:data|about|blob):|feedburner\.com/~|doubleclick\.|/pixel(?:[/?.]|$)|stats\.wordpress|/b\.gif"
    r"|(?:/icons?/[^?]*|[-_/]icons?(?:[-_]?\d+(?:x\d+)?)?)\.(?:png|svg|gif|ico)(?:$|\?)|gravatar\.com|/avatars?/|/avatar[-_]?\d*\.\w{3,4}(?:$|\?)|twemoji|/emojis?/|/smil(?:ey|ie)s?/"
    r"|/(?:spacer|blank|pixel|transparent|trans|clear|empty|dot|gr[ae]y|placeholder|lazy(?:[-_]?load(?:er|ing)?)?|(?:ajax[-_])?load(?:er|ing)|1x1)"
    r"(?:[-_](?:\d+(?:x\d+)?|image|img|bg))?\.(?:gif|png|svg|webp|jpe?g)(?:$|\?)",
    re.I,
)
_DECORATIVE = re.compile(r"\b(?:(?:gr)?avatars?|emoji|emoticon|smiley|spacer|tracking)\b", re.I)
_STYLED_AWAY = re.compile(r"\b(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$)", re.I)


class Picture(Struct, frozen=True):
    """A picture as a feed names it. `width` counts pixels and is 0 where it is not known."""

    address: str
    width: int = 0


def is_decoration(address: str) -> bool:
    """Whether the address is that of an avatar, an emoji, a placeholder or a counter."""
    return bool(_DECORATION.search(address))


def is_picture(address: str, kind: str) -> bool:
    """Whether an attachment is a picture, by its media type or else by its name."""
    return kind.lower().startswith("image") or (not kind and bool(_PICTURE.search(address)))


def attached(media: Iterable[tuple[str, str, str]]) -> list[str]:
    """Return the addresses of the pictures among attachments of address, media type and length."""
    return [address for address, kind, _ in media if is_picture(address, kind)]


def contents(elements: Iterable[Mapping[str, str]]) -> list[Picture]:
    """Return the pictures among the attributes of media:content: the default ones first, then the widest."""
    shown = [each for each in elements if is_picture(each.get("url") or "", each.get("type") or each.get("medium") or "")]
    ordered = sorted(shown, key=lambda each: (not _is_default(each), -_pixels(each.get("width"))))
    return [Picture(each.get("url") or "", _pixels(each.get("width"))) for each in ordered]


def thumbnails(elements: Iterable[Mapping[str, str]]) -> list[Picture]:
    """Return the pictures of media:thumbnail, the widest first."""
    found = [Picture(each.get("url") or "", _pixels(each.get("width"))) for each in elements]
    return sorted(found, key=lambda picture: -picture.width)


def fittest(found: Iterable[Picture]) -> Iterator[str]:
    """Yield the addresses in their order, after them those of thumbnails, the widest first; decorations never."""
    small: list[Picture] = []
    for picture in found:
        width = _known_width(picture)
        if is_decoration(picture.address) or 0 < width < _ICON:
            continue
        if 0 < width < SENSIBLE:
            small.append(Picture(picture.address, width))
        else:
            yield picture.address
    yield from (picture.address for picture in sorted(small, key=lambda picture: -picture.width))


def in_markup(markup: str) -> Iterator[Picture]:
    """Yield the pictures of a text in its order."""
    offered: list[Picture] = []  # by the <source> elements before an <img>
    for element in _elements(markup):
        if element.tag == "source":
            offered += _sets(element, (*_LATE_SETS, "srcset"))
        elif element.tag == "video":
            yield Picture(element.get("poster", ""))
        elif _is_shown(element):
            yield from _real(element, offered)
        offered = offered if element.tag == "source" else []


def alternative(markup: str) -> str:
    """Return the words that stand for the first picture of a text, "" where there is none or it has no words."""
    shown = (element for element in _elements(markup) if element.tag.endswith("img") and _is_shown(element))
    return next((words for element in shown if (words := element.get("alt", "").strip())), "")


def _elements(markup: str) -> "Iterator[_Element]":
    """Yield the elements that show or offer a picture. Only their tags are parsed: deep markup costs nothing."""
    if not (tags := "".join(_TAG.findall(markup))):
        return
    from lxml import etree

    root = etree.HTML(tags, etree.HTMLParser(no_network=True))
    if root is not None:
        yield from root.iter("img", "amp-img", "source", "video")


def _is_shown(img: "_Element") -> bool:
    sides = [_pixels(side) for name in ("width", "height") if (side := img.get(name, "")).strip()[:1].isdigit() and "%" not in side]
    small = any(side < _ICON for side in sides) or _STYLED_AWAY.search(img.get("style", ""))
    return not small and not _DECORATIVE.search(img.get("class", ""))


def _real(img: "_Element", offered: list[Picture]) -> Iterator[Picture]:
    """Yield the picture that an <img> shows in the end, of all ways to name it the surest.

    Where nothing else names one, an attribute of a script that nobody knows does, if it holds the address of a picture.
    """
    unknown = (Picture(value) for name, value in img.attrib.items() if name.startswith("data-") and _PICTURE.search(value))
    ways = (way for way in chain(_ways(img, offered), unknown) if way.address.strip() and not is_decoration(way.address))
    return islice(ways, 1)


def _ways(img: "_Element", offered: list[Picture]) -> Iterator[Picture]:
    width = _pixels(img.get("width"))
    yield from (Picture(address, width) for name in _LATE if (address := img.get(name)))
    yield from _sets(img, _LATE_SETS)
    sets = _sets(img, ("srcset",))
    yield from (picture for picture in sets if picture.width >= SENSIBLE)
    yield Picture(img.get("src", ""), width)
    yield from (*sets, *offered)


def _sets(element: "_Element", names: Iterable[str]) -> list[Picture]:
    """Return the largest picture of each srcset (HTML, 4.8.4.2.1)."""
    return [largest for name in names if (srcset := element.get(name)) and (largest := _largest(srcset))]


def _largest(srcset: str) -> Picture | None:
    sized = [(parts[0].rstrip(","), parts[1] if len(parts) > 1 else "1x") for each in _BETWEEN.split(srcset) if (parts := each.split())]
    address, size = max(sized, key=lambda each: _pixels(each[1]), default=("", ""))
    return Picture(address, _pixels(size) if size.endswith("w") else 0) if address else None


def _known_width(picture: Picture) -> int:
    named = _SIZED.search(picture.address)
    return int(named[1] or named[2]) if named else picture.width


def _is_default(element: Mapping[str, str]) -> bool:
    return (element.get("isDefault") or element.get("isdefault") or "").strip().lower() == "true"


def _pixels(said: str | None) -> int:
    number = re.match(r"\s*(\d{1,6})", said or "")
    return int(number[1]) if number else 0
