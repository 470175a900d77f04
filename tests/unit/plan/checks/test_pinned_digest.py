from __future__ import annotations

from pathlib import Path

from fairlead.plan.checks.pinned_digest import UNLOCKED
from fairlead.source.diagnostics import Severity
from tests.unit.plan.specs import BATCH, FAIRLEAD, edit, examine

PROTECTED = edit(FAIRLEAD, ("ml-staging, trains: true", "ml-staging, trains: true, protected: true"))
PINNED = edit(BATCH, ("format: csv\n", "format: csv\n      snapshot: pinned\n"))
LOCK = f"""\
apiVersion: fairlead.dev/v1
kind: Lock
metadata: {{pipeline: energy-forecast, environment: staging}}
data: {{load: {{digest: sha256:{"a" * 64}}}}}
"""


def test_pinned_data_without_a_digest_is_noted_where_it_matters(tmp_path: Path) -> None:
    found = examine(tmp_path, PINNED, fairlead=PROTECTED)
    assert found.places(UNLOCKED) == [found.where("pinned")]
    assert found.one(UNLOCKED).level is Severity.NOTE


def test_the_default_is_pinned_too(tmp_path: Path) -> None:
    found = examine(tmp_path, BATCH, fairlead=PROTECTED)
    assert found.places(UNLOCKED) == [found.where("load", "    load:\n")]


def test_a_digest_in_the_lock_settles_it(tmp_path: Path) -> None:
    assert examine(tmp_path, PINNED, {"specs/it.staging.lock.yaml": LOCK}, PROTECTED).codes == []


def test_elsewhere_nothing_is_said(tmp_path: Path) -> None:
    assert examine(tmp_path, PINNED).codes == []
