"""From what the targets compiled to files with names, headers and bytes. Pure, so it can run in any process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from fairlead.output.desired import PROJECT_FILE, Assembled, Desired, Owner, ResourceRef
from fairlead.output.header import header
from fairlead.output.names import file_names
from fairlead.output.yaml import dump
from fairlead.resources.resource import Root
from fairlead.target import Compiled


def assemble(
    owner: Owner,
    source: str,
    compiled: Mapping[str, Compiled],
    output: PurePosixPath,
    explained: tuple[str, ...] = (),
) -> Assembled:
    """The files of `owner` from what each target, by name, made for it.

    `source` is the spec's path, relative to the repository, and fairlead.yaml for what pipelines share; `output` is the
    project's output folder. `explained` gives reasons, beyond the resources that targets deferred, why there may
    be nothing to write, such as a retired pipeline. Raises ValueError for text that UTF-8 can't hold.
    """
    lines = header(source, owner)
    folder = owner.folder(output)
    files: list[Desired] = []
    reasons = list(explained)
    for target in sorted(compiled):
        result = compiled[target]
        base = f"{folder}/{target}"
        identities = [resource.identity for resource in result.resources]
        for resource, identity, name in zip(result.resources, identities, file_names(identities), strict=True):
            reference = ResourceRef(str(resource.manifest["apiVersion"]), *identity[1:])
            content = dump(resource.manifest, lines).encode()
            path, needs = f"{base}/{name}", resource.only_with
            files.append(Desired(path, content, target, resource.origin, reference, only_with=needs))
        for file in result.files:
            text = file.content if isinstance(file.content, str) else dump(file.content, lines)
            path = f"{base}/{file.path}" if file.root is Root.TARGET else str(file.path)
            files.append(Desired(path, text.encode(), target, file.origin))
        reasons += (f"{deferred.kind} {deferred.name}: {deferred.reason}" for deferred in result.deferred)
    files.sort(key=lambda file: file.path)
    return Assembled(owner, source, tuple(files), tuple(reasons))


def assemble_shared(environment: str | None, compiled: Mapping[str, Compiled], output: PurePosixPath) -> Assembled:
    """The files that pipelines share in `environment`, or (None) those of the repository."""
    return assemble(Owner(environment), PROJECT_FILE, compiled, output)
