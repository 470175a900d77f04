"""`fairlead fmt` from the outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.source import format as formatter
from tests.projects import CHURN, FAIRLEAD, write_project
from tests.unit.cli.conftest import Command

MESSY = """\
kind: Pipeline
apiVersion: fairlead.dev/v1   # the language
metadata: { name: churn,owner: growth-ml }
data: {sources: {customers: {uri: 's3://acme-ml/customers.parquet'}}}
model:
    train:
        command: [python, -m, churn.train]
"""
NEAT = """\
apiVersion: fairlead.dev/v1   # the language
kind: Pipeline
metadata: {name: churn, owner: growth-ml}
data: {sources: {customers: {uri: "s3://acme-ml/customers.parquet"}}}
model:
  train:
    command: [python, -m, churn.train]
"""


def project(fairlead: Command) -> Path:
    write_project(fairlead.folder, {"specs/churn.yaml": MESSY})
    return fairlead.folder / "specs" / "churn.yaml"


def test_the_whole_project_is_formatted_and_says_what_changed(fairlead: Command) -> None:
    spec = project(fairlead)
    done = fairlead("fmt")
    assert (done.code, done.out) == (0, "specs/churn.yaml\n")
    assert done.err == "1 of 2 files formatted\n"
    assert spec.read_text(encoding="utf-8") == NEAT
    assert sorted(path.name for path in spec.parent.iterdir()) == ["churn.yaml"]


def test_a_second_time_there_is_nothing_to_do(fairlead: Command) -> None:
    spec = project(fairlead)
    fairlead("fmt")
    before = spec.stat().st_mtime_ns
    done = fairlead("fmt", "--check")
    assert (done.code, done.out, done.err) == (0, "", "2 files canonical already\n")
    assert spec.stat().st_mtime_ns == before


def test_check_leaves_with_2_and_writes_nothing(fairlead: Command) -> None:
    spec = project(fairlead)
    done = fairlead("fmt", "--check")
    assert (done.code, done.out) == (2, "specs/churn.yaml\n")
    assert spec.read_text(encoding="utf-8") == MESSY


def test_a_difference_is_shown_and_not_written(fairlead: Command) -> None:
    spec = project(fairlead)
    done = fairlead("fmt", "--diff")
    assert done.code == 0
    assert "--- specs/churn.yaml\n+++ specs/churn.yaml\n" in done.out
    assert "+apiVersion: fairlead.dev/v1   # the language\n kind: Pipeline\n-apiVersion" in done.out
    assert spec.read_text(encoding="utf-8") == MESSY
    assert fairlead("fmt", "--diff", "--check").code == 2


def test_files_that_are_named_are_the_only_ones(fairlead: Command) -> None:
    project(fairlead)
    assert fairlead("fmt", "--check", "fairlead.yaml").code == 0
    assert fairlead("fmt", "--check", "specs/churn.yaml").code == 2


def test_a_file_of_another_kind_keeps_its_keys(fairlead: Command) -> None:
    (fairlead.folder / "x.yaml").write_text("zeta:   1\nalpha: { b: 2 }\n", encoding="utf-8")
    assert fairlead("fmt", "x.yaml").code == 0
    assert (fairlead.folder / "x.yaml").read_text(encoding="utf-8") == "zeta: 1\nalpha: {b: 2}\n"


def test_a_file_with_errors_is_reported_and_left_alone(fairlead: Command) -> None:
    spec = project(fairlead)
    (spec.parent / "broken.yaml").write_text("a:  1\na: 2\n", encoding="utf-8")
    done = fairlead("fmt")
    assert (done.code, done.out) == (1, "specs/churn.yaml\n")
    assert "error[FL1012]" in done.err
    assert "specs/broken.yaml:2:1" in done.err
    assert (spec.parent / "broken.yaml").read_text(encoding="utf-8") == "a:  1\na: 2\n"


def test_what_is_valid_yaml_and_no_valid_specification_is_formatted(fairlead: Command) -> None:
    write_project(fairlead.folder, {"specs/churn.yaml": CHURN.replace("owner", "ownr") + "wrong:   1\n"})
    assert fairlead("fmt").out == "specs/churn.yaml\n"


def test_defaults_and_environments_are_ordered_as_specifications_are(fairlead: Command) -> None:
    defaults = FAIRLEAD + "defaults:\n  serving:\n    timeout: 5s\n    protocol: v2\n"
    overlay = CHURN + "environments:\n  staging:\n    serving:\n      timeout: 5s\n      mode: knative\n"
    write_project(fairlead.folder, {"specs/churn.yaml": overlay}, defaults)
    fairlead("fmt")
    assert "    protocol: v2\n    timeout: 5s\n" in (fairlead.folder / "fairlead.yaml").read_text(encoding="utf-8")
    assert "      mode: knative\n      timeout: 5s\n" in (fairlead.folder / "specs" / "churn.yaml").read_text("utf-8")


def test_the_mode_of_a_file_stays(fairlead: Command) -> None:
    spec = project(fairlead)
    spec.chmod(0o640)
    fairlead("fmt")
    assert spec.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(fairlead: Command) -> None:
    project(fairlead)
    link = fairlead.folder / "link.yaml"
    link.symlink_to("specs/churn.yaml")
    fairlead("fmt", "link.yaml")
    assert link.is_symlink()
    assert link.read_text(encoding="utf-8") == NEAT


def test_a_formatter_at_fault_writes_nothing(fairlead: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = project(fairlead)
    monkeypatch.setattr("fairlead.source.format.formatter.rendered", lambda lines: "a: 1\n")
    done = fairlead("fmt")
    assert done.code == 3
    assert formatter.Changed.__name__ in done.err
    assert spec.read_text(encoding="utf-8") == MESSY
