"""The images and library versions that each release of KServe ships its runtimes with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

KSERVE_VERSIONS: tuple[str, ...] = ("0.15", "0.20")
"""The minor versions of KServe that are known."""

_IMAGES: Mapping[str, Mapping[str, str]] = {
    # KServe v0.15.2, charts/kserve-resources/values.yaml: v0.15.2 for its own servers.
    "0.15": {
        "sklearn": "docker.io/kserve/sklearnserver:v0.15.2",
        "xgboost": "docker.io/kserve/xgbserver:v0.15.2",
        "lightgbm": "docker.io/kserve/lgbserver:v0.15.2",
        "mlflow": "docker.io/seldonio/mlserver:1.5.0",
        "triton": "nvcr.io/nvidia/tritonserver:23.05-py3",
        "torchserve": "docker.io/pytorch/torchserve-kfs:0.9.0",
        "tensorflow": "docker.io/tensorflow/serving:2.6.2",
        "huggingface": "docker.io/kserve/huggingfaceserver:v0.15.2",
        # No runtime of that name yet; python/huggingface_server.Dockerfile installs this version of vLLM.
        "vllm": "docker.io/vllm/vllm-openai:v0.8.5",
    },
    # KServe v0.20.0, charts/kserve-runtime-configs/values.yaml and config/runtimes/kustomization.yaml.
    "0.20": {
        "sklearn": "docker.io/kserve/sklearnserver:v0.20.0",
        "xgboost": "docker.io/kserve/xgbserver:v0.20.0",
        "lightgbm": "docker.io/kserve/lgbserver:v0.20.0",
        # The kustomization says 1.7.1, the chart still 1.5.0; 1.5.0 has no interpreter after Python 3.11.
        "mlflow": "docker.io/seldonio/mlserver:1.7.1",
        "triton": "nvcr.io/nvidia/tritonserver:23.05-py3",
        "torchserve": "docker.io/pytorch/torchserve-kfs:0.9.0",
        "tensorflow": "docker.io/tensorflow/serving:2.6.2",
        "huggingface": "docker.io/kserve/huggingfaceserver:v0.20.0",
        # The stock runtime says `latest`; python/huggingface_server.Dockerfile installs this version of vLLM.
        "vllm": "docker.io/vllm/vllm-openai:v0.24.0",
    },
}
_PACKAGES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    # python/<server>/pyproject.toml at the release's tag. Poetry's `~1.5.1` is `~=1.5.1`: 1.5.1 or later in 1.5.
    "0.15": {
        "sklearn": {"scikit-learn": "~=1.5.1", "joblib": ">=1.4.0,<2", "pandas": ">=2.2.0,<3"},
        "xgboost": {"xgboost": "~=2.1.1"},
        "lightgbm": {"lightgbm": "~=4.5.0", "pandas": ">=2.2.0,<3"},
        # mlserver-mlflow 1.5.0 names no bound for mlflow, but needs pydantic 1.
        "mlflow": {"pydantic": "<2"},
        "huggingface": {"transformers": ">=4.51.2"},
    },
    "0.20": {
        "sklearn": {"scikit-learn": "~=1.5.1", "joblib": ">=1.4.0,<2", "pandas": ">=2.2.0,<3"},
        "xgboost": {"xgboost": "~=2.1.1"},
        "lightgbm": {"lightgbm": "~=4.6.0", "pandas": ">=2.2.0,<3"},
        "mlflow": {"mlflow": ">=2.19.0"},
        "huggingface": {"transformers": ">=5.5.3"},
    },
}
_VLLM: Mapping[str, str] = {"0.15": "0.8.5", "0.20": "0.24.0"}


def image(name: str, kserve: str) -> str:
    """The image of a runtime with its tag. Raises KeyError for what is not known."""
    return _IMAGES[kserve][name]


def packages(name: str, kserve: str) -> Mapping[str, str]:
    """What a runtime pins of the libraries that read the model, by distribution. Raises KeyError as `image`."""
    return MappingProxyType(_PACKAGES[kserve][name])


def vllm_version(kserve: str) -> str:
    """The version of vLLM in that release's images. Raises KeyError as `image`."""
    return _VLLM[kserve]
