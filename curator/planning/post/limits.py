"""Measure a text as a network does, and check it against the rules of the network."""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Literal

import regex
from msgspec import Struct

from curator.planning.post import links, networks
from curator.planning.post.networks import NetworkRules, Unit

# One pictograph as a reader sees it: flags, keycaps, families joined by ZWJ. © and ® are letters until U+FE0F makes them pictures.
_PICTOGRAPH = r"(?![©®](?!\ufe0f))\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?(?:[\U000e0020-\U000e007e]+\U000e007f)?"
_EMOJI = regex.compile(rf"\p{{Regional_Indicator}}{{2}}|[#*0-9]\ufe0f?\u20e3|{_PICTOGRAPH}(?:\u200d{_PICTOGRAPH})*")
_LIGHT = regex.compile(r"[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
_GRAPHEME = regex.compile(r"\X")
_MENTION = regex.compile(r"(?<![\w/])(@\w+(?:[\w.-]+\w+)?)@[\w.-]+\w")
_HASHTAG = regex.compile(r"(?<![\w&/])[#＃](?=\w*[^\W\d])\w+")
_EMOJI_WEIGHT = 2

Rule = Literal["length", "bytes", "hashtags", "media", "links", "empty"]


class Violation(Struct, frozen=True, kw_only=True):
    """A rule of a network that a post breaks. `over`: by how many; `blocking`: whether the network refuses the post for it."""

    rule: Rule
    text: str
    over: int = 0
    blocking: bool = True


def length(text: str, network: str) -> int:
    """Return the length of the text in the unit of the network."""
    return _length(text, networks.rules(network))


def limit(network: str) -> int:
    """Return the length that a text may have on the network."""
    return networks.rules(network).limit


def violations(text: str, network: str, *, has_media: bool = False) -> tuple[Violation, ...]:
    """Return the rules of the network that the text breaks. `has_media`: whether a picture goes with it."""
    rules = networks.rules(network)
    checks = (
        _check_empty(text),
        _check_length(text, rules),
        _check_bytes(text, rules),
        _check_hashtags(text, rules),
        _check_media(rules, has_media),
        _check_links(text, rules),
    )
    return tuple(violation for violation in checks if violation)


def _length(text: str, rules: NetworkRules) -> int:
    counted = unicodedata.normalize("NFC", text) if rules.unit == "weighted" else text
    spans = links.spans(counted, bare=rules.counts_bare_links) if rules.link_length else []
    for start, end in reversed(spans):
        counted = counted[:start] + "\0" * (rules.link_length or 0) + counted[end:]
    if rules.mentions == "local":
        counted = _MENTION.sub(r"\1", counted)
    return _UNITS[rules.unit](counted)


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


def _check_empty(text: str) -> Violation | None:
    return None if text.strip() else Violation(rule="empty", text="there is no text")


def _check_length(text: str, rules: NetworkRules) -> Violation | None:
    over = _length(text, rules) - rules.limit
    if over <= 0:
        return None
    return Violation(rule="length", over=over, text=f"{over:,} too many: {rules.title} takes {rules.limit:,}")


def _check_bytes(text: str, rules: NetworkRules) -> Violation | None:
    over = len(text.encode("utf-8", "surrogatepass")) - rules.max_bytes if rules.max_bytes else 0
    if over <= 0:
        return None
    return Violation(rule="bytes", over=over, text=f"{over:,} bytes too many: {rules.title} takes {rules.max_bytes:,}")


def _check_hashtags(text: str, rules: NetworkRules) -> Violation | None:
    over = len(_HASHTAG.findall(text)) - rules.max_hashtags if rules.max_hashtags is not None else 0
    if over <= 0:
        return None
    return Violation(rule="hashtags", over=over, text=f"{over} hashtags too many: {rules.title} takes {rules.max_hashtags}")


def _check_media(rules: NetworkRules, has_media: bool) -> Violation | None:
    if has_media or not rules.needs_media:
        return None
    return Violation(rule="media", text=f"{rules.title} wants a picture or a video with it")


def _check_links(text: str, rules: NetworkRules) -> Violation | None:
    if rules.clickable or not links.spans(text, bare=False):
        return None
    return Violation(rule="links", text=f"a link in the text cannot be clicked on {rules.title}", blocking=False)
