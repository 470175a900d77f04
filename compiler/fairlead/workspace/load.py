"""Reading a repository: the project, its specifications and locks, resolved for every environment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping as MappingABC, Set
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from fairlead.plan.checks.literal_secrets import literals
from fairlead.project.lock import Lock
from fairlead.project.merge import merged, under, without
from fairlead.project.model import Project
from fairlead.project.unit import Unit, Units
from fairlead.source.diagnostics import Diagnostic, Related, in_order
from fairlead.source.nodes import Mapping, find, place_of
from fairlead.source.places import Place
from fairlead.source.reader import Document, read, read_bytes
from fairlead.source.words import nearest_word
from fairlead.spec.metadata import Metadata
from fairlead.spec.pipeline import Pipeline
from fairlead.spec.validate import validated
from fairlead.workspace import codes
from fairlead.workspace.discover import LOCK_SUFFIX, PROJECT_FILE, lock_file, lock_names, spec_files

FIXED = ("apiVersion", "kind", "environments")
PER_PIPELINE = ("apiVersion", "kind", "environments")


@dataclass
class Workspace:
    """A repository that has been read. Whatever was wrong is in `diagnostics`, and the rest is there nevertheless."""

    root: Path
    project: Project | None = None
    project_root: Mapping = field(default_factory=Mapping)
    units: dict[str, Units] = field(default_factory=dict)
    """Environment -> pipeline -> unit, environments in order of promotion and pipelines by name."""
    files: tuple[str, ...] = ()
    """Every specification file, in order."""
    specs: dict[str, str] = field(default_factory=dict)
    """Specification file -> name of its pipeline, where it could be read."""
    documents: dict[str, Document] = field(default_factory=dict)
    """Every file that was read."""
    read: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of each of them, as it was read."""
    locks: tuple[str, ...] = ()
    """Every lock beside a specification, whether it belongs to one or not."""
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def concerning(self, files: Set[str] | None, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """The findings that concern some specification files: not those in other specifications or in their locks."""
        if files is None:
            return list(found)
        folders = [(other.rpartition(".")[0] + ".") for other in self.files if other not in files]
        others = set(self.files) - files
        return [
            each
            for each in found
            if each.place.file not in others
            and not (each.place.file.endswith(LOCK_SUFFIX) and each.place.file.startswith(tuple(folders)))
        ]

    def text_of(self, file: str) -> str | None:
        """The text of a file that was read."""
        document = self.documents.get(file)
        return document.text if document else None


def load(root: Path) -> Workspace:
    """Everything that a repository says, for all environments."""
    workspace = Workspace(root)
    document = _read(workspace, PROJECT_FILE)
    if document is None or document.root is None:
        return workspace
    workspace.project, found = validated(Project, document.root)
    workspace.diagnostics += found
    if workspace.project is None or not isinstance(document.root, Mapping):
        return workspace
    workspace.project_root = document.root
    workspace.diagnostics += _project_findings(workspace.project, document.root)
    workspace.diagnostics += literals(document.root)
    files = spec_files(root, workspace.project.specs)
    if not files:
        place = place_of(document.root, ("specs",))
        patterns = ", ".join(workspace.project.specs)
        message = f"no file matches {patterns}"
        workspace.diagnostics.append(
            Diagnostic(codes.NO_SPECS, place, message, "write a specification, or mend the pattern")
        )
    workspace.files = tuple(files)
    environments = [str(name) for name in workspace.project.environments]
    workspace.units = {name: Units() for name in environments}
    for file in files:
        _load_spec(workspace, workspace.project, file)
    _orphan_locks(workspace, files, environments)
    workspace.diagnostics = in_order(workspace.diagnostics)
    return workspace


def _read(workspace: Workspace, file: str) -> Document | None:
    try:
        data = read_bytes(workspace.root / file)
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror or error}"
        workspace.diagnostics.append(
            Diagnostic(codes.UNREADABLE, Place.start_of(file), message, "check the file and its rights")
        )
        return None
    workspace.read[file] = sha256(data).hexdigest()
    document = read(file, data)
    workspace.documents[file] = document
    workspace.diagnostics += document.diagnostics
    return document


def _project_findings(project: Project, root: Mapping) -> Iterable[Diagnostic]:
    training = [str(name) for name, environment in project.environments.items() if environment.trains]
    place = place_of(root, ("environments",))
    if len(training) != 1:
        which = (
            f"{len(training)} environments have `trains: true`: {', '.join(training)}"
            if training
            else "no environment has `trains: true`"
        )
        yield Diagnostic(codes.ONE_TRAINS, place, which, "mark exactly one")
    seen: list[str] = []
    namespaces: dict[str, str] = {}
    for name, environment in project.environments.items():
        after = str(environment.after) if environment.after else None
        if after is not None and after not in seen:
            known = after in {str(other) for other in project.environments}
            at = place_of(root, ("environments", str(name), "after"))
            message = (
                f"`{name}` comes after `{after}`, which stands below it"
                if known
                else f"there is no environment `{after}`"
            )
            if after == str(name):
                message = f"`{name}` comes after itself"
            code = codes.BAD_AFTER if known else codes.UNKNOWN_ENVIRONMENT
            yield Diagnostic(code, at, message, "name an environment that stands above it", nearest_word(after, seen))
        if environment.trains and after is not None:
            at = place_of(root, ("environments", str(name), "after"))
            yield Diagnostic(codes.BAD_AFTER, at, f"`{name}` trains, so nothing can come before it", "remove `after`")
        if environment.namespace in namespaces:
            at = place_of(root, ("environments", str(name), "namespace"))
            other = namespaces[environment.namespace]
            related = Related(place_of(root, ("environments", other, "namespace")), "the first")
            message = f"`{name}` and `{other}` are both in the namespace `{environment.namespace}`"
            yield Diagnostic(codes.SAME_NAMESPACE, at, message, "give each a namespace of its own", related=(related,))
        namespaces.setdefault(environment.namespace, str(name))
        seen.append(str(name))
    for key in (*PER_PIPELINE, "metadata.name"):
        path = ("defaults", *key.split("."))
        if find(root, path) is not None:
            yield Diagnostic(
                codes.BAD_DEFAULTS,
                place_of(root, path),
                f"`{key}` can't have a default",
                "write it in each specification",
            )


