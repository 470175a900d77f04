"""What the tree is against what it should be: every difference, and nothing written.

Compiling and checking both start here. Owners are taken one at a time and only what differs is kept, so memory hardly
grows with the estate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import PurePosixPath

from fairlead.output.claims import Claims
from fairlead.output.complete import complete, standing
from fairlead.output.desired import PROJECT, PROJECT_FILE, Assembled, Desired, Owner, ResourceRef, Selection
from fairlead.output.emptiness import Tally
from fairlead.output.failures import reading
from fairlead.output.files import Blocked, Disk, linked
from fairlead.output.header import says_it_is_generated
from fairlead.output.inventory import Entry
from fairlead.output.known import Known
from fairlead.output.places import is_own
from fairlead.output.spool import Blob, Spool
from fairlead.source.diagnostics import Diagnostic
from fairlead.source.places import Place


class Kind(StrEnum):
    """How a path differs."""

    MISSING = "missing"
    """It should be there and isn't."""
    CHANGED = "changed"
    """It is as an earlier compile left it, and compiling now gives something else."""
    STALE = "stale"
    """An earlier compile left it, and compiling now doesn't give it."""
    EDITED = "edited"
    """It is ours, and somebody changed it since."""
    BLOCKED = "blocked"
    """Something that isn't ours stands there."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One path that is not as it should be."""

    kind: Kind
    path: str
    owner: Owner
    source: str
    """The file that people change to change this one."""
    place: Place
    """Where in it."""
    desired: Blob | None = None
    """What should be there; None for what should be gone."""
    listed: str | None = None
    """The SHA-256 that an inventory has for it."""
    resource: ResourceRef | None = None
    detail: str = ""
    """What stands there, for what is blocked."""


@dataclass(slots=True)
class Survey:
    """All differences, in the order of their paths, and what is wrong with the output as a whole."""

    differences: list[Difference] = field(default_factory=list)
    unchanged: int = 0
    diagnostics: list[Diagnostic] = field(default_factory=list)


def survey(
    disk: Disk,
    output: PurePosixPath,
    wanted: Iterable[Assembled],
    selection: Selection,
    compiler: str,
    *,
    allow_empty: bool = False,
) -> Survey:
    """Compares what is `wanted` with what is on disk. What `selection` doesn't cover is taken as it is."""
    with reading(disk.root):
        surveyor = _Surveyor(disk, output, selection, compiler)
    for assembled in wanted:
        with reading(disk.root):
            surveyor.take(assembled)
    with reading(disk.root):
        return surveyor.finish(allow_empty=allow_empty)


