"""Cross-encoders of the tests: a tiny BERT with random weights on disk, and one in memory that counts shared words."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from curator.core.text.plain import fold

LENGTH = 96
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def saved(folder: Path, texts: Iterable[str], *, labels: int = 1, headless: bool = False) -> Path:
    """Save a BERT of two layers over the words of these texts, as a person would have it on disk; its weights are random, not chance."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

    words = sorted({word for text in texts for word in re.findall(r"\w+", text.lower())})
    folder.mkdir(parents=True)
    (folder / "vocab.txt").write_text("\n".join((*SPECIAL, *words)), "utf-8")
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=LENGTH)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=LENGTH, num_labels=labels, initializer_range=0.5, **sizes)
    with torch.random.fork_rng():
        torch.manual_seed(7)
        (BertModel if headless else BertForSequenceClassification)(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


class Overlap:
    """A cross-encoder whose score is the share of the query's words that the text says, less a half. Remembers what it read."""

    def __init__(self) -> None:
        self.read: list[tuple[str, str]] = []

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        self.read += pairs
        return np.array([_share(query, text) - 0.5 for query, text in pairs], np.float32)


def _share(query: str, text: str) -> float:
    asked, said = ({word.strip(".,:") for word in fold(each).split()} for each in (query, text))
    return len(asked & said) / len(asked)
