"""What a draft is made of: the hook, a fair quotation, who said it, a call, hashtags."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

import regex
from msgspec import Struct

from curator.core.brand import Brand
from curator.core.item import Item
from curator.core.text.plain import contains, fold, line, word_count
from curator.planning.post.networks import Network

FAIR, BRIEF = 25, 12  # words of another's text: no more than the first; the second where room is short
_TITLE, _SENTENCE = 300, 1000  # characters
_LONGEST_TAG, _WORDS_IN_TAG = 30, 3
_INNER = str.maketrans('“”„«»「」"', "‘’‚‘’‘’'")
_WHOLE = regex.compile(r"""[“”„«»"]([^“”„«»"]*)[“”„«»"]""")
_BEFORE_OUTLET = (" | ", " – ", " — ", " - ", " · ", ": ")
_STUB = " ,;:、，；：-–—("
_PIECE = regex.compile(r"[^\s、，。；：！？]+[、，。；：！？]*\s*")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_TAG_SIGN = regex.compile(r"(?<!\w)[#＃](?=\w*[^\W\d])")


class Parts(Struct, frozen=True, kw_only=True):
    """The parts of one draft, "" for those it does without; `author` and `source` make its credit, `brief` is a shorter quote."""

    hook: str
    quote: str = ""
    brief: str = ""
    author: str = ""
    source: str = ""
    call: str = ""
    more: str = ""
    link: str = ""
    hashtags: tuple[str, ...] = ()

    @property
    def credit(self) -> str:
        """Who said what is quoted, or where the story was found."""
        named = ", ".join(filter(None, (self.author, self.source)))
        return f"{'—' if self.quote else 'via'} {named}" if named else ""


def gather(item: Item, evidence: str, topic: str, brand: Brand, network: Network, url: str, kind: str) -> Parts:
    """All parts that the item has for that network."""
    words = _words(brand.language)
    hook, quote, brief = _headline(item), quoted(evidence), quoted(evidence, BRIEF)
    if not hook or fold(quote.strip("“”…")) in fold(hook):
        hook, quote, brief = hook or quote or line(item.excerpt, _TITLE), "", ""
    before = f"{words['takeaway']} " if kind == "education" else ""
    return Parts(
        hook=hook,
        quote=quote and f"{before}{quote}",
        brief=brief and f"{before}{brief}",
        author=_author(item),
        source=line(item.source.title, 60),
        call={"soft-selling": words["soft"], "hard-selling": words["hard"].format(brand=brand.name)}.get(kind, ""),
        more=words["more"] if network.clickable else words["bio"],
        link=url if network.clickable else "",
        hashtags=tuple(_hashtags(item, evidence, topic, brand))[: network.tags],
    )


def quoted(sentence: str, words: int = FAIR) -> str:
    """The sentence in quotation marks, cut between words where it has more than so many; "" where it cannot be cut so."""
    said = _untagged(line(sentence, _SENTENCE))
    whole = _WHOLE.fullmatch(said)
    bare = (whole[1] if whole else said).strip().translate(_INNER)
    taken = bare if word_count(bare) <= words else _beginning(bare, words)
    return f"“{taken}”" if _WORD.search(taken) else ""


def hashtag(phrase: str) -> str:
    """The words of a phrase as one tag, "petani kopi" as #PetaniKopi; "" where they make none."""
    words = _WORD.findall(phrase)
    tag = "".join(word if word.isupper() else word[:1].upper() + word[1:] for word in words)
    fits = 0 < len(words) <= _WORDS_IN_TAG and len(tag) <= _LONGEST_TAG and not tag.isdigit()
    return f"#{tag}" if fits else ""


def _beginning(sentence: str, words: int) -> str:
    taken = ""
    for piece in _PIECE.findall(sentence):
        if word_count(taken + piece) > words:
            break
        taken += piece
    return f"{taken.rstrip(_STUB)}…" if taken.rstrip(_STUB) else ""


def _headline(item: Item) -> str:
    """The title without the name of the outlet that many sites put behind it."""
    title = line(item.title, _TITLE)
    for sign in _BEFORE_OUTLET:
        before, _, after = title.rpartition(sign)
        if before.strip() and fold(after) == fold(item.source.title):
            return _untagged(before.strip())
    return _untagged(title)


def _untagged(text: str) -> str:
    """Another's hashtags are words: what is tagged is ours to say."""
    return _TAG_SIGN.sub("", text)


def _author(item: Item) -> str:
    author = line(item.author, 60)
    return "" if "@" in author or fold(author) == fold(item.source.title) else author


def _hashtags(item: Item, evidence: str, topic: str, brand: Brand) -> Iterator[str]:
    """The best first: keywords the item names, its own tags, the topic; no tag twice."""
    told = fold(f"{item.title} {evidence}")
    keywords = [word for t in brand.topics if t.name == topic for word in t.keywords if contains(told, word)]
    seen: set[str] = set()
    for tag in map(hashtag, [*keywords, *item.tags, topic]):
        if tag and tag.casefold() not in seen:
            seen.add(tag.casefold())
            yield tag


@cache
def _all_words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((resources.files("curator.planning.post") / "words.toml").read_text("utf-8"))


def _words(language: str) -> Mapping[str, str]:
    return _all_words().get(language) or _all_words()["en"]
