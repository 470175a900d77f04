"""An S3 server on this machine, in a process of its own: moto's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conformance.ports import accepts, free_ports, until

VARIABLES = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}
"""What a client needs besides AWS_ENDPOINT_URL."""


@contextmanager
def object_store(folder: Path) -> Iterator[dict[str, str]]:
    """The variables of an S3 server that has the empty bucket `acme`, and ends with the block."""
    (port,) = free_ports(1)
    with (folder / "moto.log").open("wb") as log:
        arguments = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        process = subprocess.Popen(arguments, stdout=log, stderr=subprocess.STDOUT)
        try:
            until(lambda: accepts(port) or process.poll() is not None, "the S3 server does not answer")
            yield {**VARIABLES, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
        finally:
            process.terminate()
            process.wait()
