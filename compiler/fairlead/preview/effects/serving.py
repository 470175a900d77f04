"""Serving: which version answers whom, how much of the traffic it gets, on how many servers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead.plan.nodes import Combine, Node, Score, Serve
from fairlead.plan.plan import Plan
from fairlead.preview.effects.pair import Both, arrow, mapping_changes, said
from fairlead.preview.effects.runs import hardware_effects, image_change, run_effects, secret_effects
from fairlead.preview.effects.versions import version_effects
from fairlead.preview.model import Effect, Severity
from fairlead.spec.serving import Access, Graph, Payloads, Replicas, ScaleOn


def effects(pair: Both) -> Iterator[Effect]:
    """What differs in what serves and in who may ask it."""
    yield from _kind_of_serving(pair)
    for before, after in pair.nodes(Serve):
        yield from version_effects(pair, before, after)
        yield from _server(pair, before, after)
        yield from _replicas(pair, before.replicas, after.replicas, after)
        yield from _payloads(pair, before.payloads, after.payloads, after)
        yield from _access(pair, before, after)
        yield from _rollout(pair, before, after)
        yield from hardware_effects(pair, after, before.hardware, after.hardware, "the server")
        yield from secret_effects(pair, after, before.secrets, after.secrets, "the server")
    for was, now in pair.nodes(Score):
        yield from version_effects(pair, was, now)
        yield from _batch(pair, was, now)
    for one, other in pair.nodes(Combine):
        yield from _graph(pair, one, other)
        yield from _access(pair, one, other)
        yield from hardware_effects(pair, other, one.hardware, other.hardware, "the router")


def _kind_of_serving(pair: Both) -> Iterator[Effect]:
    words: dict[type[Node], str] = {Serve: "the server", Score: "batch scoring", Combine: "the graph of models"}
    for kind, word in words.items():
        for node in pair.removed(kind):
            answers = "requests to it fail from then on" if kind is not Score else "nothing is scored any more"
            message = f"{word} is removed: {answers}"
            yield pair.effect(Severity.DESTROYS, "serving-removed", message, node.path, node.id, gone=True)
        for added in pair.added(kind):
            yield pair.effect(
                Severity.BEHAVIOUR, "serving-added", f"{word} is new: {added.title}", added.path, added.id
            )


def _server(pair: Both, before: Serve, after: Serve) -> Iterator[Effect]:
    node = after.id

    def changed(name: str, severity: Severity, kind: str, message: str, *why: str) -> Iterator[Effect]:
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield pair.effect(severity, kind, f"{message} {arrow(was, now)}", ("serving", name), node, why)

    if before.runtime.name != after.runtime.name:
        message = f"the server's runtime is {arrow(before.runtime.name, after.runtime.name)}"
        yield pair.effect(Severity.RISK, "runtime", message, ("serving", "runtime"), node)
        if _own_image(pair.before) != _own_image(pair.after):
            message = f"the server: image: {arrow(before.image.reference, after.image.reference)}"
            yield pair.effect(Severity.BEHAVIOUR, "image", message, ("serving", "image"), node)
    elif (changed_image := image_change(before.image, after.image)) is not None:
        word = "image digest only" if changed_image[0] == "digest" else changed_image[0]
        message = f"the server: {word}: {changed_image[1]}"
        why = ("its Pods are replaced, as many at a time as their rollout allows",)
        yield pair.effect(
            Severity.BEHAVIOUR, "image", message, pair.written(("serving", "image"), ("serving",)), node, why
        )
    elif before.runtime != after.runtime:
        yield pair.effect(Severity.BEHAVIOUR, "runtime", "the server's runtime is set up otherwise", ("serving",), node)
    yield from changed(
        "mode", Severity.DESTROYS, "mode", "the server is made anew, for its mode can't change:",
        "KServe refuses the change: the InferenceService is deleted, and nothing answers until the new one is ready",
    )  # fmt: skip
    yield from changed("protocol", Severity.RISK, "protocol", "callers have to speak another protocol:")
    yield from changed("output", Severity.RISK, "output", "callers get another answer:")
    yield from changed("source", Severity.RISK, "version", "serves another model:")
    yield from changed("timeout", Severity.BEHAVIOUR, "timeout", "a request may take")
    yield from changed("zones", Severity.BEHAVIOUR, "zones", "replicas are spread over")
    yield from changed("command", Severity.BEHAVIOUR, "command", "the server's command is")
    yield from changed("service_account", Severity.RISK, "account", "the server runs as")
    variables = mapping_changes(before.env, after.env)
    if variables:
        message = f"the server's variables changed: {', '.join(variables)}"
        yield pair.effect(Severity.BEHAVIOUR, "variables", message, ("serving", "env"), node, tuple(variables))
    if before.llm != after.llm:
        differ = mapping_changes(_fields(before.llm), _fields(after.llm))
        message = f"the language model's server changed: {', '.join(differ)}"
        yield pair.effect(Severity.BEHAVIOUR, "llm", message, ("serving", "llm"), node, tuple(differ))
    if before.scale_on != after.scale_on:
        message = f"replicas follow {arrow(_scale(before.scale_on), _scale(after.scale_on))}"
        yield pair.effect(Severity.BEHAVIOUR, "scaling", message, ("serving", "scale_on"), node)


def _own_image(plan: Plan) -> object:
    """The image that the specification itself names, instead of the runtime's."""
    return plan.unit.pipeline.serving.image if plan.unit.pipeline.serving is not None else None


