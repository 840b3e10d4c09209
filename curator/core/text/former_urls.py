"""The canonical form that addresses had under the rules of 0.1.0.

Items that were kept under these rules keep their ids, for decisions, posts and lists name them, and of a removed item nothing
but its id is left. The rules therefore stay as they were.
"""

import re
from urllib.parse import SplitResult, parse_qsl, unquote_plus, urlencode, urlunsplit

_TRACKING = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|mc_[ce]id|mkt_tok|oly_\w+|"
    r"_hs(?:enc|mi)|vero_\w+|wickedid|ref_src|ref_url|cmpid|ncid|s_cid|spm|scm|__twitter_impression|at_(?:medium|campaign|custom\d)|"
    r"traffic_source|source_feed|feedburner)$",
    re.I,
)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$")


def canonical(parts: SplitResult, host: str) -> str:
    """Return the former canonical form. `host` has no `www.` and no usual port."""
    named = "&".join(p for p in parts.query.split("&") if not _TRACKING.match(unquote_plus(p.partition("=")[0])))
    query = urlencode(sorted(parse_qsl(named, keep_blank_values=True, errors="surrogateescape")), errors="surrogateescape")
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""  # pages that "#/story" chooses had no ids of their own
    return urlunsplit(("https", host, _bare(parts.path) or "/", query, fragment))


def _bare(path: str) -> str:
    while (shorter := _INDEX.sub("", path.rstrip("/"))) != path:
        path = shorter
    return path
