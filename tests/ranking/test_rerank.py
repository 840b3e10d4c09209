"""A cross-encoder moves the fits that leave hope, as far as it agrees with them, and an item has one fit whoever asks."""

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from support.cross_encoder import Overlap, saved
from support.index import search_context
from support.parts import BRAND, NOW, Quiet, WordCounter

from curator.core.brand import EngineRules
from curator.core.errors import NoModel
from curator.core.item import Item, Source
from curator.core.protocols import VectorCache
from curator.core.rescoring import RescoringCurve
from curator.core.text.urls import item_id
from curator.jobs.doctor import Examined, examine
from curator.ranking import rerank
from curator.ranking.embed import EncoderEnsemble, cross_encoder, hub, open_reranker
from curator.ranking.embed.cache import CachedEncoder
from curator.ranking.embed.cross_encoder import CachedReranker
from curator.ranking.pipeline import Ranker
from curator.ranking.relevance import Relevance
from curator.storage.memory import MemoryStore
from curator.storage.spaces import MemorySpaces
from curator.storage.vectors import LentVectors, MemoryVectors, score_cache

CURVE = RescoringCurve(offset=-0.5, own=0.5, read=4.0, pairs=1_000_000)


def news(n: int, words: str) -> Item:
    url = f"https://kabar.example/{n}"
    return Item(id=item_id(url), url=url, title=f"{words} {n}", source=Source(title="Kabar", feed="f"), published=NOW, found=NOW)


SOME = [news(n, "kopi petani sangrai seduh " * (n % 3) + "gelas pakai ulang " * (n % 2) + "gempa") for n in range(60)]


def read_by(model: object, kept: VectorCache | None = None, name: str = "overlap@1") -> CachedReranker:
    return CachedReranker(name, lambda: model, MemoryVectors() if kept is None else kept)  # type: ignore[arg-type, return-value]


def desk(reranker: CachedReranker | None, vectors: VectorCache | None = None, progress: Quiet | None = None) -> Relevance:
    encoder = CachedEncoder("word-counter@1", WordCounter, vectors or MemoryVectors(), dim=256)
    return Relevance(BRAND, EncoderEnsemble((encoder,), MemorySpaces(), reranker), progress)


def of(relevance: Relevance, items: list[Item]) -> np.ndarray:
    return relevance.of_items(items, {})[1]


# --- the curve -----------------------------------------------------------------------------------------------------


def odds(fits: np.ndarray) -> np.ndarray:
    return np.log(fits / (1 - fits))


def moved(fits: np.ndarray, scores: np.ndarray) -> np.ndarray:
    curve = rerank.learned(fits, scores.astype(np.float32))
    return curve.offset + curve.own * odds(fits) + curve.read * scores


def test_a_score_that_agrees_with_the_fits_counts_and_one_by_chance_does_not():
    random = np.random.default_rng(3)
    fits = random.uniform(0.1, 0.95, 4000)
    agreeing, unrelated = rerank.learned(fits, odds(fits) + random.normal(size=4000)), rerank.learned(fits, random.normal(size=4000))
    assert agreeing.read > 0.3
    assert unrelated.read == pytest.approx(0, abs=0.05)
    assert unrelated.own == pytest.approx(1, abs=0.01)


def test_a_score_that_says_the_opposite_changes_nothing():
    fits = np.linspace(0.1, 0.9, 60)
    assert moved(fits, -odds(fits)) == pytest.approx(odds(fits), abs=1e-6)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 40.0])
def test_the_new_log_odds_have_the_mean_and_spread_of_the_old_ones_whatever_the_model_calls_its_scores(scale: float):
    random = np.random.default_rng(5)
    fits = random.uniform(0.1, 0.95, 500)
    new = moved(fits, scale * (7 + odds(fits) + random.normal(size=500)))
    assert new.mean() == pytest.approx(odds(fits).mean(), abs=1e-3)
    assert new.std() == pytest.approx(odds(fits).std(), rel=1e-3)


def test_a_model_that_says_what_the_fits_say_changes_none():
    fits = np.random.default_rng(6).uniform(0.1, 0.95, 200)
    assert moved(fits, 3 * odds(fits) - 8) == pytest.approx(odds(fits), abs=1e-4)


@pytest.mark.parametrize(("fits", "scores"), [(np.full(60, 0.4), np.arange(60.0)), (np.linspace(0.1, 1, 60), np.zeros(60))])
def test_pairs_that_all_say_the_same_teach_nothing(fits: np.ndarray, scores: np.ndarray):
    assert rerank.learned(fits, scores.astype(np.float32)).read == 0


def test_with_a_better_judge_the_probabilities_are_nearer_to_what_is_true():
    random = np.random.default_rng(8)
    fits = random.uniform(0.1, 0.9, 3000)
    true = random.random(3000) < fits
    after = 1 / (1 + np.exp(-moved(fits, random.normal(size=3000) + 2 * true)))
    assert ((after - true) ** 2).mean() < ((fits - true) ** 2).mean() - 0.03
    sure = true[after > 0.8]
    assert sure.mean() > 0.8


