"""A server, a batch, or a graph of other pipelines' servers."""

from __future__ import annotations

from typing import Any

from fairlead.catalogue.runtimes import Runtime, protocol_for, runtime, runtime_for
from fairlead.plan.artifacts import Artifact, ArtifactType, Give, Use
from fairlead.plan.formats import format_of
from fairlead.plan.nodes import Combine, Image, Score, Serve, Waiting
from fairlead.plan.scope import Scope, secret_pairs
from fairlead.plan.stages.training import VERSION, learned
from fairlead.source.diagnostics import Code
from fairlead.spec.model import Model
from fairlead.spec.serving import Batch, Graph, ScaleOn, Serving
from fairlead.spec.units import ImageRef, Percentage

NO_RUNTIME = Code(
    "FL3006",
    "no runtime fits the framework",
    """
    `serving` names no runtime, and none is known to fit the model's framework. For a framework of your own, name a
    runtime, or `custom` with an image:

    ```yaml
    model: {framework: custom}
    serving: {runtime: custom, image: ghcr.io/acme/server, protocol: v2}
    ```
    """,
)
SERVES_NOTHING = Code(
    "FL3007",
    "a serving section with no model to serve",
    """
    A server or a batch needs a model: one that this pipeline trains (`model.train`) or one that exists
    (`model.source`).
    Only `serving.graph`, which stands in front of other pipelines' models, needs none.
    """,
)
ENDPOINT = Artifact("endpoint", ArtifactType.ENDPOINT)
PAYLOADS = Artifact("payloads", ArtifactType.PAYLOADS)
PREDICTIONS = Artifact("predictions", ArtifactType.PREDICTIONS)


def build(scope: Scope, serving: Serving, model: Model | None) -> None:
    """The node that puts the model to use."""
    if serving.graph is not None:
        _combine(scope, serving, serving.graph)
    elif model is None or (model.train is None and model.source is None):
        message = "there is no model to serve: neither `model.train` nor `model.source`"
        scope.report(SERVES_NOTHING, ("serving",), message, "add one of them, or remove `serving`")
    elif serving.batch is not None:
        _score(scope, serving.batch, model)
    else:
        _serve(scope, serving, model)


def _version_use(scope: Scope) -> tuple[Use, ...]:
    """The edge from registration, where that happens in this environment. Its way is a commit to the lock."""
    return (Use("version", VERSION.id),) if "register" in scope.nodes else ()


def first_version(scope: Scope, model: Model) -> Waiting | None:
    """Whether there is nothing to serve yet."""
    if model.train is None or (scope.unit.lock and scope.unit.lock.model):
        return None
    detail = "no version has been registered and locked in this environment"
    return Waiting("awaiting-first-version", detail, scope.unit.place("metadata", "name"))


def _serve(scope: Scope, serving: Serving, model: Model) -> None:
    unit, path = scope.unit, ("serving",)
    name = serving.runtime or runtime_for(model.framework, model.task)
    if name is None:
        message = f"no runtime is known for the framework `{model.framework}`"
        scope.report(
            NO_RUNTIME, ("serving", "runtime"), message, "write `runtime`, or `runtime: custom` with an `image`"
        )
        return
    facts = runtime(name, unit.project.platform.kserve or "0.20")
    image = serving_image(scope, serving, facts)
    lock = unit.lock
    payloads = () if serving.payloads.log == "none" else (Give("payloads", PAYLOADS),)
    scope.add(
        Serve(
            id="serve",
            title=f"{name} server",
            path=path,
            place=unit.place(*path),
            uses=_version_use(scope),
            gives=(Give("endpoint", ENDPOINT), *payloads),
            waits=first_version(scope, model) or scope.pending(image),
            runtime=facts,
            image=image,
            protocol=serving.protocol or protocol_for(name, model.task, facts.kserve),
            mode=serving.mode,
            output=serving.output,
            hardware=scope.hardware("serving"),
            replicas=serving.replicas,
            scale_on=_scale_on(serving),
            version=lock.model if lock else None,
            source=str(model.source) if model.source else None,
            canary=lock.rollout if lock else None,
            rollout=serving.rollout,
            timeout=serving.timeout,
            payloads=serving.payloads,
            access=serving.access,
            host=str(serving.host) if serving.host else None,
            zones=tuple(str(zone) for zone in serving.zones),
            command=tuple(serving.command) if serving.command else None,
            env={str(key): value for key, value in serving.env.items()},
            secrets=secret_pairs({str(key): value for key, value in serving.secrets.items()}),
            service_account=str(serving.service_account) if serving.service_account else None,
            llm=serving.llm,
        )
    )