def _load_spec(workspace: Workspace, project: Project, file: str) -> None:
    document = _read(workspace, file)
    if document is None or document.root is None:
        return
    root = document.root
    defaults = find(workspace.project_root, ("defaults",))
    if isinstance(root, Mapping) and isinstance(defaults, Mapping):
        root = under(defaults, root)
    base, found = validated(Pipeline, root)
    workspace.diagnostics += found
    if not isinstance(root, Mapping):
        return
    overlays = _overlays(workspace, project, root)
    whole = without(root, "environments")
    for environment in workspace.units:
        overlay = overlays.get(environment)
        if overlay is None:
            if base is not None:
                _add(workspace, project, environment, base, whole, file)
            continue
        tree = merged(whole, overlay)
        pipeline, found = validated(Pipeline, tree)
        workspace.diagnostics += found
        if pipeline is not None:
            _add(workspace, project, environment, pipeline, tree, file)


def _overlays(workspace: Workspace, project: Project, root: Mapping) -> MappingABC[str, Mapping]:
    """The patches of the environments, without what an environment may not change."""
    section = root.get("environments")
    if not isinstance(section, Mapping):
        return {}
    known = [str(name) for name in project.environments]
    overlays: dict[str, Mapping] = {}
    for entry in section:
        if entry.key not in known:
            message = f"there is no environment `{entry.key}`"
            listed = ", ".join(known)
            workspace.diagnostics.append(
                Diagnostic(
                    codes.UNKNOWN_ENVIRONMENT,
                    entry.key_place,
                    message,
                    f"fairlead.yaml has {listed}",
                    nearest_word(entry.key, known),
                )
            )
            continue
        if not isinstance(entry.value, Mapping):
            continue  # the model has said so already
        overlay = entry.value
        for path in (*((key,) for key in FIXED), ("metadata", "name")):
            if find(overlay, path) is not None:
                at = place_of(overlay, path)
                message = f"`{'.'.join(path)}` is the same in every environment"
                workspace.diagnostics.append(Diagnostic(codes.FIXED_IN_ENVIRONMENT, at, message, "remove it here"))
        overlays[entry.key] = overlay
    return overlays


def _add(
    workspace: Workspace, project: Project, environment: str, pipeline: Pipeline, root: Mapping, file: str
) -> None:
    name = str(pipeline.metadata.name)
    others = workspace.units[environment]
    if name in others and others[name].file != file:
        first = others[name]
        related = Related(first.place("metadata", "name"), "the first")
        message = f"`{name}` is the name of {first.file} already"
        place = place_of(root, ("metadata", "name"))
        workspace.diagnostics.append(
            Diagnostic(codes.SAME_NAME, place, message, "give one of them another name", related=(related,))
        )
        return
    workspace.specs[file] = name
    lock, lock_root = _lock(workspace, file, pipeline.metadata, environment)
    others[name] = Unit(project, workspace.project_root, environment, pipeline, root, file, lock, lock_root)


def _lock(workspace: Workspace, spec: str, metadata: Metadata, environment: str) -> tuple[Lock | None, Mapping | None]:
    file = lock_file(spec, environment)
    if not (workspace.root / file).exists():
        return None, None
    document = _read(workspace, file)
    if document is None or document.root is None:
        return None, None
    lock, found = validated(Lock, document.root)
    workspace.diagnostics += found
    if lock is None or not isinstance(document.root, Mapping):
        return None, None
    for key, expected in (("pipeline", str(metadata.name)), ("environment", environment)):
        if str(getattr(lock.metadata, key)) != expected:
            at = place_of(document.root, ("metadata", key))
            other = getattr(lock.metadata, key)
            message = f"this lock is for the {key} `{other}`, and stands where that of `{expected}` belongs"
            renamed = key == "pipeline" and other == metadata.renamed_from
            help_ = f"write `pipeline: {expected}` here, as it was renamed" if renamed else "restore the lock from Git"
            workspace.diagnostics.append(Diagnostic(codes.FOREIGN_LOCK, at, message, help_))
            return None, None
    return lock, document.root


def _orphan_locks(workspace: Workspace, specs: Iterable[str], environments: Iterable[str]) -> None:
    """Locks in the folders of specifications that belong to none of them."""
    specs = list(specs)
    expected = {lock_file(spec, environment) for spec in specs for environment in environments}
    workspace.locks = tuple(lock_names(workspace.root, specs))
    for file in workspace.locks:
        if file not in expected:
            message = f"{file} belongs to no specification and environment"
            workspace.diagnostics.append(
                Diagnostic(codes.ORPHAN_LOCK, Place.start_of(file), message, "remove it, or restore its specification")
            )
