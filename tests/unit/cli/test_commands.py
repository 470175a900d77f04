"""What the commands print, write and leave with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from fairlead.target import Compiled
from tests.projects import CHURN, FAIRLEAD, write_project
from tests.unit.cli.conftest import Command

PROMETHEUS = FAIRLEAD.replace("[argo-workflows, kserve, prometheus]", "[prometheus]")


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder with its bytes and its time."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".fairlead" not in path.parts
    }


def test_without_a_project_it_says_how_to_get_one(fairlead: Command) -> None:
    done = fairlead("validate")
    assert done.code == 1
    assert "error[FL2001]" in done.err
    assert "fairlead init" in done.err


def test_a_command_that_is_none_names_the_nearest(fairlead: Command) -> None:
    done = fairlead("valdate")
    assert done.code == 1
    assert "Did you mean 'validate'?" in done.err


def test_validate_says_that_all_is_well_on_the_side(fairlead: Command) -> None:
    write_project(fairlead.folder)
    done = fairlead("validate")
    assert (done.code, done.out) == (0, "")
    assert done.err == "1 specification valid for staging, production\n"


def test_validate_prints_findings_as_its_result(fairlead: Command) -> None:
    write_project(fairlead.folder, {"specs/churn.yaml": CHURN.replace("owner", "ownr")})
    done = fairlead("validate", "--format", "json")
    assert done.code == 1
    codes = [found["code"] for found in json.loads(done.out)["diagnostics"]]
    assert codes == ["FL1102", "FL1101"]


def test_a_chosen_specification_does_not_answer_for_another(fairlead: Command) -> None:
    broken = CHURN.replace("name: churn", "name: broken").replace("owner", "ownr")
    write_project(fairlead.folder, {"specs/churn.yaml": CHURN, "specs/broken.yaml": broken})
    assert fairlead("validate", "specs/churn.yaml").code == 0
    assert fairlead("validate", "specs/broken.yaml").code == 1
    assert fairlead("validate", "churn").code == 0
    assert fairlead("validate", "specs").code == 1
    assert "FL2002" in fairlead("validate", "specs/none.yaml").err


def test_it_works_from_a_folder_below_the_project(fairlead: Command) -> None:
    write_project(fairlead.folder)
    fairlead.folder /= "specs"
    assert fairlead("validate", "churn.yaml").code == 0


def test_compile_writes_and_a_second_time_touches_nothing(fairlead: Command) -> None:
    write_project(fairlead.folder, fairlead=PROMETHEUS)
    first = fairlead("compile")
    assert first.code == 0, first.err
    assert "compiled 1 specification for staging, production" in first.out
    before = tree(fairlead.folder)
    assert any(path.startswith("rendered/staging/churn/prometheus/") for path in before)
    second = fairlead("compile")
    assert second.code == 0
    assert "nothing to write" in second.out
    assert tree(fairlead.folder) == before
    assert fairlead("check").code == 0


def test_an_error_leaves_the_tree_as_it_is(fairlead: Command) -> None:
    write_project(fairlead.folder, fairlead=PROMETHEUS)
    fairlead("compile")
    before = tree(fairlead.folder / "rendered")
    write_project(fairlead.folder, {"specs/churn.yaml": CHURN.replace("owner", "ownr")}, PROMETHEUS)
    assert fairlead("compile").code == 1
    assert tree(fairlead.folder / "rendered") == before


def test_check_tells_what_differs_and_leaves_with_two(fairlead: Command) -> None:
    write_project(fairlead.folder, fairlead=PROMETHEUS)
    fairlead("compile")
    write_project(fairlead.folder, {"specs/churn.yaml": CHURN.replace("growth-ml", "other-ml")}, PROMETHEUS)
    done = fairlead("check")
    assert done.code == 2
    assert "+" in done.out
    assert "other-ml" in done.out
    listed = json.loads(fairlead("check", "--format", "json").out)
    assert listed["version"] == 1
    assert {each["pipeline"] for each in listed["differences"]} == {"churn"}


def test_a_hand_edit_is_never_overwritten(fairlead: Command) -> None:
    write_project(fairlead.folder, fairlead=PROMETHEUS)
    fairlead("compile")
    rule = next((fairlead.folder / "rendered/staging/churn/prometheus").glob("prometheusrule-*.yaml"))
    edited = rule.read_text().replace("severity: ticket", "severity: page")
    rule.write_text(edited)
    write_project(fairlead.folder, {"specs/churn.yaml": CHURN.replace("growth-ml", "other-ml")}, PROMETHEUS)
    done = fairlead("compile")
    assert done.code == 1
    assert "severity: page" in done.err
    assert rule.read_text() == edited
    assert fairlead("compile", "--overwrite-edits").code == 0
    assert rule.read_text() != edited


def test_environments_and_targets_can_be_chosen(fairlead: Command) -> None:
    write_project(fairlead.folder, fairlead=PROMETHEUS)
    assert fairlead("compile", "-e", "staging").code == 0
    assert not (fairlead.folder / "rendered/production").exists()
    wrong = fairlead("compile", "-e", "stagin")
    assert (wrong.code, "did you mean `staging`?" in wrong.err) == (1, True)
    assert fairlead("compile", "-t", "prometeus").code == 1


def test_out_writes_elsewhere(fairlead: Command) -> None:
    write_project(fairlead.folder, fairlead=PROMETHEUS)
    assert fairlead("compile", "--out", "elsewhere").code == 0
    assert (fairlead.folder / "elsewhere/rendered/staging/churn").is_dir()
    assert not (fairlead.folder / "rendered").exists()


def test_the_number_of_workers_changes_no_byte(fairlead: Command) -> None:
    names = [f"churn-{number}" for number in range(14)]
    specs = {f"specs/{name}.yaml": CHURN.replace("name: churn", f"name: {name}") for name in names}
    write_project(fairlead.folder, specs, PROMETHEUS)
    for jobs in ("1", "3"):
        assert fairlead("compile", "--jobs", jobs, "--out", jobs).code == 0
    one, three = ({path: content for path, (content, _) in tree(fairlead.folder / jobs).items()} for jobs in ("1", "3"))
    assert len(one) > 50
    assert one == three


def test_explain_leads_from_a_generated_line_to_the_line_that_made_it(fairlead: Command) -> None:
    write_project(fairlead.folder, fairlead=PROMETHEUS)
    fairlead("compile")
    rule = next((fairlead.folder / "rendered/staging/churn/prometheus").glob("prometheusrule-*.yaml"))
    done = fairlead("explain", f"{rule.relative_to(fairlead.folder)}:20")
    assert done.code == 0
    assert "from specs/churn.yaml:" in done.out
    assert fairlead("explain", "specs/churn.yaml:2").code == 1
    assert fairlead("explain", f"{rule.relative_to(fairlead.folder)}:99999").code == 1
    assert fairlead("explain", "nonsense").code == 1
    for number in ("\u00b2", "9" * 5000, "0x1"):
        assert fairlead("explain", f"specs/churn.yaml:{number}").code == 1


def test_check_ends_waivers_by_the_day_that_it_is_given(fairlead: Command) -> None:
    waiver = "waivers: [{check: serving.single-zone, reason: until the move, until: 2027-03-31}]\n"
    write_project(fairlead.folder, {"specs/churn.yaml": CHURN + waiver})
    assert fairlead("compile").code == 0
    assert fairlead("check").code == 0
    assert fairlead("check", "--as-of", "2027-03-31").code == 0
    done = fairlead("check", "--as-of", "2027-04-01")
    assert done.code == 1
    assert "error[FL7002]: the waiver of `serving.single-zone` ended on 2027-03-31, before 2027-04-01" in done.err
    assert "specs/churn.yaml:6:" in done.err
    assert fairlead("check", "--as-of", "tomorrow").code == 1


def test_explain_knows_the_codes(fairlead: Command) -> None:
    done = fairlead("explain", "fl1101")
    assert done.code == 0
    assert done.out.startswith("FL1101: a key that the language does not know (error)")
    assert "did you mean FL1101?" in fairlead("explain", "FL11O1").err or fairlead("explain", "FL0000").code == 1


def test_the_committed_schemas_and_pages_are_current(fairlead: Command, repository: Path) -> None:
    for name in ("pipeline", "project"):
        assert fairlead("schema", name).out == (repository / f"{name}.schema.json").read_text(encoding="utf-8")
    for name in ("pipeline", "project", "lock"):
        page = (repository / "docs" / "reference" / f"{name}.md").read_text(encoding="utf-8")
        assert fairlead("schema", name, "--format", "markdown").out == page
    for name in ("preview", "plan", "history"):
        schema = (repository / "docs" / "reference" / f"{name}.schema.json").read_text(encoding="utf-8")
        assert fairlead("schema", name).out == schema
    fairlead.folder = repository
    poster = (repository / "docs" / "tumor-classifier.svg").read_text(encoding="utf-8")
    assert fairlead("graph", "specs/tumor-classifier.yaml", "--format", "svg").out == poster
    pages = (repository / "docs" / "reference" / "codes.md").read_text(encoding="utf-8")
    assert fairlead("explain", "--all").out == pages


@pytest.mark.parametrize("folder", ["specs/churn.yaml/below", "fairlead.yaml"])
def test_a_folder_that_cannot_be_made_is_no_fault_of_ours(fairlead: Command, folder: str) -> None:
    write_project(fairlead.folder)
    done = fairlead("compile", "--out", folder)
    assert done.code == 1
    assert "Invalid value for '--out'" in done.err


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_are_written_to_by_nobody(tmp_path: Path, redirection: str) -> None:
    write_project(tmp_path)
    command = f"exec {sys.executable} -c 'from fairlead.cli.main import main; main()' compile {redirection}"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "rendered/staging/kustomization.yaml").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_an_output_that_takes_nothing_is_no_fault_of_ours(tmp_path: Path) -> None:
    command = f"exec {sys.executable} -c 'from fairlead.cli.main import main; main()' explain --all > /dev/full"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "No space left on device: standard output" in done.stderr


@pytest.mark.parametrize("output", ["/tmp/elsewhere", "../elsewhere", "a/../../b"])
def test_an_output_outside_of_the_repository_is_shown_where_it_is_written(fairlead: Command, output: str) -> None:
    write_project(fairlead.folder, fairlead=FAIRLEAD + f"output: {output}\n")
    done = fairlead("validate")
    assert done.code == 1
    assert f"fairlead.yaml:{FAIRLEAD.count(chr(10)) + 1}:9" in done.out
    assert "from the root of the repository" in done.out


def test_a_fault_of_ours_is_reported_without_a_traceback(fairlead: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from fairlead_targets.prometheus import PrometheusRules

    def broken(*_: object) -> Compiled:
        raise RuntimeError("a bug")

    write_project(fairlead.folder, fairlead=PROMETHEUS)
    monkeypatch.setattr(PrometheusRules, "compile", broken)
    done = fairlead("compile")
    assert done.code == 3
    assert "Traceback" not in done.err
    assert "a fault of Fairlead's" in done.err
    report = fairlead.folder / ".fairlead" / "crash-report.txt"
    assert "RuntimeError: a bug" in report.read_text()
    assert not (fairlead.folder / "rendered").exists()
