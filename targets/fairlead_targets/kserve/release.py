"""What differs between the versions of KServe: words, fields, and what its controllers do with them.

Read from KServe v0.15.2 and v0.20.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Release:
    """One version of KServe."""

    version: str
    modes: Mapping[str, str]
    """The word of the annotation `serving.kserve.io/deploymentMode` for each mode of the language. Newer controllers
    rewrite the older words, which a reconciler then shows as a difference for ever."""
    notes_format: bool
    """Whether the webhook notes the format of the model in an annotation of the InferenceService."""
    assumed_protocols: Mapping[str, str]
    """By the format of a model: the protocol that the webhook writes where a model has none."""
    canaries: bool
    """Whether `spec.canary` and `predictor.name` exist: canaries in Standard mode."""
    payload_stores: bool
    """Whether the payload logger writes to object stores, in batches; before, it posts CloudEvents to an address."""
    agent_follows_probe: bool
    """Whether the agent in front of a server answers on the path of the server's readiness probe. Before, it answers on
    `/` only, and a probe with a path of its own gets 404 for ever."""
    router_timeouts: bool
    """Whether an InferenceGraph's router has timeouts in Standard mode."""
    maps_predictions: bool
    """Whether a step of a graph can turn the `predictions` of the step before into its `instances`."""


_RELEASES: Mapping[str, Release] = MappingProxyType(
    {
        "0.15": Release(
            version="0.15",
            modes=MappingProxyType({"standard": "RawDeployment", "knative": "Serverless"}),
            notes_format=False,
            assumed_protocols=MappingProxyType({"triton": "v2"}),
            canaries=False,
            payload_stores=False,
            agent_follows_probe=False,
            router_timeouts=False,
            maps_predictions=False,
        ),
        "0.20": Release(
            version="0.20",
            modes=MappingProxyType({"standard": "Standard", "knative": "Knative"}),
            notes_format=True,
            assumed_protocols=MappingProxyType({"triton": "v2", "vLLM": "v2"}),
            canaries=True,
            payload_stores=True,
            agent_follows_probe=True,
            router_timeouts=True,
            maps_predictions=True,
        ),
    }
)


def release(version: str) -> Release:
    """The facts of a version. Raises KeyError for one that is not known."""
    return _RELEASES[version]
