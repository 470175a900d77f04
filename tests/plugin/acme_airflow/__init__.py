"""A target for Airflow, reduced to what shows that a stranger can write one: a ConfigMap and a DAG's outline."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, ClassVar

from fairlead.plan.plan import Plan
from fairlead.resources import conventions
from fairlead.resources.kinds import ConfigMap
from fairlead.resources.pods import metadata
from fairlead.resources.resource import File, Origin, Resource
from fairlead.source.diagnostics import Code, Diagnostic, Severity
from fairlead.target import Compiled, Options, Shared, Target

NO_OWNER_POOL = Code(
    "ACME101",
    "a pipeline without a pool",
    """
    Airflow runs tasks in pools, and this pipeline has no label `pool`.

    ```yaml
    metadata: {labels: {pool: small}}
    ```
    """,
    Severity.NOTE,
)


class AirflowOptions(Options):
    """The options of this target."""

    folder: str = "dags"
    """Where the outlines go."""


class Airflow(Target):
    """Outlines of Airflow DAGs."""

    name = "acme-airflow"
    summary = "Outlines of Airflow DAGs."
    options = AirflowOptions
    shapes: ClassVar[Mapping[tuple[str, str], Any]] = {("v1", "ConfigMap"): ConfigMap}

    def compile(self, plan: Plan, options: Options) -> Compiled:
        """A ConfigMap with the order of the nodes, and an outline."""
        assert isinstance(options, AirflowOptions)
        unit = plan.unit
        origin = Origin("train", unit.place("metadata", "name"), "the outline of a DAG")
        name = conventions.fit(f"{plan.name}-dag")
        manifest: ConfigMap = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": metadata(name, unit.settings.namespace, conventions.labels(unit)),
            "data": {"nodes": " ".join(plan.nodes)},
        }
        outline = "".join(f"{edge.giver} >> {edge.reader}\n" for edge in plan.edges())
        file = File(PurePosixPath(options.folder) / f"{plan.name}.txt", outline or "nothing to run here\n", origin)
        notes = [Diagnostic(NO_OWNER_POOL, origin.place, "this pipeline has no label `pool`", "add one")]
        return Compiled([Resource(dict(manifest), origin)], [file], [], notes)

    def compile_shared(self, shared: Shared, options: Options) -> Compiled:
        """One list of all pipelines, for the repository."""
        if shared.environment is not None:
            return Compiled()
        names = sorted({plan.name for plan in shared.plans})
        origin = Origin("project", shared.plans[0].unit.project_place("metadata", "name"), "all pipelines")
        return Compiled(files=[File(PurePosixPath("all.txt"), "\n".join(names) + "\n", origin)])
