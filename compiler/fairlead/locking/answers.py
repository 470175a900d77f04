"""Asking: each thing once in a run, however many locks want to know it, and every failure is kept for the end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from fairlead.locking.codes import DATA_UNKNOWN, IMAGE_UNKNOWN, MODEL_GONE, NOT_LOCKED_YET, REGISTRY_UNKNOWN, finding
from fairlead.locking.questions import DataQuestion, ImageQuestion, VersionQuestion
from fairlead.project.lock import GitTree, LockedData, LockedImage, LockedModel
from fairlead.project.registration import DIGEST, PIPELINE, model_of
from fairlead.remote.contents import manifest_path
from fairlead.remote.failures import RemoteFailure
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.source.places import Place
from fairlead.spec.units import Digest, Uri

if TYPE_CHECKING:
    from fairlead.remote.contents import Manifest
    from fairlead.remote.mlflow import Mlflow
    from fairlead.remote.oci import Registries

TREE_LABEL = "dev.fairlead.tree"
"""The label of an image with the Git tree of the folder that it was built from."""

T = TypeVar("T")


@dataclass
class Answers:
    """What was found out so far, and what could not be."""

    mlflow: Mlflow | None
    artifacts: Uri | None
    findings: list[Diagnostic] = field(default_factory=list)
    """Errors, because of which nothing may be written, and warnings."""
    manifests: dict[str, Manifest] = field(default_factory=dict)
    """Those of pinned data by their digest, to be kept before a lock names them."""
    _known: dict[tuple[str, str], object] = field(default_factory=dict)
    _registries: Registries | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._registries is not None:
            self._registries.__exit__(kind, error, trace)

    def image(self, question: ImageQuestion) -> LockedImage | None:
        """An image as a lock holds it; None where the registry doesn't say."""
        return self._once("image", str(question.asked), IMAGE_UNKNOWN, question.place, lambda: self._resolve(question))

    def data(self, question: DataQuestion) -> LockedData | None:
        """A pinned source as a lock holds it; None where the store doesn't say."""
        return self._once("data", question.uri, DATA_UNKNOWN, question.place, lambda: self._manifest(question))

    def newest(self, question: VersionQuestion) -> LockedModel | None:
        """The newest version that a training of the pipeline registered, its model being there; None without one."""
        names = ",".join(question.pipelines)
        asked = f"{question.registry} of {names}"
        return self._once("version", asked, REGISTRY_UNKNOWN, question.place, lambda: self._newest(question))

    def keep_manifests(self, place: Place) -> None:
        """Keeps the manifests of pinned data below `artifacts`, under the digests that locks will name."""
        if self.artifacts is None:
            return
        from fairlead.remote.storage import Store

        for digest, manifest in self.manifests.items():
            try:
                Store(str(self.artifacts)).write(manifest_path(digest), manifest.encode())
            except RemoteFailure as failure:
                self.findings.append(finding(DATA_UNKNOWN, place, failure))

    def _once(self, kind: str, name: str, code: Code, place: Place, ask: Callable[[], T | None]) -> T | None:
        if (kind, name) not in self._known:
            try:
                self._known[kind, name] = ask()
            except RemoteFailure as failure:
                self._known[kind, name] = None
                self.findings.append(finding(code, place, failure))
        return self._known[kind, name]  # type: ignore[return-value]

    def _resolve(self, question: ImageQuestion) -> LockedImage:
        from pydantic import TypeAdapter, ValidationError

        from fairlead.remote.oci import Registries

        if self._registries is None:
            self._registries = Registries()
        found = self._registries.resolve(question.asked)
        tree = found.labels.get(TREE_LABEL)
        try:
            return LockedImage(digest=found.digest, tree=TypeAdapter(GitTree).validate_python(tree) if tree else None)
        except ValidationError as error:
            message = f"the label {TREE_LABEL} of {question.asked} is {tree!r}, and no Git tree"
            raise RemoteFailure(message, "build it as .github/workflows/fairlead-build.yml does") from error

    def _manifest(self, question: DataQuestion) -> LockedData:
        from fairlead.remote.storage import Store

        manifest = Store(question.uri).manifest()
        digest = Digest.parse(manifest.digest)
        self.manifests[str(digest)] = manifest
        kept = (
            Uri.parse(f"{str(self.artifacts).rstrip('/')}/{manifest_path(str(digest))}")
            if self.artifacts is not None
            else None
        )
        return LockedData(digest=digest, manifest=kept)

    def _newest(self, question: VersionQuestion) -> LockedModel | None:
        assert self.mlflow is not None, "without MLflow there is no such question"
        foreign = []
        for version in self.mlflow.versions(question.registry):
            if DIGEST not in version.tags or version.tags.get(PIPELINE) not in question.pipelines:
                foreign.append(version.number)
                continue
            try:
                model = model_of(version.number, version.run, version.tags)
            except ValueError as error:
                message = f"version {version.number} of {question.registry} can't be locked: {error}"
                raise RemoteFailure(message, "somebody changed its tags by hand: train again") from error
            self.check(model, question.place)
            return self._told(model, foreign, question)
        return self._told(None, foreign, question)

    def _told(self, model: LockedModel | None, foreign: list[int], question: VersionQuestion) -> LockedModel | None:
        """`model`, after a word about newer versions that no training of the pipeline registered."""
        if foreign:
            one = f"version {foreign[0]} of {question.registry} was"
            many = f"{len(foreign)} versions of {question.registry}, the newest of them {foreign[0]}, were"
            message = f"{one if len(foreign) == 1 else many} registered by something else than this pipeline's training"
            help_ = "what passed no gate of this pipeline is never locked"
            self.findings.append(Diagnostic(NOT_LOCKED_YET, question.place, message, help_))
        return model

    def check(self, model: LockedModel, place: Place) -> None:
        """Finds what is wrong with a version's bytes: its folder must be in the store, and its reference as it was.

        Raises RemoteFailure where the store doesn't say.
        """
        from fairlead.remote.storage import Store

        if not Store(str(model.uri)).exists():
            message = f"version {model.version} is registered, and there is nothing at {model.uri}"
            self.findings.append(Diagnostic(MODEL_GONE, place, message, "restore the folder, or train again"))
        if model.reference is not None:
            digest = f"sha256:{hashlib.sha256(Store(str(model.reference.uri)).read()).hexdigest()}"
            if digest != model.reference.digest:
                message = f"the reference of version {model.version}, {model.reference.uri}, has the digest {digest}"
                self.findings.append(Diagnostic(MODEL_GONE, place, message, "restore it, or train again"))
