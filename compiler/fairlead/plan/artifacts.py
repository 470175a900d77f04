"""What flows along the edges of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ArtifactType(StrEnum):
    """The kinds of thing that nodes give to each other."""

    SNAPSHOT = "Snapshot"
    MANIFEST = "Manifest"
    DATASET = "Dataset"
    PARAMETERS = "Parameters"
    MODEL = "Model"
    REPORT = "Report"
    MODEL_VERSION = "ModelVersion"
    CANDIDATE = "Candidate"
    ENDPOINT = "Endpoint"
    PAYLOADS = "Payloads"
    PREDICTIONS = "Predictions"
    METRIC = "Metric"
    ALERT = "Alert"


@dataclass(frozen=True, slots=True)
class Artifact:
    """One thing that a node gives, under an id that is unique in its plan.

    `same_as` names the artifact whose bytes these are: a check passes on the dataset that it approved, so that nothing
    can read the data around the check, and nothing is copied for it.
    """

    id: str
    type: ArtifactType
    same_as: str | None = None
    format: str | None = None
    """csv, parquet, jsonl or files, for a dataset."""


@dataclass(frozen=True, slots=True)
class Use:
    """An artifact that a node reads, under the name that its step knows it by."""

    name: str
    artifact: str
    mode: str = "copy"
    """`copy` puts the bytes at a path; `reference` gives the URI."""
    optional: bool = False
    """Whether the node runs without it too, as a gate does before there is a champion."""


@dataclass(frozen=True, slots=True)
class Give:
    """An artifact that a node writes, under the name that its step knows it by."""

    name: str
    artifact: Artifact
