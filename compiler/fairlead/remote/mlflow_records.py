"""What MLflow knows, as plain data, and names as it takes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from fairlead.remote.failures import RemoteFailure

if TYPE_CHECKING:
    from mlflow.entities import Run as MlflowRun
    from mlflow.entities.model_registry import ModelVersion

_NOT_IN_A_NAME: Final = re.compile(r"[^A-Za-z0-9_.\-/ ]")


@dataclass(frozen=True, slots=True)
class DatasetInput:
    """A dataset that a run reads, as MLflow shows it."""

    name: str
    digest: str
    """The digest of its manifest; MLflow keeps the first 36 characters."""
    source: str
    """Its URI, or the path that was read instead."""
    context: str
    """What it was read for: `training`, `validation`, `evaluation`."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run as MLflow knows it."""

    id: str
    experiment: str
    status: str
    """`RUNNING`, `FINISHED`, `FAILED` or `KILLED`."""
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a registered model."""

    name: str
    number: int
    source: str
    """The address of its bytes."""
    run: str | None
    tags: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()


def quoted(text: str) -> str:
    """A text within the quotes of MLflow's filters, which have no escape: a quote in it can match nothing."""
    if "'" in text:
        raise RemoteFailure(f"MLflow can't be searched for {text!r}, because of the quote in it", "rename it")
    return text


def name_of(text: str) -> str:
    """A name as MLflow takes it: `recall[age_band=40-60]` becomes `recall/age_band/40-60`."""
    path = _NOT_IN_A_NAME.sub("_", text.replace("[", "/").replace("=", "/").replace("]", ""))
    return "/".join(part if part.strip(".") else "_" for part in path.split("/"))[:250]


def run_of(found: MlflowRun) -> Run:
    """A run of MLflow's client as plain data."""
    return Run(
        str(found.info.run_id),
        str(found.info.experiment_id),
        str(found.info.status),
        dict(found.data.params),
        dict(found.data.metrics),
        dict(found.data.tags),
    )


def version_of(found: ModelVersion) -> Version:
    """A version of MLflow's client as plain data."""
    aliases: Iterable[str] = found.aliases or ()
    return Version(
        str(found.name),
        int(found.version),
        str(found.source),
        found.run_id or None,
        dict(found.tags or {}),
        tuple(sorted(aliases)),
    )