# --- items ---------------------------------------------------------------------------------------------------------


def test_without_a_reranker_and_with_too_few_pairs_the_fits_are_the_same():
    few, reader = SOME[:6], Overlap()
    assert np.array_equal(of(desk(None), few), of(desk(read_by(reader)), few))
    assert reader.read == []


def test_pairs_without_hope_keep_their_fit_and_are_never_read():
    before, reader = of(desk(None), SOME), Overlap()
    kept = read_by(reader)
    kept.keep(CURVE)
    after = of(desk(kept), SOME)
    hopeful = before >= rerank.HOPE
    assert 0 < hopeful.sum() < hopeful.size
    assert np.array_equal(after[~hopeful], before[~hopeful])
    assert (after[hopeful] != before[hopeful]).all()
    assert len(reader.read) == hopeful.sum()


def test_an_item_has_the_same_fit_alone_and_among_others():
    kept = read_by(Overlap())
    relevance = desk(kept)
    everything = of(relevance, SOME)
    assert kept.curve() is not None
    for n in range(0, 60, 7):
        assert of(relevance, [SOME[n]])[0] == pytest.approx(everything[n], abs=1e-9)


def test_what_is_recalled_has_the_fits_of_the_run_and_no_model_is_loaded():
    scores, vectors = MemoryVectors(), MemoryVectors()
    made = of(desk(read_by(Overlap(), scores), vectors), SOME)
    silent = CachedReranker("overlap@1", lambda: pytest.fail("the model was loaded"), scores)
    recalled = desk(silent, vectors).recall(SOME, {})
    assert recalled.fits == pytest.approx(made, abs=1e-9)


def test_an_item_whose_pair_was_never_read_has_no_fit_until_it_is():
    scores, vectors = MemoryVectors(), MemoryVectors()
    of(desk(None, vectors), SOME)
    reader = read_by(Overlap(), scores)
    reader.keep(CURVE)
    recalled = desk(reader, vectors).recall(SOME[:6], {})
    assert recalled.fits is not None
    hopeful = (of(desk(None, vectors), SOME[:6]) >= rerank.HOPE).any(axis=1)
    assert np.isnan(recalled.fits[hopeful]).all()
    assert not np.isnan(recalled.fits[~hopeful]).any()
    computed = desk(reader, vectors).recall(SOME[:6], {}, compute=True)
    assert computed.fits == pytest.approx(of(desk(reader, vectors), SOME[:6]), abs=1e-9)


def test_an_avoided_phrase_is_not_read_again():
    brand = replace(BRAND, topics=(replace(BRAND.topics[0], avoid=("petani",)), BRAND.topics[1]))
    reader = Overlap()
    kept = read_by(reader)
    kept.keep(CURVE)
    engine = EncoderEnsemble((WordCounter(),), MemorySpaces(), kept)
    _, fits = Relevance(brand, engine).of_items([news(1, "kopi petani sangrai seduh")], {})
    assert fits[0, 0] == 0
    assert not any(query.startswith("Kopi") for query, _ in reader.read)


def test_of_a_topics_descriptions_the_one_that_suits_the_text_best_counts():
    coffee = replace(BRAND.topics[0], about=("kopi petani sangrai seduh", "tea leaves kettle"))
    scores = []
    for topic in (coffee, replace(coffee, about=coffee.about[::-1]), replace(coffee, about=coffee.about[:1])):
        fits = np.array([[0.5]])
        kept = read_by(Overlap())
        kept.keep(CURVE)
        scores.append(float(rerank.rescored(fits, [topic], ["kopi petani"], kept, None)[0, 0]))
    assert scores[0] == scores[1] == scores[2]


def test_which_pages_are_read_is_decided_without_the_slow_model():
    reader = Overlap()
    kept = read_by(reader)
    kept.keep(CURVE)
    unread = [replace(item, depth="entry") for item in SOME]
    assert Ranker(BRAND, EncoderEnsemble((WordCounter(),), MemorySpaces(), kept)).worth_reading(unread, NOW)
    assert reader.read == []


# --- what is kept --------------------------------------------------------------------------------------------------


def test_a_pair_is_read_once_by_a_model_and_again_by_another(tmp_path: Path):
    scores, reader, other = score_cache(tmp_path / "scores.db"), Overlap(), Overlap()
    first = read_by(reader, scores).score([("kopi", "kopi petani"), ("kopi", "gempa")])
    again = read_by(reader, scores).score([("kopi", "gempa"), ("kopi", "kopi petani")])
    assert np.array_equal(first, again[::-1])
    assert len(reader.read) == 2
    read_by(other, scores, name="overlap@2").score([("kopi", "gempa")])
    assert other.read == [("kopi", "gempa")]


