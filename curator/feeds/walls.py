"""Walls that sites put up against programs: recognized by the headers and the words of their answers.

A wall is named so that the user knows whom to ask. Nothing here tries to get past one.
"""

import re
from collections.abc import Mapping

CHECK = "a check for robots"
_HEADERS = {
    "cf-mitigated": "Cloudflare",
    "x-amzn-waf-action": "AWS WAF",
    "x-datadome": "DataDome",
    "x-sucuri-block": "Sucuri",
    "x-vercel-mitigated": "Vercel",
}
_PAGES = (
    ("Cloudflare", re.compile(rb"cdn-cgi/challenge-platform|challenges\.cloudflare\.com|cf-browser-verification|cf-error-details", re.I)),
    ("Imperva", re.compile(rb"_Incapsula_Resource|Incapsula incident", re.I)),
    ("DataDome", re.compile(rb"captcha-delivery\.com", re.I)),
    ("HUMAN", re.compile(rb"\bpx-captcha\b", re.I)),
    ("Akamai", re.compile(rb"errors\.edgesuite\.net", re.I)),
    ("Sucuri", re.compile(rb"Sucuri WebSite Firewall", re.I)),
    ("DDoS-Guard", re.compile(rb"\bddos-guard\b", re.I)),
    ("Anubis", re.compile(rb"\banubis_challenge\b", re.I)),
    ("AWS WAF", re.compile(rb"\bgokuProps\b|\.awswaf\.com", re.I)),
)
_WORDS = (
    rb"just a moment|attention required|checking (?:your browser|if the site connection is secure)|captcha"
    rb"|(?:verify|verifying|confirm)(?: that)? you(?: are|'re) (?:a |not a )?(?:human|robot|bot)|are you (?:a )?(?:human|robot)"
    rb"|enable javascript and cookies to continue|(?:memeriksa|memverifikasi) (?:browser|peramban|koneksi)"
    rb"|bukan (?:se(?:buah|orang) )?robot"
)
_CHECK_PAGE = re.compile(_WORDS, re.I)
_TITLE = re.compile(rb"<title[^<>]{0,100}>\s*(?:" + _WORDS + rb")", re.I)
_BY_NAME = re.compile(
    rb"user[ -]?agent|automated (?:access|requests?|queries)|(?:bots?|scrapers?|crawlers?) (?:are|is) (?:not|blocked)", re.I
)


def before(headers: Mapping[str, str], page: bytes) -> str:
    """Return what refused a request, judged by the headers and the first bytes of the answer; "" when it does not say."""
    names = [name for header, name in _HEADERS.items() if header in headers]
    names += [name for name, pattern in _PAGES if pattern.search(page)]
    if names:
        return f"{CHECK} ({names[0]})"
    if _CHECK_PAGE.search(page):
        return CHECK
    return "a rule against programs of this name (User-Agent)" if _BY_NAME.search(page) else ""


def is_check(page: bytes) -> bool:
    """Whether a page that was given as a good answer is a check for robots, by its title."""
    return bool(_TITLE.search(page[:4096]))
