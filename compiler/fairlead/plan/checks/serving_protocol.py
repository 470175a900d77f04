"""Servers that are asked for what their runtime can't do."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.nodes import Serve
from fairlead.plan.plan import Plan
from fairlead.plan.pointing import is_own, key_place
from fairlead.source.diagnostics import Code, Diagnostic, Related, Severity
from fairlead.source.words import nearest_word

UNSPOKEN = Code(
    "FL3169",
    "a protocol that the runtime doesn't speak",
    """
    KServe's servers speak v1 and v2 (the Open Inference Protocol), Triton and MLServer v2, TensorFlow Serving v1, and
    vLLM OpenAI's. Callers of another protocol get nothing but 404.

    ```yaml
    serving: {runtime: vllm, protocol: v2}              # FL3169
    ```

    Mended:

    ```yaml
    serving: {runtime: vllm, protocol: openai}
    ```
    """,
)
UNANSWERED = Code(
    "FL3170",
    "an answer that can't be given",
    """
    `output` says whether a classifier answers labels or probabilities. Some runtimes can do only one of them, and a
    model that is no classifier has neither.

    ```yaml
    serving: {runtime: lightgbm, output: label}         # FL3170: its server answers probabilities
    ```

    Mended:

    ```yaml
    serving: {runtime: lightgbm, output: probability}
    ```
    """,
)
MODEL_DECIDES = Code(
    "FL3171",
    "an answer that the exported model decides",
    """
    This runtime answers whatever the exported model computes, and `output` has no way to change it: a graph of ONNX
    that ends in probabilities answers probabilities. Export the model with the answer that you want, and leave `output`
    out.

    ```yaml
    serving: {runtime: triton, output: probability}     # FL3171
    ```
    """,
    Severity.WARNING,
)
OTHER_FRAMEWORK = Code(
    "FL3172",
    "a runtime that can't read the framework's models",
    """
    A server reads the files of its own library. A model of another framework lies in the folder, and the server does
    not find one.

    ```yaml
    model: {framework: xgboost}
    serving: {runtime: sklearn}                         # FL3172
    ```

    Mended:

    ```yaml
    serving: {runtime: xgboost}
    ```

    MLServer (`mlflow`), Triton and a `custom` server read what was exported for them, whatever made it.
    """,
)
IDLE_KEY = Code(
    "FL3173",
    "a setting of a server that has no effect on this one",
    """
    `llm` is for language models, on vLLM or the Hugging Face server. `command` is that of a `custom` server: the others
    bring their own. `host` is a name at the gateway, where only an exposed server can be reached.

    ```yaml
    serving: {runtime: sklearn, llm: {max_model_len: 8192}}         # FL3173
    ```
    """,
)

READS = {
    "sklearn": {"sklearn"},
    "xgboost": {"xgboost"},
    "lightgbm": {"lightgbm"},
    "tensorflow": {"tensorflow"},
    "torchserve": {"pytorch"},
    "huggingface": {"huggingface", "pytorch"},
    "vllm": {"huggingface", "pytorch"},
}
"""The frameworks whose models a runtime reads, of those that read no others (`Runtime.files`, per server)."""
UNKNOWN = {"custom", "mlflow"}
"""Frameworks of which it is not known what they write."""
LANGUAGE_MODELS = ("vllm", "huggingface")
CLASSIFICATION = ("binary-classification", "multiclass-classification")


def check(plan: Plan) -> Iterator[Diagnostic]:
    """A server speaks, answers and reads what it is asked to."""
    serve, model = plan.only(Serve), plan.unit.pipeline.model
    if serve is None:
        return
    unit, runtime = plan.unit, serve.runtime
    chosen = (Related(unit.place("serving", "runtime"), "the runtime"),) if unit.has(("serving", "runtime")) else ()
    if serve.protocol not in runtime.protocols:
        spoken = " and ".join(runtime.protocols)
        message = f"the runtime `{runtime.name}` speaks {spoken}, and not {serve.protocol}"
        place = unit.place("serving", "protocol")
        nearest = nearest_word(serve.protocol, runtime.protocols) or runtime.default_protocol
        yield Diagnostic(UNSPOKEN, place, message, f"write {spoken}", nearest, chosen)
    yield from _answers(plan, serve, model.task if model else "custom", chosen)
    framework = model.framework if model else "custom"
    readable = READS.get(runtime.name)
    if readable is not None and framework not in readable | UNKNOWN and unit.has(("serving", "runtime")):
        message = (
            f"the runtime `{runtime.name}` reads models of {' and '.join(sorted(readable))}, and this is {framework}"
        )
        related = (Related(unit.place("model", "framework"), "the framework"),)
        help_ = "choose the framework's runtime, or export the model for mlflow, triton or onnx"
        fitting = str(framework) if framework in READS else None
        yield Diagnostic(OTHER_FRAMEWORK, unit.place("serving", "runtime"), message, help_, fitting, related)
    yield from _idle(plan, serve)


def _answers(plan: Plan, serve: Serve, task: str, chosen: tuple[Related, ...]) -> Iterator[Diagnostic]:
    if not is_own(plan.unit, "serving", "output"):
        return
    place, runtime = plan.unit.place("serving", "output"), serve.runtime
    if task not in (*CLASSIFICATION, "custom"):
        message = f"a model for {task} answers neither labels nor probabilities"
        yield Diagnostic(UNANSWERED, place, message, "remove `output`")
    elif serve.output not in runtime.answers:
        can = runtime.answers[0]
        message = f"the runtime `{runtime.name}` answers {can} only"
        yield Diagnostic(UNANSWERED, place, message, f"write {can}", can, chosen)
    elif runtime.decided_by_model and runtime.family != "custom":
        message = f"with the runtime `{runtime.name}` the exported model decides what is answered, and `output` can't"
        yield Diagnostic(
            MODEL_DECIDES, place, message, "remove `output`, and export what should be answered", None, chosen
        )


def _idle(plan: Plan, serve: Serve) -> Iterator[Diagnostic]:
    unit, name = plan.unit, serve.runtime.name
    found = []
    if serve.llm is not None and name not in (*LANGUAGE_MODELS, "custom"):
        found.append(("llm", f"`llm` is for language models, and the runtime is `{name}`", "remove it, or use vllm"))
    if serve.command is not None and name != "custom":
        message = f"`command` is that of a custom server, and the runtime `{name}` has its own"
        found.append(("command", message, "remove it, or write `runtime: custom`"))
    if serve.host is not None and serve.access.expose != "gateway":
        message = "`host` is a name at the gateway, and `access.expose` is `cluster`"
        found.append(("host", message, "write `access: {expose: gateway}`, or remove it"))
    for key, message, help_ in found:
        if is_own(unit, "serving", key):
            yield Diagnostic(IDLE_KEY, key_place(unit, "serving", key), message, help_)
