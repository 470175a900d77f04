"""A real MLflow server on this machine, in a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.conformance.ports import free_ports, until


@contextmanager
def tracking_server(folder: Path, tables: Path) -> Iterator[str]:
    """The address of a server with nothing in it, that ends with the block. `tables` is a database that is copied."""
    shutil.copy(tables, folder / "mlflow.db")
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    stores = ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", str(folder / "kept")]
    log = (folder / "mlflow.log").open("wb")
    # A group of its own, because the server's workers outlive it where only it is told to end.
    running = subprocess.Popen([*command, *stores], stdout=log, stderr=log, cwd=folder, start_new_session=True)
    try:
        until(lambda: _answers(address) or running.poll() is not None, "MLflow does not answer")
        assert running.poll() is None, (folder / "mlflow.log").read_text()
        yield address
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait()
        log.close()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health").status_code == 200
    except httpx.TransportError:
        return False
