"""`fairlead lock` takes what it is given, whole, into the lock that is meant, and refuses what would do harm."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fairlead.cli.lock import command
from tests.candidates import digest, record, record_of
from tests.projects import CHURN, FAIRLEAD, write_project
from tests.unit.workspace.test_lockfile import lock

IMAGE = "ghcr.io/acme/churn"
SERVED = CHURN + "serving: {}\n"
CANARY = CHURN + "serving: {rollout: {canary: [10%, 50%]}, access: {expose: gateway}}\n"


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, ["churn", "--project", str(folder), "-e", "staging", *arguments])


def of(folder: Path, version: int = 16, pipeline: str = "churn") -> str:
    """Writes a candidate record beside the project and gives its path."""
    name, data = record(version, pipeline)
    (folder / name).write_bytes(data)
    return str(folder / name)


def text(folder: Path) -> str:
    return (folder / "specs/churn.staging.lock.yaml").read_text()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path)


def test_an_image_goes_into_a_new_lock(project: Path) -> None:
    result = run(project, "--image", f"{IMAGE}@{digest('a')}", "--tree", "a" * 40)
    assert result.exit_code == 0
    assert result.output == f"specs/churn.staging.lock.yaml: {IMAGE} is {digest('a')}\n"
    locked = lock(text(project)).images[IMAGE]
    assert (str(locked.digest), locked.tree) == (digest("a"), "a" * 40)


def test_the_same_again_says_so_and_writes_nothing(project: Path) -> None:
    run(project, "--image", f"{IMAGE}@{digest('a')}")
    before = (project / "specs/churn.staging.lock.yaml").stat().st_mtime_ns
    result = run(project, "--image", f"{IMAGE}@{digest('a')}")
    assert result.exit_code == 0
    assert "nothing to change" in result.output
    assert (project / "specs/churn.staging.lock.yaml").stat().st_mtime_ns == before


def test_an_image_that_nothing_uses_is_refused_with_the_one_that_was_meant(project: Path) -> None:
    result = run(project, "--image", f"ghcr.io/acme/chrn@{digest('a')}")
    assert result.exit_code == 1
    assert "FL2023" in result.output
    assert f"did you mean `{IMAGE}`" in result.output
    assert not (project / "specs/churn.staging.lock.yaml").exists()


def test_a_tag_is_no_digest(project: Path) -> None:
    result = run(project, "--image", f"{IMAGE}:main")
    assert (result.exit_code, "FL2027" in result.output) == (1, True)


def test_a_candidate_becomes_the_version_that_is_served(project: Path) -> None:
    result = run(project, "--candidate", of(project))
    assert result.exit_code == 0
    model = lock(text(project)).model
    assert model is not None
    assert model.version == 16


def test_the_next_candidate_replaces_it_and_keeps_it_as_the_previous(project: Path) -> None:
    for version in (16, 17):
        assert run(project, "--candidate", of(project, version)).exit_code == 0
    value = lock(text(project))
    assert (value.model and value.model.version, value.previous and value.previous.version) == (17, 16)


def test_a_candidate_that_is_locked_already_changes_nothing(project: Path) -> None:
    run(project, "--candidate", of(project))
    before = text(project)
    result = run(project, "--candidate", of(project))
    assert (result.exit_code, text(project)) == (0, before)
    assert "in the lock already" in result.output


def test_an_older_candidate_is_refused(project: Path) -> None:
    run(project, "--candidate", of(project, 17))
    result = run(project, "--candidate", of(project, 16))
    assert (result.exit_code, "FL2025" in result.output) == (1, True)
    assert "version 16 is older than version 17" in result.output


def test_a_candidate_of_another_pipeline_is_refused(project: Path) -> None:
    result = run(project, "--candidate", of(project, pipeline="tumor-classifier"))
    assert (result.exit_code, "FL2024" in result.output) == (1, True)


def test_a_model_outside_of_the_projects_artifacts_is_refused(tmp_path: Path) -> None:
    write_project(tmp_path, fairlead=FAIRLEAD.replace("s3://acme-ml-artifacts", "s3://acme-other"))
    result = run(tmp_path, "--candidate", of(tmp_path))
    assert (result.exit_code, "FL2028" in result.output) == (1, True)
    assert "the models of churn are in s3://acme-other/models/churn" in result.output


def test_a_model_outside_of_the_pipelines_own_folder_is_refused(project: Path) -> None:
    """Whoever can write one record into the store proposes no other pipeline's model by it."""
    name, data = record_of(lambda it: it["model"].update(uri=it["model"]["uri"].replace("/churn/", "/churn-2/")))
    (project / name).write_bytes(data)
    result = run(project, "--candidate", str(project / name))
    assert (result.exit_code, "FL2028" in result.output) == (1, True)
    assert not (project / "specs/churn.staging.lock.yaml").exists()


