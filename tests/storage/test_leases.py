"""Machines that share a database are as polite together as one of them alone."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from support.postgres import psycopg, server
from support.server import Site

from curator.core.errors import ConfigError
from curator.storage import open_leases
from curator.storage.postgres.address import address
from curator.storage.postgres.leases import PostgresLeases

MACHINE = Path(__file__).parents[1] / "support" / "leasing_machine.py"
_HOSTS = count()


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        for n in range(30):
            site.serves(f"/feed?n={n}", "<rss/>", delay=0.03)
        yield site


@pytest.fixture
def host() -> str:
    return f"host-{next(_HOSTS)}.example"


def leases(brand: str = "first", expiry: float = 60.0) -> PostgresLeases:
    return PostgresLeases(address(server().url(brand), "", {}), 2, expiry)


def machine(brand: str, *args: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, MACHINE, server().url(brand), *args], stdout=subprocess.PIPE, text=True)


def test_two_machines_never_have_more_than_two_requests_in_flight_at_a_host(site: Site) -> None:
    machines = [machine(brand, "30", site.url("/feed")) for brand in ("first", "second")]
    answered = [int(each.communicate(timeout=120)[0]) for each in machines]
    assert answered == [30, 30]
    assert len(site.log) == 60
    assert max(asked.together for asked in site.log) == 2
    turns = [asked.path for asked in site.log]
    assert turns != sorted(turns, key=turns.index)[:30] * 2


def test_a_host_whose_machine_died_is_asked_again_when_its_leases_have_expired(site: Site) -> None:
    holder = machine("first", "0", site.url("/feed"), "hold")
    assert holder.stdout
    with holder:
        assert holder.stdout.readline() == "2\n"
        holder.kill()
    other = machine("first", "2", site.url("/feed"))
    assert other.communicate(timeout=120)[0] == "2\n"


def test_a_lease_is_given_back_once_and_is_then_another_s(host: str) -> None:
    async def story() -> None:
        ours, theirs = leases(), leases("second")
        one, two, three = [await each.take(host) for each in (ours, theirs, ours)]
        assert one
        assert two
        assert three is None
        await ours.give_back(one)
        four = await theirs.take(host)
        assert four
        await ours.give_back(one)
        assert await ours.take(host) is None, "a lease that was given back frees nothing again"

    asyncio.run(story())


def test_what_a_machine_gives_back_too_late_stays_with_who_has_it_now(host: str) -> None:
    async def story() -> None:
        slow, other = leases(expiry=0.05), leases("second")
        late = [await slow.take(host) for _ in range(2)]
        await asyncio.sleep(0.2)
        now = [await other.take(host) for _ in range(2)]
        for lease in filter(None, late):
            await slow.give_back(lease)
        assert all(late)
        assert all(now)
        assert await slow.take(host) is None

    asyncio.run(story())


def test_which_hosts_a_brand_reads_is_not_in_the_table(host: str) -> None:
    asyncio.run(leases().take(host))
    with psycopg.connect(server().admin("library")) as admin:
        rows = admin.execute("SELECT brand, leases::text FROM curator.leases").fetchall()
    assert {brand for brand, _ in rows} == {"*"}
    assert not [row for _, row in rows if host in row]


def test_no_library_may_be_called_as_what_all_brands_share(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="names no brand"):
        address(server().url("*"), "", {})
    assert open_leases("tinydb", tmp_path, 2) is None
