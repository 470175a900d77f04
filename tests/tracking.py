"""An embedded MLflow for tests: making its tables takes seconds, so they are made once and copied."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fairlead.remote.mlflow import Mlflow, embedded


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a database with MLflow's tables and nothing in them."""
    folder = tmp_path_factory.mktemp("mlflow-tables")
    Mlflow(embedded(folder)).versions("nothing")
    return folder / "mlflow.db"


@pytest.fixture
def tracking(tables: Path, tmp_path: Path) -> Mlflow:
    """An MLflow of this test's own."""
    uri = embedded(tmp_path / "mlflow")
    shutil.copy(tables, tmp_path / "mlflow/mlflow.db")
    return Mlflow(uri)
