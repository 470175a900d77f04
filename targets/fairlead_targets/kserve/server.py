"""The server's command line and environment."""

from __future__ import annotations

from fairlead.plan.nodes import Serve
from fairlead.resources.kinds import EnvVar
from fairlead.resources.pods import USER, environment
from fairlead_targets.kserve.context import Context
from fairlead_targets.kserve.loading import MODELS, hub_source
from fairlead_targets.kserve.text import literal, named

_HOMELESS = {"HOME": "/tmp", "USER": "nonroot"}  # noqa: S108
"""For an image whose own user is root or unknown: the user that runs has no entry in its passwd, and libraries that ask
for the home folder or the user's name (torch, triton, getpass) must find one."""


def user(context: Context[Serve]) -> int:
    """The user that the server runs as: the image's own where it is known and not root."""
    return context.node.runtime.uid or USER


def command(context: Context[Serve]) -> list[str]:
    """The command, where the image's own entry point is not the server."""
    if context.node.command:
        return [literal(part) for part in context.node.command]
    return list(context.node.runtime.command)


def arguments(context: Context[Serve]) -> list[str]:
    """The arguments of the server: the catalogue's, and what the specification says in words of the server."""
    node, runtime = context.node, context.node.runtime
    if node.command:
        return []
    given = [named(part, context.name) for part in runtime.args]
    if node.output == "probability":
        given += runtime.probability_args
    given = [_with_timeout(part, context) for part in given]
    return _with_model(context, given) + _language_model(context)


def _with_timeout(part: str, context: Context[Serve]) -> str:
    """TensorFlow Serving has a timeout of its own, which must not be shorter than the service's."""
    option = "--rest_api_timeout_in_ms="
    return f"{option}{context.node.timeout.milliseconds}" if part.startswith(option) else part


def _with_model(context: Context[Serve], given: list[str]) -> list[str]:
    source = hub_source(context)
    if source is None:
        return given
    if context.node.runtime.family == "vllm":
        kept = [part for part in given if not part.startswith("--model=")]
        return [*kept, f"--model={source.repository}", f"--revision={source.revision}"]
    return [*given, f"--model_id={source.repository}", f"--model_revision={source.revision}"]


def _language_model(context: Context[Serve]) -> list[str]:
    """vLLM's engine arguments, which KServe's Hugging Face server passes on."""
    llm = context.node.llm
    if llm is None:
        return []
    given = [f"--tensor-parallel-size={llm.tensor_parallel}", f"--gpu-memory-utilization={llm.gpu_memory.fraction:f}"]
    if llm.max_model_len is not None:
        given.append(f"--max-model-len={llm.max_model_len}")
    if llm.quantization is not None:
        given.append(f"--quantization={llm.quantization}")
    return given


def variables(context: Context[Serve]) -> list[EnvVar]:
    """The environment: the catalogue's first, then what the specification changes in it, secrets by reference."""
    node, runtime = context.node, context.node.runtime
    values = {name: named(value, context.name) for name, value in runtime.env.items()}
    if not runtime.uid:
        values = {**_HOMELESS, **values}
    if hub_source(context):
        values["HF_HOME"] = MODELS
    if node.output == "probability":
        values |= runtime.probability_env
    values |= {name: literal(value) for name, value in node.env.items()}
    for name in node.secrets:
        values.pop(name, None)
    return environment(values, node.secrets)
