"""The store on Postgres: what every store promises, and what only a server of many brands has to."""

import asyncio
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.index import search_context
from support.postgres import Server, psycopg, server
from support.store_contract import NOW, SCRIPTS, StoreContract, decided, item, items, notice, post, report, result, rich, scouted, state

from curator.core.errors import ConfigError, Locked, StoreError
from curator.core.item import Tombstone
from curator.core.protocols import Changes
from curator.search import sync
from curator.search.postgres import PostgresIndex
from curator.storage import open_caches, open_store
from curator.storage.postgres import database, settings
from curator.storage.postgres.address import EVERYBODY, address
from curator.storage.postgres.leases import PostgresLeases
from curator.storage.postgres.settings import Recorder
from curator.storage.postgres.store import PostgresStore

_BRANDS = count()
EVERYTHING = Changes(
    items=(rich(1), item(2)),
    texts={item(1).id: "satu\0dua ☕"},
    states=(state(1),),
    posts=(post(1),),
    decisions=(decided(1),),
    notices=(notice(1),),
    removed=(Tombstone(id=item(9).id, entry_hash=9),),
    report=report(NOW.date()),
    results=(result(1),),
    scouted=(scouted(1),),
)


def opened(brand: str, role: str = "owner", database: str = "library") -> PostgresStore:
    return PostgresStore(address(server().url(brand, role, database), "", {}))


def fresh() -> str:
    return f"brand-{next(_BRANDS)}"


class TestPostgresStore(StoreContract):
    def open(self, folder: Path) -> PostgresStore:
        return opened(fresh())


# --- brands in one database ---


def test_no_brand_sees_anything_of_another_one() -> None:
    mine, yours = opened(fresh()), opened(fresh())
    mine.commit(EVERYTHING)
    assert (yours.items(), yours.texts([item(1).id]), yours.states(), yours.posts(), yours.decisions()) == ([], {}, {}, [], [])
    assert (yours.notices(), list(yours.tombstones()), yours.days(), yours.months(), yours.known([item(1).id])) == ([], [], [], {}, set())
    yours.commit(Changes(items=(item(1, title="Lain"),), forget=(state(1).url,), undone=(1,), dropped=(notice(1).id,)))
    yours.commit(Changes(removed=(Tombstone(id=item(2).id),)))
    assert mine.items() == [item(2), rich(1)]
    assert (mine.states(), mine.decisions(), mine.notices()) == ({state(1).url: state(1)}, [decided(1)], [notice(1)])


@pytest.fixture(scope="module")
def hidden() -> dict[str, list[str]]:
    """Every table of the schema with the brands whose rows lie in it: those of a library with one of everything, and everybody's."""
    where = address(server().url("hidden"), "", {})
    PostgresStore(where, Recorder(Path("hidden"), lambda: {"brand.toml": b"hidden"})).commit(EVERYTHING)
    open_caches(server().url("hidden"), Path("library")).opened().vectors.put({b"key": _vector(1.0)})
    assert sync.refresh(replace(search_context(Path("library"), opened("hidden")), index=PostgresIndex(where))) == 2
    asyncio.run(PostgresLeases(where, 2).take("kabar.example"))
    with psycopg.connect(server().admin("library")) as admin:
        return {table: _brands(admin, table) for table in _tables(admin) if table != "migrations"}


def test_no_table_of_the_schema_is_without_something_to_hide(hidden: dict[str, list[str]]) -> None:
    for table, brands in hidden.items():
        assert {"hidden", EVERYBODY} & {*brands}, f"nothing was put into curator.{table}: no test can tell whether it is hidden"


@pytest.mark.parametrize("role", ["desk", "owner"])
def test_whatever_the_roles_of_the_program_ask_they_get_no_row_of_another_brand(role: str, hidden: dict[str, list[str]]) -> None:
    with psycopg.connect(server().url("x", role).replace("&brand=x", "")) as connection:
        for table in _tables(connection, parts=True):
            if table == "migrations":
                continue
            for name in (None, "", "other", "hidden' OR true --"):
                with connection.transaction(force_rollback=True):
                    if name is not None:
                        connection.execute("SELECT set_config('curator.brand', %s, true)", (name,))
                    assert _count(connection, f"SELECT count(*) FROM curator.{table}") in {0, None}
                    assert _count(connection, f"UPDATE curator.{table} SET brand = brand") in {0, None}
                    assert _count(connection, f"DELETE FROM curator.{table}") in {0, None}
        with connection.transaction(force_rollback=True):
            connection.execute("SELECT set_config('curator.brand', 'other', true)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("INSERT INTO curator.texts (brand, id, record) VALUES ('hidden', 'x', '1')")


@pytest.mark.parametrize("statement", ["ALTER TABLE curator.items DISABLE ROW LEVEL SECURITY", "DROP POLICY own_brand ON curator.items"])
def test_the_role_of_the_program_cannot_lift_row_security(statement: str, hidden: dict[str, list[str]]) -> None:
    desk = psycopg.connect(server().url("x", "desk").replace("&brand=x", ""))
    with desk as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)  # type: ignore[call-overload]


