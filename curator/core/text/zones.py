"""Time zones of countries, for times that name none. Of a country whose clocks show several times, any but UTC would be a guess."""

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

# Countries of several zones whose nationwide press writes one of them.
_PRESS = {"ID": "Asia/Jakarta", "CN": "Asia/Shanghai", "ES": "Europe/Madrid", "NZ": "Pacific/Auckland", "PT": "Europe/Lisbon"}
# Languages at home in one country, or in several with the same clocks, by that country (ISO 639-1, ISO 3166).
_SPOKEN = {"ID": "id in jv su", "MY": "ms", "JP": "ja", "KR": "ko", "TH": "th", "VN": "vi", "KH": "km", "LA": "lo", "MM": "my", "IN": "hi"}
_SPOKEN |= {"PH": "fil tl", "IT": "it", "PL": "pl", "TR": "tr", "IL": "he", "CZ": "cs", "DK": "da", "FI": "fi", "HU": "hu"}
_HOMES = {language: country for country, languages in _SPOKEN.items() for language in languages.split()}
_NOT_COUNTRIES = {"uk": "GB"}  # domains of countries that go by another code in ISO 3166
# Country domains that sites of all the world use, as search engines have it.
_EVERYWHERE = ["ad", "ai", "as", "bz", "cc", "cd", "co", "dj", "fm", "io", "la", "me", "ms", "nu", "sc", "sr", "su", "tv", "tk", "to", "ws"]
_SEASONS = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


def of_domain(domain: str) -> str:
    """Return the zone of the country that a domain ends with, "" where it ends with none."""
    end = domain.rpartition(".")[2].lower()
    return "" if len(end) != 2 or end in _EVERYWHERE else of_country(_NOT_COUNTRIES.get(end, end.upper()))


def of_language(tag: str) -> str:
    """Return the zone of the country of a language tag, such as "id" or "ms-MY", "" where it names none."""
    language, *subtags = tag.lower().split("-")
    country = next((subtag.upper() for subtag in subtags if len(subtag) == 2), "")
    return of_country(country or _HOMES.get(language, ""))


def of_country(country: str) -> str:
    """Return the zone of a country (ISO 3166, two capitals), UTC for one of several times, "" for no country."""
    zones = [_PRESS[country]] if country in _PRESS else _zones().get(country, [])
    if not zones:
        return ""
    clocks = {tuple(season.astimezone(ZoneInfo(zone)).utcoffset() for season in _SEASONS) for zone in zones}
    return zones[0] if len(clocks) == 1 else "UTC"


@cache
def _zones() -> dict[str, list[str]]:
    """Return the zones of each country, the most populous first, from the table of the tz database."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    found: dict[str, list[str]] = {}
    for country, _, zone, *_ in rows:
        found.setdefault(country, []).append(zone)
    return found