def _fields(section: Any) -> dict[str, Any]:
    return section.model_dump(exclude_none=True) if section is not None else {}


def _scale(scale: ScaleOn | None) -> str | None:
    if scale is None:
        return None
    return ", ".join(f"{name} {said(value)}" for name, value in scale if value is not None)


def _replicas(pair: Both, before: Replicas, after: Replicas, node: Node) -> Iterator[Effect]:
    was, now = (before.min, before.most), (after.min, after.most)
    if was == now:
        return
    fewer = now[0] < was[0] or now[1] < was[1]
    message = f"replicas {arrow(_range(*was), _range(*now))}"
    why = ("less traffic can be carried than before",) if now[1] < was[1] else ()
    severity = Severity.RISK if fewer else Severity.BEHAVIOUR
    yield pair.effect(severity, "replicas", message, ("serving", "replicas"), node.id, why)


def _range(least: int, most: int) -> str:
    return str(least) if least == most else f"{least} to {most}"


def _payloads(pair: Both, before: Payloads, after: Payloads, node: Node) -> Iterator[Effect]:
    path = ("serving", "payloads")
    if before.log != after.log:
        more = before.log == "none" or after.log == "all"
        severity = Severity.RISK if more else Severity.BEHAVIOUR
        message = f"what is kept of requests and answers: {arrow(before.log, after.log)}"
        yield pair.effect(severity, "payloads", message, (*path, "log"), node.id)
    if before.to != after.to:
        why = ("what was kept before stays where it is; drift and quality begin with nothing",)
        message = f"payloads are kept in {arrow(before.to, after.to)}"
        yield pair.effect(Severity.RISK, "payloads", message, (*path, "to"), node.id, why)
    if before.retain != after.retain:
        shorter = after.retain is not None and (before.retain is None or after.retain < before.retain)
        older: tuple[str, ...] = ("what is older is deleted",) if shorter else ()
        message = f"payloads are kept for {arrow(before.retain, after.retain)}"
        yield pair.effect(
            Severity.RISK if shorter else Severity.BEHAVIOUR, "payloads", message, (*path, "retain"), node.id, older
        )


def _access(pair: Both, before: Serve | Combine, after: Serve | Combine) -> Iterator[Effect]:
    yield from _callers(pair, before.access, after.access, after)
    path = ("serving", "access", "expose")
    if before.access.expose != after.access.expose:
        if after.access.expose == "gateway":
            message = "can be reached through the gateway, and not only from inside the cluster"
        else:
            message = "can no longer be reached through the gateway: whoever asks there gets an error"
        yield pair.effect(Severity.RISK, "exposure", message, path, after.id)
    if before.host != after.host:
        message = f"the host at the gateway is {arrow(before.host, after.host)}"
        why = ("requests to the host before fail from then on",) if before.host else ()
        yield pair.effect(Severity.RISK, "exposure", message, ("serving", "host"), after.id, why)