def test_a_damaged_record_is_refused(project: Path) -> None:
    path = Path(of(project))
    path.write_bytes(path.read_bytes().replace(b"0.91", b"0.99"))
    result = run(project, "--candidate", str(path))
    assert (result.exit_code, "FL2021" in result.output) == (1, True)


def test_where_the_environment_wants_a_canary_a_candidate_starts_as_one(tmp_path: Path) -> None:
    write_project(tmp_path, {"specs/churn.yaml": CANARY})
    assert run(tmp_path, "--candidate", of(tmp_path, 16)).exit_code == 0
    result = run(tmp_path, "--candidate", of(tmp_path, 17))
    assert result.exit_code == 0
    assert "starts as a canary at 10%" in result.output
    value = lock(text(tmp_path))
    assert value.model is not None
    assert value.rollout is not None
    assert (value.model.version, value.rollout.canary.version, value.previous) == (16, 17, None)


def test_a_third_version_waits_for_the_end_of_a_rollout(tmp_path: Path) -> None:
    write_project(tmp_path, {"specs/churn.yaml": CANARY})
    for version in (16, 17):
        run(tmp_path, "--candidate", of(tmp_path, version))
    result = run(tmp_path, "--candidate", of(tmp_path, 18))
    assert (result.exit_code, "FL2026" in result.output) == (1, True)


def test_without_steps_a_served_version_is_replaced(tmp_path: Path) -> None:
    write_project(tmp_path, {"specs/churn.yaml": SERVED})
    for version in (16, 17):
        run(tmp_path, "--candidate", of(tmp_path, version))
    assert lock(text(tmp_path)).rollout is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--image", f"{IMAGE}@{digest('a')}", "--candidate", __file__], "give either --image or --candidate"),
        (["--image", f"{IMAGE}@{digest('a')}", "--update"], "nobody is asked"),
        (["--image", f"{IMAGE}@{digest('a')}", "-e", "production"], "name one SPEC and one --environment"),
        (["--tree", "a" * 40], "--tree belongs to --image"),
        (["--local"], "takes neither --environment"),
        (["--image", f"{IMAGE}@{digest('a')}", "--tree", "main"], "no id of a Git tree"),
        (["--image", "ghcr.io/Acme/churn"], "no repository of images"),
        (["-e", "prod"], "no environment `prod`; it has staging, production"),
    ],
)
def test_a_command_line_that_says_nothing_is_refused(project: Path, arguments: list[str], words: str) -> None:
    result = run(project, *arguments)
    assert result.exit_code != 0
    assert words in result.output


def test_a_broken_specification_is_reported_and_nothing_is_locked(tmp_path: Path) -> None:
    write_project(tmp_path, {"specs/churn.yaml": CHURN + "surprise: 1\n"})
    result = run(tmp_path, "--image", f"{IMAGE}@{digest('a')}")
    assert result.exit_code == 1
    assert not (tmp_path / "specs/churn.staging.lock.yaml").exists()


def test_one_lock_at_a_time(tmp_path: Path) -> None:
    write_project(tmp_path, {"specs/churn.yaml": CHURN, "specs/b.yaml": CHURN.replace("churn", "b")})
    result = CliRunner().invoke(
        command, [str(tmp_path / "specs"), "--project", str(tmp_path), "-e", "staging", "--image", f"b@{digest('a')}"]
    )
    assert result.exit_code != 0
    assert "names 2 specifications" in result.output


def test_a_record_that_is_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    write_project(tmp_path)
    os.mkfifo(tmp_path / "record.json")
    result = run(tmp_path, "--candidate", str(tmp_path / "record.json"))
    assert result.exit_code != 0
    assert "It is a device or a pipe" in result.output
