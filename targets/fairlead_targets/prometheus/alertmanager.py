"""The way from an alert to a training: Alertmanager posts it to the EventSource of the environment that trains.

The operator (0.93) puts `namespace = <the namespace of the AlertmanagerConfig>` before the matchers of its first
route, unless its `alertmanagerConfigMatcherStrategy` is None, and lets that route continue: who is told does not
change.
"""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from fairlead.plan.nodes import Retrain
from fairlead.resources import conventions, metric_names
from fairlead.resources.kinds import Metadata
from fairlead.resources.pods import metadata
from fairlead.resources.resource import Origin, Resource
from fairlead_targets.prometheus.context import Context
from fairlead_targets.prometheus.promql.matchers import exactly


class Matcher(TypedDict):
    """What a label of an alert must be."""

    name: str
    matchType: Literal["=", "=~"]
    value: str


class Route(TypedDict):
    """Which alerts go where, and how often."""

    receiver: str
    matchers: list[Matcher]
    groupBy: list[str]
    groupWait: str
    groupInterval: str
    repeatInterval: str


class SecretKeySelector(TypedDict):
    """A key of a Secret in the same namespace."""

    name: str
    key: str


class Authorization(TypedDict):
    """The Authorization header."""

    type: Literal["Bearer"]
    credentials: SecretKeySelector


class HttpConfig(TypedDict):
    """How a receiver is called."""

    authorization: Authorization
    followRedirects: bool


class WebhookConfig(TypedDict):
    """A receiver that is posted to."""

    url: str
    sendResolved: bool
    httpConfig: HttpConfig


class Receiver(TypedDict):
    """Somebody that is told."""

    name: str
    webhookConfigs: list[WebhookConfig]


class AlertmanagerConfigSpec(TypedDict):
    """Routes and receivers."""

    route: Route
    receivers: list[Receiver]


class AlertmanagerConfig(TypedDict):
    """monitoring.coreos.com/v1alpha1 AlertmanagerConfig."""

    apiVersion: Literal["monitoring.coreos.com/v1alpha1"]
    kind: Literal["AlertmanagerConfig"]
    metadata: Metadata
    spec: AlertmanagerConfigSpec


RECEIVER = "retrain"
GROUP_WAIT = "1m"
"""So that the features that drift together start one training together."""
GROUP_INTERVAL = "5m"


def retrain_route(context: Context, triggers: frozenset[str]) -> Resource | None:
    """The AlertmanagerConfig for those alerts that may start a training; None where there are none, or no way there.

    `triggers` is what this environment's alerts carry in their label `retrain`.
    """
    project, unit = context.unit.project, context.unit
    node = context.plan.only(Retrain)
    trains = next((settings for settings in project.environments.values() if settings.trains), None)
    if node is None or node.suspended or not triggers or trains is None:
        return None
    if project.platform.prometheus_operator is None or project.platform.argo_events is None:
        return None
    name = str(project.metadata.name)
    matchers: list[Matcher] = [
        {"name": "namespace", "matchType": "=", "value": context.namespace},
        {"name": metric_names.PIPELINE_LABEL, "matchType": "=", "value": context.plan.name},
        {
            "name": metric_names.RETRAIN_LABEL,
            "matchType": "=~",
            "value": "|".join(exactly(trigger) for trigger in sorted(triggers)),
        },
    ]
    token: SecretKeySelector = {"name": conventions.events(name), "key": conventions.EVENTS_TOKEN}
    webhook: WebhookConfig = {
        "url": conventions.events_url(name, trains.namespace),
        "sendResolved": False,
        "httpConfig": {"authorization": {"type": "Bearer", "credentials": token}, "followRedirects": False},
    }
    manifest: AlertmanagerConfig = {
        "apiVersion": "monitoring.coreos.com/v1alpha1",
        "kind": "AlertmanagerConfig",
        "metadata": metadata(conventions.retrainer(context.plan.name), context.namespace, context.resource_labels),
        "spec": {
            "route": {
                "receiver": RECEIVER,
                "matchers": matchers,
                # The labels that the Sensor reads are then those of the group, whatever its alerts have besides.
                "groupBy": ["namespace", metric_names.PIPELINE_LABEL, metric_names.RETRAIN_LABEL],
                "groupWait": GROUP_WAIT,
                "groupInterval": GROUP_INTERVAL,
                # Whatever still holds after the cool-down may start the next training.
                "repeatInterval": node.cooldown.promql,
            },
            "receivers": [{"name": RECEIVER, "webhookConfigs": [webhook]}],
        },
    }
    place = unit.place("retraining", "on")
    why = Origin(node.id, place, f"an alert on {' or '.join(sorted(triggers))} starts a training")
    where = ("spec", "route", "repeatInterval")
    after = unit.place("retraining", "cooldown")
    cooldown = Origin(node.id, after, f"trainings are {node.cooldown} apart at the least")
    return Resource(dict(manifest), why, {where: cooldown})
