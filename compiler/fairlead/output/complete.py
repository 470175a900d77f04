"""An owner's files together with what Fairlead adds to them: kustomizations and the inventory. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from fairlead.output.desired import PROJECT, PROJECT_FILE, Assembled, Desired, Owner
from fairlead.output.header import header
from fairlead.output.inventory import Entry, Inventory, encode, entry_of
from fairlead.output.kustomization import KUSTOMIZATION, kustomization
from fairlead.resources.resource import Folder, Origin
from fairlead.source.places import Place


@dataclass(frozen=True, slots=True)
class Complete:
    """Everything that an owner should have on disk."""

    files: tuple[Desired, ...]
    """The files whose content was compiled now."""
    entries: Mapping[str, Entry]
    """What the inventory lists: those files, and what is kept from before."""
    claims: tuple[Entry, ...]
    """The same, before two of one path became one."""
    inventory: bytes | None
    """None where the owner has no file, and so needs none."""
    has_resources: bool


def complete(
    assembled: Assembled,
    output: PurePosixPath,
    members: AbstractSet[str],
    old: Inventory | None,
    targets: AbstractSet[str] | None,
    compiler: str,
) -> Complete:
    """What `assembled` comes to.

    `members` are the folders with resources that an environment's own kustomization lists; only what is shared in an
    environment has any. `targets` are those that ran, or None where all did: entries of others are kept from `old`.
    Where none ran, nothing but a listing can have changed, and the compiler's version in the inventory stays too.
    """
    owner = assembled.owner
    folder = owner.folder(output)
    kept = _kept(old, targets)
    claims = [*map(entry_of, assembled.files), *kept]
    resources = [entry.path for entry in claims if entry.resource is not None]
    added: list[Desired] = []
    if resources:
        inside = sorted({path.removeprefix(f"{folder}/") for path in resources})
        added.append(_kustomization(owner, assembled.source, folder, inside, f"lists the resources of {owner}"))
    if owner.environment is not None and owner.pipeline is None and (members or resources):
        below = sorted({*members, PROJECT} if resources else members)
        why = f"lists what belongs to {owner.environment}"
        added.append(_kustomization(owner, PROJECT_FILE, output / owner.environment, below, why))
    claims += map(entry_of, added)
    entries = {entry.path: entry for entry in claims}
    version = old.compiler if old is not None and targets is not None and not targets else compiler
    inventory = encode(Inventory(owner, version, entries)) if entries else None
    return Complete((*assembled.files, *added), entries, tuple(claims), inventory, bool(resources))


def standing(assembled: Assembled, members: Mapping[str, AbstractSet[str]]) -> Assembled:
    """`assembled` without what needs a folder that is not there. `members` are those that are, by environment."""
    files = tuple(file for file in assembled.files if file.only_with is None or _is_there(file.only_with, members))
    return assembled if len(files) == len(assembled.files) else replace(assembled, files=files)


def _is_there(folder: Folder, members: Mapping[str, AbstractSet[str]]) -> bool:
    below = members.get(folder.environment, frozenset())
    return bool(below) if folder.part is None else folder.part in below


def _kept(old: Inventory | None, targets: AbstractSet[str] | None) -> list[Entry]:
    if old is None or targets is None:
        return []
    return [entry for entry in old.files.values() if entry.target is not None and entry.target not in targets]


def _kustomization(owner: Owner, source: str, folder: PurePosixPath, below: list[str], why: str) -> Desired:
    content = kustomization(below, header(source, owner))
    return Desired(f"{folder}/{KUSTOMIZATION}", content, None, Origin("kustomization", Place.start_of(source), why))
