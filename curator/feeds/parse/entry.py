"""One entry, from what a feed says to what is kept: plain words, safe absolute links, dates in UTC, an image if there is one."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from curator.core.feed import Entry, Media
from curator.core.text import plain as text_plain
from curator.core.text import urls
from curator.feeds import pictures
from curator.feeds.parse import written
from curator.feeds.parse.draft import RawEntry
from curator.feeds.parse.times import EntryTimes

_SUMMARY, _MARKUP, _ID = 5_000, 16_000, 500  # characters
_BOILERPLATE = re.compile(
    r"(?:the post|artikel|tulisan|pos(?:tingan)?) .{1,400} "
    r"(?:appeared first on|(?:muncul |tampil )?pertama kali (?:muncul |tampil )?(?:di|pada)) .{1,200}"
    r"|(?:read|lihat|see) (?:more|the rest|all)\b.{0,80}|continue reading\b.{0,200}|baca (?:juga|selengkapnya|lebih lanjut)\b.{0,200}"
    r"|comments?|komentar|submitted by\b.{0,100}|(?:\[(?:link|comments)\]\s*)+|\[?(?:…|\.\.\.)\]?",
    re.I,
)
# What generators write where they have nothing.
_NOTHING = re.compile(r"\W*+(?:n/?a|nan|none|null|nil|undefined|unknown|false|true|tidak ada|kosong)?\W*", re.I)
_HOST_FIRST = re.compile(r"www\.[\w-]+\.", re.I)  # an address whose scheme was forgotten
_MAILBOX = re.compile(r"\S+@\S+\s*\(([^()]+)\)|([^<>]+?)\s*<\S+@\S+>")


def finish(draft: RawEntry, times: EntryTimes, bases: Sequence[str]) -> Entry:
    """Return the cleaned entry. `bases`: addresses against which relative links may resolve, the likeliest first."""
    said = next(_absolute(draft.links, bases), "")
    link = _page(draft, said, bases)
    title, summary = headline(draft.title), _summary(draft)
    return Entry(
        id=_id(draft.id) or link or _hash(f"{title}\n{summary}"),
        link=link,
        feed_link="" if said == link else said,
        title=title,
        author=_author(draft.author),
        outlet=words(draft.outlet, 100),
        published=times.published,
        updated=times.updated,
        summary=summary,
        image=_image(draft, bases),
        media=tuple(_media(draft, bases)),
        tags=tuple(dict.fromkeys(filter(None, (words(tag, 80) for tag in draft.tags[:40]))))[:20],
    )


def headline(markup: str) -> str:
    """Return a title as one line of plain text, in which elements that it names are words."""
    return words(written.with_named_tags(_head(markup, 2_400)))


def words(markup: str, limit: int = 300) -> str:
    """Return one line of plain text from what may be markup."""
    head = _head(markup, limit * 8)
    return text_plain.line(text_plain.plain(head) if "<" in head or "&" in head else head, limit)


def _head(markup: str, limit: int) -> str:
    """Return the first `limit` characters, not ending within a tag."""
    head = markup[:limit]
    return head[: head.rfind("<")] if len(head) < len(markup) and head.rfind("<") > head.rfind(">") else head


def _summary(draft: RawEntry) -> str:
    """Return the longest text of the entry, of a post that is one picture the words that stand for it.

    Text is never longer than its markup, so most candidates need no cleaning.
    """
    fullest = ""
    for markup in sorted(draft.texts, key=len, reverse=True):
        if len(markup) > len(fullest):
            fullest = max(fullest, _without_boilerplate(markup), key=len)
    return fullest or next(
        (words(written.text(alt), 1_000) for markup in draft.texts if (alt := pictures.alternative(_head(markup, _MARKUP)))), ""
    )


def _without_boilerplate(markup: str) -> str:
    """Return the text without the lines that every entry of a feed has."""
    lines = text_plain.plain(_head(markup, _MARKUP)).split("\n")
    told = "\n".join(line for line in lines if not _BOILERPLATE.fullmatch(line))
    return told if len(told) <= _SUMMARY else told[: _SUMMARY - 1].rsplit(None, 1)[0] + "…"


def _author(name: str) -> str:
    """Return a person's name without the mail address that RSS puts beside it."""
    plain = words(name, 200)
    found = _MAILBOX.fullmatch(plain)
    return (found[1] or found[2]).strip() if found else plain


def _id(said: str) -> str:
    flat = " ".join(text_plain.clean(said).split())
    if _NOTHING.fullmatch(flat):
        return ""
    return flat if len(flat) <= _ID else _hash(flat)


def _hash(flat: str) -> str:
    return "hash:" + hashlib.blake2b(flat.encode("utf-8", "replace"), digest_size=12).hexdigest()


def _page(draft: RawEntry, link: str, bases: Sequence[str]) -> str:
    """Return the address of the page: a distributor names it apart, or it is the link; a distributor's where there is no other."""
    if original := next(_absolute(draft.originals, bases), ""):
        return original
    if not urls.is_distributed(link):
        return urls.unwrapped(link)
    attached = {url for url, _, _ in draft.media}
    pages = _absolute((each for each in draft.links if each not in attached), bases)
    return next((page for page in pages if not urls.is_distributed(page)), link)


def _absolute(links: Iterable[str], bases: Sequence[str]) -> Iterator[str]:
    for link in links:
        if link.startswith("#") or _NOTHING.fullmatch(link):
            continue
        href = link.replace("&amp;", "&")
        href = f"https://{href}" if _HOST_FIRST.match(href) else href
        yield from (found for base in (*bases[:2], "") if (found := urls.web(href, base)))


def _media(draft: RawEntry, bases: Sequence[str]) -> Iterator[Media]:
    seen = set()
    for url, kind, length in draft.media[:20]:
        address = next(_absolute([url], bases), "")
        if address and address not in seen:
            seen.add(address)
            yield Media(
                url=address, type=text_plain.line(kind, 80).lower(), length=int(length) if re.fullmatch(r"\d{1,15}", length) else None
            )


def _image(draft: RawEntry, bases: Sequence[str]) -> str:
    """Return the picture that the entry names, else the first in its text."""
    found = chain(draft.images, *(pictures.in_markup(_head(markup, _MARKUP)) for markup in draft.texts))
    return next(_absolute(pictures.fittest(found), [draft.base, *bases] if draft.base else bases), "")
