"""What is known about a serving runtime."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from fairlead.catalogue.versions import satisfies

Gpu = Literal["never", "optional", "required"]
Answers = Literal["label", "probability"]
Family = Literal["kserve", "mlserver", "triton", "torchserve", "tensorflow", "vllm", "custom"]

NOTHING: Mapping[str, str] = MappingProxyType({})
"""A mapping with nothing in it, that nobody can add to."""


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
    image: str | None
    """The image with its tag, as that release of KServe pins it; None for `custom`, whose image the user names. Where
    KServe writes `latest`, the tag is the one that the same release builds or tests with."""
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
    env: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    packages: Mapping[str, str] = field(default_factory=lambda: NOTHING)
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
    probability_env: Mapping[str, str] = field(default_factory=lambda: NOTHING)
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
