"""The HTTP client through which feeds, articles and robots.txt are fetched."""

from curator.feeds.http.client import DEFAULT_LIMITS, HttpFetcher, Limits

__all__ = ["DEFAULT_LIMITS", "HttpFetcher", "Limits"]
