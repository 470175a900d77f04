"""What everything that is compiled for one pipeline in one environment shares."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.plan.nodes import Node, Run
from fairlead.plan.plan import Plan
from fairlead.project.unit import Unit
from fairlead.resources import conventions
from fairlead.resources.kinds import Metadata
from fairlead.resources.pods import metadata
from fairlead.resources.resource import Origin
from fairlead_targets.argo_workflows.options import ArgoWorkflowsOptions
from fairlead_targets.argo_workflows.storage import Store


@dataclass(frozen=True, slots=True)
class Context:
    """One pipeline in one environment, seen from its workflows."""

    plan: Plan
    options: ArgoWorkflowsOptions
    store: Store

    @property
    def unit(self) -> Unit:
        """The pipeline and its environment."""
        return self.plan.unit

    @property
    def name(self) -> str:
        """The pipeline's name."""
        return self.plan.name

    @property
    def namespace(self) -> str:
        """The environment's namespace."""
        return self.unit.settings.namespace

    @property
    def labels(self) -> dict[str, str]:
        """The labels of every resource."""
        return conventions.labels(self.unit)

    def metadata(self, name: str, labels: dict[str, str] | None = None) -> Metadata:
        """The metadata of a resource of this pipeline."""
        return metadata(name, self.namespace, {**self.labels, **(labels or {})})

    def pod_labels(self, component: str) -> dict[str, str]:
        """The labels of the Pods of one component: what selects them, and whose they are."""
        return {**self.labels, conventions.COMPONENT: component}

    def origin(self, node: Node, why: str) -> Origin:
        """The origin of what comes from a node of the plan."""
        return Origin(node.id, node.place, why)

    def runs(self, *kinds: type[Node]) -> list[tuple[Node, Run]]:
        """The nodes of these kinds that run something, in the plan's order."""
        return [(node, node.run) for node in self.plan.nodes.values() if isinstance(node, kinds) and node.run]
