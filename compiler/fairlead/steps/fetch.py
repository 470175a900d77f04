"""Copies every input from its URI to the path of the output of its name, before a training on several nodes."""

from __future__ import annotations

import sys

from fairlead.remote.storage import Store
from fairlead.steps.context import Context
from fairlead.steps.copies import copies


def run(context: Context) -> None:
    """Copies what is asked for. Raises RemoteFailure where something is not there or can't be read."""
    for name, source, target in copies(context):
        manifest = Store(source).download(context.output(name))
        sys.stdout.write(f"{name}: {len(manifest.entries)} objects, {manifest.size} bytes, to {target}\n")
