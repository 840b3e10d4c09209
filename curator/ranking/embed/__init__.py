"""The encoders of a brand: `open_engine` returns those named in brand.toml. No model is loaded before a text needs it."""

from curator.ranking.embed.ensemble import EMBEDDED, EncoderEnsemble, open_engine

__all__ = ["EMBEDDED", "EncoderEnsemble", "open_engine"]
