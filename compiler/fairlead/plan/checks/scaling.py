"""Replicas that can't follow what they are to follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from fairlead.catalogue.measurements import Measurement, measure
from fairlead.catalogue.scaling import METRICS, Scaling, Unscalable, scale
from fairlead.plan.nodes import Serve
from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place
from fairlead.source.diagnostics import Code, Diagnostic, Related, Severity
from fairlead.source.nodes import Path
from fairlead.spec.serving import ScaleOn
from fairlead.spec.units import Percentage
from fairlead.spec.units.base import decimal_text, is_whole, number_text

ONE_METRIC = Code(
    "FL3158",
    "replicas that follow several things, or none",
    """
    `scale_on` names exactly one of cpu, memory, concurrency, rps, gpu and query; a query comes with a `target`, which
    is the value of it that one replica carries.

    ```yaml
    scale_on: {cpu: 70%, rps: 100}                          # FL3158: two
    scale_on: {query: 'sum(queue_length)'}                  # FL3158: no target
    ```

    Mended:

    ```yaml
    scale_on: {cpu: 70%}
    scale_on: {query: 'sum(queue_length)', target: 20}
    ```
    """,
)
UNSCALABLE = Code(
    "FL3159",
    "replicas that can't follow this here",
    """
    What replicas can follow depends on the serving mode and on what the clusters run. Knative follows concurrency and
    requests a second, a HorizontalPodAutoscaler CPU and memory, and KEDA whatever Prometheus knows.

    ```yaml
    serving: {mode: knative, scale_on: {gpu: 60%}}          # FL3159
    ```

    Mended:

    ```yaml
    serving: {mode: knative, scale_on: {concurrency: 4}}
    ```
    """,
)
BAD_RANGE = Code(
    "FL3160",
    "more replicas at the least than at the most",
    """
    `min` is the least number of replicas, and `max` the greatest.

    ```yaml
    replicas: {min: 4, max: 2}                              # FL3160
    ```

    Mended:

    ```yaml
    replicas: {min: 2, max: 4}
    ```
    """,
)
NO_ZERO = Code(
    "FL3161",
    "scaling to zero where nothing would wake the server",
    """
    A server without replicas is started again by something that sees requests wait: Knative's activator, or KEDA with a
    query of your own. A HorizontalPodAutoscaler sees nothing where there is no Pod, and treats 0 as 1.

    ```yaml
    serving: {mode: standard, replicas: {min: 0, max: 4}}   # FL3161
    ```

    Mended:

    ```yaml
    serving: {mode: knative, replicas: {min: 0, max: 4}, scale_on: {concurrency: 4}}
    ```
    """,
)
BAD_TARGET = Code(
    "FL3162",
    "a scaling target that can't be followed",
    """
    KServe takes a whole number as the target of its own autoscalers, and a target of nothing asks for replicas without
    end.

    ```yaml
    serving: {mode: knative, scale_on: {concurrency: 2.5}}  # FL3162
    ```

    Mended:

    ```yaml
    serving: {mode: knative, scale_on: {concurrency: 2}}
    ```
    """,
)
FIXED_NUMBER = Code(
    "FL3163",
    "a fixed number of replicas that is to follow something",
    """
    Where the least and the greatest number of replicas are the same, there is nothing to scale.

    ```yaml
    serving: {replicas: {min: 2}, scale_on: {cpu: 70%}}     # FL3163: 2 at the least and 2 at the most
    ```

    Mended:

    ```yaml
    serving: {replicas: {min: 2, max: 10}, scale_on: {cpu: 70%}}
    ```
    """,
    Severity.WARNING,
)

SCALE_ON: Path = ("serving", "scale_on")


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Replicas have a range, and follow one thing that can be followed here."""
    serve = plan.only(Serve)
    if serve is None:
        return
    unit, replicas = plan.unit, serve.replicas
    least = ("serving", "replicas", "min")
    if replicas.max is not None and replicas.min > replicas.max:
        message = f"the least number of replicas is {replicas.min} and the greatest {replicas.max}"
        written = least if unit.has(least) else ("serving", "replicas", "max")
        yield Diagnostic(BAD_RANGE, unit.place(*written), message, "exchange them")
        return
    if serve.scale_on is None:
        if replicas.min == 0 and serve.mode == "standard":
            message = "with `min: 0` in Standard mode and nothing to follow, no replica would ever start"
            help_ = "write `min: 1`, or use Knative mode"
            yield Diagnostic(NO_ZERO, unit.place(*least), message, help_, "1")
        return
    named = [metric for metric in METRICS if getattr(serve.scale_on, metric) is not None]
    if unit.has(SCALE_ON):
        shape = list(_shape(plan, serve.scale_on, named))
        yield from shape
        if shape:
            return
        if replicas.most <= max(1, replicas.min):
            most = max(1, replicas.min)
            message = f"there are {most} replicas at the least and {most} at the most, so nothing follows `{named[0]}`"
            related = (Related(key_place(unit, "serving", "replicas"), "the replicas"),)
            place = key_place(unit, *SCALE_ON)
            yield Diagnostic(FIXED_NUMBER, place, message, "give `replicas` a greater `max`", related=related)
    yield from _mechanism(plan, serve, named[0], getattr(serve.scale_on, named[0]))


