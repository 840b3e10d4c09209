"""Assemble the parts of a draft into a text that fits the network, dropping the least important parts first, but not the link."""

import re
from bisect import bisect_left
from collections.abc import Iterator

import regex
from msgspec.structs import replace

from curator.core.brand import Brand
from curator.planning.post.limits import violations
from curator.planning.post.parts import PostParts

_LAYOUT = "{hook}\n\n{quote}\n{credit}\n\n{call}\n{more} {link}\n\n{hashtags}"
_LAYOUTS = {"quote": "{quote}\n{credit}\n\n{hook}\n\n{more} {link}\n\n{hashtags}"}
_BARE = "{hook}\n\n{link}"
_GRAPHEME = regex.compile(r"\X")
_BLANK_LINES = re.compile(r"\n{3,}")


def assemble(parts: PostParts, kind: str, network: str, brand: Brand, *, untagged_url: str) -> str:
    """Return the fullest text of the parts that fits the network.

    `untagged_url` replaces the tagged link where that leaves no room for anything else.
    """
    template = brand.drafts.get(network) or _LAYOUTS.get(kind, _LAYOUT)
    texts = (render(template, shorter, brand) for shorter in _shortened(parts, kind))
    return next((text for text in texts if text and _fits(text, network)), "") or _shortest(parts, network, brand, untagged_url)


def render(template: str, parts: PostParts, brand: Brand) -> str:
    """Fill the template with the parts, and close up the lines left empty."""
    filled = template.format(
        hook=parts.hook,
        quote=parts.quote,
        credit=parts.credit,
        call=parts.call,
        more=parts.more,
        link=parts.link,
        hashtags=" ".join(parts.hashtags),
        source=parts.source,
        author=parts.author,
        brand=brand.name,
    )
    return _BLANK_LINES.sub("\n\n", "\n".join(" ".join(row.split()) for row in filled.split("\n"))).strip()


def _shortened(parts: PostParts, kind: str) -> Iterator[PostParts]:
    """Yield the parts, then ever fewer of them.

    The quote is cut, then dropped; then the author, the hashtags from the last, the call, the link's label and the source. A post
    of the type "quote" drops its hook before its quote.
    """
    yield parts
    if parts.short_quote:
        yield replace(parts, quote=parts.short_quote)
    if kind == "quote" and parts.quote:
        yield from _without_details(replace(parts, hook=""))
    yield from _without_details(replace(parts, quote=""))


def _without_details(parts: PostParts) -> Iterator[PostParts]:
    yield parts
    yield (parts := replace(parts, author=""))
    for _ in parts.hashtags:
        yield (parts := replace(parts, hashtags=parts.hashtags[:-1]))
    yield (parts := replace(parts, call=""))
    yield (parts := replace(parts, more="" if parts.link else parts.more))
    yield replace(parts, source="")


def _shortest(parts: PostParts, network: str, brand: Brand, untagged_url: str) -> str:
    """Return as much of the hook as fits above the tagged link, else above the untagged one, else alone."""
    for link in (parts.link, untagged_url if parts.link else "", ""):
        texts = [render(_BARE, PostParts(hook=hook, link=link), brand) for hook in _cuts(parts.hook)]
        if found := bisect_left(texts, x=True, key=lambda text: not _fits(text, network)):
            return texts[found - 1]
    raise AssertionError("no text at all fits every network")


def _cuts(hook: str) -> list[str]:
    """Return the hook cut after ever more of its graphemes, between words where it has any: from "" to the whole."""
    ends = [match.end() for match in _GRAPHEME.finditer(hook)]
    return ["", *(_cut(hook, end) for end in ends[:-1]), hook]


def _cut(hook: str, end: int) -> str:
    start = hook[:end] if hook[end].isspace() else hook[:end].rpartition(" ")[0] or hook[:end]
    return f"{start.rstrip()}…"


def _fits(text: str, network: str) -> bool:
    return not any(v.rule in {"length", "bytes", "hashtags"} for v in violations(text, network))
