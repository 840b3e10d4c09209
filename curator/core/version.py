"""The version of curator."""

VERSION = "0.1.0"
