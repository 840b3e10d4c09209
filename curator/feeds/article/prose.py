"""Correct an extracted text by the structure of its page: remove text from outside the article, restore lost paragraphs.

The element that holds the article is found as in Readability: paragraphs vote for the elements around them.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise, takewhile

from curator.core.text.plain import word_count
from curator.feeds.article.blocks import HEADINGS, TEXTUAL, Block, Element, blocks, letters

_NOT_THE_STORY = re.compile(
    r"caption|related|terkait|baca-?juga|promo|newsletter|share|sosmed|tags?\b|comment|komentar|disclaimer|copyright|credit|author|byline",
    re.I,
)
_LISTS = {"ul", "ol"}
_SENTENCE_END = re.compile(r"[.!?…。！？।؟:][\"”’»)\]]*$")
_SHARES = (1, 1, 0.5, 0.33, 0.25)  # of a paragraph's vote, for itself, its parent, and so on
_LONG = 40  # letters from which on a block is recognised anywhere in the text
_NEAR = 120  # letters within which a short block must follow the one before it
_QUESTION = 200  # letters of the longest question that an answer follows
_MOST_BLOCKS = 10_000


def reread(root: Element, first: Sequence[str], title: str, description: str) -> list[str]:
    """Return the extractor's lines without those from outside the article, and with the paragraphs it lost.

    `root`: the page's body. `first`: the extractor's paragraphs. `title`, `description`: of the page's metadata.
    Where the extractor took something else for the article, such as a list of other articles, the prose of the page is returned.
    """
    page = blocks(root)[:_MOST_BLOCKS]
    spans = _lay(page, first)
    prose = [b for b in page if b.prose]
    read = [b for b in prose if b.at >= 0]
    bed = _bed(prose)
    if bed is None:
        return list(first)
    inside = set(bed.iter())
    lying = [b for b in prose if b.owner in inside]
    if _missed(lying, read, f"{title} {description}"):
        return [b.text for b in page if b.owner in inside and b.links < 0.6 * len(b.text)]
    for block in _above_headline(page[: page.index(lying[0])], letters(title)):
        block.beside = True
    read = [b for b in read if not b.beside]
    if _size(read) < 200:
        return list(first)
    while bed.getparent() is not None and _size(b for b in read if b.owner in inside) < 0.7 * _size(read):
        bed = bed.getparent()
        inside = set(bed.iter())
    story = [b for b in read if b.owner in inside]
    return _woven(
        first,
        spans,
        _astray(page, spans, story, inside, sum(map(len, first))),
        _lost(page, story, letters("".join(first)), letters(description)),
    )


def _size(some: Iterable[Block]) -> int:
    return sum(len(b.text) for b in some)


def _lay(page: Sequence[Block], lines: Sequence[str]) -> list[tuple[int, int]]:
    """Find the blocks in the lines and set their `at` and `end`; return the start and end of each line. All count letters.

    Long blocks are matched first, as the longest chain in the same order on both sides; short ones only between their neighbours.
    """
    spans, whole = [], ""
    for line in lines:
        start = len(whole)
        whole += letters(line)
        spans.append((start, len(whole)))
    places = [(b, *place) for b in page if len(b.key) >= _LONG and (place := _place(b.key, whole))]
    for block, at, end in _rising(places):
        block.at, block.end = at, end
    until, limits = len(whole), []
    for block in reversed(page):
        limits.append(until)
        until = block.at if block.at >= 0 else until
    last = 0
    for block, limit in zip(page, reversed(limits), strict=True):
        if block.at < 0 and 0 < len(block.key) < _LONG:
            at = whole.find(block.key, last, min(limit, last + _NEAR))
            block.at, block.end = (at, at + len(block.key)) if at >= 0 else (-1, -1)
        last = max(last, block.end)
    return spans


def _place(key: str, whole: str) -> tuple[int, int] | None:
    """Return the start and end of a long block in a text: of all of it, or of two of its beginning, middle and end, close together."""
    at = whole.find(key)
    if at >= 0:
        return at, at + len(key)
    middle = len(key) // 2 - 15
    hits = [at for part in (key[:30], key[middle : middle + 30], key[-30:]) if (at := whole.find(part)) >= 0]
    if len(hits) < 2 or max(hits) + 30 - min(hits) > 1.3 * len(key):
        return None
    return min(hits), max(hits) + 30


def _rising(places: Sequence[tuple[Block, int, int]]) -> list[tuple[Block, int, int]]:
    """Return the longest subsequence with increasing start positions (patience sorting)."""
    tops: list[int] = []
    holders: list[int] = []
    before = [-1] * len(places)
    for i, (_, at, _) in enumerate(places):
        pile = bisect_left(tops, at)
        before[i] = holders[pile - 1] if pile else -1
        tops[pile : pile + 1], holders[pile : pile + 1] = [at], [i]
    chain, i = [], holders[-1] if holders else -1
    while i >= 0:
        chain.append(places[i])
        i = before[i]
    return chain[::-1]


def _bed(prose: Iterable[Block]) -> Element | None:
    """Return the element whose near descendants hold the most long paragraphs without links."""
    votes: dict[Element, float] = defaultdict(float)
    for block in prose:
        element, weight = block.owner, float(len(block.text) - block.links - 40)
        for share in _SHARES if element.tag in TEXTUAL else _SHARES[1:]:
            if element is None:
                break
            votes[element] += weight * share
            element = element.getparent()
    return max(votes, key=lambda e: votes[e], default=None)


def _missed(lying: Sequence[Block], read: Sequence[Block], topic: str) -> bool:
    """Whether the extractor read other text than the `lying` blocks, and those are about the page's topic."""
    here, there = _size(lying), _size(read)
    seen = _size(b for b in lying if b.at >= 0)
    elsewhere = (seen < 0.5 * there or not there) and there < here
    if here < 300 or seen >= 0.5 * here or not (elsewhere or there < 0.25 * here):
        return False
    return _aboutness(lying, topic) >= 0.6 * _aboutness(read, topic)


