"""`fairlead graph` from the outside."""

from __future__ import annotations

import json

from tests.projects import write_project
from tests.unit.cli.conftest import Command
from tests.unit.plan.draw.example import FAIRLEAD, PARCELS, SPECS


def project(fairlead: Command) -> None:
    write_project(fairlead.folder, SPECS, FAIRLEAD)


def test_the_tree_is_the_result(fairlead: Command) -> None:
    project(fairlead)
    done = fairlead("graph", "specs/parcels.yaml")
    assert done.code == 0
    assert done.out.startswith("parcels in staging, of mailroom-ml\n")
    assert "\x1b" not in done.out


def test_a_pipeline_goes_by_its_name_too(fairlead: Command) -> None:
    project(fairlead)
    assert fairlead("graph", "parcels").out == fairlead("graph", "specs/parcels.yaml").out


def test_another_environment_is_shown_where_it_is_asked_for(fairlead: Command) -> None:
    project(fairlead)
    document = json.loads(fairlead("graph", "parcels", "-e", "production", "--format", "json").out)
    assert document["environment"] == "production"


def test_an_environment_that_is_none_is_refused(fairlead: Command) -> None:
    project(fairlead)
    done = fairlead("graph", "parcels", "-e", "prod")
    assert (done.code, done.out) == (1, "")
    assert "has no environment 'prod'; it has staging, production" in done.err


def test_a_picture_goes_to_a_file(fairlead: Command) -> None:
    project(fairlead)
    done = fairlead("graph", "parcels", "--format", "svg", "--out", "pictures/parcels.svg")
    assert (done.code, done.out) == (0, "")
    assert (fairlead.folder / "pictures" / "parcels.svg").read_text(encoding="utf-8").startswith("<svg ")


def test_a_file_that_cannot_be_written_is_said(fairlead: Command) -> None:
    project(fairlead)
    done = fairlead("graph", "parcels", "--out", "fairlead.yaml/x")
    assert done.code == 1
    assert "can't be written" in done.err


def test_what_cannot_be_planned_is_said_as_validate_says_it(fairlead: Command) -> None:
    broken = PARCELS.replace("  train: {command", "  train: {inputs: [scanz], command")
    write_project(fairlead.folder, {"specs/parcels.yaml": broken}, FAIRLEAD)
    done = fairlead("graph", "parcels")
    assert (done.code, done.out) == (1, "")
    assert "error[FL3001]" in done.err
    assert "scanz" in done.err


def test_a_specification_that_cannot_be_read_is_said(fairlead: Command) -> None:
    write_project(fairlead.folder, {"specs/parcels.yaml": PARCELS.replace("owner", "ownr")}, FAIRLEAD)
    done = fairlead("graph", "specs/parcels.yaml")
    assert (done.code, done.out) == (1, "")
    assert "error[FL1102]" in done.err


def test_what_is_wrong_elsewhere_is_no_concern(fairlead: Command) -> None:
    broken = PARCELS.replace("name: parcels", "name: broken").replace("owner", "ownr")
    write_project(fairlead.folder, {**SPECS, "specs/broken.yaml": broken}, FAIRLEAD)
    done = fairlead("graph", "parcels")
    assert done.code == 0
    assert "ownr" not in done.err


def test_several_specifications_are_too_many(fairlead: Command) -> None:
    project(fairlead)
    done = fairlead("graph", "specs")
    assert done.code == 1
    assert "holds 3 specifications" in done.err
