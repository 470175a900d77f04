"""Nothing where there should be something: refused, for it was probably a mistake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fairlead.output.desired import PROJECT_FILE, Owner, Selection
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.source.places import Place

NOTHING = Code(
    "FL6007",
    "a spec compiles to nothing",
    """
    A pipeline gives no file in any environment, and nothing says why: no resource waits for a first model version
    or an image, and the pipeline isn't retired.

    An empty result would delete what an earlier one wrote. It is nearly always a mistake, such as targets in
    fairlead.yaml that have nothing to do with what the spec has.

    Wrong, for a spec that only trains:

    ```yaml
    targets: [kserve]
    ```

    Right:

    ```yaml
    targets: [argo-workflows, kserve]
    ```
    """,
)

ALL_GONE = Code(
    "FL6008",
    "an environment would lose every pipeline",
    """
    The environment has generated files of at least one pipeline, and compiling gives none for it.

    A reconciler that prunes would delete everything that runs there. The usual causes are a pattern in `specs` that
    matches no file, or a checkout without the specs.

    Wrong, in fairlead.yaml, when the files are called `*.yml`:

    ```yaml
    specs: specs/*.yaml
    ```

    Right:

    ```yaml
    specs: specs/*.yml
    ```

    Where the environment is to go, remove it from `environments` in fairlead.yaml. Where it is to stay without
    pipelines, compile once with `--allow-empty`.
    """,
)


@dataclass(slots=True)
class Yield:
    """What came out of one pipeline, over all environments that were compiled."""

    source: str
    files: int = 0
    explained: bool = False


@dataclass(slots=True)
class Tally:
    """Counts what every pipeline and every environment gets."""

    pipelines: dict[str, Yield] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    explained: set[str] = field(default_factory=set)

    def add(self, owner: Owner, source: str, files: int, *, explained: bool) -> None:
        """Enters one pipeline in one environment."""
        if owner.environment is None or owner.pipeline is None:
            return
        pipeline = self.pipelines.setdefault(owner.pipeline, Yield(source))
        pipeline.files += files
        pipeline.explained |= explained
        self.files[owner.environment] = self.files.get(owner.environment, 0) + files
        if explained:
            self.explained.add(owner.environment)

    def findings(self, selection: Selection, had: Iterable[Owner]) -> list[Diagnostic]:
        """What is empty without a reason; `had` are the owners that have files on disk."""
        found: list[Diagnostic] = []
        if selection.environments is None and selection.targets is None:
            empty = (item for item in self.pipelines.items() if not item[1].files and not item[1].explained)
            found += (_nothing(name, result.source) for name, result in empty)
        before = _pipelines(had)
        for environment in sorted(selection.known_environments & before.keys()):
            explained = self.files.get(environment) or environment in self.explained
            if selection.covers(Owner(environment)) and not explained:
                found.append(_all_gone(environment, before[environment]))
        return found


def _nothing(pipeline: str, source: str) -> Diagnostic:
    return Diagnostic(
        NOTHING,
        Place.start_of(source),
        f"{pipeline} compiles to no file in any environment, and nothing in it waits",
        "check that `targets` in fairlead.yaml has one for what this spec does",
    )


def _all_gone(environment: str, pipelines: int) -> Diagnostic:
    number = f"all {pipelines} pipelines" if pipelines > 1 else "the only pipeline"
    return Diagnostic(
        ALL_GONE,
        Place.start_of(PROJECT_FILE),
        f"compiling would delete {number} of {environment}",
        "check `specs` in fairlead.yaml, or say `--allow-empty` if that is meant",
    )


def _pipelines(owners: Iterable[Owner]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for owner in owners:
        if owner.environment is not None and owner.pipeline is not None:
            counts[owner.environment] = counts.get(owner.environment, 0) + 1
    return counts
