"""A post, ready to share: what a network takes, and a draft of an item that it takes. Import from here, not from the files beside."""

from datetime import datetime

from msgspec import Struct

from curator.core.brand import Brand
from curator.core.item import Item
from curator.planning.post import link, networks, parts
from curator.planning.post.count import Objection, length, limit, objections
from curator.planning.post.fit import fitted

__all__ = ["Draft", "Objection", "compose", "length", "limit", "networks", "objections"]


class PostDraft(Struct, frozen=True, kw_only=True):
    """A post as it will look. `length` and `limit` as the network counts; `url`: the tagged link, in the text or beside it."""

    id: str
    network: str
    text: str
    length: int
    limit: int
    url: str
    problems: tuple[Objection, ...] = ()


def compose(
    item: Item, evidence: str, topic: str, brand: Brand, network: str, when: datetime | None, kind: str, *, own: str = ""
) -> PostDraft:
    """The post for an item on a network; it always fits.

    `evidence`: the sentence to quote, "" for none. `own`: the person's wording, which stays as it is whether it fits or not.
    `when`: the time it goes out, for what [calendar] utm says of the date.
    """
    kind = kind or item.kind
    url = link.tagged(item.url, brand.calendar.utm, link.fields(brand, network, when, kind))
    text = own
    if not own:
        made = parts.gather(item, evidence, topic, brand, networks.of(network), url, kind)
        text = fitted(made, kind, network, brand, plain=item.url)
    problems = objections(text, network, media=bool(item.image))
    return PostDraft(id=item.id, network=network, text=text, length=length(text, network), limit=limit(network), url=url, problems=problems)
