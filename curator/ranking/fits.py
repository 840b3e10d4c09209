"""From vectors and words to fits: the pure part of relevance."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from curator.ranking import embedding_space
from curator.ranking.words import calibration as late_calibration
from curator.ranking.words import late_interaction
from curator.ranking.words.calibration import LateScores
from curator.ranking.words.late_interaction import TopicWords

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from curator.core.protocols import Calibration, Matrix

    Vectors = Mapping[str, Matrix]
    Fits = NDArray[np.float64]

# Background topics this near to a topic (in units of the space's `background_std`) expand its query; those beyond FAR count against it.
# HELP is the weight of the expansion beside the topic itself, SETTLE keeps a single faint neighbour faint, RIVAL is the weight
# of the RIVALS far background topics that fit an item best. Moving any of them by a third changes no second decimal.
NEAR: Final = 2.2
FAR: Final = 1.3
HELP: Final = 1.3
SETTLE: Final = 1.1
RIVAL: Final = 0.6
RIVALS: Final = 3

# Examples of a topic pull its query by this weight. Since they bring near whatever resembles them, the fits of a topic with
# examples are lowered by SOBER log-odds. Both were measured with three examples a topic.
EXAMPLE: Final = 0.3
SOBER: Final = 0.55
EXAMPLE_WORDS: Final = 0.3  # weight of the examples' words beside the topic's own
PART: Final = 0.7  # weight of the best part of a description beside the whole
# A whole field is found by the words that belong to it: its neighbours in the background expand its query more than a subject's.
HELP_FIELD: Final = 2.6
BREADTH: Final = 10  # background topics whose kinship tells a field from a subject

_SEPARATORS: Final = re.compile(r"[:;,/]| (?:dan|serta|atau|and|or) ")
_SHORTEST_PART: Final = 3  # characters


class LateTopics(Struct, frozen=True, kw_only=True):
    """The topics of a brand word by word.

    `named`: query vectors in which the names count as wordings too, shape (topics, dim) by encoder. `wordings`: the words of
    every description behind the topic's name; `parts`: of every part of a description that lists several things; `examples`: of
    every example. Each comes with the position of its topic. `means`: mean states of the words of the descriptions, shape
    (topics, DIM); `example_means`: of the examples, mean-centred, zeros for a topic without any, None where no topic has any.
    `lengths`, `counts`: the numbers of rare words in a topic's longest description, and of its parts, shape (topics,).
    """

    named: "Vectors"
    wordings: "Sequence[tuple[int, TopicWords]]"
    parts: "Sequence[tuple[int, TopicWords]]"
    examples: "Sequence[tuple[int, TopicWords]]"
    means: "Matrix"
    example_means: "Matrix | None"
    lengths: "NDArray[np.int64]"
    counts: "NDArray[np.int64]"


class TopicVectors(Struct, frozen=True, kw_only=True):
    """The topics of a brand as the encoders embed them, by encoder name.

    `queries`: shape (topics, dim). `examples`: mean-centred unit vectors of shape (topics, dim), zeros for a topic without
    examples; None where no topic has any. `late`: None where no encoder gives words.
    """

    queries: "Vectors"
    examples: "Vectors | None" = None
    late: LateTopics | None = None


def example_means(vectors: "Vectors", owners: Sequence[int], topics: int, calibration: "Calibration") -> "Vectors":
    """Return the mean direction of each topic's examples, shape (topics, dim) by encoder; zeros for a topic without examples.

    `vectors`: the examples, shape (n, dim) by encoder; `owners`: for each the position of its topic.
    """
    of = np.eye(topics, dtype=np.float32)[list(owners)].T
    return {
        name: embedding_space.unit(of @ embedding_space.centred_documents(calibration.spaces[name], rows)) for name, rows in vectors.items()
    }


def fits(topics: TopicVectors, vectors: "Vectors", calibration: "Calibration") -> "Fits":
    """Return the fit of every text to every topic by its vectors alone, shape (texts, topics), each in 0…1.

    `vectors`: the texts' document vectors, shape (texts, dim) by encoder. A logistic curve turns the score into a probability
    (Platt 1999).
    """
    scores, _ = pooled_scores(topics.queries, vectors, calibration, examples=topics.examples)
    names = [name for name in calibration.spaces if name in vectors]
    slope, intercept = calibration.curves.get("+".join(names), calibration.curves[""])
    sober = np.where(topics.examples[names[0]].any(axis=1), SOBER, 0.0) if topics.examples else 0.0
    return _sigmoid(slope * scores + intercept - sober)


def late_fits(
    topics: TopicVectors, late: LateTopics, vectors: "Vectors", words: Sequence[bytes], texts: Sequence[str], calibration: "Calibration"
) -> "Fits":
    """Return the fit of every text to every topic by its vectors and its packed words, shape (texts, topics), each in 0…1."""
    scores, breadth = late_scores(topics, late, vectors, words, texts, calibration)
    curve = late_calibration.bundled().curve
    return late_calibration.fits(scores, late_calibration.narrowness(late.lengths, late.counts, breadth, curve), curve)


def late_scores(
    topics: TopicVectors, late: LateTopics, vectors: "Vectors", words: Sequence[bytes], texts: Sequence[str], calibration: "Calibration"
) -> "tuple[LateScores, NDArray[Any]]":
    """Return what `late_fits` makes a fit of, and the breadth of the topics, shape (topics,), as `narrowness` takes it."""
    wordings = [topic for group in _groups(late) for _, topic in group]
    compared = late_interaction.compare(wordings, late_interaction.unpack(words))
    pooled, kinship = pooled_scores(topics.queries, vectors, calibration, examples=topics.examples)
    found = LateScores(
        pooled=pooled,
        cosine=other_cosines(late.named, vectors, calibration),
        maxsim=maxsim(late, late_interaction.maxsim(wordings, compared.best, texts)),
        field=field_scores(topics, late, vectors, compared.means, calibration),
    )
    return found, np.sort(kinship, axis=1)[:, -BREADTH:].mean(axis=1)


def field_scores(topics: TopicVectors, late: LateTopics, vectors: "Vectors", means: "Matrix", calibration: "Calibration") -> "Fits":
    """Score texts against topics as whole fields, shape (texts, topics). `means`: of the words of the texts (`Comparison`).

    The first encoder's vectors are replaced by the mean states of rare words, which common words do not blur; the other encoders
    vote as they do in `pooled_scores`.
    """
    space, name = late_calibration.bundled().means, late_calibration.WORD_MEANS
    others = {each: space for each, space in list(calibration.spaces.items())[1:] if each in vectors}
    examples = None
    if topics.examples is not None and late.example_means is not None:
        examples = {name: late.example_means, **{each: topics.examples[each] for each in others}}
    scores, _ = pooled_scores(
        {name: late.means, **{each: topics.queries[each] for each in others}},
        {name: means, **{each: vectors[each] for each in others}},
        replace(calibration, spaces={name: space, **others}),
        examples=examples,
        helping=HELP_FIELD,
    )
    return scores


def other_cosines(queries: "Vectors", vectors: "Vectors", calibration: "Calibration") -> "Fits":
    """Return the mean cosine of texts to topics by the encoders other than the first, whose words MaxSim compares.

    `queries`: shape (topics, dim) by encoder; `vectors`: shape (texts, dim). Returns shape (texts, topics).
    """
    spaces = [space for name, space in calibration.spaces.items() if name in vectors][1:]
    cosines = [
        embedding_space.centred_documents(space, vectors[space.name]) @ embedding_space.centred_queries(space, queries[space.name]).T
        for space in spaces
    ]
    return np.asarray(np.mean(cosines, axis=0), np.float64)


def maxsim(late: LateTopics, found: "Matrix") -> "Fits":
    """Return the MaxSim score of every text for every topic, shape (texts, topics).

    `found`: that for every wording of `_groups`, shape (texts, wordings). The best of a topic's descriptions counts, and beside it,
    with the weight PART, the best of the parts: a text on roasting is about "farmers, roasting, brewing". The mean score of a
    topic's examples has the share EXAMPLE_WORDS.
    """
    groups = _groups(late)
    columns = np.split(found, np.cumsum([len(group) for group in groups])[:-1], axis=1)
    scores = np.zeros((len(found), len(late.lengths)))
    for topic in range(len(late.lengths)):
        whole, part, example = (
            column[:, [n == topic for n, _ in group]] if group else column for column, group in zip(columns, groups, strict=True)
        )
        own = whole.max(axis=1)
        if part.shape[1]:
            own = (own + PART * part.max(axis=1)) / (1 + PART)
        if example.shape[1]:
            own = (1 - EXAMPLE_WORDS) * own + EXAMPLE_WORDS * example.mean(axis=1)
        scores[:, topic] = own
    return scores


def _groups(late: LateTopics) -> "tuple[Sequence[tuple[int, TopicWords]], ...]":
    return late.wordings, late.parts, late.examples


def parts(description: str) -> list[str]:
    """Return the parts of a description that lists at least two things: "farmers, roasting and brewing" has three."""
    found = [part.strip() for part in _SEPARATORS.split(description)]
    listed = [part for part in found if len(part) > _SHORTEST_PART]
    return listed if len(listed) > 1 else []


def pooled_scores(
    queries: "Vectors", vectors: "Vectors", calibration: "Calibration", *, examples: "Vectors | None" = None, helping: float = HELP
) -> "tuple[Fits, Fits]":
    """Score texts against topics by their vectors.

    `queries`: shape (topics, dim) by encoder; `vectors`: shape (texts, dim). A topic's query is expanded by the background
    topics near it. A text's score is its cosine to that query, less a share of its cosines to the far background topics
    that fit it best; encoders are summed by weight. `helping`: the weight of the expansion. Returns the scores, shape
    (texts, topics), and the kinship of the topics to the background, shape (topics, background).
    """
    spaces = [space for name, space in calibration.spaces.items() if name in vectors]
    shares = np.array([space.weight for space in spaces]) / sum(space.weight for space in spaces)
    centred = [embedding_space.centred_queries(space, queries[space.name]) for space in spaces]
    if examples:
        centred = [embedding_space.unit(q + EXAMPLE * examples[s.name]) for q, s in zip(centred, spaces, strict=True)]
    kin = (share / s.background_std * (q @ s.background.T) for share, q, s in zip(shares, centred, spaces, strict=True))
    kinship = np.sum(list(kin), axis=0)
    helpers = np.maximum(kinship - NEAR, 0)
    helpers /= helpers.sum(axis=1, keepdims=True) + SETTLE
    direct = background = np.zeros(1)
    for share, query, space in zip(shares, centred, spaces, strict=True):
        texts = embedding_space.centred_documents(space, vectors[space.name]) * (share / space.document_std)
        direct = direct + texts @ embedding_space.unit(query + helping * helpers @ space.background).T
        background = background + texts @ space.background.T
    against = np.stack([_strongest(background[:, row < FAR]) for row in kinship], axis=1)
    return direct - RIVAL * against, kinship


def _strongest(scores: "NDArray[Any]") -> "NDArray[Any]":
    """Return the mean of the RIVALS highest scores of each row, shape (rows,)."""
    most = min(RIVALS, scores.shape[1])
    return np.partition(scores, -most, axis=1)[:, -most:].mean(axis=1) if most else np.zeros(len(scores))


def _sigmoid(x: "NDArray[Any]") -> "Fits":
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -40, 40))), np.float64)
