"""What is done with an input. A harness raises where something happens that must not: what escapes is a finding."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any, Final, Protocol
from xml.etree import ElementTree as ET
from zlib import crc32

import yaml

from fairlead.output import inventory, journal
from fairlead.output.desired import Owner
from fairlead.output.lock import JOURNAL
from fairlead.project import candidate
from fairlead.source.diagnostics import Refused, has_errors
from fairlead.source.nodes import plain
from fairlead.source.reader import Document, read
from fairlead.spec.units import TimeZone, Unit
from fairlead.spec.units.base import UnitError
from fairlead.workspace.compile import compile_workspace
from fairlead.workspace.format import formatted
from fairlead.workspace.load import Workspace, load
from fairlead.workspace.plans import Plans, plans
from tests import candidates
from tests.conftest import ROOT
from tests.fuzz.bundle import PIPE, Bundle
from tests.fuzz.mutator import BundleMutator, JsonMutator, Mutator, WordMutator, tree_of
from tests.fuzz.oracle import Finding, check_characters, check_findings
from tests.fuzz.processes import Processes, seeds
from tests.fuzz.vocabulary import EDGES, PARSED
from tests.fuzz.writing import write
from tests.projects import CHURN, FAIRLEAD

SPECS: Final = ROOT / "specs"
GRAPH: Final = ("biopsy-triage", "screen", "tumor-classifier")
"""Specifications that name each other."""
CRD: Final = b"""\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: workflowtemplates.argoproj.io}
spec:
  group: argoproj.io
  names: {kind: WorkflowTemplate, plural: workflowtemplates}
  scope: Namespaced
  versions:
    - name: v1alpha1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
