"""A repository is read as a whole, and everything that is wrong with it is said at its place."""

from __future__ import annotations

import os
from pathlib import Path

from fairlead.workspace.load import load
from tests.projects import CHURN, FAIRLEAD, read_project, said, write_project

OVERLAID = CHURN + "environments:\n  production:\n    model: {train: {timeout: 3h}}\n"


def test_the_smallest_specification_has_a_unit_in_every_environment(tmp_path: Path) -> None:
    workspace = read_project(tmp_path)
    assert workspace.diagnostics == []
    assert {name: list(units) for name, units in workspace.units.items()} == {
        "staging": ["churn"],
        "production": ["churn"],
    }


def test_an_environments_patch_holds_in_that_environment_alone(tmp_path: Path) -> None:
    workspace = read_project(tmp_path, {"specs/churn.yaml": OVERLAID})
    timeouts = {
        name: str(unit.pipeline.model.train.timeout)
        for name, units in workspace.units.items()
        for unit in units.values()
        if unit.pipeline.model and unit.pipeline.model.train
    }
    assert timeouts == {"staging": "2h", "production": "3h"}


def test_an_error_in_an_environments_patch_stands_in_the_patch(tmp_path: Path) -> None:
    wrong = CHURN + "environments:\n  production:\n    model: {train: {timeout: soon}}\n"
    workspace = read_project(tmp_path, {"specs/churn.yaml": wrong})
    assert said(workspace.diagnostics) == [("FL1201", "specs/churn.yaml:8:30")]


def test_an_error_of_the_base_is_said_once_for_all_environments(tmp_path: Path) -> None:
    wrong = OVERLAID.replace("owner: growth-ml", "ownr: growth-ml")
    workspace = read_project(tmp_path, {"specs/churn.yaml": wrong})
    assert said(workspace.diagnostics) == [("FL1102", "specs/churn.yaml:3:1"), ("FL1101", "specs/churn.yaml:3:25")]


def test_a_null_in_a_patch_that_removes_nothing_is_an_error(tmp_path: Path) -> None:
    wrong = CHURN + "environments:\n  production:\n    serving: null\n"
    workspace = read_project(tmp_path, {"specs/churn.yaml": wrong})
    assert said(workspace.diagnostics) == [("FL1107", "specs/churn.yaml:8:5")]


def test_defaults_come_under_every_specification_and_their_errors_stand_in_fairlead_yaml(tmp_path: Path) -> None:
    good = read_project(
        tmp_path / "good", fairlead=FAIRLEAD + "defaults: {monitoring: {runbook: https://r.example/x}}\n"
    )
    unit = good.units["staging"]["churn"]
    assert unit.pipeline.monitoring is not None
    assert str(unit.pipeline.monitoring.runbook) == "https://r.example/x"
    bad = read_project(tmp_path / "bad", fairlead=FAIRLEAD + "defaults: {monitoring: {runbok: https://r.example/x}}\n")
    assert said(bad.diagnostics) == [("FL1101", "fairlead.yaml:16:25")]
    assert bad.diagnostics[0].nearest == "runbook"


def test_what_is_each_pipelines_own_has_no_default(tmp_path: Path) -> None:
    workspace = read_project(tmp_path, fairlead=FAIRLEAD + "defaults: {metadata: {name: x}}\n")
    assert ("FL2013", "fairlead.yaml:16:29") in said(workspace.diagnostics)


def test_an_unknown_environment_is_named_with_the_nearest(tmp_path: Path) -> None:
    wrong = CHURN + "environments:\n  producton: {suspend: true}\n"
    (found,) = read_project(tmp_path, {"specs/churn.yaml": wrong}).diagnostics
    assert (found.code.id, str(found.place), found.nearest) == ("FL2003", "specs/churn.yaml:7:3", "production")


def test_an_environment_cannot_change_what_a_pipeline_is(tmp_path: Path) -> None:
    wrong = CHURN + "environments:\n  production: {metadata: {name: other}}\n"
    assert ("FL2011", "specs/churn.yaml:7:33") in said(read_project(tmp_path, {"specs/churn.yaml": wrong}).diagnostics)


def test_two_specifications_of_one_name_are_refused_with_both_places(tmp_path: Path) -> None:
    workspace = read_project(tmp_path, {"specs/a.yaml": CHURN, "specs/b.yaml": CHURN})
    found = workspace.diagnostics[0]
    assert (found.code.id, str(found.place)) == ("FL2006", "specs/b.yaml:3:18")
    assert str(found.related[0].place) == "specs/a.yaml:3:18"
    assert len(workspace.diagnostics) == 1