def _callers(pair: Both, before: Access, after: Access, node: Node) -> Iterator[Effect]:
    was, now = ([str(caller) for caller in access.callers] for access in (before, after))
    if set(was) == set(now):
        return
    path: tuple[str | int, ...] = ("serving", "access", "callers")
    more, fewer = [each for each in now if each not in was], [each for each in was if each not in now]
    gone = not more
    if gone:
        path = (*path, was.index(fewer[0]))
    if not now:
        message = f"anybody in the cluster may call; before only {', '.join(was)}"
    elif not was:
        message = f"only {', '.join(now)} may call; before anybody in the cluster"
    else:
        parts = [f"{', '.join(more)} may call as well"] if more else []
        parts += [f"{', '.join(fewer)} may not call any more"] if fewer else []
        message = "; ".join(parts)
    yield pair.effect(Severity.RISK, "callers", message, path, node.id, gone=gone)


def _rollout(pair: Both, before: Serve, after: Serve) -> Iterator[Effect]:
    if before.rollout.canary != after.rollout.canary:
        severity = Severity.RISK if len(after.rollout.canary) < len(before.rollout.canary) else Severity.BEHAVIOUR
        message = f"a new version takes over in steps of {arrow(_steps(before), _steps(after))}"
        yield pair.effect(severity, "rollout-steps", message, ("serving", "rollout", "canary"), after.id)
    if before.rollout.hold != after.rollout.hold:
        severity = Severity.RISK if after.rollout.hold < before.rollout.hold else Severity.BEHAVIOUR
        message = f"each step of a rollout is held for {arrow(before.rollout.hold, after.rollout.hold)}"
        yield pair.effect(severity, "rollout-steps", message, ("serving", "rollout", "hold"), after.id)


def _steps(node: Serve) -> str:
    return ", ".join(str(step) for step in node.rollout.canary) or "100% at once"


def _batch(pair: Both, before: Score, after: Score) -> Iterator[Effect]:
    path = ("serving", "batch")
    if (before.schedule, before.timezone) != (after.schedule, after.timezone):
        shown = arrow(f"`{before.schedule}` {before.timezone}", f"`{after.schedule}` {after.timezone}")
        yield pair.effect(
            Severity.BEHAVIOUR, "schedule", f"batch scoring runs at {shown}", (*path, "schedule"), after.id
        )
    for name in ("input", "output", "format"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            message = f"batch scoring's {name} is {arrow(was, now)}"
            yield pair.effect(
                Severity.RISK if name == "output" else Severity.BEHAVIOUR, "batch", message, (*path, name), after.id
            )
    yield from run_effects(pair, before, after, "batch scoring", learns=False)


def _graph(pair: Both, before: Combine, after: Combine) -> Iterator[Effect]:
    path = ("serving", "graph")
    if before.graph.type != after.graph.type:
        message = f"the graph is a {arrow(before.graph.type, after.graph.type)}"
        yield pair.effect(Severity.RISK, "graph", message, (*path, "type"), after.id)
    was, now = _members(before.graph), _members(after.graph)
    if was != now:
        message = f"requests go to {arrow(', '.join(was), ', '.join(now))}"
        yield pair.effect(Severity.RISK, "graph", message, (*path, "of"), after.id)
    if before.timeout != after.timeout:
        message = f"a request may take {arrow(before.timeout, after.timeout)}"
        yield pair.effect(Severity.BEHAVIOUR, "timeout", message, ("serving", "timeout"), after.id)


def _members(graph: Graph) -> list[str]:
    return [
        f"{member.pipeline}"
        + (f" ({member.weight})" if member.weight is not None else "")
        + (f" (when {member.when})" if member.when is not None else "")
        for member in graph.of
    ]
