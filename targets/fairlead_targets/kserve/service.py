"""The InferenceService: which version is served, by how many, and which is tried beside it.

What KServe's webhook would fill in is written out, so that Git and cluster agree: the deployment mode, the model's
format, the protocol, the empty container name, resources, the logger's mode, whether a token is mounted.
"""

from __future__ import annotations

from typing import Any

from fairlead.catalogue.measurements import REVISION_POD_LABEL
from fairlead.plan.nodes import Serve
from fairlead.project.lock import LockedModel, LockedRollout
from fairlead.resources import conventions
from fairlead.resources.pods import amounts, pod_security
from fairlead.resources.resource import Origin, Resource
from fairlead.source.nodes import Path
from fairlead_targets.kserve.context import Context, ordered
from fairlead_targets.kserve.loading import storage_uri
from fairlead_targets.kserve.payloads import RETAIN, logger
from fairlead_targets.kserve.placement import placement, queue_label
from fairlead_targets.kserve.rollout import Capacity, canary_name, capacity, split_by_routes, stable_name
from fairlead_targets.kserve.runtime import supported_format
from fairlead_targets.kserve.scaling import Follows, follows
from fairlead_targets.kserve.server import user
from fairlead_targets.kserve.types.v0_15 import Model, ModelFormat
from fairlead_targets.kserve.types.v0_20 import Canary, InferenceService, Predictor

MODE = "serving.kserve.io/deploymentMode"
_FORMAT = "modelFormat"
_VISIBILITY = {"standard": "networking.kserve.io/visibility", "knative": "networking.knative.dev/visibility"}
_GRACE = 30
"""Seconds that a terminating server has beyond the longest request."""


def service(context: Context[Serve]) -> Resource:
    """The InferenceService, with the canary of a rollout that is under way."""
    scaled = follows(context)
    manifest: InferenceService = {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": context.metadata(context.name, visibility(context), _annotations(context, scaled)),
        "spec": {"predictor": predictor(context, scaled)},
    }
    rollout = context.node.canary
    if rollout and split_by_routes(context):
        manifest["spec"]["canary"] = [_canary(context, rollout)]
    return context.resource(manifest, context.origin("serves the model", "serving"), _origins(context))


def visibility(context: Context[Any]) -> dict[str, str]:
    """The label that keeps a service inside the cluster; without it KServe makes it a route."""
    return {} if context.exposed else {_VISIBILITY[context.mode]: "cluster-local"}


def _annotations(context: Context[Serve], scaled: Follows) -> dict[str, str]:
    """Deployment mode, autoscaler, the model's format, and how long payloads may be kept."""
    retain = context.node.payloads.retain
    kept = {RETAIN: str(retain)} if retain and context.node.payloads.log != "none" else {}
    noted = {_FORMAT: supported_format(context)["name"]} if context.release.notes_format else {}
    return {MODE: context.release.modes[context.mode], **scaled.annotations, **noted, **kept}


def predictor(context: Context[Serve], scaled: Follows) -> Predictor:
    """The stable predictor; in Knative mode the new revision, while the cluster keeps the previous one."""
    node, rollout = context.node, context.node.canary
    serves = rollout.canary if rollout and node.mode == "knative" else node.version
    least, most = _replicas(context, scaled)
    found: Predictor = {
        "serviceAccountName": node.service_account or conventions.serving_account(context.plan.name),
        "automountServiceAccountToken": False,
        "minReplicas": least,
        "maxReplicas": most,
        # Whole seconds are what KServe takes; rounding down would cut requests that are allowed.
        "timeout": -(-node.timeout.milliseconds // 1000),
        "model": _model(context, serves),
    }
    # Empty ones would not survive: the webhook writes what it read, without them.
    if labels := {**_version(serves), **queue_label(context)}:
        found["labels"] = labels
    if annotations := _version(serves):
        found["annotations"] = annotations
    if (name := stable_name(context)) is not None:
        found["name"] = name
    if node.mode == "standard":
        found["securityContext"] = pod_security(user(context))
        found["terminationGracePeriodSeconds"] = found["timeout"] + _GRACE
        found["deploymentStrategy"] = {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0},
        }
    elif rollout:
        found["canaryTrafficPercent"] = int(rollout.weight.percent)
    if (kept := logger(context)) is not None:
        found["logger"] = kept
    extra: dict[str, Any] = {**placement(context), **scaled.predictor}
    keys = (
        "name",
        "labels",
        "annotations",
        "model",
        "minReplicas",
        "maxReplicas",
        *scaled.predictor,
        "canaryTrafficPercent",
        "timeout",
    )
    return ordered({**found, **extra}, *keys)  # type: ignore[return-value]


