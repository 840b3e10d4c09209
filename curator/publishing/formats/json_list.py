"""The reading list as a JSON document, and back. Other programs rely on its shape."""

import json

import msgspec

from curator.core.brand import Brand
from curator.core.report import RunReport

_FAILURE = ("url", "stage", "reason", "hint")


def render(report: RunReport, brand: Brand) -> str:
    """Return {brand, date, generated_at, counts, seconds, items, mentions, failures, trends}, with times in RFC 3339, UTC.

    A failure has its url, stage, reason and hint; what only the next fetch needs is left out.
    """
    report_dict = msgspec.to_builtins(report)
    report_dict["failures"] = [{key: failure[key] for key in _FAILURE} for failure in report_dict["failures"]]
    return json.dumps(report_dict, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def loads(document: bytes) -> RunReport:
    """Return the report that `render` wrote. Raises msgspec.DecodeError for anything else."""
    return msgspec.json.decode(document, type=RunReport)
