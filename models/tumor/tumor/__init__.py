"""What the steps of tumor-classifier have in common: each says what it used."""

import json
import os
import resource
import time
from pathlib import Path

STARTED = time.monotonic()


def tell_usage() -> None:
    """Says what this process used, where somebody asks: the lock of the environment that trains has it."""
    path = os.environ.get("FAIRLEAD_USAGE")
    if path:
        used = resource.getrusage(resource.RUSAGE_SELF)
        said = {
            "memory": used.ru_maxrss * 1024,
            "measured": "process",
            "cpu": used.ru_utime + used.ru_stime,
            "time": time.monotonic() - STARTED,
        }
        Path(path).write_text(json.dumps(said))
