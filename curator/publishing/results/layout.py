"""The layout of each analytics export: a TOML file that says what its columns may be called."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Final

from msgspec import Struct, toml

from curator.core.text import urls
from curator.core.text.plain import fold
from curator.planning.post import networks

COUNTS: Final = ("impressions", "reach", "engagements", "likes", "comments", "shares", "saves", "clicks")
FIELDS: Final = ("at", "date", "time", "network", "text", "link", "url", *COUNTS)
# The first of those that know the most columns is taken.
NAMES: Final = ("buffer", "metricool", "hootsuite", "x", "meta", "tiktok", "linkedin", "other")


class ResultsLayout(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The columns of one tool's exports.

    - `columns`: by field of `FIELDS`, the names that its column may have. `at` holds date and time; `date` and `time` one of them.
    - `link`: the page that was shared. `url`: the post on its network.
    - `month_first`: whether 10/11/2026 is October 11, where no date of the file settles it.
    - `checked`: the month in which `source` was last read; it says what was seen of the tool's exports.
    """

    name: str
    columns: Mapping[str, tuple[str, ...]]
    checked: str = ""
    source: str = ""
    note: str = ""
    month_first: bool | None = None

    def fields(self, header: Sequence[str]) -> dict[str, int]:
        """Return the place of each field's column in a header, by the first of its names that is there."""
        places = {key(name): n for n, name in reversed([*enumerate(header)])}
        found = ((field, next((places[key(n)] for n in names if key(n) in places), None)) for field, names in self.columns.items())
        return {field: place for field, place in found if place is not None}

    def known(self, header: Sequence[str]) -> int:
        """Return how many columns of a header are known; one that may hold two fields counts once."""
        return len(set(self.fields(header).values()))


def key(name: str) -> str:
    """Return what a column's name is compared by: its letters and digits without case and accents."""
    return re.sub(r"[\W_]+", "", fold(name))


@cache
def layouts() -> tuple[ResultsLayout, ...]:
    """Return the layouts that are known."""
    folder = resources.files("curator.publishing.results") / "layouts"
    return tuple(toml.decode((folder / f"{name}.toml").read_bytes(), type=ResultsLayout) for name in NAMES)


def network(words: str, url: str = "") -> str:
    """Return the network that an export's words mean, else the one of the post's address, "" where neither tells."""
    said = key(words)
    return _names().get(said) or next((n for name, n in _by_length() if name in said), "") or _names().get(key(urls.site(url)), "")


@cache
def _names() -> Mapping[str, str]:
    text = (resources.files("curator.publishing.results") / "networks.toml").read_text("utf-8")
    called: Mapping[str, Iterable[str]] = tomllib.loads(text)
    return {key(name): network for network in networks.networks() for name in (network, *called.get(network, ()))}


@cache
def _by_length() -> tuple[tuple[str, str], ...]:
    """Return names that tell a network within a longer one, such as "LinkedIn · Kopi Senja", the longest first."""
    return tuple(sorted(((name, network) for name, network in _names().items() if len(name) > 4), key=lambda pair: -len(pair[0])))
