"""Resolves a source to a manifest of objects and hashes, and copies it where a step reads a copy.

What is hashed is what is copied: every object is read once. A pinned source must have the digest of the lock, so other
bytes are refused, whoever changed them. The manifest is kept below the project's artifacts under its own digest: the
same data is the same object there, and what a model was trained on can be told years later.
"""

from __future__ import annotations

import shutil
import sys
from typing import Final

from fairlead.remote.contents import Manifest, manifest_path
from fairlead.remote.failures import Missing
from fairlead.remote.storage import Store
from fairlead.spec.base import Section
from fairlead.steps.context import Context
from fairlead.steps.failures import BadData
from fairlead.steps.telling import RunLog

DIGITS: Final = 20
"""Hexadecimal digits of the digest in the result `key`, which caches know the data by."""
NAMED: Final = 3
"""How many objects a message names."""


class Parameters(Section):
    """What the step is told."""

    uri: str
    """Where the source is."""
    format: str
    """csv, parquet, jsonl or files."""
    digest: str | None = None
    """The digest that the source must have, where it is pinned and the lock knows it."""
    materialize: bool = True
    """Whether some step reads a copy."""


def run(context: Context) -> None:
    """Writes the copy, the manifest and the result `key`. Raises BadData where there is nothing, or other bytes."""
    parameters = context.read_parameters(Parameters)
    name = context.step.rpartition("/")[2]
    source = Store(parameters.uri)
    target = context.output(name) if parameters.materialize and context.has_output(name) else None
    try:
        manifest = source.manifest() if target is None else source.download(target)
    except Missing as error:
        raise BadData(error.message, error.help) from error
    artifacts = Store(context.artifacts)
    if parameters.digest is not None and manifest.digest != parameters.digest:
        if target is not None:
            _remove(context, name)
        raise _other_bytes(name, parameters, manifest, artifacts)
    artifacts.write(manifest_path(manifest.digest), manifest.encode())
    if context.has_output("manifest"):
        context.output("manifest").write_bytes(manifest.encode())
    RunLog.of(context).dataset(name, manifest.digest, parameters.uri)
    context.result("key", manifest.digest.partition(":")[2][:DIGITS])
    count = len(manifest.entries)
    objects = "1 object" if count == 1 else f"{count} objects"
    sys.stdout.write(f"{name}: {objects}, {manifest.size} bytes, {manifest.digest}\n")


def _remove(context: Context, name: str) -> None:
    target = context.output(name)
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)


def _other_bytes(name: str, parameters: Parameters, found: Manifest, artifacts: Store) -> BadData:
    """The refusal, with what has changed where the pinned manifest is still there to compare with."""
    message = f"the data at {parameters.uri} is not what the lock pins: {found.digest} instead of {parameters.digest}"
    help_ = f"bring the old data back, or accept the new with `fairlead lock --update`, if `{name}` was meant to change"
    assert parameters.digest is not None
    path = manifest_path(parameters.digest)
    if artifacts.exists(path):
        pinned = {entry.path: entry.sha256 for entry in Manifest.decode(artifacts.read(path)).entries}
        now = {entry.path: entry.sha256 for entry in found.entries}
        changes = {
            "added": sorted(now.keys() - pinned.keys()),
            "removed": sorted(pinned.keys() - now.keys()),
            "changed": sorted(path for path in now.keys() & pinned.keys() if now[path] != pinned[path]),
        }
        message += "".join(f"; {verb}: {_listed(paths)}" for verb, paths in changes.items() if paths)
    return BadData(message, help_)


def _listed(paths: list[str]) -> str:
    more = len(paths) - NAMED
    return ", ".join(paths[:NAMED]) + (f" and {more} more" if more > 0 else "")
