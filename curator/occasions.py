"""The days that a calendar should know of: public holidays where the brand is, and its own."""

from datetime import date

from msgspec import Struct

from curator.model import Brand


class Occasion(Struct, frozen=True, kw_only=True, order=True):
    """A day with a name; `own`: it is the brand's."""

    day: date
    name: str
    own: bool = False


def between(brand: Brand, first: date, last: date) -> tuple[Occasion, ...]:
    """The occasions from the first day to the last, in order; names in the brand's language where there are such."""
    own = [Occasion(day=day, name=name, own=True) for day, name in brand.calendar.dates.items()]
    return tuple(sorted(o for o in (*own, *_public(brand, first.year, last.year)) if first <= o.day <= last))


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