class _Surveyor:
    def __init__(self, disk: Disk, output: PurePosixPath, selection: Selection, compiler: str) -> None:
        self._disk = disk
        self._output = output
        self._selection = selection
        self._compiler = compiler
        self._known = Known(disk, output)
        self._claims = Claims(output)
        self._tally = Tally()
        self._spool = Spool()
        self._result = Survey()
        self._seen: set[Owner] = set()
        self._links: set[str] = set()
        self._members: dict[str, set[str]] = {}
        self._shared: dict[str, Assembled] = {}
        self._repository: Assembled | None = None

    def take(self, assembled: Assembled) -> None:
        owner = assembled.owner
        if owner in self._seen:
            raise ValueError(f"{owner} was assembled twice")
        self._seen.add(owner)
        if owner.environment is not None and owner.pipeline is None:
            # It lists the environment's pipelines, so it waits until all of them are known.
            self._shared[owner.environment] = assembled
            return
        if owner.environment is None:
            # What it points at has to be there, so it waits for all of the others.
            self._repository = assembled
            return
        self._tally.add(owner, assembled.source, len(assembled.files), explained=bool(assembled.explained))
        self._compare_owner(assembled)

    def finish(self, *, allow_empty: bool) -> Survey:
        if not allow_empty:
            self._result.diagnostics += self._tally.findings(self._selection, self._known.owners)
        touched = {owner.environment for owner in self._seen} | self._take_the_rest()
        for environment in sorted(name for name in touched if name is not None):
            self._compare_shared(environment)
        if self._repository is not None:
            self._compare_owner(standing(self._repository, self._members))
        result = self._result
        result.diagnostics += self._claims.findings() + self._known.diagnostics
        result.differences = sorted(
            (found for found in result.differences if not self._moved(found)), key=lambda found: found.path
        )
        return result

    def _moved(self, found: Difference) -> bool:
        """Whether a path that its owner no longer has belongs to another one now."""
        return found.desired is None and self._claims.has_shared(found.path)

    def _take_the_rest(self) -> set[str | None]:
        """Removes the owners that are gone and enters the claims of the others; gives the environments touched."""
        touched: set[str | None] = set()
        for owner in self._known.owners:
            if owner in self._seen:
                continue
            lasting = owner.environment is None or owner.environment in self._selection.known_environments
            if owner.pipeline is None and owner.environment is not None and lasting:
                continue  # it is compared with its environment, if that is touched
            inventory = self._known.inventory(owner)
            if inventory is None:
                continue
            if self._selection.covers(owner):
                self._remove_owner(owner, inventory.files)
                if lasting:
                    touched.add(owner.environment)
                continue
            self._claims.claim(owner, owner.folder(self._output), inventory.files.values())
            if owner.pipeline and any(entry.resource for entry in inventory.files.values()):
                self._members.setdefault(owner.environment or "", set()).add(owner.pipeline)
        return touched

    def _compare_shared(self, environment: str) -> None:
        owner = Owner(environment)
        assembled = self._shared.get(environment)
        is_kept = assembled is None and not self._selection.covers(owner)
        members = frozenset(self._members.get(environment, ()))
        self._compare_owner(assembled or Assembled(owner, PROJECT_FILE), members, keep_all=is_kept)

    def _compare_owner(
        self, assembled: Assembled, members: frozenset[str] = frozenset(), *, keep_all: bool = False
    ) -> None:
        owner = assembled.owner
        raw = self._known.raw(owner)
        targets = frozenset[str]() if keep_all else self._selection.targets
        old = self._known.inventory(owner, raw) if raw is not None and targets is not None else None
        whole = complete(assembled, self._output, members, old, targets, self._compiler)
        self._claims.claim(owner, owner.folder(self._output), whole.claims)
        if owner.environment is not None and whole.has_resources:
            self._members.setdefault(owner.environment, set()).add(owner.pipeline or PROJECT)
        if raw is not None and raw != whole.inventory and old is None:
            old = self._known.inventory(owner, raw)
        listed: Mapping[str, Entry] = whole.entries if raw == whole.inventory else old.files if old else {}
        for file in whole.files:
            self._compare_file(file, owner, assembled.source, listed)
        for path, entry in listed.items():
            if path not in whole.entries:
                self._compare_stale(path, entry, owner, assembled.source)
        if raw == whole.inventory:
            self._result.unchanged += raw is not None
        else:
            self._inventory(owner, assembled.source, raw, whole.inventory)

    def _remove_owner(self, owner: Owner, entries: Mapping[str, Entry]) -> None:
        for path, entry in entries.items():
            self._compare_stale(path, entry, owner, entry.origin.place.file)
        self._inventory(owner, PROJECT_FILE, b"", None)

    def _inventory(self, owner: Owner, source: str, raw: bytes | None, new: bytes | None) -> None:
        kind = Kind.STALE if new is None else Kind.MISSING if raw is None else Kind.CHANGED
        blob = self._spool.put(new) if new is not None else None
        path = self._known.path(owner)
        self._result.differences.append(Difference(kind, path, owner, source, Place.start_of(source), blob))

    def _compare_file(self, file: Desired, owner: Owner, source: str, listed: Mapping[str, Entry]) -> None:
        path = file.path
        entry, detail = listed.get(path), ""
        try:
            current = self._read(path)
        except Blocked as blocked:
            kind, detail = Kind.BLOCKED, str(blocked)
        else:
            if file.is_in(current):
                self._result.unchanged += 1
                return
            if entry is None and current is not None:
                entry = self._known.shared(path)
            if current is None:
                kind = Kind.MISSING
            elif entry is None:
                kind, detail = Kind.BLOCKED, "a file that no inventory lists"
            else:
                kind = Kind.CHANGED if sha256(current).hexdigest() == entry.sha256 else Kind.EDITED
        blob, sha = self._spool.put(file.content), entry.sha256 if entry else None
        difference = Difference(kind, path, owner, source, file.origin.place, blob, sha, file.resource, detail)
        self._result.differences.append(difference)

    def _compare_stale(self, path: str, entry: Entry, owner: Owner, source: str) -> None:
        try:
            current = self._read(path)
        except Blocked as blocked:
            kind, detail = Kind.BLOCKED, str(blocked)
        else:
            if current is None:
                return
            kind, detail = (Kind.STALE if sha256(current).hexdigest() == entry.sha256 else Kind.EDITED), ""
            if not is_own(path, owner, self._output) and not says_it_is_generated(current):
                # An inventory could list anything in the repository: that is not enough to delete it.
                kind, detail = Kind.BLOCKED, "a file that does not say that it is generated"
        place = entry.origin.place
        stale = Difference(kind, path, owner, source, place, None, entry.sha256, entry.resource, detail)
        self._result.differences.append(stale)

    def _read(self, path: str) -> bytes | None:
        link = self._disk.link_above(path)
        if link is None:
            return self._disk.read(path)
        if link not in self._links:
            self._links.add(link)
            self._result.diagnostics.append(linked(link))
        return None
