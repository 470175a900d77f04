"""What is weak about a manifest: rights that a Pod need not have, images that may change, bounds that are not there.

By the Restricted profile of the Kubernetes Pod Security Standards, and by what a node can bear. A container is whatever
has an image: Kubernetes' own, Argo's, KServe's and those of kinds that nobody here knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from fairlead.source.nodes import Path


class Kind(StrEnum):
    """What a weakness is about."""

    PRIVILEGE = "privilege"
    IMAGE = "image"
    BOUND = "bound"
    ACCESS = "access"
    """A right that some need: an account's token for Kubernetes' API."""


class Weakness(NamedTuple):
    """What is weak at a path of a manifest."""

    kind: Kind
    path: Path
    named: Path
    """The path with names in place of positions, which an insertion does not move."""
    what: str


OF_NODE: Final = frozenset({"hostNetwork", "hostPID", "hostIPC"})
"""What of a node a Pod may share."""


_TELLING: Final = OF_NODE | {"hostPath", "hostPort", "automountServiceAccountToken", "serviceAccountToken", "image"}
"""A section without any of these keys is weak in nothing, unless it is a security context itself."""
_LEAVES: Final = frozenset({str, int, float, bool, type(None)})
"""Types of values with nothing below them: nearly all of a manifest, so they are told apart before anything else."""


def weaknesses(manifest: Any, *, pinned: bool) -> list[Weakness]:
    """Everything that is weak about a manifest; with `pinned`, an image without a digest too."""
    found: list[Weakness] = []
    _look(manifest, (), (), found, pinned=pinned, rootless=False)
    return found


def _look(manifest: Any, path: Path, named: Path, found: list[Weakness], *, pinned: bool, rootless: bool) -> None:
    """The same, below a section of which `rootless` tells whether it forbids root for all that it has."""
    if isinstance(manifest, dict | Mapping):
        key = path[-1] if path else ""
        if "securityContext" in manifest:
            rootless = _context(manifest).get("runAsNonRoot", rootless) is True
        if key == "securityContext" or not _TELLING.isdisjoint(manifest):
            for kind, what in _of_section(manifest, key, pinned=pinned, rootless=rootless):
                found.append(Weakness(kind, path, named, what))
        for key, value in manifest.items():
            if type(value) not in _LEAVES:
                _look(value, (*path, key), (*named, key), found, pinned=pinned, rootless=rootless)
    elif isinstance(manifest, list):
        for position, item in enumerate(manifest):
            if type(item) not in _LEAVES:
                name = item.get("name", position) if isinstance(item, dict | Mapping) else position
                _look(item, (*path, position), (*named, name), found, pinned=pinned, rootless=rootless)


def _of_section(
    section: Mapping[str, Any], key: str | int, *, pinned: bool, rootless: bool
) -> Iterator[tuple[Kind, str]]:
    if any(section.get(name) is True for name in OF_NODE):
        yield Kind.PRIVILEGE, "shares the node's network or processes"
    if "hostPath" in section:
        yield Kind.PRIVILEGE, "reads the node's files"
    if section.get("hostPort"):
        yield Kind.PRIVILEGE, "takes a port of the node"
    if section.get("automountServiceAccountToken") is True or "serviceAccountToken" in section:
        yield Kind.ACCESS, "gets a token for Kubernetes' API"
    if key == "securityContext":
        yield from ((Kind.PRIVILEGE, what) for what in _of_context(section))
    image = section.get("image")
    if isinstance(image, str):
        yield from _of_container(section, image, pinned=pinned, rootless=rootless)


def _of_container(
    container: Mapping[str, Any], image: str, *, pinned: bool, rootless: bool
) -> Iterator[tuple[Kind, str]]:
    context = _context(container)
    if context.get("allowPrivilegeEscalation") is not False:
        yield Kind.PRIVILEGE, "may gain privileges"
    if "ALL" not in items(at(context, ("capabilities", "drop"))):
        yield Kind.PRIVILEGE, "keeps capabilities"
    if not rootless and context.get("runAsNonRoot") is not False:
        yield Kind.PRIVILEGE, "may run as root, because nothing forbids it"
    # `resourcesPerNode` is what a TrainJob calls it.
    if all(at(container, (key, "limits", "memory")) is None for key in ("resources", "resourcesPerNode")):
        yield Kind.BOUND, "has no bound of memory"
    if "@sha256:" in image or "{{" in image:
        return
    if pinned:
        yield Kind.IMAGE, "runs an image that is not pinned by its digest"
    elif image.rpartition("/")[2].partition(":")[2] in ("", "latest"):
        yield Kind.IMAGE, "runs whatever image is the latest"


def _of_context(context: Mapping[str, Any]) -> Iterator[str]:
    if context.get("privileged"):
        yield "is privileged"
    if context.get("runAsNonRoot") is False or 0 in (context.get("runAsUser"), context.get("runAsGroup")):
        yield "may run as root"
    if items(at(context, ("capabilities", "add"))):
        yield "gets capabilities"
    if at(context, ("seccompProfile", "type")) == "Unconfined" or context.get("procMount") not in (None, "Default"):
        yield "may make any system call"
    if context.get("readOnlyRootFilesystem") is False:
        yield "writes to its own image"


def _context(section: Mapping[str, Any]) -> Mapping[str, Any]:
    context = section.get("securityContext")
    return context if isinstance(context, Mapping) else {}


def containers(manifest: Any, path: Path = ()) -> Iterator[Path]:
    """The path of everything that has an image."""
    if isinstance(manifest, dict | Mapping):
        if isinstance(manifest.get("image"), str):
            yield path
        for key, value in manifest.items():
            if type(value) not in _LEAVES:
                yield from containers(value, (*path, key))
    elif isinstance(manifest, list):
        for position, item in enumerate(manifest):
            if type(item) not in _LEAVES:
                yield from containers(item, (*path, position))


def at(section: Any, path: Path) -> Any:
    """What is at a path, or None."""
    for step in path:
        section = section.get(step) if isinstance(section, Mapping) else None
    return section


def items(value: Any) -> list[Any]:
    """A list as it is, and nothing for everything else."""
    return value if isinstance(value, list) else []
