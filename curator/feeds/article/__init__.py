"""Extract the article of a page: its text without navigation and other boilerplate, its title, authors and date.

trafilatura extracts first, `prose` corrects the result, and the page's structured data fills in what both miss. Runs in
a worker process that can be killed, never in a thread: a hostile page can keep any parser busy for minutes, and trafilatura
is not thread-safe.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from msgspec import Struct

from curator.core.errors import Unreadable
from curator.core.feed import Article
from curator.core.text import charset, language, openings
from curator.core.text.plain import clean, word_count
from curator.feeds.article import byline, outlinks
from curator.feeds.article.blocks import (
    Element,
    has_more_blocks,
    letters,
    open_accordions,
    open_layout_tables,
    prune_asides,
    prune_link_lists,
)
from curator.feeds.article.pager import Onward, onward
from curator.feeds.article.prose import reread

_LONGEST = 200_000  # characters of text kept
_NEAR = 5  # lines within which the same words are a caption, not a refrain
_MOST_ELEMENTS = 20_000
_MOST_COMPARED = 3_000  # blocks of a page on which several extractors are asked
_LEAST_WORDS = 10
_WALL_WORDS = 60  # a shorter text that asks for consent or a password is no article
_FILE = re.compile(rb"%PDF|\x89PNG|\xff\xd8\xff|GIF8|PK\x03\x04|\x1f\x8b|RIFF|OggS|ID3|\x7fELF|wOF|.{4}ftyp", re.S)
_FEED = re.compile(r"<(?:rss|feed|rdf:RDF)\b")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_OVERLONG = re.compile(r"<([a-z]\w*)\s[^<>]{10000,}>?", re.I)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_JUNK = re.compile("[\x00-\x08\x0e-\x1a\ufffd]")


def _any_of(*patterns: str, whole: bool = False) -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{'|'.join(patterns)})" + (r"?\W*" if whole else ""), re.I)


# Pointers to other pages, advertisements, requests to subscribe, and credits, in the languages that brands read most.
_ELSEWHERE = _any_of(
    r"(?:baca|simak|lihat|tonton|saksikan|dengarkan|cek)\s*(?:juga|pula|selengkapnya|lainnya|artikel|berita|video|foto|:)",
    r"(?:artikel|berita|video|baca|bacaan)\s+(?:terkait|lainnya|populer|menarik)",
    r"pilihan\s+(?:editor|redaksi)",
    r"(?:baca|simak|lihat|tonton)\b.{1,40}\b(?:lainnya|selengkapnya)\W*$",
    r"(?:simak|ikuti|dapatkan)\b.{0,60}\b(?:berita|update|informasi|kami)\b.{0,90}\b(?:google news|whatsapp|telegram|saluran|channel)",
    r"(?:read|see|watch|listen)\s+(?:also|more|next)\s*(?:\W|$|on\b|about\b|here\b)",
    r"also\s+read\b|read\s*:|related(?:\s+(?:articles?|stories|news|posts?|topics?))?\s*:",
    r"follow us\b|newsletters?\s*:|(?:subscribe|sign up)\b.{0,60}\bnewsletters?\b",
    r"mehr zum thema|lesen sie auch|lire aussi|lea también|leia também|leggi anche|lees ook|czytaj (?:też|także)|читайте также",
)
_FILLER = _any_of(
    r"advertisements?|iklan|gambas:.*|\d* ?komentar|bagikan|share(?: this)?(?: article)?|tags?|loading|(?:halaman|page)\W+[\d\W]+",
    r"scroll (?:to|down to|ke bawah untuk) (?:continue|resume|lanjut|melanjutkan|membaca).*",
    r"(?:lanjutkan|gulir)\b.{0,40}(?:membaca|bawah|konten).*|(?:advertisement\b.{0,20})?(?:article|story) continues (?:below|after).*",
    r"(?:(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu)\W+)?\d{1,2}[\s/-]\w{1,9}[\s/-]\d{4}.{0,20}",
    whole=True,
)
_CREDIT = _any_of(
    r"(?:editor|penulis|pewarta|reporter|uploader|redaktur|penyunting|fotografer|sumber|source)s?\s*:",
    r"copyright\b|hak cipta\b|(?<=©)",
)
_WALL = re.compile(
    r"(?:use|accept|allow|memakai|menggunakan|menerima|setujui)\W+(?:\w+\W+){0,3}cookies?\b|cookies? (?:policy|settings|consent)"
    r"|(?:enable|aktifkan|turn on) javascript|javascript (?:is|must be|harus)|captcha|you are (?:a )?human|checking your browser"
    r"|access denied|just a moment|(?:log|sign) ?in to (?:read|continue|view)|subscribe to (?:read|continue)"
    r"|(?:masuk|login|berlangganan) untuk (?:membaca|melanjutkan)",
    re.I,
)


class Reading(Struct, frozen=True, kw_only=True):
    """What one page holds of an article, and where it goes on."""

    article: Article
    onward: Onward


def extract(body: bytes, *, url: str, content_type: str = "") -> Article:
    """Return the article in the bytes of a page.

    `url`: the address of the page, "" for a file. `content_type`: the Content-Type header, for its charset.
    Raises Unreadable for another kind of file, a consent or login wall, and a page without text.
    """
    return read(body, url=url, content_type=content_type).article


def read(body: bytes, *, url: str, content_type: str = "", first: str = "") -> Reading:
    """Return the article in the bytes of a page as `extract` does, and where it goes on.

    `first`: the address where the article begins, "" for this page.
    """
    root = _parsed(_decoded(body, content_type), url)
    further = onward(root, url, first or url)
    return Reading(article=_article(root, url), onward=further)


def _article(root: Element, url: str) -> Article:
    meta = byline.read(root, url)
    page = root.find("body")
    page = root if page is None else page
    prune_asides(page)
    open_layout_tables(page)
    prune_link_lists(page)
    links = outlinks.found(page, url)
    first = _lines(_read(root, url)[:_LONGEST])
    open_accordions(page)
    again = _lines("\n".join(reread(page, first, meta.title, meta.description)))
    fuller = _fuller(again, _lines(meta.body[:_LONGEST]))
    if len(meta.scripted) > sum(map(len, fuller)):  # scripts hold teasers and shortened versions too
        fuller = _fuller(fuller, _lines(meta.scripted[:_LONGEST]))
    headings = letters(" ".join((meta.title, *("".join(h.itertext()) for h in islice(page.iter("h1"), 5)))))
    story = list(_story(fuller, headings, meta.author))
    if word_count("\n".join(story)[:2000]) < _LEAST_WORDS:
        raise Unreadable("has no text to read")
    text = "\n".join(openings.without_labels(story))[:_LONGEST].strip()
    if word_count(text[:2000]) < _WALL_WORDS and _WALL.search(text):
        raise Unreadable("shows a wall (consent, login or a check for robots) instead of an article")
    return Article(
        url=url,
        title=meta.title,
        author=meta.author,
        published=meta.published,
        lang=language.detect(text, meta.lang),
        sitename=meta.sitename,
        image=meta.image,
        canonical=meta.canonical,
        text=text,
        words=word_count(text),
        links=outlinks.within(links, text),
    )


# --- from bytes to a tree ---------------------------------------------------------------------------------------


def _decoded(body: bytes, content_type: str) -> str:
    kind = content_type.partition(";")[0].strip().lower()
    if _FILE.match(body) or (kind and "html" not in kind and kind not in ("text/plain", "application/xml", "text/xml")):
        raise Unreadable("is not a web page but a file of another kind")
    if not _CHARSET.search(content_type.encode("ascii", "ignore")) and (meta := _CHARSET.search(body[:4096])):
        content_type = f"{content_type}; {meta[0].decode('ascii', 'ignore')}"
    return charset.utf8(body, content_type)[0].decode("utf-8", "replace")


def _parsed(page: str, url: str) -> Element:
    from lxml import etree, html

    head = page[:2000]
    if _FEED.search(head):
        raise Unreadable("is a feed, not an article", f"curator feeds check {url}" if url else "")
    if not head.strip() or "<" not in page or len(_JUNK.findall(head)) > len(head) // 10:
        raise Unreadable("is not a web page: there is nothing in it to read")
    page = _OVERLONG.sub(r"<\1>", _CONTROLS.sub("", page))  # a hundred thousand attributes of one tag take libxml2 minutes
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        root = html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except etree.LxmlError as error:
        raise Unreadable("is not a web page: there is nothing in it to read") from error
    if sum(1 for _ in islice(root.iter(), _MOST_ELEMENTS)) == _MOST_ELEMENTS:
        raise Unreadable("has too many elements to be an article")
    return root


# --- from two extractions to the text ------------------------------------------------------------------------------


def _read(root: Element, url: str) -> str:
    """Return the text that trafilatura finds.

    It asks readability and justext too, except on pages of very many blocks: justext compares each short block with all those
    around it, which takes seven seconds for 9,000 headings and half a minute for 20,000.
    """
    from trafilatura import bare_extraction

    found: Any = bare_extraction(root, url=url or None, include_comments=False, fast=has_more_blocks(root, _MOST_COMPARED))
    return (found.text or "") if found else ""


def _lines(text: str) -> list[str]:
    return [flat for each in clean(text).split("\n") if (flat := " ".join(each.split()))]


def _fuller(extracted: Sequence[str], structured: Sequence[str]) -> Sequence[str]:
    """Return the text of the structured data if most of it is missing from the extracted text, or lost its line breaks there.

    It is missing where the page is built by scripts or cut off by a wall.
    """
    seen = letters("".join(extracted))
    missing = sum(len(each) for each in structured if letters(each)[:60] not in seen)
    ran_together = len(structured) > len(extracted) and seen in letters("".join(structured))
    return structured if ran_together or (missing > 500 and 2 * missing > sum(map(len, structured))) else extracted


def _story(lines: Sequence[str], headings: str, author: str) -> Iterator[str]:
    """Yield the lines of the article without filler, repetitions, its own headings and the credits around it.

    `headings`: the letters of its title and of the page's h1 elements.
    """
    kept = deque(each for each in _without_pointers(lines) if not (_FILLER.fullmatch(each) or openings.is_photo_credit(each)))
    for end, drop in ((0, kept.popleft), (-1, kept.pop)):
        while kept and _is_credit(kept[end], author):
            drop()
    recent: deque[str] = deque(maxlen=_NEAR)
    for number, each in enumerate(kept):
        key = letters(each)
        over = number < 3 and ((key in headings and len(key) > 20) or _is_credit(each, author))
        if not over and not (len(key) >= 60 and any(key in near for near in recent)):
            recent.append(key)
            yield each


def _without_pointers(lines: Sequence[str]) -> Iterator[str]:
    """Drop the pointers to other pages, and after a bare "Baca juga:" the headlines that follow it."""
    listing = False
    for each in lines:
        pointer = len(each) < 300 and bool(_ELSEWHERE.match(each))
        listing = (pointer and each.endswith(":")) or (listing and not pointer and len(each) < 150 and each[-1] not in '.!?”"')
        if not pointer and not listing:
            yield each


def _is_credit(each: str, author: str) -> bool:
    """Whether a line is a credit, or holds hardly more than the names of the authors."""
    if len(each) > 120 or _CREDIT.match(each):
        return len(each) <= 120
    rest = key = letters(each)
    for name in author.split(","):
        rest = rest.replace(letters(name), "")
    return len(rest) <= 8 and rest != key
