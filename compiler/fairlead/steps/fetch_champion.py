"""Fetches the model that is served, so that it is judged again on the rows that the candidate is judged on.

Whether there is one is said by the ConfigMap of the served version, and only its complete absence means that there is
none: a version without an address, or bytes that are not what the lock says, end the step, because a gate must not let
a model pass for lack of a rival that exists.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fairlead.plan.contract import CHAMPION_DIGEST, CHAMPION_URI, CHAMPION_VERSION
from fairlead.remote.contents import manifest_of
from fairlead.remote.storage import Store
from fairlead.steps.context import Context
from fairlead.steps.failures import StepFailure


def run(context: Context) -> None:
    """Writes the model, and the result `present`."""
    given = {name: context.environ.get(name, "") for name in (CHAMPION_VERSION, CHAMPION_URI, CHAMPION_DIGEST)}
    if not any(given.values()):
        context.result("present", "false")
        sys.stdout.write("there is no champion yet\n")
        return
    lacking = [name for name, value in given.items() if not value]
    if lacking:
        raise StepFailure(
            f"a version is served, and {' and '.join(lacking)} does not say which",
            "compile again: the ConfigMap of the champion is written from the lock",
        )
    what = f"version {given[CHAMPION_VERSION]}"
    fetched(given[CHAMPION_URI], given[CHAMPION_DIGEST], what, context.output("model"))
    context.result("present", "true")


def fetched(uri: str, digest: str, what: str, target: Path) -> None:
    """Copies a model to a folder. Raises StepFailure where its bytes are not those of the digest."""
    Store(uri.rstrip("/") + "/").download(target)
    found = manifest_of(target).digest
    if found != digest:
        raise StepFailure(
            f"the model at {uri} is not what the lock says of {what}: {found} instead of {digest}",
            "nothing else may write there; lock a version whose bytes are whole",
        )
    sys.stdout.write(f"{what}, {found}, from {uri}\n")
