"""The models of a brand: `open_engine` and `open_reranker` return those named in brand.toml. None is loaded before a text needs it."""

from curator.ranking.embed.ensemble import EMBEDDED, EncoderEnsemble, open_engine, open_reranker

__all__ = ["EMBEDDED", "EncoderEnsemble", "open_engine", "open_reranker"]