def _aboutness(some: Sequence[Block], topic: str) -> float:
    """Return the share of the text in blocks that contain a long word of the topic."""
    words = set(re.findall(r"\w{5,}", topic.lower()))
    return _size(b for b in some if not words.isdisjoint(re.findall(r"\w{5,}", b.text.lower()))) / max(_size(some), 1)


def _astray(page: Sequence[Block], spans: Sequence[tuple[int, int]], story: Sequence[Block], inside: set[Element], length: int) -> set[int]:
    """Return the numbers of the lines outside the article: text after it in other elements, labels and rows of links around it."""
    begin, finish = min(b.at for b in story), max(b.end for b in story)
    solid = _size(story) >= 0.8 * length
    laid = sorted((b for b in page if b.at >= 0), key=lambda b: b.at)
    places = [b.at for b in laid]
    dropped, linked = set(), set()
    for n, (start, end) in enumerate(spans):
        under = [b for b in laid[max(bisect_left(places, start) - 1, 0) : bisect_left(places, end)] if b.end > start]
        if not under or (begin < end and start < finish):
            continue
        label = all(b.beside for b in under) or (solid and not any(_is_sentence(b) for b in under))
        if not any(b.owner in inside for b in under) and (start >= finish or label):
            dropped.add(n)
        elif solid and not any(b.prose or b.owner.tag in HEADINGS for b in under) and sum(b.links for b in under) > 0.5 * _size(under):
            linked.add(n)
    return dropped | {n for n in linked if n - 1 in linked or n + 1 in linked}


def _above_headline(before: Sequence[Block], title: str) -> Sequence[Block]:
    """Return the blocks above the last heading that repeats the title: no article begins above its own headline."""
    same = (i for i, b in enumerate(before) if b.owner.tag in HEADINGS and len(b.key) > 20 and (b.key in title or title in b.key))
    return before[: max(same, default=0)]


def _is_sentence(block: Block) -> bool:
    """Whether a block is a sentence rather than a label, even as a heading: the standfirst of an article."""
    return block.links < 0.4 * len(block.text) and word_count(block.text) >= 8


