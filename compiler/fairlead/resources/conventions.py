"""Every generated name and label. They are a public interface: dashboards, policies and people rely on them.

A name is the pipeline's followed by what the thing is for. Where that is longer than Kubernetes or a platform
allows, it is cut and ends with eight digits of a hash of the whole, so that it stays unique and never changes.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fairlead.project.model import Project
    from fairlead.project.unit import Unit

DNS_LABEL = 63
"""The longest DNS label (RFC 1035), and so the longest name of a Service, a Workflow or a label's value."""
CRON_WORKFLOW = 52
"""The longest name of a CronWorkflow: Argo appends a dash and the time."""
INFERENCE_SERVICE = 36
"""The longest name of an InferenceService. KServe labels its Pods `app: isvc.<name>-<predictor.name>-predictor`, which
may have 63 characters: 5 + 36 + 1 + 11 + 10, where `v99999-abcd` is the longest name of a predictor."""
GENERATED_BY = "fairlead"


def fit(name: str, limit: int = DNS_LABEL) -> str:
    """`name`, cut to `limit` characters with a hash of the whole where it is longer."""
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: limit - 9].rstrip('-.')}-{digest}"


def training(pipeline: str) -> str:
    """The training workflow's template, and the ServiceAccount, Role and NetworkPolicy of its Pods."""
    return fit(f"{pipeline}-train")


def schedule(pipeline: str, purpose: str) -> str:
    """A CronWorkflow: `retrain`, `drift`, `quality`, `batch` or `watch`."""
    return fit(f"{pipeline}-{purpose}", CRON_WORKFLOW)


def watching(pipeline: str) -> str:
    """What drift, quality and batch scoring run as: their ServiceAccount, Role and NetworkPolicy."""
    return fit(f"{pipeline}-watch")


def champion(pipeline: str) -> str:
    """The ConfigMap that tells gate and drift which version is served."""
    return fit(f"{pipeline}-champion")


def service(pipeline: str) -> str:
    """The InferenceService or InferenceGraph, and what belongs to it."""
    return fit(pipeline, INFERENCE_SERVICE)


def serving_account(pipeline: str) -> str:
    """The ServiceAccount of the model's server."""
    return fit(f"{pipeline}-serve")


def runtime(pipeline: str) -> str:
    """The ServingRuntime of the pipeline."""
    return fit(f"{pipeline}-runtime")


def trials(pipeline: str, digest: str) -> str:
    """The ConfigMap with the parameters of a search's trials; `digest` is the hex digest of its content."""
    return f"{fit(f'{pipeline}-trials', DNS_LABEL - 9)}-{digest[:8]}"


def cache(pipeline: str) -> str:
    """The ConfigMap in which Argo keeps the outcomes of a pipeline's steps."""
    return fit(f"{pipeline}-cache")


def retrainer(pipeline: str) -> str:
    """The Sensor that starts a training on an alert, with its ServiceAccount, Role and NetworkPolicy, and the
    AlertmanagerConfig that sends it alerts.
    """
    return fit(f"{pipeline}-retrain", DNS_LABEL - 16)


def events(project: str) -> str:
    """The project's EventBus and EventSource; controllers append suffixes of up to 16 characters."""
    return fit(f"{project}-events", DNS_LABEL - 16)


EVENTS_PORT = 12000
"""The port on which the project's EventSource listens."""
EVENTS_PATH = "/alerts"
"""The path to which Alertmanager posts."""
EVENTS_TOKEN = "token"  # noqa: S105 - the name of a key
"""The key of the bearer token in its Secret."""


def events_url(project: str, namespace: str) -> str:
    """Where Alertmanager posts: Argo Events appends `-eventsource-svc` to the name of an EventSource."""
    return f"http://{events(project)}-eventsource-svc.{namespace}.svc:{EVENTS_PORT}{EVENTS_PATH}"


def host_route(pipeline: str) -> str:
    """The HTTPRoute or VirtualService of the host that a specification names; KServe's own have the service's name."""
    return fit(f"{pipeline}-host")


def rules(pipeline: str, purpose: str) -> str:
    """A PrometheusRule: `slo`, `serving`, `drift`, `quality`, `training` or `batch`."""
    return fit(f"{pipeline}-{purpose}")


def file_name(kind: str, name: str) -> str:
    """The file of a resource."""
    return f"{kind.lower()}-{name}.yaml"


def project_labels(project: Project) -> dict[str, str]:
    """The labels that every generated resource carries, also one that pipelines share."""
    return {"app.kubernetes.io/part-of": str(project.metadata.name), "app.kubernetes.io/managed-by": GENERATED_BY}


def labels(unit: Unit) -> dict[str, str]:
    """The labels that every generated resource of a pipeline carries; the specification's own come first."""
    own = {str(key): str(value) for key, value in unit.pipeline.metadata.labels.items()}
    return {
        **own,
        "app.kubernetes.io/name": unit.name,
        **project_labels(unit.project),
        "fairlead.dev/pipeline": unit.name,
        "fairlead.dev/team": str(unit.pipeline.metadata.owner),
    }


def selector(unit: Unit) -> dict[str, str]:
    """The labels that select a pipeline's Pods."""
    return {"fairlead.dev/pipeline": unit.name}


COMPONENT = "fairlead.dev/component"
"""The label that tells the Pods of a pipeline apart: `train`, `watch` or `retrain`, beside those of its server."""


def component(unit: Unit, name: str) -> dict[str, str]:
    """The labels that select the Pods of one component of a pipeline."""
    return {**selector(unit), COMPONENT: name}
