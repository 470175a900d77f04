"""Who claims what: each path once in the repository, each resource once in an environment."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from fairlead.output.desired import Owner, ResourceRef
from fairlead.output.inventory import Entry, path_problem
from fairlead.output.places import straying
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.places import Place

TWICE = Code(
    "FL6001",
    "one path is claimed twice",
    """
    Two things would be written to one path, or to two paths that are one where case does not count (macOS, Windows).

    One of them would overwrite the other, and which one would depend on their order.

    Wrong: two pipelines in different files that both say

    ```yaml
    metadata: {name: churn}
    ```

    Right: give each a name of its own, for all generated paths begin with it.

    ```yaml
    metadata: {name: churn-b2b}
    ```

    Where the path belongs to a target's file at a fixed place, such as `.github/workflows/`, one of the two must let go
    of it in its options.
    """,
)

SAME_RESOURCE = Code(
    "FL6002",
    "one resource is defined twice in an environment",
    """
    Two files of one environment define the same Kubernetes resource: one kind, namespace and name.

    A cluster holds only one of them. Whoever applies last wins, and a reconciler that prunes may delete the other's.

    Wrong: two pipelines whose generated names meet

    ```yaml
    metadata: {name: churn}           # serves as InferenceService churn-canary while a canary runs
    metadata: {name: churn-canary}    # serves as InferenceService churn-canary
    ```

    Right: rename one of them. Generated names begin with the pipeline's name, so a name that isn't another one with
    a usual ending can't meet it.
    """,
)

OUTSIDE = Code(
    "FL6003",
    "a path that the output may not use",
    """
    A generated file would lie outside the repository, in `.git` or `.fairlead`, in the folder of another owner, or
    among specifications, training code and CRDs.

    Fairlead writes below `output`, each owner in its own folder, and at the places in the repository that a target
    names, such as `.github/workflows/`. Anything else could overwrite what isn't its own, or read what it wrote as a
    specification.

    Wrong, in fairlead.yaml:

    ```yaml
    output: specs
    ```

    Right:

    ```yaml
    output: rendered
    ```

    If a path comes from a target, its options or the target itself are at fault: report it to the target's author.
    """,
)


class Claims:
    """Collects claims and reports those that meet. Small per claim, because an estate has hundreds of thousands."""

    def __init__(self, output: PurePosixPath) -> None:
        self._found: list[Diagnostic] = []
        self._output = output
        self._shared: dict[str, _Claim] = {}
        self._folders: dict[str, str] = {}
        self._resources: dict[str, tuple[str, int]] = {}

    def claim(self, owner: Owner, folder: PurePosixPath, entries: Iterable[Entry]) -> None:
        """Enters everything that `owner`, whose folder is given, has or will have."""
        own_prefix = f"{folder}/"
        own: dict[str, _Claim] = {}
        for entry in entries:
            path, place = entry.path, entry.origin.place
            if entry.resource is not None and self._resource(owner, entry.resource, place):
                continue
            is_own = path.startswith(own_prefix)
            problem = path_problem(path) or (None if is_own else straying(path, owner, self._output))
            if problem:
                message = f"the generated path {path!r} {problem}"
                self._found.append(
                    Diagnostic(OUTSIDE, place, message, "correct the option or the name that leads there")
                )
                continue
            self._path(own if is_own else self._shared, _Claim(path, owner, place))
        self._files_as_folders(own)

    def has_shared(self, path: str) -> bool:
        """Whether somebody claims `path` outside their own folder."""
        found = self._shared.get(_folded(path))
        return found is not None and found.path == path

    def findings(self) -> list[Diagnostic]:
        """What is wrong with all claims together."""
        self._files_as_folders(self._shared)
        return self._found

    def _path(self, paths: dict[str, _Claim], mine: _Claim) -> None:
        other = paths.setdefault(_folded(mine.path), mine)
        if other is not mine:
            same = other.path == mine.path
            self._meet(f"{mine.path} is claimed twice" if same else _by_case(mine.path, other.path), mine, other)
        folder = mine.path.rpartition("/")[0]
        while folder:
            spelt = self._folders.setdefault(_folded(folder), folder)
            if spelt != folder:
                message = f"the folders {_by_case(folder, spelt)}, so the files in them meet"
                self._found.append(Diagnostic(TWICE, mine.place, message, "spell the folder in one way"))
                return
            folder = folder.rpartition("/")[0]

    def _files_as_folders(self, paths: dict[str, _Claim]) -> None:
        for folded, mine in paths.items():
            if folded in self._folders:
                message = f"{mine.path} is a file to {mine.owner}, and a folder to others"
                self._found.append(Diagnostic(TWICE, mine.place, message, "rename one of the two"))

    def _meet(self, how: str, mine: _Claim, other: _Claim) -> None:
        who = f"by {mine.owner}" if other.owner == mine.owner else f"by {mine.owner} and by {other.owner}"
        related = (Related(other.place, f"the other claim, of {other.owner}"),)
        self._found.append(Diagnostic(TWICE, mine.place, f"{how}, {who}", "rename one of the two", related=related))

    def _resource(self, owner: Owner, resource: ResourceRef, place: Place) -> bool:
        if owner.environment is None:
            return False
        identity = resource.identity
        key = "\0".join((owner.environment, *identity))
        other = self._resources.get(key)
        if other is None:
            self._resources[key] = (place.file, place.line)
            return False
        elsewhere = Place(other[0], other[1], 1, other[1], 1)
        where = f"twice in {place.file}" if other[0] == place.file else f"in {other[0]} and in {place.file}"
        self._found.append(
            Diagnostic(
                SAME_RESOURCE,
                place,
                f"{identity} is defined {where}, for {owner.environment}",
                "rename one of the two",
                related=(Related(elsewhere, "the other definition comes from here"),),
            )
        )
        return True


@dataclass(frozen=True, slots=True)
class _Claim:
    path: str
    owner: Owner
    place: Place


def _folded(path: str) -> str:
    """What a file system that ignores case makes of `path`."""
    return path.casefold() if path.isascii() else unicodedata.normalize("NFC", path).casefold()


def _by_case(one: str, other: str) -> str:
    return f"{one} and {other} differ only in case"
