"""The parts laid out as a text that the network takes: what is least missed goes first, the link never."""

import re
from bisect import bisect_left
from collections.abc import Iterator

import regex
from msgspec.structs import replace

from curator.core.brand import Brand
from curator.planning.post.count import objections
from curator.planning.post.parts import Parts

_LAYOUT = "{hook}\n\n{quote}\n{credit}\n\n{call}\n{more} {link}\n\n{hashtags}"
_LAYOUTS = {"quote": "{quote}\n{credit}\n\n{hook}\n\n{more} {link}\n\n{hashtags}"}
_BARE = "{hook}\n\n{link}"
_GRAPHEME = regex.compile(r"\X")
_GAPS = re.compile(r"\n{3,}")


def fitted(parts: Parts, kind: str, network: str, brand: Brand, *, plain: str) -> str:
    """The fullest text of these parts that fits; `plain`: the untagged address, for when the tagged one leaves no room at all."""
    template = brand.drafts.get(network) or _LAYOUTS.get(kind, _LAYOUT)
    texts = (lay(template, fewer, brand) for fewer in _shorter(parts, kind))
    return next((text for text in texts if text and _fits(text, network)), "") or _least(parts, network, brand, plain)


def lay(template: str, parts: Parts, brand: Brand) -> str:
    """The template with the parts in their places; lines left empty close up."""
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
    return _GAPS.sub("\n\n", "\n".join(" ".join(row.split()) for row in filled.split("\n"))).strip()


def _shorter(parts: Parts, kind: str) -> Iterator[Parts]:
    """The same with ever less: the quote is cut, then goes; then the author, the hashtags from the last, the call, the label, the source.

    A quoting post would rather lose its hook than its quote.
    """
    yield parts
    if parts.brief:
        yield replace(parts, quote=parts.brief)
    if kind == "quote" and parts.quote:
        yield from _thinner(replace(parts, hook=""))
    yield from _thinner(replace(parts, quote=""))


def _thinner(parts: Parts) -> Iterator[Parts]:
    yield parts
    yield (parts := replace(parts, author=""))
    for _ in parts.hashtags:
        yield (parts := replace(parts, hashtags=parts.hashtags[:-1]))
    yield (parts := replace(parts, call=""))
    yield (parts := replace(parts, more="" if parts.link else parts.more))
    yield replace(parts, source="")


def _least(parts: Parts, network: str, brand: Brand, plain: str) -> str:
    """As much of the hook as fits above the link; the link without marks where there is no room for them; else the hook alone."""
    for link in (parts.link, plain if parts.link else "", ""):
        texts = [lay(_BARE, Parts(hook=hook, link=link), brand) for hook in _cuts(parts.hook)]
        if found := bisect_left(texts, x=True, key=lambda text: not _fits(text, network)):
            return texts[found - 1]
    raise AssertionError("no text at all fits every network")


def _cuts(hook: str) -> list[str]:
    """The hook cut after ever more of its signs, between words where it has any; first nothing, last all of it."""
    ends = [match.end() for match in _GRAPHEME.finditer(hook)]
    return ["", *(_cut(hook, end) for end in ends[:-1]), hook]


def _cut(hook: str, end: int) -> str:
    kept = hook[:end] if hook[end].isspace() else hook[:end].rpartition(" ")[0] or hook[:end]
    return f"{kept.rstrip()}…"


def _fits(text: str, network: str) -> bool:
    return not any(o.rule in {"length", "bytes", "hashtags"} for o in objections(text, network))
