"""DuckDB, kept within the memory that the step has: what does not fit is spilled to the disk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from fairlead.remote.failures import RemoteFailure
from fairlead.remote.storage import Store
from fairlead.steps.limits import available, cores

if TYPE_CHECKING:
    import duckdb

SHARE: Final = 0.6
"""What DuckDB may use of the step's memory; the rest is for Python, and for what DuckDB does not count."""
LEAST: Final = 128 << 20
"""Bytes below which DuckDB can't sort what it spills."""
PER_THREAD: Final = 128 << 20
"""Bytes that each thread needs: with less, there are fewer threads."""


class Engine:
    """One connection. Files of this machine are read by DuckDB itself, and those of object stores through fsspec."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, memory: int) -> None:
        self.connection = connection
        self.memory = memory
        self._registered: set[str] = set()
        self._stores: dict[str, Store] = {}

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """The rows that a statement gives."""
        return cast("list[tuple[object, ...]]", self.connection.execute(sql).fetchall())

    def place(self, store: Store, path: str) -> str:
        """What DuckDB calls an object of a store; its own file system is told of it first."""
        if store.local:
            return f"{store.root.rstrip('/')}/{path}" if path else store.root
        protocol = store.uri.partition("://")[0]
        if protocol not in self._registered:
            self.connection.register_filesystem(store.filesystem)
            self._registered.add(protocol)
        address = f"{store.uri.rstrip('/')}/{path}" if path else store.uri
        self._stores[address] = store.at(path) if path else store
        return address

    def open(self, place: str) -> BinaryIO:
        """A file that DuckDB calls so, for reading by other means. Raises RemoteFailure where it can't be opened."""
        store = self._stores.get(place)
        if store is not None:
            return store.stream()
        try:
            return Path(place).open("rb")
        except OSError as error:
            raise RemoteFailure(f"{place} can't be read: {error.strerror}", "check its owner and mode") from error

    def exhausted(self, error: Exception) -> tuple[str, str]:
        """What to say where memory or disk did not suffice, and what to do."""
        kept = f"DuckDB was held to {self.memory >> 20} MiB of memory"
        return f"{kept}, and what it spills had no room: {str(error).splitlines()[0]}", (
            "give the step more memory or disk: `hardware` in the specification"
        )


@contextmanager
def engine(memory: int | None = None) -> Iterator[Engine]:
    """An engine that ends with the block, and what it spilled with it. `memory` is in bytes: a share of what this
    process may use, unless said otherwise.
    """
    import duckdb

    limit = max(LEAST, int(available() * SHARE)) if memory is None else memory
    threads = max(1, min(cores(), limit // PER_THREAD))
    with tempfile.TemporaryDirectory(prefix="fairlead-spill-") as spill:
        config: dict[str, str | int | bool | float | list[str]] = {
            "memory_limit": f"{limit >> 10}KiB",
            "threads": threads,
            "temp_directory": spill,
            # Everything that is needed is in the package; nothing is fetched from elsewhere.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(config=config) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET enable_progress_bar = false")
            yield Engine(connection, limit)
