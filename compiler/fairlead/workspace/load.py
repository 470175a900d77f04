"""Reading a repository: the project, its specifications and locks, resolved for every environment."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping as MappingABC, Set
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from fairlead.output.inventory import path_problem
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
from fairlead.workspace.cache.inputs import digest_of
from fairlead.workspace.discover import LOCK_SUFFIX, PROJECT_FILE, Inside, lock_file, lock_names, spec_files
from fairlead.workspace.environments import environment_findings
from fairlead.workspace.outputs import output_findings

FIXED = ("apiVersion", "kind", "environments")


@dataclass(frozen=True, slots=True)
class Part:
    """What came of one specification and its locks: the same for the same bytes of them and of fairlead.yaml."""

    read: MappingABC[str, str]
    units: MappingABC[str, Unit]
    """Environment -> unit, where it could be read."""
    diagnostics: tuple[Diagnostic, ...]


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
    instead: MappingABC[str, str] = field(default_factory=dict)
    """Texts of locks as they are about to become, by file, which are taken in place of what lies on disk."""
    parts: dict[str, Part] = field(default_factory=dict)
    """What came of each specification, by its file, as far as it came of it alone."""

    @cached_property
    def inside(self) -> Inside:
        """What lies in the project, links followed."""
        return Inside(self.root)

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

    def code_folders(self) -> set[str]:
        """The folders of the training code of all pipelines, whether they are there or not."""
        models = ((name, unit.pipeline.model) for units in self.units.values() for name, unit in units.items())
        return {model.code.path or f"models/{name}" for name, model in models if model is not None}

    def text_of(self, file: str) -> str | None:
        """The text of a file that was read."""
        document = self.documents.get(file)
        return document.text if document else None


def load(root: Path, instead: MappingABC[str, str] | None = None, *, like: Workspace | None = None) -> Workspace:
    """Everything that a repository says, for all environments; with other texts `instead` of some locks on disk.

    What is the same in `like` is taken from there.
    """
    workspace = Workspace(root, instead=instead or {})
    document = _read(workspace, PROJECT_FILE)
    if document is None or document.root is None:
        return workspace
    workspace.project, found = validated(Project, document.root)
    workspace.diagnostics += found
    if workspace.project is None or not isinstance(document.root, Mapping):
        return workspace
    workspace.project_root = document.root
    workspace.diagnostics += environment_findings(workspace.project, document.root)
    workspace.diagnostics += literals(document.root)
    try:
        files = spec_files(root, workspace.project.specs)
        workspace.locks = tuple(lock_names(root, files))
    except OSError as error:
        workspace.diagnostics.append(_unlistable(root, error))
        return workspace
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
    alike = like if like is not None and like.read.get(PROJECT_FILE) == workspace.read[PROJECT_FILE] else None
    alike = None if instead else alike
    for file in files:
        if alike is None or not _taken_over(workspace, alike, file):
            _load_part(workspace, workspace.project, file)
    _orphan_locks(workspace, files, environments)
    workspace.diagnostics += output_findings(workspace.project, workspace.project_root, files, workspace.code_folders())
    workspace.diagnostics = in_order(workspace.diagnostics)
    return workspace


def _read(workspace: Workspace, file: str) -> Document | None:
    problem = path_problem(file)
    if problem is not None:
        found = Diagnostic(codes.BAD_NAME, Place.start_of(file), f"the file {file!r} {problem}", "give it another name")
        workspace.diagnostics.append(found)
        return None
    path = workspace.root / file
    given = workspace.instead.get(file)
    if given is not None:
        return _taken(workspace, file, path, given)
    if file != PROJECT_FILE and path not in workspace.inside and path.exists():
        message = f"{file} leads out of the project, to {os.path.realpath(path)}"
        help_ = "keep the file itself in the project"
        workspace.diagnostics.append(Diagnostic(codes.LEADS_OUT, Place.start_of(file), message, help_))
        return None
    try:
        data = read_bytes(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        message = f"{file} cannot be read: {reason}"
        workspace.diagnostics.append(
            Diagnostic(codes.UNREADABLE, Place.start_of(file), message, "check the file and its rights")
        )
        return None
    workspace.read[file] = sha256(data).hexdigest()
    document = read(file, data)
    workspace.documents[file] = document
    workspace.diagnostics += document.diagnostics
    return document


def _taken(workspace: Workspace, file: str, path: Path, text: str) -> Document:
    """A text that is not on disk yet. What counts as read is what lies there, because that is what it replaces."""
    before = digest_of(path)
    if before is not None:
        workspace.read[file] = before
    document = read(file, text.encode())
    workspace.documents[file] = document
    workspace.diagnostics += document.diagnostics
    return document


def _unlistable(root: Path, error: OSError) -> Diagnostic:
    folder = os.path.relpath(os.fsdecode(error.filename), root) if error.filename else "."
    message = f"the folder {folder} cannot be listed: {error.strerror or error}"
    help_ = "check the folder and its rights: what is not found is taken to be gone"
    return Diagnostic(codes.UNREADABLE, Place.start_of(PROJECT_FILE), message, help_)


def _taken_over(workspace: Workspace, like: Workspace, file: str) -> bool:
    """Whether another workspace has this specification, with the same locks; what came of it there is then here too."""
    part = like.parts.get(file)
    if part is None or any(name in units for name, units in _claims(workspace, part)):
        return False
    beside = {lock_file(file, environment) for environment in workspace.units}
    if {name for name in beside if os.path.lexists(workspace.root / name)} != part.read.keys() - {file}:
        return False
    for name, digest in part.read.items():
        path = workspace.root / name
        if path not in workspace.inside or digest_of(path) != digest:
            return False
    workspace.read.update(part.read)
    workspace.documents.update({name: like.documents[name] for name in part.read})
    workspace.diagnostics += part.diagnostics
    for environment, unit in part.units.items():
        workspace.units[environment][unit.name] = unit
        workspace.specs[file] = unit.name
    workspace.parts[file] = part
    return True


def _claims(workspace: Workspace, part: Part) -> Iterable[tuple[str, Units]]:
    return ((unit.name, workspace.units[environment]) for environment, unit in part.units.items())


def _load_part(workspace: Workspace, project: Project, file: str) -> None:
    read, found = set(workspace.read), len(workspace.diagnostics)
    _load_spec(workspace, project, file)
    diagnostics = tuple(workspace.diagnostics[found:])
    units = {
        environment: unit
        for environment, units in workspace.units.items()
        if file in workspace.specs and (unit := units.get(workspace.specs[file])) is not None and unit.file == file
    }
    if not any(each.code in (codes.SAME_NAME, codes.UNREADABLE, codes.LEADS_OUT) for each in diagnostics):
        own = {name: digest for name, digest in workspace.read.items() if name not in read}
        workspace.parts[file] = Part(own, units, diagnostics)


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
    if file not in workspace.instead and not os.path.lexists(workspace.root / file):
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
    for file in workspace.locks:
        if file not in expected:
            message = f"{file} belongs to no specification and environment"
            workspace.diagnostics.append(
                Diagnostic(codes.ORPHAN_LOCK, Place.start_of(file), message, "remove it, or restore its specification")
            )
