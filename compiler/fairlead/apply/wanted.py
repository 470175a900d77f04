"""What an environment should have in its cluster, as the output says it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from fairlead.output.desired import Assembled, ResourceRef
from fairlead.resources.resource import SHARED


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource with the file that says it. `part` is the pipeline's name, or SHARED."""

    ref: ResourceRef
    path: str
    content: bytes
    part: str


def wanted_in(assembled: Iterable[Assembled], environment: str) -> tuple[Wanted, ...]:
    """Everything that is to be applied in an environment, in the order of its files."""
    return tuple(
        Wanted(file.resource, file.path, file.content, each.owner.pipeline or SHARED)
        for each in assembled
        if each.owner.environment == environment
        for file in each.files
        if file.resource is not None
    )


def digest(wanted: Iterable[Wanted]) -> str:
    """The SHA-256 of all that is wanted, in hexadecimal: of the files' bytes and of where they are."""
    whole = sha256()
    for each in sorted(wanted, key=lambda each: each.path):
        whole.update(f"{each.path}\0{sha256(each.content).hexdigest()}\n".encode())
    return whole.hexdigest()


def documents(wanted: Iterable[Wanted]) -> bytes:
    """The files as one stream of YAML documents."""
    return b"".join(b"---\n" + each.content for each in wanted)
