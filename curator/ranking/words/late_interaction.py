"""Late interaction: compare a topic with an item word by word (MaxSim; Khattab & Zaharia 2020, arXiv:2004.12832).

A text is represented by the states of its words: the last hidden layer of the first encoder, averaged over the pieces of a
word, mean-centred, without the directions that tell languages apart, and scaled to length 1. Each word of a topic looks for the
most similar word of the item; the mean of those cosines, weighted by the rarity of the topic's words, is the MaxSim score. It
finds the subject where one vector per text finds the field.

Items keep their rare words in two bits per dimension. A score depends on the item, the topic and bundled constants alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any, Final, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from curator.ranking.words import lexicon

Matrix = NDArray[np.float32]

DIM: Final = 384
# Rarity is −log p of a word in nats. A topic's word counts by its rarity above COMMON; an item keeps the words rarer than RARE.
COMMON: Final = 6.0
RARE: Final = 9.0
NAME: Final = 1.5  # the words of a topic's name count by this factor more
ABBREVIATED: Final = 0.7  # cosine of a topic's word to an abbreviation in the item that stands for it
TRANSLATED: Final = 0.6  # cosine of a topic's word to its translation in the item
STEP: Final = 0.996  # step of the best uniform quantiser of a normal variable with four levels, in standard deviations (Max 1960)
MATCH: Final = 0.45  # cosine from which a word that met another is worth naming
CHUNK: Final = 2_000  # words decoded at a time: they stay in the cache of a core
_CODE: Final = DIM // 4  # bytes of a word's code
_ROW: Final = _CODE + 3  # with the position of the word: two bytes of its start, one of its length


class WordStates(NamedTuple):
    """The words of one text: `states`, shape (words, DIM); `rarity`, shape (words,), in nats; their position and wording.

    `spans`: first and last + 1 character of each word in the text, shape (words, 2).
    """

    states: Matrix
    rarity: NDArray[np.float32]
    spans: NDArray[np.int32]
    surfaces: tuple[str, ...]


class WordSpace(NamedTuple):
    """Statistics of word states: mean in queries and in documents, shape (DIM,); directions between languages, shape (k, DIM)."""

    query_mean: Matrix
    document_mean: Matrix
    language_directions: Matrix


class PackedWords(NamedTuple):
    """The words of many items end to end: `codes`, shape (words, DIM // 4), bytes; `spans`, shape (words, 2).

    `starts`: the position of each item's first word, shape (items + 1,).
    """

    codes: NDArray[np.uint8]
    spans: NDArray[np.int32]
    starts: NDArray[np.int64]


class TopicWords(NamedTuple):
    """A topic: `states`, shape (words, DIM), rotated; `weights`, shape (words,), summing to 1; the words as written.

    `abbreviations`, `translations`: positions of the words that each abbreviation, and each stem of the language `other`
    (`lexicon.translations`), stands for.
    """

    states: Matrix
    weights: NDArray[np.float32]
    surfaces: tuple[str, ...]
    abbreviations: Mapping[str, frozenset[int]] = {}
    translations: Mapping[str, frozenset[int]] = {}
    other: str = ""


class Comparison(NamedTuple):
    """What topics and items have in common, from one reading of the items' words.

    `best`: the highest cosine of each word of the topics, all end to end, to the words of each item, shape (items, words).
    `means`: the direction of the mean state of each item's words, shape (items, DIM); zeros for an item without words.
    """

    best: Matrix
    means: Matrix


class MatchedWord(Struct, frozen=True, kw_only=True):
    """A word of a topic, the word of the item it met, and their cosine."""

    topic: str
    item: str
    cosine: float


# --- encoding -----------------------------------------------------------------------------------------------------


def pack(words: WordStates, space: WordSpace) -> bytes:
    """Encode the rare words of an item; all of its rarest words where none is rare. `_ROW` bytes per word."""
    keep = words.rarity >= min(RARE, words.rarity.max(initial=0))
    rows = _rotated(_centred(words.states[keep], space.document_mean, space))
    scale = STEP * rows.std(axis=1, keepdims=True)
    levels = np.clip(np.floor(rows / np.maximum(scale, 1e-9)) + 2, 0, 3).astype(np.uint8).reshape(len(rows), _CODE, 4)
    codes = levels[:, :, 0] | levels[:, :, 1] << 2 | levels[:, :, 2] << 4 | levels[:, :, 3] << 6
    start, length = np.minimum(words.spans[keep, 0], 0xFFFF), np.minimum(np.diff(words.spans[keep], axis=1)[:, 0], 0xFF)
    return np.concatenate([codes, np.stack([start & 255, start >> 8, length], axis=1).astype(np.uint8)], axis=1).tobytes()


def unpack(items: Sequence[bytes]) -> PackedWords:
    """Put the packed words of items side by side."""
    rows = np.frombuffer(b"".join(items), np.uint8).reshape(-1, _ROW)
    tail = rows[:, _CODE:].astype(np.int32)
    start = tail[:, 0] | tail[:, 1] << 8
    starts = np.concatenate([[0], np.cumsum([len(item) // _ROW for item in items])]).astype(np.int64)
    return PackedWords(np.ascontiguousarray(rows[:, :_CODE]), np.stack([start, start + tail[:, 2]], axis=1), starts)


def dump(words: WordStates) -> bytes:
    """Serialise word states, with float16 states, as a NumPy archive."""
    body = BytesIO()
    np.savez(body, states=words.states.astype(np.float16), rarity=words.rarity, spans=words.spans, surfaces=np.array(words.surfaces, str))
    return body.getvalue()


def load(body: bytes) -> WordStates:
    """Read what `dump` wrote."""
    with np.load(BytesIO(body), allow_pickle=False) as archive:
        states = archive["states"].astype(np.float32)
        return WordStates(states, archive["rarity"], archive["spans"], tuple(map(str, archive["surfaces"])))


def topic_words(words: WordStates, space: WordSpace, name: str, text: str, lang: str) -> TopicWords:
    """Prepare the words of "name. text", a wording of a topic in language `lang`, for `maxsim`.

    Abbreviations are derived from both parts, translations are looked up.
    """
    weights = np.maximum(words.rarity - COMMON, 0.01) * np.where(words.spans[:, 0] < len(name), NAME, 1.0)
    position: dict[str, set[int]] = {}
    for n, surface in enumerate(words.surfaces):
        position.setdefault(surface.lower(), set()).add(n)
    short = {**abbreviations(name), **abbreviations(text)}
    stands_for = {spelt: frozenset(n for word in meant for n in position.get(word, ())) for spelt, meant in short.items()}
    states = _rotated(_centred(words.states, space.query_mean, space))
    other, translated = lexicon.translations(words.surfaces, lang)
    shares = np.asarray(weights / max(float(weights.sum()), 1e-9), np.float32)
    return TopicWords(states, shares, words.surfaces, stands_for, translated, other)


def example_words(packed: bytes) -> TopicWords:
    """Make a topic of the packed words of an item, all of the same weight."""
    states = _decoded(unpack([packed]).codes)
    return TopicWords(states, np.full(len(states), 1 / max(len(states), 1), np.float32), ("",) * len(states))


def query_mean(words: WordStates, space: WordSpace) -> Matrix:
    """Return the mean state of a query's words, weighted by rarity, shape (DIM,).

    Arora et al. (2017) weight by probability to the same end: a rare word tells more of what a sentence is about.
    """
    weights = np.maximum(words.rarity - COMMON, 0.01)
    mean = weights @ _rotated(_centred(words.states, space.query_mean, space))
    return np.asarray(_unit(mean[None])[0], np.float32)


# --- MaxSim -------------------------------------------------------------------------------------------------------


def compare(topics: Sequence[TopicWords], items: PackedWords) -> Comparison:
    """Compare every word of the topics with every word of the items."""
    queries = np.concatenate([topic.states for topic in topics]).T if topics else np.zeros((DIM, 0), np.float32)
    count = len(items.starts) - 1
    best, sums = np.zeros((count, queries.shape[1]), np.float32), np.zeros((count, DIM), np.float32)
    for rows, filled, starts in _decoded_chunks(items):
        best[filled] = np.maximum.reduceat(rows @ queries, starts, axis=0)
        sums[filled] = np.add.reduceat(rows, starts, axis=0)
    return Comparison(best, _unit(sums))


def maxsim(topics: Sequence[TopicWords], best: Matrix, texts: Sequence[str]) -> Matrix:
    """Return the MaxSim score of every item for every topic, shape (items, topics).

    `best`: of the `Comparison` with these topics; `texts`: of the items, for abbreviations and translations.
    """
    capitals = _holders(set(_CAPITALS.findall(text)) for text in texts)
    translated = _translated(texts, {topic.other for topic in topics if topic.translations})
    columns, first = [], 0
    for topic in topics:
        own = np.maximum(best[:, first : first + len(topic.weights)], 0)
        _raise(own, topic.abbreviations, capitals, ABBREVIATED)
        _raise(own, topic.translations, translated.get(topic.other, {}), TRANSLATED)
        columns.append(own @ topic.weights)
        first += len(topic.weights)
    return np.stack(columns, axis=1) if columns else np.zeros((len(texts), 0), np.float32)


def matches(wordings: Sequence[TopicWords], items: PackedWords, n: int, text: str, most: int = 3) -> list[MatchedWord]:
    """Return the words of a topic that count most in the score of item `n`, each with the word it met, the weightiest first.

    `wordings`: those of the topic, of which the one with the best score counts. `text`: the item's, as it was encoded.
    """
    begin, end = items.starts[n], items.starts[n + 1]
    if begin == end:
        return []
    codes = _decoded(items.codes[begin:end]).T
    met = [(t, _met(t, t.states @ codes, items.spans[begin:end], text)) for t in wordings]
    topic, words = max(met, key=lambda pair: sum(w * found.cosine for w, found in zip(pair[0].weights.tolist(), pair[1], strict=True)))
    found: dict[str, MatchedWord] = {}
    for n in np.argsort([-weight * max(word.cosine, 0) ** 3 for weight, word in zip(topic.weights.tolist(), words, strict=True)]):
        if words[n].cosine > MATCH and len(found) < most:
            found.setdefault(words[n].item, words[n])
    return list(found.values())


def _met(topic: TopicWords, cosines: Matrix, spans: NDArray[np.int32], text: str) -> list[MatchedWord]:
    """Return for each word of a topic the word of an item it met: the nearest one, or a translation where that is nearer.

    `cosines`: shape (topic words, item words). `spans`: positions of the item's words in its text.
    """
    meant = lexicon.phrases(text, topic.other) if topic.other and topic.other == lexicon.language_of(text) else {}
    said = {n: words for stem, words in meant.items() for n in topic.translations.get(stem, ())}
    found = []
    for n, (surface, at) in enumerate(zip(topic.surfaces, cosines.argmax(axis=1), strict=True)):
        cosine, item = float(cosines[n, at]), text[slice(*spans[at])]
        cosine, item = max((cosine, item), (TRANSLATED, said[n])) if n in said else (cosine, item)
        found.append(MatchedWord(topic=surface, item=item, cosine=round(cosine, 3)))
    return found


def _holders(words: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    """Return for each word the positions of the items that hold it."""
    found: dict[str, list[int]] = {}
    for n, own in enumerate(words):
        for word in own:
            found.setdefault(word, []).append(n)
    return found


def _translated(texts: Sequence[str], languages: set[str]) -> dict[str, dict[str, list[int]]]:
    """Return by language the positions of the items of that language that hold each stem of the lexicon."""
    own = [lexicon.language_of(text) for text in texts] if languages else []
    return {
        lang: _holders(lexicon.stems(text, lang) if each == lang else () for text, each in zip(texts, own, strict=True))
        for lang in languages
    }


def _raise(own: Matrix, stands_for: Mapping[str, frozenset[int]], holders: Mapping[str, Sequence[int]], cosine: float) -> None:
    """Raise the cosines of a topic's words to `cosine` in the items that hold what stands for them; `own`: shape (items, words)."""
    for word in stands_for.keys() & holders.keys():
        at = np.ix_(holders[word], sorted(stands_for[word]))
        own[at] = np.maximum(own[at], cosine)


def abbreviations(text: str) -> dict[str, frozenset[str]]:
    """Return the initials, in capitals, of every three to six neighbouring content words, with those words in lower case."""
    found: dict[str, frozenset[str]] = {}
    for part in re.split(r"[^\w\s-]+", text.lower()):
        for run in _content_runs(re.findall(r"\w+", part)):
            for start in range(len(run)):
                for end in range(start + 3, min(len(run), start + 6) + 1):
                    found["".join(word[0] for word in run[start:end]).upper()] = frozenset(run[start:end])
    return found


_CAPITALS: Final = re.compile(r"\b[A-Z]{3,6}\b")
# Words that no initial of an abbreviation stands for.
_SMALL_WORDS: Final = (
    "yang dan di ke dari untuk dengan pada para serta soal atau oleh dalam akan ini itu juga adalah "
    "the of and to in a an for on is are at by with from or it its this that as be who how they their new"
)
_SMALL: Final = frozenset(_SMALL_WORDS.split())


def _content_runs(words: Iterable[str]) -> list[list[str]]:
    runs: list[list[str]] = [[]]
    for word in words:
        if word in _SMALL:
            runs.append([])
        else:
            runs[-1].append(word)
    return [run for run in runs if len(run) >= 3]


def _decoded_chunks(items: PackedWords) -> Iterator[tuple[Matrix, NDArray[np.int64], NDArray[np.int64]]]:
    """Decode items some at a time, which bounds the memory.

    Yields unit rows of shape (words, DIM), the positions of the items that have words, and where among the rows each begins.
    """
    count, first = len(items.starts) - 1, 0
    while first < count:
        last = max(first + 1, int(np.searchsorted(items.starts, items.starts[first] + CHUNK, side="right")) - 1)
        begin, end = items.starts[first], items.starts[last]
        filled = first + np.flatnonzero(np.diff(items.starts[first : last + 1]))
        if len(filled):
            yield _decoded(items.codes[begin:end]), filled, items.starts[filled] - begin
        first = last


def _centred(states: Matrix, mean: Matrix, space: WordSpace) -> Matrix:
    """Return states without the mean and the language directions, unit rows of shape (n, DIM)."""
    rows = states - mean
    return _unit(rows - (rows @ space.language_directions.T) @ space.language_directions)


def _rotated(rows: Matrix) -> Matrix:
    """Rotate rows of shape (n, DIM) so that no dimension stands out, which makes the quantisation efficient.

    Random signs, then a Hadamard matrix on each third, then a reflection across the thirds. The rotation is orthogonal: cosines
    between rotated rows are those between the rows.
    """
    blocks = (rows * _SIGNS).reshape(len(rows), 3, 128) @ _HADAMARD
    return np.asarray((blocks - 2 / 3 * blocks.sum(axis=1, keepdims=True)).reshape(len(rows), DIM), np.float32)


def _decoded(codes: NDArray[np.uint8]) -> Matrix:
    """Decode words of shape (n, DIM // 4) to unit rows of shape (n, DIM)."""
    rows = np.take(_LEVELS, codes, axis=0).reshape(len(codes), DIM)
    rows /= np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]  # no row is zero, for no level is
    return rows


def _unit(rows: NDArray[Any]) -> Matrix:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)


def _hadamard(n: int) -> Matrix:
    """Return the orthogonal Hadamard matrix of order `n`, a power of two (Sylvester's construction)."""
    matrix = np.ones((1, 1), np.float32)
    while len(matrix) < n:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return np.asarray(matrix / np.sqrt(n), np.float32)


def _random_signs() -> Matrix:
    """Return DIM signs from an xorshift generator (Marsaglia 2003), the same with every version of numpy."""
    signs, state = np.empty(DIM, np.float32), 2463534242
    for n in range(DIM):
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        signs[n] = 1.0 if state & 1 else -1.0
    return signs


_HADAMARD: Final = _hadamard(128)
_SIGNS: Final = _random_signs()
_LEVELS: Final = np.stack([(np.arange(256) >> shift & 3) - 1.5 for shift in (0, 2, 4, 6)], axis=1).astype(np.float32)
