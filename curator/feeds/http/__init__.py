"""The HTTP client through which feeds, articles and robots.txt are fetched."""

from curator.feeds.http.client import HttpFetcher, Limits

__all__ = ["HttpFetcher", "Limits"]
