"""How long a text is to a network, and what else the network has against it."""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Literal

import regex
from msgspec import Struct

from curator.planning.post import links, networks
from curator.planning.post.networks import Network, Unit

# One pictograph as a reader sees it: flags, keycaps, families joined by ZWJ. © and ® are letters until U+FE0F makes them pictures.
_PICTOGRAPH = r"(?![©®](?!\ufe0f))\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?(?:[\U000e0020-\U000e007e]+\U000e007f)?"
_EMOJI = regex.compile(rf"\p{{Regional_Indicator}}{{2}}|[#*0-9]\ufe0f?\u20e3|{_PICTOGRAPH}(?:\u200d{_PICTOGRAPH})*")
_LIGHT = regex.compile(r"[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
_GRAPHEME = regex.compile(r"\X")
_MENTION = regex.compile(r"(?<![\w/])(@\w+(?:[\w.-]+\w+)?)@[\w.-]+\w")
_HASHTAG = regex.compile(r"(?<![\w&/])[#＃](?=\w*[^\W\d])\w+")
_EMOJI_WEIGHT = 2

Rule = Literal["length", "bytes", "hashtags", "media", "links", "empty"]


class Objection(Struct, frozen=True, kw_only=True):
    """What a network has against a post. `over`: by how many; `refused`: it will not take it, else it is only of less use."""

    rule: Rule
    text: str
    over: int = 0
    refused: bool = True


def length(text: str, network: str) -> int:
    """How long the network says the text is."""
    return _length(text, networks.of(network))


def limit(network: str) -> int:
    """How long a text the network takes."""
    return networks.of(network).limit


def objections(text: str, network: str, *, media: bool = False) -> tuple[Objection, ...]:
    """All that the network has against the text; media: a picture goes with it."""
    rules = networks.of(network)
    found = (_empty(text, rules), _long(text, rules), _heavy(text, rules), _tagged(text, rules), _bare(rules, media), _linked(text, rules))
    return tuple(objection for objection in found if objection)


def _length(text: str, rules: Network) -> int:
    shown = unicodedata.normalize("NFC", text) if rules.unit == "weighted" else text
    spans = links.spans(shown, bare=rules.bare) if rules.link else []
    for start, end in reversed(spans):
        shown = shown[:start] + "\0" * (rules.link or 0) + shown[end:]
    if rules.mentions == "local":
        shown = _MENTION.sub(r"\1", shown)
    return _UNITS[rules.unit](shown)


def _weight(text: str) -> int:
    plain, emoji = _EMOJI.subn("", text)
    light = len(_LIGHT.findall(plain))
    return light + 2 * (len(plain) - light) + _EMOJI_WEIGHT * emoji


def _emoji_bytes(text: str) -> int:
    return len(text) + sum(len(emoji.encode()) - len(emoji) for emoji in _EMOJI.findall(text))


_UNITS: Mapping[Unit, Callable[[str], int]] = {
    "weighted": _weight,
    "graphemes": lambda text: len(_GRAPHEME.findall(text)),
    "characters": len,
    "utf-16": lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    "bytes": lambda text: len(text.encode("utf-8", "surrogatepass")),
    "emoji-bytes": _emoji_bytes,
}


def _empty(text: str, rules: Network) -> Objection | None:
    return None if text.strip() else Objection(rule="empty", text="there is no text")


def _long(text: str, rules: Network) -> Objection | None:
    over = _length(text, rules) - rules.limit
    if over <= 0:
        return None
    return Objection(rule="length", over=over, text=f"{over:,} too many: {rules.title} takes {rules.limit:,}")


def _heavy(text: str, rules: Network) -> Objection | None:
    over = len(text.encode("utf-8", "surrogatepass")) - rules.octets if rules.octets else 0
    if over <= 0:
        return None
    return Objection(rule="bytes", over=over, text=f"{over:,} bytes too many: {rules.title} takes {rules.octets:,}")


def _tagged(text: str, rules: Network) -> Objection | None:
    over = len(_HASHTAG.findall(text)) - rules.most_tags if rules.most_tags is not None else 0
    if over <= 0:
        return None
    return Objection(rule="hashtags", over=over, text=f"{over} hashtags too many: {rules.title} takes {rules.most_tags}")


def _bare(rules: Network, media: bool) -> Objection | None:
    if media or not rules.media:
        return None
    return Objection(rule="media", text=f"{rules.title} wants a picture or a video with it")


def _linked(text: str, rules: Network) -> Objection | None:
    if rules.clickable or not links.spans(text, bare=False):
        return None
    return Objection(rule="links", text=f"a link in the text cannot be clicked on {rules.title}", refused=False)
