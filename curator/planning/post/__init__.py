"""Posts: what each network accepts, and a draft of an item that fits it. Import from here; the modules are private."""

from datetime import datetime

from msgspec import Struct

from curator.core.brand import Brand
from curator.core.item import Item
from curator.planning.post import networks, parts, utm
from curator.planning.post.assemble import assemble
from curator.planning.post.limits import Violation, length, limit, violations

__all__ = ["PostDraft", "Violation", "compose", "length", "limit", "networks", "violations"]


class PostDraft(Struct, frozen=True, kw_only=True):
    """The text of a post. `length` and `limit` count as the network does; `url` is the tagged link, in the text or beside it."""

    id: str
    network: str
    text: str
    length: int
    limit: int
    url: str
    problems: tuple[Violation, ...] = ()


def compose(
    item: Item, evidence: str, topic: str, brand: Brand, network: str, when: datetime | None, kind: str, *, own: str = ""
) -> PostDraft:
    """Return the post of an item on a network. A generated text always fits the network.

    `evidence` is the sentence to quote, "" for none. `when` is the time of the post, for the date in [calendar] utm. `own` is the
    user's own text, which is used as it is, whether it fits or not.
    """
    kind = kind or item.kind
    url = utm.tagged(item.url, brand.calendar.utm, utm.fields(brand, network, when, kind))
    text = own
    if not own:
        made = parts.collect(item, evidence, topic, brand, networks.rules(network), url, kind)
        text = assemble(made, kind, network, brand, untagged_url=item.url)
    problems = violations(text, network, has_media=bool(item.image))
    return PostDraft(id=item.id, network=network, text=text, length=length(text, network), limit=limit(network), url=url, problems=problems)