def _replicas(context: Context[Serve], scaled: Follows) -> tuple[int, int]:
    replicas = context.node.replicas
    least = replicas.min if scaled.to_zero else max(1, replicas.min)
    during = _during_rollout(context)
    # A revision of Knative's scales by itself, up to `maxReplicas` each: another minimum would be another revision,
    # which loads the model again at each step of the rollout.
    return (during.written, during.most) if during else (least, replicas.most)


def _during_rollout(context: Context[Serve]) -> Capacity | None:
    rollout, replicas = context.node.canary, context.node.replicas
    if rollout is None or not split_by_routes(context):
        return None
    return capacity(replicas.min, replicas.most, rollout.weight.fraction)


def _version(version: LockedModel | None) -> dict[str, str]:
    return {REVISION_POD_LABEL: str(version.version)} if version else {}


def _model(context: Context[Serve], version: LockedModel | None) -> Model:
    node, facts = context.node, supported_format(context)
    format_: ModelFormat = {"name": facts["name"]}
    if "version" in facts:
        format_["version"] = facts["version"]
    found: Model = {
        "name": "",
        "modelFormat": format_,
        "runtime": conventions.runtime(context.plan.name),
        "resources": amounts(node.hardware),
    }
    # OpenAI's protocol is none of KServe's, which then takes the one that it assumes for the format.
    assumed = context.release.assumed_protocols.get(facts["name"])
    if (protocol := node.protocol if node.protocol != "openai" else assumed) is not None:
        found["protocolVersion"] = protocol
    uri = str(version.uri) if version else storage_uri(context)
    if uri is not None:
        found["storageUri"] = uri
    return found


def _canary(context: Context[Serve], rollout: LockedRollout) -> Canary:
    """The version that is tried.

    Labels and annotations are those of a stable predictor, so that promoting it leaves the Pods' template as it is.
    """
    during = _during_rollout(context)
    assert during is not None
    return {
        "trafficPercent": int(rollout.weight.percent),
        "predictor": {
            "name": canary_name(context, rollout.canary),
            "labels": {**_version(rollout.canary), **queue_label(context)},
            "annotations": _version(rollout.canary),
            "minReplicas": during.canary,
            "model": _model(context, rollout.canary),
        },
    }


def _origins(context: Context[Serve]) -> dict[Path, Origin]:
    spec: Path = ("spec", "predictor")
    replicas = context.origin("how many servers there are", "serving", "replicas")
    scale = context.origin("what the number of servers follows", "serving", "scale_on")
    canary = context.origin("a rollout is under way: each version carries its share of the peak", "serving", "rollout")
    hardware = context.origin("what the server's profile gives", "hardware", "serving")
    zones = context.origin("the zones that servers are spread over", "serving", "zones")
    found: dict[Path, Origin] = {
        (*spec, "maxReplicas"): canary if _during_rollout(context) else replicas,
        (*spec, "minReplicas"): canary if _during_rollout(context) else replicas,
        (*spec, "canaryTrafficPercent"): canary,
        (*spec, "name"): canary,
        ("spec", "canary"): canary,
        (*spec, "timeout"): context.origin("how long one request may take", "serving", "timeout"),
        (*spec, "logger"): context.origin("which payloads are kept, and where", "serving", "payloads"),
        (*spec, "affinity"): zones,
        (*spec, "topologySpreadConstraints"): zones,
        (*spec, "model", "storageUri"): context.origin("the version that the lock holds", "model"),
        (*spec, "model", "protocolVersion"): context.origin("the protocol", "serving", "protocol"),
        ("metadata", "annotations", MODE): context.origin("the mode, which can't change later", "serving", "mode"),
        ("metadata", "annotations", RETAIN): context.origin(
            "how long payloads are kept", "serving", "payloads", "retain"
        ),
        ("metadata", "labels", _VISIBILITY[context.mode]): context.origin("who can reach it", "serving", "access"),
    }
    found |= {(*spec, key): scale for key in ("scaleMetric", "scaleTarget", "autoScaling")}
    found |= {(*spec, key): hardware for key in ("nodeSelector", "tolerations", "priorityClassName")}
    return found | {(*spec, "model", "resources"): hardware}