@pytest.mark.parametrize("role", ["desk", "owner"])
def test_who_asks_for_all_brands_learns_their_names_and_nothing_else(role: str, hidden: dict[str, list[str]]) -> None:
    with psycopg.connect(server().url("x", role).replace("&brand=x", "")) as connection:
        for table in _tables(connection, parts=True):
            with connection.transaction(force_rollback=True):
                connection.execute("SELECT set_config('curator.brand', %s, true)", (EVERYBODY,))
                others = f"FROM curator.{table} WHERE brand <> '{EVERYBODY}'" if table != "migrations" else "FROM (SELECT) WHERE false"
                assert bool(_count(connection, f"SELECT count(*) {others}")) is (table == "brands")
        with connection.transaction(force_rollback=True):
            connection.execute("SELECT set_config('curator.brand', %s, true)", (EVERYBODY,))
            assert _count(connection, "DELETE FROM curator.brands") == 0
            assert _count(connection, "UPDATE curator.brands SET brand = brand") == 0


def test_the_role_of_the_program_needs_no_more_than_to_read_and_write_rows(hidden: dict[str, list[str]]) -> None:
    brand = fresh()
    PostgresStore(address(server().url(brand, "desk"), "", {}), Recorder(Path(brand), lambda: {"brand.toml": b"x"})).commit(EVERYTHING)
    assert brand in settings.brands(address(server().url(brand, "desk"), "", {}))
    assert opened(brand, "desk").items() == opened(brand, "owner").items() == [item(2), rich(1)]


def test_a_role_that_row_security_does_not_bind_is_refused() -> None:
    with pytest.raises(StoreError, match="row security does not bind the role postgres") as refused:
        PostgresStore(address(f"{server().admin('library')}&brand=x", "", {})).items()
    assert "CREATE ROLE" in refused.value.problems[0].hint


# --- migrations ---


def test_a_database_of_a_newer_version_is_refused_by_name_and_left_alone() -> None:
    server().make("newer")
    opened("kopi", database="newer").commit(EVERYTHING)
    with psycopg.connect(server().admin("newer"), autocommit=True) as admin:
        admin.execute("INSERT INTO curator.migrations (number) VALUES (99)")
    database.pool.cache_clear()
    with pytest.raises(StoreError, match=r"newer curator \(its schema is 99, this one knows \d+\)") as refused:
        opened("kopi", database="newer").items()
    assert "pip install --upgrade curator" in refused.value.problems[0].hint
    assert "/newer" in refused.value.problems[0].where


def test_an_older_database_is_migrated_in_one_step_or_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    server().make("older")
    opened("kopi", database="older").commit(EVERYTHING)
    now, column = database.migrate._migrations(), b"ALTER TABLE curator.items ADD COLUMN topic text"
    last = max(now)
    database.pool.cache_clear()
    monkeypatch.setattr(database.migrate, "_migrations", lambda: {**now, last + 1: column, last + 2: b"SELECT 1 / 0"})
    with pytest.raises(psycopg.errors.DivisionByZero):
        opened("kopi", database="older").items()
    monkeypatch.setattr(database.migrate, "_migrations", lambda: {**now, last + 1: column, last + 2: b"SELECT 1"})
    assert opened("kopi", database="older").items() == [item(2), rich(1)]
    with psycopg.connect(server().admin("older")) as admin:
        assert [number for (number,) in admin.execute("SELECT number FROM curator.migrations ORDER BY 1")] == list(range(1, last + 3))
        assert admin.execute("SELECT count(topic), count(*) FROM curator.items").fetchone() == (0, 2)


