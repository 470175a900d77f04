"""The inventories on disk: who has what already."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from fairlead.output.desired import Owner
from fairlead.output.files import Blocked, Disk
from fairlead.output.inventory import INVENTORY, Entry, Inventory, Unreadable, decode
from fairlead.output.places import straying
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.source.places import Place

CORRUPTED = Code(
    "FL6006",
    "an inventory can't be read",
    """
    An `inventory.json` in the output is damaged: it isn't JSON, lacks something, lists a path that can't be, or was
    written by a newer version. Conflicts that a merge left in it are told apart, as FL6013.

    The inventory is how Fairlead knows which files are its own. Without it, nothing can be deleted or overwritten
    safely, so nothing is written at all.

    Wrong:

    ```json
    {"files": [{"path": "rendered/staging/churn/kserve/inferenceservice-churn.yaml", …
    ```

    Right: take the whole generated folder from the last commit that has it right, and compile again.

    ```console
    $ git checkout HEAD -- rendered/staging/churn && fairlead compile
    ```
    """,
)


class Known:
    """The owners with an inventory below `output`, and those inventories, read when they are asked for."""

    def __init__(self, disk: Disk, output: PurePosixPath) -> None:
        self.owners = tuple(disk.owners(output))
        self.diagnostics: list[Diagnostic] = []
        self._disk = disk
        self._output = output
        self._set = frozenset(self.owners)
        self._unreadable: set[Owner] = set()
        self._shared: dict[str, Entry] | None = None

    def path(self, owner: Owner) -> str:
        """Where the inventory of `owner` lies, or would."""
        return f"{owner.folder(self._output)}/{INVENTORY}"

    def raw(self, owner: Owner) -> bytes | None:
        """The inventory's bytes, or None where there is none."""
        if owner not in self._set:
            return None
        try:
            return self._disk.read(self.path(owner))
        except Blocked as blocked:
            self._report(owner, f"it is {blocked}")
            return None

    def inventory(self, owner: Owner, raw: bytes | None = None) -> Inventory | None:
        """The inventory of `owner`; None where there is none, or where it can't be read, which is then reported."""
        content = self.raw(owner) if raw is None else raw
        if content is None:
            return None
        try:
            inventory = decode(content, owner)
        except Unreadable as unreadable:
            self._report(owner, str(unreadable))
            return None
        for path in inventory.files:
            if problem := straying(path, owner, self._output):
                self._report(owner, f"the path {path} in it {problem}")
                return None
        return inventory

    def shared(self, path: str) -> Entry | None:
        """The entry of whichever owner lists `path` although it lies outside that owner's folder."""
        if self._shared is None:
            self._shared = {entry.path: entry for owner in self.owners for entry in self._outside(owner)}
        return self._shared.get(path)

    def _outside(self, owner: Owner) -> Iterator[Entry]:
        inventory, own = self.inventory(owner), f"{owner.folder(self._output)}/"
        if inventory is not None:
            yield from (entry for path, entry in inventory.files.items() if not path.startswith(own))

    def _report(self, owner: Owner, reason: str) -> None:
        if owner in self._unreadable:
            return
        self._unreadable.add(owner)
        path = self.path(owner)
        self.diagnostics.append(
            Diagnostic(
                CORRUPTED,
                Place.start_of(path),
                f"the inventory of {owner} can't be relied on: {reason}",
                f"restore the folder from Git (`git checkout HEAD -- {owner.folder(self._output)}`) and compile again",
            )
        )
