"""Whose a place in the output is."""

from __future__ import annotations

from pathlib import PurePosixPath

from fairlead.output.desired import Owner
from fairlead.output.kustomization import KUSTOMIZATION


def is_own(path: str, owner: Owner, output: PurePosixPath) -> bool:
    """Whether a path belongs to `owner` alone: it lies in the owner's folder, or is an environment's own listing."""
    if path.startswith(f"{owner.folder(output)}/"):
        return True
    shared = owner.environment is not None and owner.pipeline is None
    return shared and path == f"{output}/{owner.environment}/{KUSTOMIZATION}"


def straying(path: str, owner: Owner, output: PurePosixPath) -> str | None:
    """What is wrong with `path` as one of `owner`: it lies in the output, and there in somebody else's folder."""
    if path.startswith(f"{output}/") and not is_own(path, owner, output):
        return f"lies below {output}/ but not in the folder of {owner}"
    return None