def test_a_database_without_the_extension_of_vectors_says_who_can_make_it_and_stays_as_it_was() -> None:
    server().make("plain")
    with psycopg.connect(server().admin("plain"), autocommit=True) as admin:
        admin.execute("DROP EXTENSION vector")
    with pytest.raises(StoreError, match="no extension vector") as refused:
        opened("kopi", database="plain").items()
    assert refused.value.problems[0].hint.startswith('psql -d plain -c "CREATE EXTENSION vector"')
    with psycopg.connect(server().admin("plain"), autocommit=True) as admin:
        assert _count(admin, "SELECT count(*) FROM pg_namespace WHERE nspname = 'curator'") == 0
        admin.execute("CREATE EXTENSION vector")
    assert opened("kopi", database="plain").items() == []


@pytest.mark.parametrize(
    ("name", "value", "told", "hint"),
    [
        ("_EXTENSION", "no such", "has no pgvector: ", r"apt-get install postgresql-\d+-pgvector, .* -c \"CREATE EXTENSION vector\""),
        ("_OLDEST", (99, 1), r"has pgvector \d[\d.]+: .* by 99\.1 or newer", r"psql -d bare\d+ -c \"ALTER EXTENSION vector UPDATE\""),
    ],
)
def test_a_server_without_pgvector_or_with_an_old_one_is_told_with_what_to_type(
    monkeypatch: pytest.MonkeyPatch, name: str, value: object, told: str, hint: str
) -> None:
    bare = f"bare{next(_BRANDS)}"
    server().make(bare)
    monkeypatch.setattr(database.migrate, name, value)
    with pytest.raises(StoreError, match=told) as refused:
        opened("kopi", database=bare).items()
    assert re.search(hint, refused.value.problems[0].hint)


def test_a_database_without_tables_is_migrated_by_its_owner_and_not_by_another_role() -> None:
    server().make("empty")
    with pytest.raises(StoreError, match="the role of the address may not make them") as refused:
        opened("kopi", "desk", "empty").items()
    assert "curator doctor" in refused.value.problems[0].hint
    assert opened("kopi", "owner", "empty").items() == []


def test_processes_that_come_at_once_migrate_a_database_once() -> None:
    server().make("busy")
    failed: list[BaseException] = []

    def arrive() -> None:
        try:
            with psycopg.connect(server().url("x", database="busy").replace("&brand=x", ""), autocommit=True) as connection:
                database.migrate.migrate(connection)
        except BaseException as error:
            failed.append(error)

    arrivals = [threading.Thread(target=arrive) for _ in range(6)]
    for each in arrivals:
        each.start()
    for each in arrivals:
        each.join(20)
    assert failed == []


# --- locks and lost connections ---


def test_who_holds_a_lock_is_told_to_those_who_wait() -> None:
    brand, told = fresh(), rf"another run is at work on this library: pid {os.getpid()} on "
    with opened(brand).running(), pytest.raises(Locked, match=told) as refused, opened(brand).running():
        pass
    assert brand in refused.value.problems[0].where


