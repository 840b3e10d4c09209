"""The parts of a draft: hook, quotation, credit, call to action, link and hashtags."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

import regex
from msgspec import Struct

from curator.core.brand import Brand
from curator.core.item import Item
from curator.core.text.plain import contains, fold, line, word_count
from curator.planning.post.networks import NetworkRules

# Words of a quotation: the most that is fair to take of another's text, and fewer where room is short.
MAX_QUOTE, SHORT_QUOTE = 25, 12
_TITLE, _SENTENCE = 300, 1000  # characters
_LONGEST_TAG, _WORDS_IN_TAG = 30, 3
_INNER_QUOTES = str.maketrans('“”„«»「」"', "‘’‚‘’‘’'")
_QUOTATION = regex.compile(r"""[“”„«»"]([^“”„«»"]*)[“”„«»"]""")
_BEFORE_OUTLET = (" | ", " – ", " — ", " - ", " · ", ": ")
_LOOSE_END = " ,;:、，；：-–—("
_PIECE = regex.compile(r"[^\s、，。；：！？]+[、，。；：！？]*\s*")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_TAG_SIGN = regex.compile(r"(?<!\w)[#＃](?=\w*[^\W\d])")


class PostParts(Struct, frozen=True, kw_only=True):
    """The parts of one draft, "" for those it does without. `short_quote` is used where `quote` does not fit; `more` labels the link."""

    hook: str
    quote: str = ""
    short_quote: str = ""
    author: str = ""
    source: str = ""
    call: str = ""
    more: str = ""
    link: str = ""
    hashtags: tuple[str, ...] = ()

    @property
    def credit(self) -> str:
        """Name the author and the source of the quotation, or of the story."""
        named = ", ".join(filter(None, (self.author, self.source)))
        return f"{'—' if self.quote else 'via'} {named}" if named else ""


def collect(item: Item, evidence: str, topic: str, brand: Brand, rules: NetworkRules, url: str, kind: str) -> PostParts:
    """Collect the parts that an item has for a network."""
    phrases = _phrases(brand.language)
    hook, quote, short_quote = _headline(item), quoted(evidence), quoted(evidence, SHORT_QUOTE)
    if not hook or fold(quote.strip("“”…")) in fold(hook):
        hook, quote, short_quote = hook or quote or line(item.excerpt, _TITLE), "", ""
    before = f"{phrases['takeaway']} " if kind == "education" else ""
    return PostParts(
        hook=hook,
        quote=quote and f"{before}{quote}",
        short_quote=short_quote and f"{before}{short_quote}",
        author=_author(item),
        source=line(item.source.title, 60),
        call={"soft-selling": phrases["soft"], "hard-selling": phrases["hard"].format(brand=brand.name)}.get(kind, ""),
        more=phrases["more"] if rules.clickable else phrases["bio"],
        link=url if rules.clickable else "",
        hashtags=tuple(_hashtags(item, evidence, topic, brand))[: rules.draft_hashtags],
    )


def quoted(sentence: str, words: int = MAX_QUOTE) -> str:
    """Return the sentence in quotation marks, cut after that many words; "" where nothing is left to quote."""
    text = _without_hashtags(line(sentence, _SENTENCE))
    quotation = _QUOTATION.fullmatch(text)
    text = (quotation[1] if quotation else text).strip().translate(_INNER_QUOTES)
    cut = text if word_count(text) <= words else _beginning(text, words)
    return f"“{cut}”" if _WORD.search(cut) else ""


def hashtag(phrase: str) -> str:
    """Return a phrase as one hashtag, "petani kopi" as #PetaniKopi; "" where it is too long or has no letters."""
    words = _WORD.findall(phrase)
    tag = "".join(word if word.isupper() else word[:1].upper() + word[1:] for word in words)
    fits = 0 < len(words) <= _WORDS_IN_TAG and len(tag) <= _LONGEST_TAG and not tag.isdigit()
    return f"#{tag}" if fits else ""


def _beginning(sentence: str, words: int) -> str:
    start = ""
    for piece in _PIECE.findall(sentence):
        if word_count(start + piece) > words:
            break
        start += piece
    return f"{start.rstrip(_LOOSE_END)}…" if start.rstrip(_LOOSE_END) else ""


def _headline(item: Item) -> str:
    """Return the title without the outlet's name, which many sites append."""
    title = line(item.title, _TITLE)
    for separator in _BEFORE_OUTLET:
        before, _, after = title.rpartition(separator)
        if before.strip() and fold(after) == fold(item.source.title):
            return _without_hashtags(before.strip())
    return _without_hashtags(title)


def _without_hashtags(text: str) -> str:
    """Turn the hashtags of a quoted text into words: only the brand tags its posts."""
    return _TAG_SIGN.sub("", text)


def _author(item: Item) -> str:
    author = line(item.author, 60)
    return "" if "@" in author or fold(author) == fold(item.source.title) else author


def _hashtags(item: Item, evidence: str, topic: str, brand: Brand) -> Iterator[str]:
    """Yield the hashtags without repetition, the best first: keywords in the item, its tags, the topic."""
    text = fold(f"{item.title} {evidence}")
    keywords = [word for t in brand.topics if t.name == topic for word in t.keywords if contains(text, word)]
    seen: set[str] = set()
    for tag in map(hashtag, [*keywords, *item.tags, topic]):
        if tag and tag.casefold() not in seen:
            seen.add(tag.casefold())
            yield tag


@cache
def _all_phrases() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((resources.files("curator.planning.post") / "phrases.toml").read_text("utf-8"))


def _phrases(language: str) -> Mapping[str, str]:
    return _all_phrases().get(language) or _all_phrases()["en"]
