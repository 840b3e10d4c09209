from itertools import count
from pathlib import Path

from support.postgres import server
from support.store_contract import StoreContract

from curator.storage.postgres.address import address
from curator.storage.postgres.store import PostgresStore

_BRANDS = count()


def opened(brand: str, role: str = "owner", database: str = "library") -> PostgresStore:
    return PostgresStore(address(server().url(brand, role, database), "", {}))


class TestPostgresStore(StoreContract):
    def open(self, folder: Path) -> PostgresStore:
        return opened(f"contract-{next(_BRANDS)}")