def _shape(plan: Plan, scale_on: ScaleOn, named: Sequence[str]) -> Iterator[Diagnostic]:
    place = key_place(plan.unit, *SCALE_ON)
    if len(named) != 1:
        count = f"names {len(named)} things: {', '.join(named)}" if named else "names nothing to follow"
        yield Diagnostic(ONE_METRIC, place, f"`scale_on` {count}", f"name exactly one of {', '.join(METRICS)}")
    elif list(named) == ["query"] and scale_on.target is None:
        message = "a query comes with a `target`, the value of it that one replica carries"
        yield Diagnostic(ONE_METRIC, key_place(plan.unit, *SCALE_ON, "query"), message, "add `target`")
    elif list(named) != ["query"] and scale_on.target is not None:
        message = f"`target` belongs to a query, and replicas follow `{named[0]}`, which has its own"
        yield Diagnostic(ONE_METRIC, key_place(plan.unit, *SCALE_ON, "target"), message, "remove it")


def _mechanism(plan: Plan, serve: Serve, metric: str, value: object) -> Iterator[Diagnostic]:
    unit, platform = plan.unit, plan.unit.project.platform
    written = (*SCALE_ON, metric)
    place = key_place(unit, *written) if unit.has(written) else key_place(unit, "serving", "replicas")
    found = scale(
        metric,
        mode=serve.mode,
        keda=platform.keda is not None,
        prometheus=platform.prometheus is not None,
        counted=_counted(plan, serve, metric),
    )
    if isinstance(found, Unscalable):
        yield Diagnostic(UNSCALABLE, place, f"replicas can't follow `{metric}` here: {found.reason}", found.help)
        return
    if serve.replicas.min == 0 and not found.to_zero:
        message = f"with `min: 0`, nothing would start the first replica: {_zero(found, metric)}"
        at = unit.place("serving", "replicas", "min")
        yield Diagnostic(NO_ZERO, at, message, "write `min: 1`, or follow concurrency in Knative mode", "1")
    target = value.percent if isinstance(value, Percentage) else value
    number = Decimal(str(target)) if metric != "query" else Decimal(1)
    if number == 0:
        message = f"a target of {value} asks for replicas without end"
        yield Diagnostic(BAD_TARGET, unit.place(*written), message, "write a target above 0")
    elif found.whole and not is_whole(number):
        shown = str(value) if isinstance(value, Percentage) else number_text(float(number))
        message = f"KServe takes a whole number as the target of `{metric}`, and {shown} is none"
        near = max(1, int(number))
        nearest = f"{near}%" if isinstance(value, Percentage) else decimal_text(Decimal(near))
        yield Diagnostic(BAD_TARGET, unit.place(*written), message, "round it", nearest)


def _zero(found: Scaling, metric: str) -> str:
    if found.mechanism in ("hpa", "knative-hpa"):
        return f"a HorizontalPodAutoscaler that follows `{metric}` sees nothing where there is no Pod"
    return f"where there is no Pod there is no `{metric}`"


def _counted(plan: Plan, serve: Serve, metric: str) -> bool:
    """Whether something counts the requests that KEDA would ask Prometheus for."""
    platform, model = plan.unit.project.platform, plan.unit.pipeline.model
    found = measure(
        "latency" if metric == "concurrency" else "requests",
        at="edge",
        runtime=serve.runtime.name,
        mode=serve.mode,
        kserve=platform.kserve,
        knative=platform.knative,
        gateway_kind=platform.gateway.kind,
        controller=platform.gateway.controller,
        exposed=serve.access.expose == "gateway",
        task=model.task if model else None,
    )
    return isinstance(found, Measurement)
