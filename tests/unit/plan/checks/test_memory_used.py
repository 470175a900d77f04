from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.memory_used import TOO_LITTLE, TOO_MUCH
from fairlead.source.diagnostics import Severity
from tests.unit.plan.specs import SCREEN, Found, edit, examine

LOCK = "specs/it.{}.lock.yaml"
DIGEST = "ab" * 32
MODEL = f"""\
model:
  version: 3
  run: 1a2b3c4d5e6f
  uri: s3://acme-ml-artifacts/models/screen/sha256-{DIGEST}/
  digest: sha256:{DIGEST}
"""


def found(folder: Path, hardware: str, usage: str, environment: str = "staging") -> Found:
    """What is found where the last run used that."""
    spec = edit(SCREEN, ("serving: {}\n", f"hardware: {hardware}\n"))
    lock = (
        "apiVersion: fairlead.dev/v1\nkind: Lock\n"
        f"metadata: {{pipeline: screen, environment: {environment}}}\n{MODEL}  usage: {usage}\n"
    )
    return examine(folder, spec, {LOCK.format(environment): lock})


def test_less_memory_than_the_last_run_used_is_a_warning_at_the_limit(tmp_path: Path) -> None:
    seen = found(tmp_path, "{train: {cpu: 4, memory: 2Gi}}", "{train: {memory: 2660Mi}}")
    assert seen.places(TOO_LITTLE) == [seen.where("2Gi")]
    one = seen.one(TOO_LITTLE)
    assert one.level is Severity.WARNING
    assert one.message == "train may use 2Gi of memory, less than the 2.6Gi that the last run used (run 1a2b3c4d)"
    assert one.help == "give it more than 2.6Gi"
    assert seen.codes == [TOO_LITTLE.id]


def test_as_much_as_it_used_is_enough(tmp_path: Path) -> None:
    assert found(tmp_path, "{train: {cpu: 4, memory: 2660Mi}}", "{train: {memory: 2660Mi}}").codes == []


def test_a_profile_of_the_project_is_shown_with_where_it_is_described(tmp_path: Path) -> None:
    seen = found(tmp_path, "{train: cpu-small}", "{train: {memory: 5Gi, measured: process}}")
    assert seen.places(TOO_LITTLE) == [seen.where("cpu-small")]
    one = seen.one(TOO_LITTLE)
    assert one.message == (
        "train may use 4Gi of memory, less than the 5Gi or more that the last run used (run 1a2b3c4d)"
    )
    assert [str(each.place) for each in one.related] == [
        seen.where("4Gi", within="cpu-small: {cpu: 2, memory: 4Gi, price: 0.09/h}", file="fairlead.yaml")
    ]


def test_steps_on_the_languages_own_hardware_are_compared_too(tmp_path: Path) -> None:
    seen = found(tmp_path, "{tune: cpu-small}", "{evaluate: {memory: 3Gi}, gate: {memory: 1Gi}}")
    assert "evaluate may use 2Gi of memory" in seen.one(TOO_LITTLE).message


def test_each_step_is_compared_with_the_role_that_it_asks_for(tmp_path: Path) -> None:
    usage = "{train: {memory: 3Gi}, evaluate: {memory: 3Gi}, split: {memory: 3Gi}}"
    seen = found(tmp_path, "{default: cpu-small, train: {memory: 2Gi}, evaluate: {memory: 1Gi}}", usage)
    assert seen.places(TOO_LITTLE) == [seen.where("2Gi"), seen.where("1Gi")]


def test_far_more_memory_than_any_of_its_steps_used_is_a_note(tmp_path: Path) -> None:
    seen = found(tmp_path, "{train: {cpu: 4, memory: 16Gi}}", "{train: {memory: 2Gi}}")
    one = seen.one(TOO_MUCH)
    assert one.level is Severity.NOTE
    assert str(one.place) == seen.where("16Gi")
    assert one.message == ("train may use 16Gi of memory, and used no more than 2Gi in the last run (run 1a2b3c4d)")
    assert one.help == "twice that would be 4Gi"


@pytest.mark.parametrize(
    ("hardware", "usage", "why"),
    [
        ("{train: {memory: 7Gi}}", "{train: {memory: 2Gi}}", "it is less than four times as much"),
        ("{train: {memory: 4Gi}}", "{train: {memory: 64Mi}}", "it is less than 4Gi more"),
        ("{train: {memory: 64Gi}}", "{train: {memory: 2Gi, measured: process}}", "the container may have used more"),
        ("{train: gpu-l4}", "{train: {memory: 2Gi}}", "it was chosen for its accelerators"),
        ("{default: {memory: 64Gi}}", "{train: {memory: 2Gi}}", "other steps run on it that were not measured"),
        ("{train: {memory: 64Gi}}", "{split: {memory: 2Gi}}", "nobody knows"),
    ],
)
def test_what_may_have_its_reasons_is_no_note(tmp_path: Path, hardware: str, usage: str, why: str) -> None:
    assert found(tmp_path, hardware, usage).codes == [], why