def test_training_happens_in_exactly_one_environment(tmp_path: Path) -> None:
    none = read_project(tmp_path / "none", fairlead=FAIRLEAD.replace(", trains: true", ""))
    assert [found.code.id for found in none.diagnostics] == ["FL2004"]
    both = FAIRLEAD.replace("protected: true", "protected: true, trains: true")
    assert "FL2004" in [found.code.id for found in read_project(tmp_path / "both", fairlead=both).diagnostics]


def test_environments_come_after_one_that_stands_above_them(tmp_path: Path) -> None:
    wrong = FAIRLEAD.replace("{namespace: ml-staging, trains: true}", "{namespace: ml-staging, after: production}")
    workspace = read_project(tmp_path, fairlead=wrong.replace("after: staging", "trains: true"))
    assert ("FL2005", "fairlead.yaml:11:43") in said(workspace.diagnostics)


def test_two_environments_do_not_share_a_namespace(tmp_path: Path) -> None:
    workspace = read_project(tmp_path, fairlead=FAIRLEAD.replace("namespace: ml,", "namespace: ml-staging,"))
    assert said(workspace.diagnostics) == [("FL2010", "fairlead.yaml:12:27")]


LOCK = """\
apiVersion: fairlead.dev/v1
kind: Lock
metadata: {pipeline: churn, environment: staging}
"""


def test_a_lock_beside_its_specification_is_read(tmp_path: Path) -> None:
    workspace = read_project(tmp_path, {"specs/churn.yaml": CHURN, "specs/churn.staging.lock.yaml": LOCK})
    assert workspace.diagnostics == []
    assert workspace.units["staging"]["churn"].lock is not None
    assert workspace.units["production"]["churn"].lock is None


def test_a_lock_of_something_else_is_refused(tmp_path: Path) -> None:
    workspace = read_project(tmp_path, {"specs/churn.yaml": CHURN, "specs/churn.production.lock.yaml": LOCK})
    assert said(workspace.diagnostics) == [("FL2007", "specs/churn.production.lock.yaml:3:42")]


def test_a_lock_of_the_name_before_says_how_to_rename_it(tmp_path: Path) -> None:
    renamed = CHURN.replace("name: churn", "name: leavers, renamed_from: churn")
    workspace = read_project(tmp_path, {"specs/churn.yaml": renamed, "specs/churn.staging.lock.yaml": LOCK})
    assert said(workspace.diagnostics) == [("FL2007", "specs/churn.staging.lock.yaml:3:22")]
    assert workspace.diagnostics[0].help == "write `pipeline: leavers` here, as it was renamed"


def test_a_link_that_leads_nowhere_is_an_error_and_not_a_specification_less(tmp_path: Path) -> None:
    write_project(tmp_path)
    (tmp_path / "specs/gone.yaml").symlink_to("nowhere.yaml")
    (tmp_path / "specs/loop.yaml").symlink_to("loop.yaml")
    found = said(load(tmp_path).diagnostics)
    assert found == [("FL2012", "specs/gone.yaml:1:1"), ("FL2012", "specs/loop.yaml:1:1")]


def test_a_lock_without_a_specification_is_a_warning(tmp_path: Path) -> None:
    workspace = read_project(tmp_path, {"specs/churn.yaml": CHURN, "specs/gone.staging.lock.yaml": LOCK})
    assert [(found.code.id, found.level) for found in workspace.diagnostics] == [("FL2008", "warning")]


def test_a_pattern_that_matches_nothing_is_an_error(tmp_path: Path) -> None:
    assert said(read_project(tmp_path, {}).diagnostics) == [("FL2002", "fairlead.yaml:1:1")]


def test_a_lock_that_is_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    write_project(tmp_path)
    os.mkfifo(tmp_path / "specs" / "churn.staging.lock.yaml")
    found = load(tmp_path).diagnostics
    assert said(found) == [("FL2012", "specs/churn.staging.lock.yaml:1:1")]
    assert "it is a device or a pipe" in found[0].message.lower()


def test_a_specification_that_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    write_project(tmp_path)
    with (tmp_path / "specs" / "large.yaml").open("wb") as file:
        file.truncate(2**40)  # a hole: it takes no space, and more memory than there is to whoever reads it
    assert said(load(tmp_path).diagnostics) == [("FL1002", "specs/large.yaml:1:1")]
