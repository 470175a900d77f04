"""The files of a new project, as a user reads them."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from fairlead.workspace.scaffold.answers import Answers
from fairlead.workspace.scaffold.files import project_files

ANSWERS = Answers("late-parcels", "mailroom-ml", "Acme/ml-platform", "ml", "s3://acme-ml")
FILES = project_files(ANSWERS)


@pytest.mark.parametrize("path", [path for path in FILES if not path.endswith((".json", ".csv"))])
def test_a_new_project(path: str, snapshot: SnapshotAssertion) -> None:
    assert FILES[path] == snapshot


def test_the_made_up_rows_stay_the_same(snapshot: SnapshotAssertion) -> None:
    assert FILES["data/late-parcels.csv"].splitlines()[:12] == snapshot
