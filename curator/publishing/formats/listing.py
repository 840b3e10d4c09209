"""The reading list as one JSON document, the shape other programs rely on, and back."""

import json

import msgspec

from curator.core.brand import Brand
from curator.core.report import RunReport

_FAILURE = ("url", "stage", "reason", "hint")


def render(report: RunReport, brand: Brand) -> str:
    """{brand, date, generated_at, counts, seconds, items, mentions, failures}; times RFC 3339 in UTC with Z.

    Of a failure the reader's part is shown (url, stage, reason, hint); what only the next fetch needs is not.
    """
    shape = msgspec.to_builtins(report)
    shape["failures"] = [{key: failure[key] for key in _FAILURE} for failure in shape["failures"]]
    return json.dumps(shape, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def loads(document: bytes) -> RunReport:
    """The report that `render` wrote. Raises msgspec.DecodeError or its child ValidationError for anything else."""
    return msgspec.json.decode(document, type=RunReport)