def _lost(page: Sequence[Block], story: Sequence[Block], whole: str, lead: str) -> list[tuple[int, str]]:
    """Return the paragraphs that the extractor lost: among those of the article, right before them, or the page's `lead`.

    Questions that are answered after the article are part of it.
    Each comes with its position in `whole`, all letters that were extracted, in order.
    """
    containers = {b.container() for b in story} | {b.owner for b in story if b.owner.tag not in TEXTUAL}
    first, last = page.index(story[0]), page.index(story[-1])

    def lost(block: Block) -> bool:
        return block.at < 0 and block.key not in whole and not containers.isdisjoint(_homes(block))

    found, place = [], story[-1].at
    for block in reversed(page[first:last]):
        if block.at >= 0:
            place = block.at
        elif lost(block) and (_paragraph(block) or _is_heading(block)):
            found.append((place, block))
    before = page[:first][::-1]
    opening = list(takewhile(lambda b: b.at >= 0 or (lost(b) and (_paragraph(b) or _is_heading(b))), before))
    while opening and _is_heading(opening[-1]):
        opening.pop()
    if all(b.at >= 0 for b in opening) and len(lead) >= _LONG and lead[:60] not in whole:
        opening = [
            b for b in before if b.at < 0 and _is_sentence(b) and b.owner.tag != "h1" and (lead[:60] in b.key or b.key[:60] in lead)
        ][:1]
    found += [(story[0].at, b) for b in opening if b.at < 0]
    answers = _answers([b for b in page[last + 1 :] if b.at < 0], whole)
    return [*((at, b.text) for at, b in reversed(found)), *((len(whole), b.text) for b in answers)]


def _answers(after: Sequence[Block], whole: str) -> list[Block]:
    """Return the longest run of questions and answers among the blocks after the story, where it has two questions or more.

    Its questions look alike, and unlike the answers: in comments, readers ask and answer in the same kind of paragraph.
    """
    asked = [(n, q, a) for n, (q, a) in enumerate(pairwise(after)) if _is_question(q) and _paragraph(a) and _form(q) != _form(a)]
    pairs = enumerate((n, q, a) for n, q, a in asked if a.key not in whole)
    runs = [list(run) for _, run in groupby(pairs, key=lambda pair: (pair[1][0] - 2 * pair[0], _form(pair[1][1])))]
    longest = max(runs, key=len, default=[])
    return [block for _, (_, *both) in longest for block in both] if len(longest) > 1 else []


def _form(block: Block) -> tuple[str, str, str]:
    """Return the tag and class of the block's own element and the class of the one around it."""
    around = block.container()
    return block.owner.tag, block.owner.get("class") or "", "" if around is None else around.get("class") or ""


def _is_question(block: Block) -> bool:
    return block.text.endswith(("?", "？")) and not block.links and not block.beside and len(block.text) < _QUESTION


def _homes(block: Block) -> list[Element]:
    """Return the block's own element and the one around it; for an item of a list also the one that the list is a part of."""
    around = block.container()
    homes = [block.owner, around]
    while block.owner.tag == "li" and around is not None and (around.tag in _LISTS or len(around) == 1):
        around = around.getparent()
        homes.append(around)
    return homes


def _is_heading(block: Block) -> bool:
    return block.owner.tag in HEADINGS and block.owner.tag != "h1" and block.links < 0.3 * len(block.text)


def _paragraph(block: Block) -> bool:
    around = [block.owner, *list(block.owner.iterancestors())[:3]]
    named = " ".join(f"{e.get('class') or ''} {e.get('id') or ''}" for e in around)
    return block.prose and bool(_SENTENCE_END.search(block.text)) and not _NOT_THE_STORY.search(named)


def _woven(lines: Sequence[str], spans: Sequence[tuple[int, int]], dropped: set[int], found: list[tuple[int, str]]) -> list[str]:
    woven: list[str] = []
    for n, (line, (_, end)) in enumerate(zip(lines, spans, strict=True)):
        while found and found[0][0] < end:
            woven.append(found.pop(0)[1])
        if n not in dropped:
            woven.append(line)
    return [*woven, *(text for _, text in found)]