"""
PATCHED: Final = b"""\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: churn, owner: growth-ml}
data: {sources: {customers: {uri: s3://acme-ml/customers.parquet}}}
model: {train: {command: [python, -m, churn.train]}}
patches:
  - why: a reason
    target: {kind: WorkflowTemplate}
    json:
      - {op: add, path: /metadata/annotations, value: {a: b}}
      - {op: copy, from: /spec, path: /spec/x}
      - {op: remove, path: /spec/x}
      - {op: test, path: /kind, value: WorkflowTemplate}
      - {op: replace, path: /spec/templates/0/name, value: other}
      - {op: move, from: /spec/entrypoint, path: /spec/y}
  - why: another reason
    target: {kind: ServiceAccount, name: churn-train}
    merge: {metadata: {labels: {a: null}}}
"""


class Mutate(Protocol):
    """From one input to the next."""

    def __call__(self, data: bytes, rng: Any, limit: int = ...) -> bytes: ...


@dataclass(frozen=True)
class Harness:
    """What is done with an input, where inputs come from, and how long one may take."""

    name: str
    run: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    mutate: Mutate
    seconds: float
    """Processor time for an input of no length."""
    per_kilobyte: float
    """And for every kilobyte of it."""

    def limit(self, data: bytes) -> float:
        """Seconds of processor time that an input may take."""
        return self.seconds + self.per_kilobyte * len(data) / 1024


def check_reader(data: bytes) -> None:
    """Bytes are a document, or refused at a place."""
    document = read("a.yaml", data)
    if document.root is None and not document.diagnostics:
        raise Finding("nothing was read, and nothing is said about it")
    check_findings(document.diagnostics, {"a.yaml": document.text}.get)


def check_formatter(data: bytes) -> None:
    """What is read without a finding can be formatted."""
    document = read("a.yaml", data)
    if not document.diagnostics:
        check_format(document)


def check_format(document: Document) -> None:
    """Formatting keeps the meaning, and what is formatted stays as it is."""
    text = formatted(document)
    again = read(document.file, text.encode())
    if again.diagnostics or again.root is None or document.root is None:
        raise Finding("what was formatted can't be read")
    if plain(again.root) != plain(document.root):
        raise Finding("formatting changed what the file says")
    if formatted(again) != text:
        raise Finding("formatting twice is not formatting once")


class Folders:
    """Projects on disk in which one file is the input. In memory where the system has a place for that."""

    def __init__(self) -> None:
        place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.root = Path(tempfile.mkdtemp(prefix="fairlead-fuzz-", dir=place)).resolve()
        weakref.finalize(self, shutil.rmtree, self.root, ignore_errors=True)

    @cached_property
    def projects(self) -> Mapping[str, Path]:
        """A project for each specification of the repository, with its locks, and with those that it names."""
        found = {}
        for spec in sorted(SPECS.glob("*.yaml")):
            if spec.name.endswith(".lock.yaml"):
                continue
            folder = self.root / spec.stem
            (folder / "specs").mkdir(parents=True)
            (folder / "fairlead.yaml").write_bytes((ROOT / "fairlead.yaml").read_bytes())
            stems = GRAPH if spec.stem == GRAPH[0] else (spec.stem,)
            for stem in stems:
                for path in SPECS.glob(f"{stem}.*"):
                    (folder / "specs" / path.name).write_bytes(path.read_bytes())
            found[spec.stem] = folder
        return found

    def of(self, data: bytes) -> tuple[Path, str]:
        """The project that a specification belongs into, and the name of its file."""
        named = re.search(rb"\bname: *[\"']?([a-z-]+)", data)
        stem = named[1].decode() if named and named[1].decode() in self.projects else "tumor-classifier"
        return self.projects[stem], stem

    def with_spec(self, data: bytes) -> Path:
        """A project with a specification as it is."""
        folder, stem = self.of(data)
        (folder / "specs" / f"{stem}.yaml").write_bytes(data)
        return folder

    def with_files(self, bundle: Bundle) -> Path:
        """A project with these files and no others."""
        folder = self.root / "bundle"
        bundle.unpack(folder)
        return folder


def check_workspace(root: Path) -> tuple[Workspace, Plans]:
    """Whatever a repository holds, validation says it at a place."""
    workspace = load(root)
    found = plans(workspace)
    check_findings(found.diagnostics, workspace.text_of)
    return workspace, found


def check_compiled(workspace: Workspace) -> None:
    """A repository without errors compiles, or is refused at a place; what comes out is well-formed."""
    compilation = compile_workspace(workspace)
    try:
        files = [file for owned in compilation.assembled() for file in owned.files]
    except Refused as refused:
        check_findings(refused.diagnostics, workspace.text_of)
        return
    check_findings(compilation.diagnostics, workspace.text_of)
    seen: set[str] = set()
    for file in files:
        if (problem := inventory.path_problem(file.path)) is not None or file.path in seen:
            raise Finding(f"the path {file.path!r} {problem or 'is written twice'}")
        seen.add(file.path)
        text = file.content.decode()
        if file.path.endswith((".yaml", ".yml")):
            list(yaml.compose_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
        elif file.path.endswith(".json"):
            json.loads(text)


def check_graphs(found: Plans) -> None:
    """Every plan can be drawn in every format, in characters that a terminal only shows."""
    from fairlead.plan.draw.dot import render_dot
    from fairlead.plan.draw.json import render_json
    from fairlead.plan.draw.mermaid import render_mermaid
    from fairlead.plan.draw.svg import render_svg
    from fairlead.plan.draw.text import render_text

    for plan in found.all():
        for text in (
            render_text(plan, width=80, color=False),
            render_mermaid(plan),
            render_dot(plan),
            render_svg(plan),
            render_json(plan),
        ):
            check_characters(text)
        json.loads(render_json(plan))
        ET.fromstring(render_svg(plan))  # noqa: S314 - our own output


class Checks:
    """The harnesses that need files."""

    def __init__(self) -> None:
        self.folders = Folders()

    def validate(self, data: bytes) -> None:
        """A specification in a project that is well."""
        check_workspace(self.folders.with_spec(data))

    def compile(self, data: bytes) -> None:
        """The same; and where nothing is wrong with it, all that is made of it."""
        workspace, found = check_workspace(self.folders.with_spec(data))
        if found.all():
            check_graphs(found)
        if not has_errors(list(found.diagnostics)):
            for document in workspace.documents.values():
                if not document.diagnostics:
                    check_format(document)
            check_compiled(workspace)

    def project(self, data: bytes) -> None:
        """A fairlead.yaml, with specifications that are well."""
        folder = self.folders.root / "project"
        if not folder.exists():
            texts = {f"specs/{path.name}": path.read_bytes() for path in SPECS.glob("tumor-classifier.*")}
            Bundle({**texts, "specs/churn.yaml": CHURN.encode()}).unpack(folder)
        (folder / "fairlead.yaml").write_bytes(data)
        workspace, found = check_workspace(folder)
        if not has_errors(list(found.diagnostics)):
            check_compiled(workspace)

    def lock(self, data: bytes) -> None:
        """A lock, of a specification that is well."""
        named = re.search(rb"pipeline: *[\"']?([a-z-]+)", data)
        name = named[1].decode() if named else ""
        folder = self.folders.projects.get(name, self.folders.projects["tumor-classifier"])
        environment = "production" if b"production" in data else "staging"
        path = folder / "specs" / f"{folder.name}.{environment}.lock.yaml"
        before = path.read_bytes() if path.exists() else None
        path.write_bytes(data)
        try:
            workspace, found = check_workspace(folder)
            if not has_errors(list(found.diagnostics)):
                check_compiled(workspace)
        finally:
            # The next input may be for the other lock, which this one must not spoil.
            path.unlink() if before is None else path.write_bytes(before)

    def workspace(self, data: bytes) -> None:
        """A repository of several files."""
        workspace, found = check_workspace(self.folders.with_files(Bundle.decode(data)))
        if found.all():
            check_graphs(found)
        if not has_errors(list(found.diagnostics)):
            check_compiled(workspace)

    def records(self, data: bytes) -> None:
        """JSON that Fairlead wrote, or somebody who says so: inventories, the journal and candidate records."""
        owner = Owner("production", "tumor-classifier")
        try:
            known = inventory.decode(data, owner)
        except inventory.Unreadable as unreadable:
            _said(str(unreadable))
        else:
            if inventory.decode(inventory.encode(known), owner) != known:
                raise Finding("an inventory is not what it was after it was written again")
        folder = self.folders.root / "journal"
        (folder / ".fairlead").mkdir(parents=True, exist_ok=True)
        (folder / ".fairlead" / JOURNAL).write_bytes(data)
        try:
            journal.read(folder)
        except journal.Damaged as damaged:
            _said(str(damaged))
        name = f"sha256-{hashlib.sha256(data).hexdigest()}.json"
        try:
            taken = candidate.decode(name, data)
        except Refused as refused:
            check_findings(refused.diagnostics, lambda _: None)
        else:
            candidate.encode(taken)


def _said(reason: str) -> None:
    if not reason:
        raise Finding("it is refused without a reason")


def check_notations(data: bytes) -> None:
    """Every notation takes a text, or refuses it in words; what it takes, it writes in a form that it takes again."""
    text = data.decode("utf-8", "replace")
    for kind in _some(data):
        try:
            value = kind.parse(text)
        except UnitError as error:
            check_characters(error.message)
            if not 0 <= error.offset <= len(text) or not 0 <= error.offset + (error.length or 0) <= len(text):
                raise Finding(f"{kind.__name__} points outside of the text: {error.offset}, {error.length}") from error
            continue
        written = str(value)
        again = kind.parse(written)
        if str(again) != written or again != value:
            raise Finding(f"{kind.__name__} reads {text!r} as {written!r}, and that as {again!s:.80}")


def _some(data: bytes) -> list[type[Unit]]:
    """A few of the notations, others for other texts: all would take five times as long."""
    number = crc32(data)
    chosen = [PARSED[(number + step) % len(PARSED)] for step in range(5)]
    # Each of the six hundred names of zones is compared for the nearest one, which would take most of the time.
    return [kind for kind in chosen if kind is not TimeZone or number % 16 == 0]


def _bundle(files: Mapping[str, str | bytes], command: Sequence[str] | None = None) -> bytes:
    contents = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
    return Bundle(contents, tuple(command) if command is not None else None).encode()


def _own(*stems: str) -> dict[str, str | bytes]:
    names = [path for stem in stems for path in sorted(SPECS.glob(f"{stem}.*"))]
    return {
        "fairlead.yaml": (ROOT / "fairlead.yaml").read_bytes(),
        **{f"specs/{path.name}": path.read_bytes() for path in names},
    }


def bundles() -> tuple[bytes, ...]:
    """Small repositories."""
    small: dict[str, str | bytes] = {"fairlead.yaml": FAIRLEAD, "specs/churn.yaml": CHURN}
    with_crds = FAIRLEAD.replace("platform:\n", "platform:\n  crds: crds\n")
    return (
        _bundle(small),
        _bundle({**small, "specs/churn.yaml": PATCHED}),
        _bundle({**small, "fairlead.yaml": with_crds, "crds/argo.yaml": CRD, "specs/churn.yaml": PATCHED}),
        _bundle({**small, "specs/other.yaml": CHURN.replace("churn", "other"), "specs/churn.staging.lock.yaml": PIPE}),
        _bundle(_own("churn")),
        _bundle(_own(*GRAPH)),
    )


def _journal() -> bytes:
    move = {"target": "rendered/staging", "slot": ".fairlead/staging/0", "new": [1, 2], "old": None}
    return json.dumps({"version": 1, "moves": [move]}).encode()


def sections(documents: Sequence[bytes]) -> list[bytes]:
    """Each section of some documents as a document: small inputs are quick, and most of what is wrong is small."""
    found = []
    for document in documents:
        tree = tree_of(document)
        for key, value in tree.items() if isinstance(tree, dict) else ():
            found.append(write({key: value}, Random(key)).encode())
    return found


def harnesses() -> dict[str, Harness]:
    """All of them, by name."""
    checks = Checks()
    specs = [path.read_bytes() for path in sorted(SPECS.glob("*.yaml")) if ".lock." not in path.name]
    specs += [CHURN.encode(), PATCHED]
    locks = [path.read_bytes() for path in sorted(SPECS.glob("*.lock.yaml"))]
    fairleads = [(ROOT / "fairlead.yaml").read_bytes(), FAIRLEAD.encode()]
    inventories = sorted((ROOT / "rendered").glob("production/*/inventory.json"))[:2]
    records = [candidates.record()[1], _journal(), *(path.read_bytes() for path in inventories)]
    words = [word.encode() for values in EDGES.values() for word in values if isinstance(word, str)]
    yaml_seeds = [*specs, *locks, *fairleads]
    parts = sections(yaml_seeds)
    processes, started = Processes(checks.folders.root), seeds()
    documents, small = Mutator(yaml_seeds), Mutator(parts)
    return {
        each.name: each
        for each in (
            Harness("reader", check_reader, tuple(parts), small, 2, 0.05),
            Harness("format", check_formatter, tuple(parts), small, 10, 1),
            Harness("notations", check_notations, tuple(words), WordMutator(), 1, 0.02),
            Harness("validate", checks.validate, tuple(specs), documents, 4, 0.2),
            Harness("compile", checks.compile, tuple(specs), documents, 20, 1),
            Harness("project", checks.project, tuple(fairleads), documents, 20, 1),
            Harness("lock", checks.lock, tuple(locks), documents, 20, 1),
            Harness("workspace", checks.workspace, bundles(), BundleMutator(bundles()), 20, 1),
            Harness("process", processes, started, BundleMutator(started), 300, 1),
            Harness("records", checks.records, tuple(records), JsonMutator(records), 2, 0.05),
        )
    }
