"""Typical changes of the README's project, and what their previews say: docs/previews/.

`python -m tests.previews` writes them again.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fairlead.preview.build import preview
from fairlead.preview.markdown import render_markdown
from fairlead.preview.model import Preview, Side
from fairlead.preview.states import State, state_of
from fairlead.project.lock import LockedModel
from fairlead.spec.units import Percentage
from fairlead.workspace.load import load
from fairlead.workspace.lockfile import with_canary, with_image, with_previous_served, with_weight

REPOSITORY: Final = Path(__file__).parents[1]
FOLDER: Final = REPOSITORY / "docs" / "previews"
NAME: Final = "tumor-classifier"
SPEC: Final = f"specs/{NAME}.yaml"
STAGING, PRODUCTION = (f"specs/{NAME}.{place}.lock.yaml" for place in ("staging", "production"))
FILES: Final = ("fairlead.yaml", SPEC, STAGING, PRODUCTION)
BASE: Final = Side("main", "5f0c1f2ab9d1e7c34a86b0f9d2c5e8a7b1d4f603", None)
HEAD: Final = Side("a pull request", None, None)
SERVING: Final = "cpu-serving: {cpu: 2, memory: "
LIMIT: Final = 16_000
"""Bytes of a page: enough to see what it looks like."""
Edit = Callable[[Path], None]


@dataclass(frozen=True)
class Example:
    """A change, and what a reader is to see in its preview."""

    title: str
    edit: Edit
    prepare: Edit | None = None
    """What is so on both sides."""


def replaced(file: str, *edits: tuple[str, str]) -> Edit:
    """Writes other words into a file, each of which is there."""

    def edit(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        for old, new in edits:
            assert old in text, old
            text = text.replace(old, new)
        (folder / file).write_text(text, encoding="utf-8")

    return edit


def locked(file: str, change: Callable[[str], str]) -> Edit:
    """Changes the text of a lock."""

    def edit(folder: Path) -> None:
        (folder / file).write_text(change((folder / file).read_text(encoding="utf-8")), encoding="utf-8")

    return edit


def newest() -> LockedModel:
    """The version that staging serves and production does not."""
    lock = load(REPOSITORY).units["staging"][NAME].lock
    assert lock is not None
    assert lock.model is not None
    return lock.model.model_copy(update={"usage": {}})  # as promoting leaves it


def canary(text: str) -> str:
    """A lock of production in which the newest version is tried."""
    return with_canary(text, newest(), Percentage.parse("10%"))


def rebuilt(text: str) -> str:
    """A lock with another digest of the training image, whose code is the same."""
    key = f"ghcr.io/acme/{NAME}"
    lock = load(REPOSITORY).units["staging"][NAME].lock
    assert lock is not None
    image = lock.images[key]
    return with_image(text, key, image.model_copy(update={"digest": type(image.digest).parse(f"sha256:{'ab' * 32}")}))


def renamed(folder: Path) -> None:
    """The pipeline under another name, with its locks."""
    replaced(SPEC, (f"name: {NAME}  ", f"name: lesion-classifier\n  renamed_from: {NAME}  "))(folder)
    for lock in (STAGING, PRODUCTION):
        replaced(lock, (f"pipeline: {NAME}", "pipeline: lesion-classifier"))(folder)


def removed(folder: Path) -> None:
    """The pipeline's files gone, and another pipeline in its place, because a project has one at least."""
    for file in (SPEC, STAGING, PRODUCTION):
        (folder / file).unlink()


def added(folder: Path) -> None:
    """A small pipeline more."""
    shutil.copy(REPOSITORY / "specs/churn.yaml", folder / "specs/churn.yaml")


EXAMPLES: Final[dict[str, Example]] = {
    "new-pipeline": Example("A new pipeline", added),
    "retrain": Example("Another split of the data", replaced(SPEC, ("test: 0.2,", "test: 0.25,"))),
    "gate": Example("A gate that lets more through", replaced(SPEC, ("roc_auc >= 0.95", "roc_auc >= 0.94"))),
    "image": Example("An image that was built again", locked(STAGING, rebuilt)),
    "canary": Example("A new version is tried", locked(PRODUCTION, canary)),
    "canary-step": Example(
        "The canary gets more of the traffic",
        locked(PRODUCTION, lambda text: with_weight(text, Percentage.parse("50%"))),
        locked(PRODUCTION, canary),
    ),
    "rollback": Example("Back to the version before", locked(PRODUCTION, with_previous_served)),
    "memory": Example(
        "Smaller servers",
        replaced(
            "fairlead.yaml",
            ("cpu-serving: {cpu: 2, memory: 4Gi, price: 0.09", "cpu-serving: {cpu: 2, memory: 2Gi, price: 0.07"),
        ),
    ),
    "training-memory": Example(
        "Less memory than training used",
        replaced(SPEC, ("train: {cpu: 4, memory: 8Gi,", "train: {cpu: 4, memory: 2Gi,")),
    ),
    "callers": Example(
        "Somebody else may call", replaced(SPEC, ("callers: [triage/ui]", "callers: [triage/ui, triage/bot]"))
    ),
    "objective": Example("An objective less", replaced(SPEC, ("    availability: 99.9%\n", ""))),
    "rename": Example("Another name", renamed),
    "removal": Example("A pipeline that is removed", removed, added),
}


class Examples:
    """Makes previews of examples, and compiles what many of them start from once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._before: dict[Edit | None, State] = {}

    def preview(self, name: str) -> Preview:
        """The preview of an example."""
        example = EXAMPLES[name]
        if example.prepare not in self._before:
            self._before[example.prepare] = state_of(self._project("before", example.prepare))
        after = state_of(self._project(name, example.prepare, example.edit))
        assert not after.failed, after.diagnostics
        return preview(self._before[example.prepare], after, BASE, HEAD)

    def page(self, name: str) -> str:
        """The page of an example."""
        return render_markdown(self.preview(name), LIMIT)

    def _project(self, name: str, *edits: Edit | None) -> Path:
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._folder))
        (folder / "specs").mkdir()
        for file in FILES:
            shutil.copy(REPOSITORY / file, folder / file)
        for edit in edits:
            if edit is not None:
                edit(folder)
        return folder


def index() -> str:
    """The page that leads to all others."""
    rows = "".join(f"- [{example.title}]({name}.md)\n" for name, example in EXAMPLES.items())
    return (
        "# Previews of typical changes\n\n"
        "Each is what `fairlead preview --format markdown` says of a change to the pipeline in "
        "[specs/tumor-classifier.yaml](../../specs/tumor-classifier.yaml), cut to "
        f"{LIMIT:,} bytes. `python -m tests.previews` writes them; a test holds them.\n\n{rows}"
    )


def main() -> int:
    """Writes all pages."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        examples = Examples(Path(folder))
        for name in EXAMPLES:
            (FOLDER / f"{name}.md").write_text(examples.page(name), encoding="utf-8", newline="\n")
            sys.stdout.write(f"{name}\n")
    (FOLDER / "README.md").write_text(index(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