def serving_image(scope: Scope, serving: Serving, facts: Runtime) -> Image:
    """The server's image: the user's own, else the one that the runtime's release pins."""
    if serving.image is not None:
        return scope.image(serving.image)
    if facts.image is None:
        message = f"the runtime `{facts.name}` has no image of its own"
        scope.report(NO_RUNTIME, ("serving", "image"), message, "write `serving.image`")
        return Image("missing", "missing", None)
    return scope.image(ImageRef.parse(facts.image))


def _scale_on(serving: Serving) -> ScaleOn | None:
    """What replicas follow: CPU at 70 % where they have a range and nothing is said."""
    if serving.scale_on is not None or serving.replicas.most <= max(1, serving.replicas.min):
        return serving.scale_on
    return ScaleOn(concurrency=10.0) if serving.mode == "knative" else ScaleOn(cpu=Percentage.parse("70%"))


def _score(scope: Scope, batch: Batch, model: Model) -> None:
    unit, path = scope.unit, ("serving", "batch")
    form = batch.format or format_of(str(batch.input), default="parquet")
    lock = unit.lock
    parameters: dict[str, Any] = {
        "input": str(batch.input),
        "output": str(batch.output),
        **learned(scope, model),
        "format": form,
    }
    run = scope.built_in("score", parameters, "batch", "serving", timeout=batch.timeout, cache=False)
    scope.add(
        Score(
            id="batch",
            title="batch scoring",
            path=path,
            place=unit.place(*path),
            uses=_version_use(scope),
            gives=(Give("predictions", PREDICTIONS),),
            run=run,
            waits=first_version(scope, model) or scope.pending(run.image),
            schedule=batch.schedule,
            timezone=str(batch.timezone or "Etc/UTC"),
            suspended=unit.pipeline.suspend or unit.pipeline.metadata.retired,
            input=batch.input,
            output=batch.output,
            format=form,
            version=lock.model if lock else None,
        )
    )


def _combine(scope: Scope, serving: Serving, graph: Graph) -> None:
    unit, path = scope.unit, ("serving", "graph")
    for position, member in enumerate(graph.of):
        if str(member.pipeline) not in scope.peers:
            scope.unknown("pipeline", str(member.pipeline), (*path, "of", position, "pipeline"), scope.peers)
    scope.add(
        Combine(
            id="serve",
            title=f"{graph.type} of {len(graph.of)} models",
            path=path,
            place=unit.place(*path),
            gives=(Give("endpoint", ENDPOINT),),
            waits=_members_wait(scope, graph),
            graph=graph,
            members=tuple(str(member.pipeline) for member in graph.of),
            access=serving.access,
            host=str(serving.host) if serving.host else None,
            timeout=serving.timeout,
            hardware=scope.hardware("serving"),
        )
    )


def _members_wait(scope: Scope, graph: Graph) -> Waiting | None:
    """A graph waits until each of its members has a version."""
    for member in graph.of:
        peer = scope.peers.get(str(member.pipeline))
        trained = peer and peer.pipeline.model and peer.pipeline.model.train
        if peer and trained and not (peer.lock and peer.lock.model):
            detail = f"its member {member.pipeline} has no version in this environment yet"
            return Waiting("awaiting-first-version", detail, scope.unit.place("serving", "graph"))
    return None
