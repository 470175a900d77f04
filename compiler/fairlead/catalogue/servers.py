"""The servers behind the runtimes of the language: one function a server, from a version of KServe to its facts.

Read from KServe v0.15.2 and v0.20.0: config/runtimes/*.yaml for formats, protocols, arguments and users,
python/*/*/model.py for the files that a server looks for and the answers that it gives, python/*.Dockerfile for users
and interpreters. Images and pins stand in `shipped`.
"""

from __future__ import annotations

from types import MappingProxyType

from fairlead.catalogue import shipped
from fairlead.catalogue.serving_runtime import Files, Runtime

_KSERVE_ARGS = ("--model_name={{.Name}}", "--model_dir=/mnt/models", "--http_port=8080")
_ONE = "exactly one of {} at the top of the folder"


def sklearn(kserve: str) -> Runtime:
    """KServe's server for scikit-learn."""
    return Runtime(
        name="sklearn", kserve=kserve, family="kserve", image=shipped.image("sklearn", kserve),
        format_name="sklearn", format_version="1", protocols=("v1", "v2"), default_protocol="v2",
        port=8080, metrics_port=8080, metrics_path="/metrics", args=_KSERVE_ARGS,
        packages=shipped.packages("sklearn", kserve), python="3.11", uid=1000,
        # `predict` unless this is set and the model has `predict_proba` (python/sklearnserver/sklearnserver/model.py).
        probability_env=MappingProxyType({"PREDICT_PROBA": "true"}),
        files=Files(_ONE.format(".joblib, .pkl or .pickle"), (".joblib", ".pkl", ".pickle"), exactly_one=True),
    )  # fmt: skip


def xgboost(kserve: str) -> Runtime:
    """KServe's server for XGBoost."""
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


def lightgbm(kserve: str) -> Runtime:
    """KServe's server for LightGBM."""
    return Runtime(
        name="lightgbm", kserve=kserve, family="kserve", image=shipped.image("lightgbm", kserve),
        format_name="lightgbm", format_version="4" if kserve != "0.15" else "3", protocols=("v1", "v2"),
        default_protocol="v2", port=8080, metrics_port=8080, metrics_path="/metrics",
        args=(*_KSERVE_ARGS, "--nthread=1"), packages=shipped.packages("lightgbm", kserve), uid=1000,
        # `Booster.predict` of a classifier is always a probability; there is no switch for labels.
        answers=("probability",),
        files=Files(_ONE.format(".bst"), (".bst",), exactly_one=True),
    )  # fmt: skip


def mlflow(kserve: str) -> Runtime:
    """MLServer with its runtime for MLflow's models."""
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
            # Its default is below the working directory, which a read-only root file system forbids.
            "MLSERVER_METRICS_DIR": "/tmp/metrics",  # noqa: S108
        }),
        packages=shipped.packages("mlflow", kserve), gpu="optional", uid=1000,
        # A pyfunc answers what it was logged with (`pyfunc_predict_fn`): labels where nothing was said.
        decided_by_model=True,
        files=Files("an MLflow model: a file MLmodel at the top of the folder"),
    )  # fmt: skip


def triton(name: str, kserve: str) -> Runtime:
    """Triton, by its own name or for ONNX, which KServe has no other server for."""
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


def torchserve(kserve: str) -> Runtime:
    """TorchServe, with KServe's own handlers."""
    return Runtime(
        name="torchserve", kserve=kserve, family="torchserve", image=shipped.image("torchserve", kserve),
        format_name="pytorch", format_version="1", protocols=("v1", "v2"), default_protocol="v2",
        # KServe's wrapper in the image answers here; the ports behind it stand in the model's config/config.properties.
        port=8080, metrics_port=8082, metrics_path="/metrics",
        args=("torchserve", "--start", "--model-store=/mnt/models/model-store",
              "--ts-config=/mnt/models/config/config.properties"),
        # For the protocol v2; `kserve` is the envelope of v1.
        env=MappingProxyType({"TS_SERVICE_ENVELOPE": "kservev2"}),
        # Not the home folder itself: KServe's wrapper is in it, and a volume would hide it.
        gpu="optional", uid=1000, writable=("/home/model-server/logs", "/home/model-server/tmp"), decided_by_model=True,
        files=Files("config/config.properties and model-store/*.mar"),
    )  # fmt: skip


def tensorflow(kserve: str) -> Runtime:
    """TensorFlow Serving."""
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


def huggingface(kserve: str) -> Runtime:
    """KServe's server for Transformers: vLLM where the architecture allows it, else the library itself."""
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


def vllm(kserve: str) -> Runtime:
    """The OpenAI server of vLLM."""
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


def custom(kserve: str) -> Runtime:
    """A server of the user's own, of which nothing is known."""
    return Runtime(
        name="custom", kserve=kserve, family="custom", image=None, format_name="", format_version=None,
        protocols=("v1", "v2", "openai"), default_protocol="v2", port=8080, metrics_port=None, metrics_path=None,
        gpu="optional", decided_by_model=True,
    )  # fmt: skip
