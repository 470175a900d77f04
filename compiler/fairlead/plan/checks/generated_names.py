"""Pipelines whose generated names coincide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fairlead.plan.plan import Plan
from fairlead.project.unit import Unit
from fairlead.resources import conventions
from fairlead.source.diagnostics import Code, Diagnostic, Related

SAME_GENERATED = Code(
    "FL3197",
    "two specifications that claim one generated name",
    """
    What is generated is named after the pipeline, with an ending that says what it is for; KServe makes a Service of
    the InferenceService's name, and another one that ends with `-predictor`. A pipeline whose own name is that of
    something generated for another would overwrite it.

    ```yaml
    # specs/churn.yaml:            metadata: {name: churn}
    # specs/churn-predictor.yaml:  metadata: {name: churn-predictor}        # FL3197: the Service `churn-predictor`
    ```

    Mended: give one of them another name.
    """,
)


class Claim(NamedTuple):
    """A name of a kind of resource."""

    kind: str
    name: str


ENDINGS = {
    "Service": ("", "-predictor"),
    "ServiceAccount": ("-train", "-watch", "-serve"),
    "CronWorkflow": ("-retrain", "-drift", "-quality", "-batch", "-watch"),
    "ConfigMap": ("-champion",),
    "PrometheusRule": ("-slo", "-drift", "-quality", "-training"),
}
"""The endings of generated names by kind, as `resources.conventions` gives them; the longest list of what can be."""


def check(plan: Plan) -> Iterator[Diagnostic]:
    """No generated name of this pipeline is one of another's.

    Who else could claim a name is told by the name itself, so that a thousand pipelines are not compared by pairs.
    """
    own = claims(plan.unit)
    for claim in sorted(own):
        for ending in ENDINGS[claim.kind]:
            other = plan.peers.get(claim.name.removesuffix(ending)) if claim.name.endswith(ending) else None
            if other is None or other.name == plan.name or claim not in claims(other):
                continue
            message = f"the {claim.kind} `{claim.name}` would be generated for this pipeline and for `{other.name}`"
            related = (Related(other.place("metadata", "name"), f"`{other.name}`"),)
            place = plan.unit.place("metadata", "name")
            yield Diagnostic(SAME_GENERATED, place, message, "give one of them another name", related=related)


def claims(unit: Unit) -> set[Claim]:
    """The names that a pipeline needs, of those that another one could need as well."""
    pipeline, name = unit.pipeline, unit.name
    found: set[Claim] = set()
    train = pipeline.model.train if pipeline.model else None
    if train is not None:
        found |= {Claim("ServiceAccount", conventions.training(name)), Claim("ConfigMap", conventions.champion(name))}
        found.add(Claim("PrometheusRule", conventions.rules(name, "training")))
    serving = pipeline.serving
    if serving is not None and serving.batch is None:
        service = conventions.service(name)
        found |= {Claim("Service", service), Claim("ServiceAccount", conventions.serving_account(name))}
        if serving.graph is None:
            found.add(Claim("Service", f"{service}-predictor"))
    watched = [key for key in ("drift", "quality") if getattr(pipeline.monitoring, key, None) is not None]
    if serving is not None and serving.batch is not None:
        watched.append("batch")
    if watched:
        found.add(Claim("ServiceAccount", conventions.watching(name)))
    if pipeline.retraining is not None and pipeline.retraining.schedule is not None:
        watched.append("retrain")
    for purpose in watched:
        found.add(Claim("CronWorkflow", conventions.schedule(name, purpose)))
        if purpose in ("drift", "quality"):
            found.add(Claim("PrometheusRule", conventions.rules(name, purpose)))
    if pipeline.monitoring is not None and pipeline.monitoring.slos is not None:
        found.add(Claim("PrometheusRule", conventions.rules(name, "slo")))
    return found