def test_the_locks_of_a_process_that_is_killed_are_free_at_once() -> None:
    brand = fresh()
    script = (
        "from pathlib import Path; from curator.storage import open_store; import time\n"
        f"with open_store({server().url(brand)!r}, Path('x')).running(): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Locked, match=f"pid {holder.pid} on "):
            opened(brand).running().__enter__()
        holder.kill()
    _eventually(lambda: opened(brand).running().__enter__())


def test_the_locks_of_two_brands_have_nothing_to_do_with_each_other() -> None:
    one, other = opened(fresh()), opened(fresh())
    with one.running(), one.writing(), other.running():
        other.commit(EVERYTHING)
    assert len(other.items()) == 2


def test_a_run_that_loses_its_connection_commits_nothing_more_and_the_next_goes_on() -> None:
    store = opened(fresh())
    store.commit(Changes(items=items(1)))
    with store.running():
        store.commit(Changes(items=items(2)))
        _cut_connections()
        with pytest.raises(StoreError, match="the database cannot be used") as lost:
            store.commit(Changes(items=items(3)))
    assert lost.value.problems[0].hint
    with store.running():
        assert store.items() == list(items(2, 1))
        store.commit(Changes(items=items(3)))
    assert len(store.items()) == 3


def test_a_connection_that_is_lost_within_a_commit_leaves_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened(fresh())

    def cut(*_: object) -> None:
        _cut_connections()

    from curator.storage.postgres import commit

    monkeypatch.setattr(commit, "_let_go", cut)  # the last step of a commit
    with pytest.raises(StoreError):
        store.commit(EVERYTHING)
    monkeypatch.undo()
    assert (store.items(), store.texts([item(1).id]), store.states(), store.notices()) == ([], {}, {}, [])
    store.commit(EVERYTHING)
    assert len(store.items()) == 2


def test_a_server_that_only_lets_read_is_read_and_a_commit_says_why_it_cannot_be() -> None:
    brand = fresh()
    opened(brand).commit(EVERYTHING)
    standby = PostgresStore(address(f"{server().url(brand)}&options=-c%20default_transaction_read_only%3Don", "", {}))
    assert len(standby.items()) == 2
    with pytest.raises(StoreError, match="the server only lets read"):
        standby.commit(Changes(items=items(3)))


def test_readers_are_served_again_after_the_server_was_started_anew() -> None:
    brand = fresh()
    store = opened(brand)
    store.commit(EVERYTHING)
    assert store.items()
    _cut_connections()
    assert store.items() == [item(2), rich(1)]


def test_a_server_that_does_not_answer_is_told_without_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "r4hasia")
    monkeypatch.setenv("LIBRARY", "postgresql://desk:r4hasia@127.0.0.1:9/curator?brand=kopi")
    with pytest.raises(StoreError, match="the database cannot be used") as refused:
        open_store("env:LIBRARY", Path("kopi/library")).items()
    (problem,) = refused.value.problems
    assert "127.0.0.1" in problem.what
    assert problem.where == "postgresql://127.0.0.1:9/curator?brand=kopi"
    assert "r4hasia" not in f"{problem} {refused.value!r} {refused.value.__cause__}"


# --- addresses ---


def test_a_library_without_a_name_is_called_like_its_directory(tmp_path: Path) -> None:
    url = server().url("x").replace("&brand=x", "")
    open_store(url, tmp_path / "kopi ☕ senja" / "library").commit(Changes(items=items(1)))
    assert opened("kopi ☕ senja").items() == list(items(1))


@pytest.mark.parametrize(
    ("url", "environment", "sslmode"),
    [
        ("postgresql://db.example/curator", {}, "verify-full"),
        ("postgresql://a.example,127.0.0.1/curator", {}, "verify-full"),
        ("postgresql:///curator", {"PGHOST": "db.example"}, "verify-full"),
        ("postgresql://?service=desk", {}, "verify-full"),
        ("postgresql:///curator", {"PGSERVICE": "desk"}, "verify-full"),
        ("postgresql://10.0.0.7/curator", {}, "verify-full"),
        ("postgresql://db.example/curator?sslmode=require", {}, "require"),
        ("postgresql://db.example/curator", {"PGSSLMODE": "verify-ca"}, None),
        ("postgresql://localhost/curator", {}, None),
        ("postgresql://[::1]:5433/curator", {}, None),
        ("postgresql:///curator?host=/run/postgresql", {}, None),
    ],
)
def test_a_host_that_is_not_this_machine_must_prove_who_it_is(url: str, environment: dict[str, str], sslmode: str | None) -> None:
    assert psycopg.conninfo.conninfo_to_dict(address(url, "kopi", environment).conninfo).get("sslmode") == sslmode


