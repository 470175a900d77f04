"""The serving runtimes of the language, as each version of KServe ships and configures them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from fairlead.catalogue import servers, shipped
from fairlead.catalogue.serving_runtime import Answers, Family, Files, Gpu, Runtime

__all__ = ["NAMES", "Answers", "Family", "Files", "Gpu", "Runtime", "protocol_for", "runtime", "runtime_for"]

NAMES: tuple[str, ...] = (
    "sklearn", "xgboost", "lightgbm", "mlflow", "onnx", "triton", "torchserve", "tensorflow", "huggingface", "vllm",
    "custom",
)  # fmt: skip
"""The runtimes of the language, in its order."""


@cache
def runtime(name: str, kserve: str) -> Runtime:
    """The facts of a runtime in a version of KServe.

    Raises KeyError for a runtime that the language does not have, and for a version of KServe that is not known.
    """
    if kserve not in shipped.KSERVE_VERSIONS:
        raise KeyError(kserve)
    match name:
        case "sklearn":
            return servers.sklearn(kserve)
        case "xgboost":
            return servers.xgboost(kserve)
        case "lightgbm":
            return servers.lightgbm(kserve)
        case "mlflow":
            return servers.mlflow(kserve)
        case "onnx" | "triton":
            return servers.triton(name, kserve)
        case "torchserve":
            return servers.torchserve(kserve)
        case "tensorflow":
            return servers.tensorflow(kserve)
        case "huggingface":
            return servers.huggingface(kserve)
        case "vllm":
            return servers.vllm(kserve)
        case "custom":
            return servers.custom(kserve)
        case _:
            raise KeyError(name)


_FOR_FRAMEWORK: Mapping[str, str] = {
    "sklearn": "sklearn",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    # TorchServe has been archived by its maintainers since August 2025; Triton serves TorchScript.
    "pytorch": "triton",
    "tensorflow": "tensorflow",
    "onnx": "onnx",
    "huggingface": "huggingface",
    "mlflow": "mlflow",
}


def runtime_for(framework: str, task: str) -> str | None:
    """The runtime that fits a framework where a specification names none; None where nothing does.

    A language model is served by vLLM: its metrics are what objectives for tokens are measured with.
    """
    if framework == "huggingface" and task == "text-generation":
        return "vllm"
    return _FOR_FRAMEWORK.get(framework)


def protocol_for(name: str, task: str, kserve: str) -> str:
    """The protocol that fits a runtime and a task where a specification names none. Raises KeyError as `runtime`."""
    if name == "huggingface" and task == "text-generation":
        return "openai"
    return runtime(name, kserve).default_protocol
