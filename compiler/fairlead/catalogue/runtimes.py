"""The serving runtimes of the language, as each version of KServe ships and configures them.

Read from KServe v0.15.2 and v0.20.0: config/runtimes/*.yaml for formats, protocols, arguments and users, the Helm
charts' values for image tags (charts/kserve-resources and charts/kserve-runtime-configs), python/*/pyproject.toml for
what the servers pin, python/*/*/model.py for the files that they look for and the answers that they give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Literal

from fairlead.catalogue import shipped
from fairlead.catalogue.versions import satisfies

Gpu = Literal["never", "optional", "required"]
Answers = Literal["label", "probability"]
Family = Literal["kserve", "mlserver", "triton", "torchserve", "tensorflow", "vllm", "custom"]

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Files:
    """What a server expects below /mnt/models."""

    expects: str
    """In a few words, for messages."""
    suffixes: tuple[str, ...] = ()
    """The endings that mark the model's own file at the top of the folder; empty where a layout marks it."""
    exactly_one: bool = False
    """Whether two files with such endings stop the server ("More than one model file is detected")."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What is known about one runtime in one version of KServe."""

    name: str
    kserve: str
    family: Family
    """The server's kind, which decides the metrics that it exposes."""
    image: str
    """The image with its tag, as that release of KServe pins it; empty for `custom`. Where KServe writes `latest`, the
    tag is the one that the same release builds or tests with."""
    format_name: str
    """`predictor.model.modelFormat.name`; empty for `custom`, which has no `model`."""
    format_version: str | None
    protocols: tuple[str, ...]
    """Of v1, v2 and openai, those that it speaks."""
    default_protocol: str
    port: int
    """The port that answers requests."""
    metrics_port: int | None
    """The port with Prometheus metrics; None where there are none."""
    metrics_path: str | None
    command: tuple[str, ...] = ()
    """The command where the image's own entry point isn't the server."""
    args: tuple[str, ...] = ()
    """Arguments; KServe replaces `{{.Name}}` in a ServingRuntime with the InferenceService's name."""
    env: Mapping[str, str] = field(default_factory=lambda: _NONE)
    packages: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """What it pins of the libraries that unpickle or read the model, as PEP 440 specifiers by distribution."""
    python: str | None = None
    """The minor version of Python inside, where the model is a pickle."""
    gpu: Gpu = "never"
    uid: int | None = None
    """The user that the image runs as; None where it is unknown. 0 is root: the manifest has to name another one."""
    writable: tuple[str, ...] = ()
    """Folders that it writes to, besides /tmp."""
    shared_memory: bool = False
    """Whether it wants a memory-backed /dev/shm."""
    answers: tuple[Answers, ...] = ("label", "probability")
    """What a classifier can answer here."""
    probability_env: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """The environment that makes it answer probabilities."""
    probability_args: tuple[str, ...] = ()
    """The arguments that make it answer probabilities."""
    decided_by_model: bool = False
    """Whether the exported model decides what is answered, so that `serving.output` can't."""
    files: Files = Files("anything that the server's own code reads")

    def rejects(self, packages: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
        """Of a model's package versions those that this runtime can't load: (package, version, what it takes).

        Names are compared as PyPI does. Raises ValueError for a version that is none.
        """
        have = {_normal(name): version for name, version in packages.items()}
        return tuple(
            (name, have[name], specifier)
            for name, specifier in self.packages.items()
            if name in have and not satisfies(have[name], specifier)
        )


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


NAMES: tuple[str, ...] = (
    "sklearn", "xgboost", "lightgbm", "mlflow", "onnx", "triton", "torchserve", "tensorflow", "huggingface", "vllm",
    "custom",
)  # fmt: skip
"""The runtimes of the language, in its order."""

_KSERVE_ARGS = ("--model_name={{.Name}}", "--model_dir=/mnt/models", "--http_port=8080")
_ONE = "exactly one of {} at the top of the folder"


def _sklearn(kserve: str) -> Runtime:
    return Runtime(
        name="sklearn", kserve=kserve, family="kserve", image=shipped.image("sklearn", kserve),
        format_name="sklearn", format_version="1", protocols=("v1", "v2"), default_protocol="v2",
        port=8080, metrics_port=8080, metrics_path="/metrics", args=_KSERVE_ARGS,
        packages=shipped.packages("sklearn", kserve), python="3.11", uid=1000,
        # `predict` unless this is set and the model has `predict_proba` (python/sklearnserver/sklearnserver/model.py).
        probability_env=MappingProxyType({"PREDICT_PROBA": "true"}),
        files=Files(_ONE.format(".joblib, .pkl or .pickle"), (".joblib", ".pkl", ".pickle"), exactly_one=True),
    )  # fmt: skip


def _xgboost(kserve: str) -> Runtime:
    return Runtime(
        name="xgboost", kserve=kserve, family="kserve", image=shipped.image("xgboost", kserve),
        format_name="xgboost", format_version="2" if kserve != "0.15" else "1", protocols=("v1", "v2"),
        default_protocol="v2", port=8080, metrics_port=8080, metrics_path="/metrics",
        args=(*_KSERVE_ARGS, "--nthread=1"), packages=shipped.packages("xgboost", kserve), uid=1000,
        # `Booster.predict`: what the objective gives. binary:logistic and multi:softprob are probabilities; only
        # multi:softmax and binary:hinge are labels.
        decided_by_model=True,
        files=Files(_ONE.format(".bst, .json or .ubj"), (".bst", ".json", ".ubj"), exactly_one=True),
    )  # fmt: skip


def _lightgbm(kserve: str) -> Runtime:
    return Runtime(
        name="lightgbm", kserve=kserve, family="kserve", image=shipped.image("lightgbm", kserve),
        format_name="lightgbm", format_version="4" if kserve != "0.15" else "3", protocols=("v1", "v2"),
        default_protocol="v2", port=8080, metrics_port=8080, metrics_path="/metrics",
        args=(*_KSERVE_ARGS, "--nthread=1"), packages=shipped.packages("lightgbm", kserve), uid=1000,
        # `Booster.predict` of a classifier is always a probability; there is no switch for labels.
        answers=("probability",),
        files=Files(_ONE.format(".bst"), (".bst",), exactly_one=True),
    )  # fmt: skip


def _mlflow(kserve: str) -> Runtime:
    return Runtime(
        name="mlflow", kserve=kserve, family="mlserver", image=shipped.image("mlflow", kserve),
        format_name="mlflow", format_version="2", protocols=("v2",), default_protocol="v2",
        # The stock runtime's annotation names 8080, but MLServer has served metrics on a port of their own since 1.1.
        port=8080, metrics_port=8082, metrics_path="/metrics",
        env=MappingProxyType({
            "MLSERVER_MODEL_IMPLEMENTATION": "mlserver_mlflow.MLflowRuntime",
            "MLSERVER_MODEL_NAME": "{{.Name}}",
            "MLSERVER_MODEL_URI": "/mnt/models",
            "MLSERVER_HTTP_PORT": "8080",
            "MLSERVER_GRPC_PORT": "9000",
            "MLSERVER_METRICS_PORT": "8082",
            "MODELS_DIR": "/mnt/models",
            # Its default is below the working directory, which a read-only root file system forbids.
            "MLSERVER_METRICS_DIR": "/tmp/metrics",  # noqa: S108
        }),
        packages=shipped.packages("mlflow", kserve), python="3.10", gpu="optional", uid=1000,
        # A pyfunc answers what it was logged with (`pyfunc_predict_fn`): labels where nothing was said.
        decided_by_model=True,
        files=Files("an MLflow model: a file MLmodel at the top of the folder"),
    )  # fmt: skip


def _triton(name: str, kserve: str) -> Runtime:
    onnx = name == "onnx"
    return Runtime(
        name=name, kserve=kserve, family="triton", image=shipped.image("triton", kserve),
        format_name="onnx" if onnx else "triton", format_version="1" if onnx else "2",
        protocols=("v2",), default_protocol="v2", port=8080, metrics_port=8002, metrics_path="/metrics",
        args=("tritonserver", "--model-store=/mnt/models", "--grpc-port=9000", "--http-port=8080", "--allow-grpc=true",
              "--allow-http=true"),
        gpu="optional", uid=1000, shared_memory=True, decided_by_model=True,
        files=Files(
            "a Triton model repository: <model>/1/model.onnx" if onnx
            else "a Triton model repository: <model>/config.pbtxt and <model>/<version>/"
        ),
    )  # fmt: skip


def _torchserve(kserve: str) -> Runtime:
    return Runtime(
        name="torchserve", kserve=kserve, family="torchserve", image=shipped.image("torchserve", kserve),
        format_name="pytorch", format_version="1", protocols=("v1", "v2"), default_protocol="v2",
        # The ports stand in the model's own config/config.properties; these are KServe's convention.
        port=8085, metrics_port=8082, metrics_path="/metrics",
        args=("torchserve", "--start", "--model-store=/mnt/models/model-store",
              "--ts-config=/mnt/models/config/config.properties"),
        env=MappingProxyType({"TS_SERVICE_ENVELOPE": "kservev2"}),
        gpu="optional", uid=1000, writable=("/home/model-server",), decided_by_model=True,
        files=Files("config/config.properties and model-store/*.mar"),
    )  # fmt: skip


def _tensorflow(kserve: str) -> Runtime:
    return Runtime(
        name="tensorflow", kserve=kserve, family="tensorflow", image=shipped.image("tensorflow", kserve),
        format_name="tensorflow", format_version="2", protocols=("v1",), default_protocol="v1",
        # Metrics need `--monitoring_config_file`, which the stock runtime doesn't give.
        port=8080, metrics_port=None, metrics_path=None, command=("/usr/bin/tensorflow_model_server",),
        args=("--model_name={{.Name}}", "--port=9000", "--rest_api_port=8080", "--model_base_path=/mnt/models",
              "--rest_api_timeout_in_ms=60000"),
        gpu="optional", uid=1000, decided_by_model=True,
        files=Files("a folder with a number as its name, and in it saved_model.pb and variables/"),
    )  # fmt: skip


def _huggingface(kserve: str) -> Runtime:
    return Runtime(
        name="huggingface", kserve=kserve, family="kserve", image=shipped.image("huggingface", kserve),
        format_name="huggingface", format_version="1", protocols=("v1", "v2", "openai"), default_protocol="v2",
        port=8080, metrics_port=8080, metrics_path="/metrics", args=("--model_name={{.Name}}",),
        # A cache below the home folder would need a writable root file system.
        env=MappingProxyType({"LMCACHE_USE_EXPERIMENTAL": "True", "HF_HOME": "/tmp/huggingface"}),  # noqa: S108
        packages=shipped.packages("huggingface", kserve), gpu="optional", uid=1000, shared_memory=True,
        probability_args=("--return_probabilities",),
        files=Files("a Transformers model: config.json, the tokenizer's files, weights"),
    )  # fmt: skip


def _vllm(kserve: str) -> Runtime:
    return Runtime(
        name="vllm", kserve=kserve, family="vllm", image=shipped.image("vllm", kserve),
        format_name="vLLM", format_version="1", protocols=("openai",), default_protocol="openai",
        port=8080, metrics_port=8080, metrics_path="/metrics",
        command=("python3", "-m", "vllm.entrypoints.openai.api_server"),
        args=("--port=8080", "--served-model-name={{.Name}}", "--model=/mnt/models"),
        env=MappingProxyType({
            "HF_HOME": "/tmp", "VLLM_CONFIG_ROOT": "/tmp", "VLLM_CACHE_ROOT": "/tmp/vllm",  # noqa: S108
            "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
        }),
        # The stock runtime leaves `runAsNonRoot` out, because the image's user is root.
        gpu="required", uid=0, shared_memory=True, decided_by_model=True,
        files=Files("a Transformers model: config.json, the tokenizer's files, weights as safetensors"),
    )  # fmt: skip


def _custom(kserve: str) -> Runtime:
    return Runtime(
        name="custom", kserve=kserve, family="custom", image="", format_name="", format_version=None,
        protocols=("v1", "v2", "openai"), default_protocol="v2", port=8080, metrics_port=None, metrics_path=None,
        gpu="optional", decided_by_model=True,
    )  # fmt: skip


@cache
def runtime(name: str, kserve: str) -> Runtime:
    """The facts of a runtime in a version of KServe.

    Raises KeyError for a runtime that the language does not have, and for a version of KServe that is not known.
    """
    if kserve not in shipped.KSERVE_VERSIONS:
        raise KeyError(kserve)
    match name:
        case "sklearn":
            return _sklearn(kserve)
        case "xgboost":
            return _xgboost(kserve)
        case "lightgbm":
            return _lightgbm(kserve)
        case "mlflow":
            return _mlflow(kserve)
        case "onnx" | "triton":
            return _triton(name, kserve)
        case "torchserve":
            return _torchserve(kserve)
        case "tensorflow":
            return _tensorflow(kserve)
        case "huggingface":
            return _huggingface(kserve)
        case "vllm":
            return _vllm(kserve)
        case "custom":
            return _custom(kserve)
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
