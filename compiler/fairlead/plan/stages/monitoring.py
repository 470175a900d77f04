"""Objectives, drift and quality."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fairlead.catalogue.drift import default_threshold, takes
from fairlead.catalogue.measurements import measure
from fairlead.plan.artifacts import Artifact, ArtifactType, Give, Use
from fairlead.plan.formats import format_of
from fairlead.plan.nodes import Combine, Drift, DriftScore, Node, Quality, Score, Serve, Slo, Waiting
from fairlead.plan.scope import Scope
from fairlead.plan.stages.serving import ENDPOINT, PAYLOADS
from fairlead.source.nodes import Path
from fairlead.spec.monitoring import (
    Drift as DriftSection,
    LatencyObjective,
    Monitoring,
    Quality as QualitySection,
    Slos,
)
from fairlead.spec.units import Duration, Percentage


def build(scope: Scope, monitoring: Monitoring) -> None:
    """What is promised, and what is watched."""
    served = scope.nodes.get("serve")
    if monitoring.slos is not None and served is not None:
        _slos(scope, monitoring.slos, served)
    if monitoring.drift is not None:
        _drift(scope, monitoring.drift)
    if monitoring.quality is not None:
        _quality(scope, monitoring.quality)


def _slos(scope: Scope, slos: Slos, served: Node) -> None:
    if slos.availability is not None:
        _slo(scope, slos, served, "availability", slos.availability, None, "edge")
    latencies: list[tuple[str, LatencyObjective | None, str]] = [
        ("latency", slos.latency, slos.latency.at if slos.latency else "server"),
        ("time_to_first_token", slos.time_to_first_token, "server"),
        ("inter_token_latency", slos.inter_token_latency, "server"),
    ]
    for signal, section, at in latencies:
        if section is not None:
            _slo(scope, slos, served, signal, section.objective, section.below, at)


def _slo(
    scope: Scope, slos: Slos, served: Node, signal: str, objective: Percentage, below: Duration | None, at: str
) -> None:
    path = ("monitoring", "slos", signal)
    platform = scope.unit.project.platform
    name = signal.replace("_", "-")
    metric = Artifact(f"metric/slo/{name}", ArtifactType.METRIC)
    scope.add(
        Slo(
            id=f"slo/{name}",
            title=f"{objective} {signal.replace('_', ' ')}",
            path=path,
            place=scope.unit.place(*path),
            uses=(Use("endpoint", ENDPOINT.id),),
            gives=(Give("metric", metric), Give("alert", Artifact(f"alert/slo/{name}", ArtifactType.ALERT))),
            waits=served.waits,
            signal=signal,
            objective=objective,
            below=below,
            at=at,
            window=slos.window,
            measurement=measure(
                signal,
                at=at,
                runtime=served.runtime.name if isinstance(served, Serve) else "graph",
                mode=served.mode if isinstance(served, Serve) else "standard",
                exposed=served.access.expose == "gateway" if isinstance(served, Serve | Combine) else False,
                kserve=platform.kserve,
                knative=platform.knative,
                gateway_kind=platform.gateway.kind,
                controller=platform.gateway.controller,
                task=scope.unit.pipeline.model.task if scope.unit.pipeline.model else None,
            ),
        )
    )


def _drift(scope: Scope, drift: DriftSection) -> None:
    unit, path = scope.unit, ("monitoring", "drift")
    served = scope.nodes.get("serve") or scope.nodes.get("batch")
    dataset = scope.datasets.get(scope.split_of or "")
    columns = dataset.columns if dataset else {}
    watched: dict[str, tuple[str, Decimal]] = {}
    method: str
    # By name, so that columns which are written in another order change nothing.
    for name, column in sorted(columns.items()):
        special = next((value for key, value in drift.features.items() if str(key) == name), None)
        method = (special.method if special else None) or drift.method
        if special is None and ("feature" not in column.all_roles or not takes(method, column.type)):
            continue
        watched[name] = (method, _threshold(method, drift, special.threshold if special else None))
    for key in drift.features:
        if columns and str(key) not in columns:
            scope.unknown("column", str(key), (*path, "features", str(key)), columns)
    if drift.prediction:
        watched["prediction"] = (drift.method, _threshold(drift.method, drift, None))
    parameters: dict[str, Any] = {
        "window_seconds": int(drift.window.seconds),
        **_window(scope),
        "features": {
            name: {"method": method, "type": columns[name].type if name in columns else "prediction"}
            for name, (method, _) in watched.items()
        },
    }
    run = scope.built_in("drift", parameters, "monitoring", cache=False)
    waits = _waits(scope, served, run.image.digest)
    scope.add(
        Drift(
            id="drift",
            title=f"drift every {drift.every}",
            path=path,
            place=unit.place(*path),
            uses=(Use("payloads", PAYLOADS.id, mode="reference"),),
            gives=tuple(Give(name, Artifact(f"metric/drift/{name}", ArtifactType.METRIC)) for name in watched),
            run=run,
            waits=waits,
            every=drift.every,
            window=drift.window,
            suspended=unit.pipeline.suspend or unit.pipeline.metadata.retired,
            watched=tuple(watched),
        )
    )
    for name, (method, threshold) in watched.items():
        where: Path = (*path, "features", name) if unit.has((*path, "features", name)) else path
        scope.add(
            DriftScore(
                id=f"drift/{name}",
                title=f"{method} of {name} over {threshold}",
                path=where,
                place=unit.place(*where),
                uses=(Use("score", f"metric/drift/{name}"),),
                gives=(Give("alert", Artifact(f"alert/drift/{name}", ArtifactType.ALERT)),),
                waits=waits,
                feature=name,
                method=method,
                threshold=threshold,
                every=drift.every,
            )
        )


def _threshold(method: str, drift: DriftSection, own: float | None) -> Decimal:
    """The feature's own threshold, else the section's where the method is the section's, else the method's usual
    one.
    """
    if own is not None:
        return Decimal(str(own))
    if drift.threshold is not None and method == drift.method:
        return Decimal(str(drift.threshold))
    return default_threshold(method)


def _window(scope: Scope) -> dict[str, Any]:
    """What a step reads of the live traffic: logged payloads, or what batch scoring has written."""
    batch = scope.nodes.get("batch")
    found: dict[str, Any] = {"payloads": _payloads(scope), "namespace": str(scope.unit.settings.namespace)}
    if isinstance(batch, Score):
        return {**found, "format": batch.format}
    return found


def _payloads(scope: Scope) -> str | None:
    serving = scope.unit.pipeline.serving
    if serving is None:
        return None
    if serving.batch is not None:
        return str(serving.batch.output)
    return str(serving.payloads.to) if serving.payloads.to else None


def _waits(scope: Scope, served: Node | None, runner_digest: str | None) -> Waiting | None:
    if served is not None and served.waits:
        return served.waits
    if runner_digest is None and scope.unit.settings.protected:
        return scope.pending(scope.runner())
    return None


def _quality(scope: Scope, quality: QualitySection) -> None:
    unit, path = scope.unit, ("monitoring", "quality")
    served = scope.nodes.get("serve") or scope.nodes.get("batch")
    labels = quality.labels
    dataset = scope.datasets.get(scope.split_of or "")
    truth = str(labels.column) if labels.column else next(iter(dataset.with_role("label")), None) if dataset else None
    positive = dataset.columns[truth].positive if dataset and truth and truth in dataset.columns else None
    model = unit.pipeline.model
    parameters: dict[str, Any] = {
        "task": model.task if model else "custom",
        "window_seconds": int(quality.window.seconds),
        "delay_seconds": int(labels.delay.seconds) if labels.delay else 0,
        **_window(scope),
        "labels": {
            "uri": str(labels.uri),
            "format": labels.format or format_of(str(labels.uri), default="jsonl"),
            "join": str(labels.join),
            "column": truth,
            "positive": positive,
        },
        "metrics": list(dict.fromkeys(str(clause.metric) for clause in quality.expect)),
    }
    run = scope.built_in("quality", parameters, "monitoring", cache=False)
    names = list(dict.fromkeys(str(clause.metric) for clause in quality.expect))
    scope.add(
        Quality(
            id="quality",
            title=f"quality every {quality.every}",
            path=path,
            place=unit.place(*path),
            uses=(Use("payloads", PAYLOADS.id, mode="reference"),),
            gives=(
                *(Give(name, Artifact(f"metric/quality/{name}", ArtifactType.METRIC)) for name in names),
                Give("alert", Artifact("alert/quality", ArtifactType.ALERT)),
            ),
            run=run,
            waits=_waits(scope, served, run.image.digest),
            every=quality.every,
            window=quality.window,
            delay=labels.delay,
            suspended=unit.pipeline.suspend or unit.pipeline.metadata.retired,
            expectations=quality.expect,
        )
    )
