from pathlib import Path

from support.store_contract import StoreContract

from curator.storage.memory import MemoryStore


class TestMemoryStore(StoreContract):
    def open(self, folder: Path) -> MemoryStore:
        return MemoryStore()
