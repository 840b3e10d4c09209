"""What is said of a post while it is written is what an export of it says."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from support.parts import NOW
from support.posts import NETWORKS, PLANNING, item, placed, planned

from curator.core.errors import CuratorError
from curator.planning import drafts
from curator.publishing.export import export_posts
from curator.publishing.formats import TABLES, table_layout
from curator.publishing.schedulers import refused
from curator.publishing.types import ExportRequest

TEXT = "Kopi naungan di dataran tinggi"
NO_BOARD = replace(PLANNING, boards={})


def exported(context: object, id_: str, network: str) -> dict[str, list[str]]:
    """What exports to all schedulers refuse of an item on a network, by the scheduler's name."""
    found = {}
    for name in TABLES:
        try:
            export_posts(context, ExportRequest(format=name, network=network), NOW)
        except CuratorError as error:
            if mine := [each.what for each in error.problems if f" {id_} " in each.where]:
                found[table_layout.load(name).name] = mine
    return found


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("minutes", [-5, 3, 24 * 60, 24 * 60 + 2, 24 * 60 + 7])
def test_what_is_refused_while_one_writes_is_what_an_export_refuses(network: str, minutes: int):
    at = NOW + timedelta(minutes=minutes)
    before = placed(item(1), network, text=TEXT, at=NOW + timedelta(days=1, minutes=-1))
    mine = placed(item(), network, text=TEXT, at=at)
    context = planned([item(), item(1)], [before, mine], NO_BOARD)
    told = refused(context, drafts.measure(context, item().id, TEXT, network), NOW)
    assert {name: [each.what for each in problems] for name, problems in told.items()} == exported(context, item().id, network)


def test_a_post_without_a_time_or_on_no_network_is_refused_by_nobody():
    context = planned([item(), item(1)], [placed(item(), at=None), placed(item(1))])
    assert refused(context, drafts.measure(context, item().id, TEXT, "x"), NOW) == {}
    assert refused(context, drafts.measure(context, item(1).id, TEXT, "mastodon"), NOW) == {}
