"""Copies every input to the URI of the output of its name, when the training beside it has ended.

It runs in a container beside the training on every node. Kubernetes ends such a container after the others, with
SIGTERM, and only then does the first node, JOB_COMPLETION_INDEX 0, copy what it has: the others have the same model. A
training that failed has left nothing, and then nothing is copied.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Final

from fairlead.remote.storage import Store
from fairlead.steps.context import Context
from fairlead.steps.copies import copies

INDEX: Final = "JOB_COMPLETION_INDEX"
"""Set by Kubernetes in the Pods of an indexed Job (https://kubernetes.io/docs/concepts/workloads/controllers/job/)."""


def run(context: Context) -> None:
    """Waits for the end, and copies. Raises RemoteFailure where something can't be written."""
    ended = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: ended.set())
    try:
        wanted = copies(context)
        sys.stdout.write("waiting for the training to end\n")
        sys.stdout.flush()
        ended.wait()
        _copy(context, wanted)
    finally:
        signal.signal(signal.SIGTERM, before)


def _copy(context: Context, wanted: list[tuple[str, str, str]]) -> None:
    index = context.environ.get(INDEX, os.environ.get(INDEX, "0"))
    if index != "0":
        sys.stdout.write(f"this is node {index}, and the first one copies\n")
        return
    for name, source, target in wanted:
        path = Path(source)
        if not path.exists() or (path.is_dir() and not any(path.iterdir())):
            sys.stdout.write(f"{name}: the training has written nothing to {source}, so nothing is copied\n")
            continue
        Store(target).upload(path)
        sys.stdout.write(f"{name}: copied to {target}\n")
