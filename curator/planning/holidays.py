"""The days that a calendar should know of: public holidays where the brand is, days that are observed there, and its own."""

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

_EVERYWHERE = "world"


class Occasion(Struct, frozen=True, kw_only=True):
    """A day with a name: a day off, one that is observed and worked, or the brand's own."""

    day: date
    name: str
    kind: Literal["holiday", "observance", "own"] = "holiday"


class _Yearly(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An observance as occasions.toml says it: `on` is month and day, `id` and `en` its names, `by` what made it one."""

    on: str
    id: str
    en: str
    by: str


def between(brand: Brand, first: date, last: date) -> tuple[Occasion, ...]:
    """The occasions from the first day to the last, in order; names in the brand's language where there are such."""
    own = [Occasion(day=day, name=name, kind="own") for day, name in brand.calendar.dates.items()]
    told = {(o.day, fold(o.name)) for o in own}
    others = (*_public(brand, first.year, last.year), *_observed(brand, first.year, last.year))
    known = (*own, *(o for o in others if (o.day, fold(o.name)) not in told))
    return tuple(sorted((o for o in known if first <= o.day <= last), key=lambda o: (o.day, o.kind)))


def _observed(brand: Brand, first: int, last: int) -> Iterator[Occasion]:
    """The observances of the brand's country, then those of everywhere."""
    if not brand.calendar.observances:
        return
    for each in (*_yearly().get(_country(brand.timezone), ()), *_yearly()[_EVERYWHERE]):
        name = each.id if brand.language == "id" else each.en
        days = (date.fromisoformat(f"{year:04}-{each.on}") for year in range(first, last + 1))
        yield from (Occasion(day=day, name=name, kind="observance") for day in days)


@cache
def _yearly() -> Mapping[str, tuple[_Yearly, ...]]:
    text = resources.files("curator.planning").joinpath("holidays.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, tuple[_Yearly, ...]])


def _public(brand: Brand, first: int, last: int) -> list[Occasion]:
    """The public holidays and those days that an office takes with them."""
    import holidays

    country = _country(brand.timezone)
    if country not in holidays.list_supported_countries():
        return []
    place = getattr(holidays, country)
    categories = {"public", "government"} & set(place.supported_categories)
    days = holidays.country_holidays(
        country, years=range(first, last + 1), language=_language(place, brand.language), categories=categories
    )
    return [Occasion(day=day, name=name) for day, name in days.items()]


def _country(timezone: str) -> str:
    """The country whose clocks these are: ID for Asia/Jakarta, nothing for UTC."""
    from babel.core import get_global

    return str(get_global("zone_territories").get(timezone, ""))


def _language(place: type, code: str) -> str | None:
    """The language as the holidays of a country name it: en is en_US where they speak that."""
    return next((each for each in sorted(getattr(place, "supported_languages", ())) if each == code or each.startswith(f"{code}_")), None)
