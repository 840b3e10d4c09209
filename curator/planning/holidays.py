"""Days that a calendar shows: public holidays of the brand's country, observances, and the brand's own dates."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

import msgspec
from msgspec import Struct

from curator.core.brand import Brand
from curator.core.text.plain import fold

_WORLD = "world"


class Occasion(Struct, frozen=True, kw_only=True):
    """A named day: a public holiday, an observance on which people work, or a date of the brand's own."""

    day: date
    name: str
    kind: Literal["holiday", "observance", "own"] = "holiday"


class _Observance(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A yearly observance of holidays.toml: `on` is "MM-DD", `id` and `en` its names, `by` who declared it."""

    on: str
    id: str
    en: str
    by: str


def between(brand: Brand, first: date, last: date) -> tuple[Occasion, ...]:
    """Return the occasions from `first` to `last`, both included, in order; named in the brand's language where possible."""
    own = [Occasion(day=day, name=name, kind="own") for day, name in brand.calendar.dates.items()]
    own_names = {(o.day, fold(o.name)) for o in own}
    others = (*_public_holidays(brand, first.year, last.year), *_observances(brand, first.year, last.year))
    all_ = (*own, *(o for o in others if (o.day, fold(o.name)) not in own_names))
    return tuple(sorted((o for o in all_ if first <= o.day <= last), key=lambda o: (o.day, o.kind)))


def _observances(brand: Brand, first: int, last: int) -> Iterator[Occasion]:
    """Yield the observances of the brand's country, then the international ones, for each year."""
    if not brand.calendar.observances:
        return
    for each in (*_observance_data().get(_country(brand.timezone), ()), *_observance_data()[_WORLD]):
        name = each.id if brand.language == "id" else each.en
        days = (date.fromisoformat(f"{year:04}-{each.on}") for year in range(first, last + 1))
        yield from (Occasion(day=day, name=name, kind="observance") for day in days)


@cache
def _observance_data() -> Mapping[str, tuple[_Observance, ...]]:
    text = resources.files("curator.planning").joinpath("holidays.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, tuple[_Observance, ...]])


def _public_holidays(brand: Brand, first: int, last: int) -> list[Occasion]:
    """Return the public holidays, with the collective leave that a government adds to them."""
    import holidays

    country = _country(brand.timezone)
    if country not in holidays.list_supported_countries():
        return []
    calendar = getattr(holidays, country)
    categories = {"public", "government"} & set(calendar.supported_categories)
    days = holidays.country_holidays(
        country, years=range(first, last + 1), language=_language(calendar, brand.language), categories=categories
    )
    return [Occasion(day=day, name=name) for day, name in days.items()]


def _country(timezone: str) -> str:
    """Return the ISO 3166 code of a time zone's country: ID for Asia/Jakarta, "" for UTC."""
    from babel.core import get_global

    return str(get_global("zone_territories").get(timezone, ""))


def _language(calendar: type, code: str) -> str | None:
    """Return the language of the `holidays` package that a code means: "en" is "en_US" where that is what it has."""
    languages = sorted(getattr(calendar, "supported_languages", ()))
    return next((each for each in languages if each == code or each.startswith(f"{code}_")), None)
