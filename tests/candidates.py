"""Candidates and their records, for tests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from fairlead.project.candidate import Candidate, encode, record_path


def digest(text: str) -> str:
    """The digest of a text, as an image or a model would have one."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def model(version: int) -> dict[str, Any]:
    """A version as a lock holds it; another version has another digest."""
    own = digest(f"model {version}")
    return {
        "version": version,
        "run": f"{version:032x}",
        "uri": f"s3://acme-ml-artifacts/models/churn/{own.replace(':', '-')}/",
        "digest": own,
        "packages": {"python": "3.11", "scikit-learn": "1.5.2"},
        "signature": {"inputs": [{"name": "tenure", "type": "double"}]},
        "metrics": {"roc_auc": 0.91, "log_loss": 1e-05},
    }


def content(version: int = 16, pipeline: str = "churn") -> dict[str, Any]:
    """A candidate that the gate let through, as JSON has it."""
    return {
        "apiVersion": "fairlead.dev/v1",
        "kind": "Candidate",
        "pipeline": pipeline,
        "model": model(version),
        "verdict": {
            "passed": True,
            "clauses": [{"clause": "roc_auc >= 0.9", "value": 0.91, "bound": 0.9, "holds": True}],
        },
        "data": {"customers": {"digest": digest("customers")}},
        "images": {"ghcr.io/acme/churn": {"digest": digest("image"), "tree": "e" * 40}},
    }


def candidate(version: int = 16, pipeline: str = "churn") -> Candidate:
    """The same as a model."""
    return Candidate.model_validate(content(version, pipeline))


def record(version: int = 16, pipeline: str = "churn") -> tuple[str, bytes]:
    """A record's file name and its bytes."""
    data = encode(candidate(version, pipeline))
    return record_path(pipeline, data).rpartition("/")[2], data


def record_of(change: Callable[[dict[str, Any]], object]) -> tuple[str, bytes]:
    """The name and the bytes of a record that says something else."""
    changed = content()
    change(changed)
    data = json.dumps(changed).encode()
    return f"sha256-{hashlib.sha256(data).hexdigest()}.json", data
