"""What every part of this target needs to know of the server or graph that it writes for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fairlead.plan.nodes import Combine, Serve
from fairlead.plan.plan import Plan
from fairlead.project.model import Gateway, Platform
from fairlead.project.unit import Unit, Units
from fairlead.resources import conventions, pods
from fairlead.resources.kinds import Metadata
from fairlead.resources.resource import Origin, Resource
from fairlead.source.nodes import Path
from fairlead_targets.kserve.release import Release

N = TypeVar("N", Serve, Combine)


@dataclass(frozen=True)
class Context(Generic[N]):
    """One node of a plan, on a platform."""

    plan: Plan
    node: N
    release: Release

    @property
    def unit(self) -> Unit:
        """The pipeline in its environment."""
        return self.plan.unit

    @property
    def platform(self) -> Platform:
        """What the cluster runs."""
        return self.unit.project.platform

    @property
    def gateway(self) -> Gateway:
        """Where requests from outside come in."""
        return self.platform.gateway

    @property
    def gateway_namespace(self) -> str | None:
        """The namespace of the gateway's Pods, where the platform says which gateway it is."""
        return self.gateway.ref.partition("/")[0] if self.gateway.ref else None

    @property
    def namespace(self) -> str:
        """The namespace of everything that is written."""
        return self.unit.settings.namespace

    @property
    def name(self) -> str:
        """The InferenceService's or InferenceGraph's name."""
        return conventions.service(self.plan.name)

    @property
    def mode(self) -> str:
        """`standard` or `knative`."""
        return self.node.mode if isinstance(self.node, Serve) else self._mode_of_members(self.node.members)

    def _mode_of_members(self, members: tuple[str, ...], seen: tuple[str, ...] = ()) -> str:
        """A router runs in the mode of its members, which all have the same one; a graph among them asks its own."""
        for name in members:
            peer = self.plan.peers.get(name)
            if peer is None or peer.pipeline.serving is None or name in seen:
                continue
            inner = peer.pipeline.serving.graph
            if inner is None:
                return peer.pipeline.serving.mode
            return self._mode_of_members(tuple(str(one.pipeline) for one in inner.of), (*seen, name))
        return "standard"

    @property
    def least(self) -> int:
        """The least number of servers or routers."""
        if isinstance(self.node, Serve):
            return self.node.replicas.min
        # A second router, so that a drained node does not take a graph away that people rely on.
        return 2 if self.unit.settings.protected else 1

    @property
    def exposed(self) -> bool:
        """Whether the gateway routes to it."""
        return self.node.access.expose == "gateway"

    @property
    def callers(self) -> tuple[tuple[str, str], ...]:
        """The service accounts that may call, as namespace and name, each once."""
        return tuple(dict.fromkeys((ref.namespace, ref.name) for ref in self.node.access.callers))

    def metadata(
        self, name: str, labels: Mapping[str, str] | None = None, annotations: Mapping[str, str] | None = None
    ) -> Metadata:
        """The metadata of a resource."""
        return pods.metadata(name, self.namespace, {**conventions.labels(self.unit), **(labels or {})}, annotations)

    def origin(self, why: str, *path: str | int) -> Origin:
        """Why something is written: the place of `path` in the specification, or the node's own without one."""
        place = self.unit.place(*path) if path else self.node.place
        return Origin(self.node.id, place, why)

    def resource(
        self, manifest: Mapping[str, Any], origin: Origin, fields: Mapping[Path, Origin] | None = None
    ) -> Resource:
        """A resource whose fields have origins of their own, as far as they are in the manifest."""
        known = {path: why for path, why in (fields or {}).items() if _exists(manifest, path)}
        return Resource(manifest, origin, known)

    def graphs(self) -> Iterator[str]:
        """The pipelines of this environment whose graphs this one is a member of."""
        yield from Units.of(self.plan.peers).asked_by.get(self.plan.name, ())


def _exists(value: Any, path: Path) -> bool:
    """Whether a manifest has something at a path."""
    return not path or (_has(value, path[0]) and _exists(value[path[0]], path[1:]))


def _has(value: Any, step: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(step, int) and step < len(value)
    return isinstance(value, Mapping) and step in value


def ordered(mapping: Mapping[str, Any], *first: str) -> dict[str, Any]:
    """A mapping with these keys first, in this order: what a reader of the manifest looks for."""
    known = {key: mapping[key] for key in first if key in mapping}
    return known | {key: value for key, value in mapping.items() if key not in known}