@pytest.mark.parametrize(
    ("url", "environment"),
    [
        ("env:LIBRARY", {}),
        ("env:LIBRARY", {"LIBRARY": "mysql://desk:r4hasia@db/x"}),
        ("env:LIBRARY", {"LIBRARY": "postgresql://desk:r4hasia%zz@db/x"}),
        ("env:LIBRARY", {"LIBRARY": "postgresql://desk:r4hasia@db/x?wrong=1"}),
        ("postgresql://db/x?brand=", {}),
        ("postgresql://db/x?brand=a%00b", {}),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(url: str, environment: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as refused:
        address(url, "kopi", environment)
    assert refused.value.problems[0].hint
    assert "r4hasia" not in str(refused.value.problems[0])


def test_an_address_never_shows_its_password() -> None:
    found = address("env:LIBRARY", "kopi", {"LIBRARY": "postgresql://desk:r4hasia@db.example/curator"})
    assert "r4hasia" in found.conninfo
    assert "r4hasia" not in repr(found)


def test_two_servers_of_one_machine_are_told_apart() -> None:
    shown = {address(f"postgresql://127.0.0.1{port}/curator", "kopi", {}).shown for port in ("", ":5433", ":5434")}
    assert len(shown) == 3


# --- health ---


def test_the_doctor_of_a_sound_library_has_nothing_to_say() -> None:
    store = opened(fresh())
    store.commit(EVERYTHING)
    store.commit(Changes(items=(item(5, title=SCRIPTS["math"]),)))
    assert (store.check(), store.repair()) == ([], [])


def test_an_item_that_lost_its_text_is_found_and_read_again() -> None:
    brand = fresh()
    store = opened(brand)
    store.commit(EVERYTHING)
    _as_admin("DELETE FROM curator.texts WHERE brand = %s", brand)
    (problem,) = store.check()
    assert problem.what == "items that have lost their text: 1"
    before = store.months()
    assert store.repair() == ["items that have lost their text and will be read again: 1"]
    assert store.find(item(1).id)[0].depth == "entry"
    assert (store.check(), store.months() != before) == ([], True)


def test_a_record_that_cannot_be_read_is_named() -> None:
    brand = fresh()
    store = opened(brand)
    store.commit(EVERYTHING)
    _as_admin("UPDATE curator.posts SET record = '{}' WHERE brand = %s", brand)
    with pytest.raises(StoreError, match=r"a record is damaged: curator\.posts, id "):
        store.posts()
    assert [problem.what.split(":")[0] for problem in store.check()] == ["a record is damaged"]


# --- a server that is killed ---


@pytest.fixture
def own_server() -> Iterator[Server]:
    made = Server()
    yield made
    made.stop()


def test_a_server_that_is_killed_within_commits_has_each_of_them_whole_or_not_at_all(own_server: Server) -> None:
    store = PostgresStore(address(own_server.url("kopi"), "", {}))
    store.commit(Changes(items=items(0), texts={item(0).id: "0"}))
    kept: list[int] = []
    begun = threading.Event()

    def write() -> None:
        for n in range(1, 10_000):
            try:
                store.commit(Changes(items=items(n), texts={item(n).id: "teks " * 20_000}, notices=(notice(n),)))
            except StoreError:
                return
            kept.append(n)
            if n == 20:
                begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(30)
    own_server.kill()
    writer.join(60)
    own_server.start()
    there = {each.id for each in store.items()}
    promised = {item(n).id for n in (0, *kept)}
    assert promised <= there
    assert len(there - promised) <= 1  # the server had kept one whose answer was lost
    assert store.texts(there).keys() == there
    assert len(store.notices()) == len(there) - 1
    store.commit(Changes(items=items(20_000)))
    assert store.check() == []


def _vector(value: float):
    import numpy as np

    return np.full(4, value, np.float32)


def _count(connection: psycopg.Connection, statement: str) -> int | None:
    """The number of rows that a statement saw or changed, None where it was refused."""
    try:
        with connection.transaction():
            done = connection.execute(statement)  # type: ignore[call-overload]
            return done.fetchone()[0] if done.description else done.rowcount  # type: ignore[index]
    except psycopg.errors.UndefinedObject:  # no brand was ever named in this session
        return None


def _tables(connection: psycopg.Connection, *, parts: bool = False) -> list[str]:
    """Every table of the schema, those that were made later too; with `parts` also the parts that one table lies in."""
    asked = (
        "SELECT relname FROM pg_class WHERE relnamespace = 'curator'::regnamespace AND relkind IN ('r', 'p') AND (%s OR NOT relispartition)"
    )
    return [name for (name,) in connection.execute(asked, (parts,))]


def _brands(connection: psycopg.Connection, table: str) -> list[str]:
    return [brand for (brand,) in connection.execute(f"SELECT DISTINCT brand FROM curator.{table}")]  # type: ignore[call-overload]


def _as_admin(statement: str, *values: str) -> None:
    with psycopg.connect(server().admin("library"), autocommit=True) as admin:
        assert admin.execute(statement, values).rowcount == 1  # type: ignore[call-overload]


def _eventually(job: Callable[[], object]) -> None:
    """Does what is refused until the server has read the end of a connection."""
    for _ in range(100):
        try:
            job()
        except Locked:
            time.sleep(0.05)
        else:
            return
    job()


def _cut_connections() -> None:
    """End every connection of the program, as a server that is started anew does."""
    with psycopg.connect(server().admin(), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'library'")