def test_a_killed_run_keeps_the_portions_it_finished_and_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cross_encoder, "PORTION", 2)
    told: list[object] = []
    progress = Quiet()
    progress.stage = lambda name, total=0: told.append((name, total))  # type: ignore[method-assign]
    progress.step = told.append  # type: ignore[method-assign]

    class Dying(Overlap):
        def __call__(self, pairs):
            if len(self.read) == 4:
                raise KeyboardInterrupt
            return super().__call__(pairs)

    kept, pairs = MemoryVectors(), [("kopi", text) for text in "abcde"]
    with pytest.raises(KeyboardInterrupt):
        read_by(Dying(), kept).score(pairs, progress)
    assert told == [("reading again", 5), 2, 2]
    assert np.isnan(read_by(Overlap(), kept).cached(pairs)).tolist() == [False] * 4 + [True]


def test_the_curve_is_kept_and_learned_again_from_twice_as_many_pairs_only(tmp_path: Path):
    scores = score_cache(tmp_path / "scores.db")
    hopeful = [item for item in SOME if (of(desk(None), [item]) >= rerank.HOPE).sum() == 1]
    assert len(hopeful) < rerank.LEAST
    desk_of = desk(read_by(Overlap(), scores))
    many = [news(n, SOME[n % 60].title) for n in range(400)]
    of(desk_of, SOME + many[:60])
    first = read_by(Overlap(), scores).curve()
    assert first is not None
    assert first.pairs >= rerank.LEAST
    of(desk_of, SOME + many[:80])
    assert read_by(Overlap(), scores).curve() == first
    of(desk_of, SOME + many)
    later = read_by(Overlap(), scores).curve()
    assert later is not None
    assert later.pairs >= rerank.GROWTH * first.pairs


def test_a_command_that_writes_nothing_keeps_neither_scores_nor_curve(tmp_path: Path):
    lent = LentVectors(score_cache(tmp_path / "scores.db"))
    of(desk(read_by(Overlap(), lent)), SOME)
    assert not (tmp_path / "scores.db").exists()


@pytest.mark.parametrize(("curve", "told"), [(CURVE, "learned from 1000000 pairs"), (None, "before a run has learned its curve")])
def test_the_doctor_tries_the_model_and_says_whether_its_curve_is_known(tmp_path: Path, curve: RescoringCurve | None, told: str):
    reranker = read_by(Overlap())
    if curve:
        reranker.keep(curve)
    engine = EncoderEnsemble((WordCounter(),), MemorySpaces(), reranker)
    store = MemoryStore()
    checks = examine(
        Examined(
            brand=replace(BRAND, engine=EngineRules(reranker="models/cross")),
            feeds_file=lambda: b"<opml/>",
            subscriptions=tuple,
            store=lambda: store,
            engine=lambda: engine,
            search=lambda: search_context(tmp_path / "index", store),
        )
    )
    (found,) = (check for check in checks if check.name == "reranker")
    assert found.ok
    assert found.text.startswith("models/cross: ")
    assert told in found.text


# --- models --------------------------------------------------------------------------------------------------------


def test_a_cross_encoder_in_a_folder_is_one_line_in_brand_toml(tmp_path: Path):
    folder = saved(tmp_path / "cross", ["kopi petani gempa"])
    opened = open_reranker(str(folder), MemoryVectors())
    assert opened is not None
    scores = opened.score([("kopi", "petani"), ("kopi", "gempa " * 900), ("\ud800", "")])
    assert len(set(scores.tolist())) == 3
    assert opened.score([("kopi", "petani")])[0] == scores[0]


def test_no_line_is_no_reranker():
    assert open_reranker("", MemoryVectors()) is None


@pytest.mark.parametrize("wrong", [{"labels": 3}, {"headless": True}])
def test_a_model_that_does_not_score_pairs_is_refused_with_what_to_write(tmp_path: Path, wrong: dict[str, int]):
    folder = saved(tmp_path / "other", ["kopi"], **wrong)
    with pytest.raises(NoModel, match="does not give one score for a pair of texts") as refused:
        hub.load_cross_encoder(str(folder))
    (problem,) = refused.value.problems
    assert problem.where == "brand.toml: engine.reranker"
    assert problem.hint == "name a cross-encoder, or take the line reranker out of brand.toml"


def test_a_folder_that_holds_no_model_is_refused_in_one_sentence(tmp_path: Path):
    with pytest.raises(NoModel) as refused:
        hub.load_cross_encoder(str(tmp_path))
    assert refused.value.problems[0].where == "brand.toml: engine.reranker"
    assert "name a folder that sentence-transformers saved" in refused.value.problems[0].hint


def test_a_cross_encoder_that_cannot_be_had_is_refused_at_once_with_a_command_to_type(monkeypatch: pytest.MonkeyPatch):
    def unreachable(*_: object, **__: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr("socket.getaddrinfo", unreachable)
    with pytest.raises(NoModel) as refused:
        hub.load_cross_encoder("nobody/no-such-model")
    assert refused.value.problems[0].hint == "hf download nobody/no-such-model   (or take the line reranker out of brand.toml)"


def test_a_hub_is_allowed_only_where_a_model_may_have_to_be_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "")
    monkeypatch.delenv("HF_HUB_OFFLINE")
    hub.allow_download(str(tmp_path))
    assert "HF_HUB_OFFLINE" not in hub.os.environ
    hub.allow_download("nobody/no-such-model")
    assert hub.os.environ["HF_HUB_OFFLINE"] == "0"
