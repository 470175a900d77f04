"""`fairlead lock` fills what locks lack with what the others say, and writes nothing where one of them doesn't."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from fairlead.project.registration import DIGEST, PACKAGES
from fairlead.remote.contents import manifest_of, manifest_path
from fairlead.remote.storage import uri_of
from fairlead.steps import snapshot
from fairlead.steps.context import Context
from fairlead.steps.failures import BadData
from tests.unit.locking.conftest import Project


def test_the_first_lock_has_the_data_and_the_newest_version(project: Project) -> None:
    project.register()
    project.register()
    result = project.run("lock", "churn", "-e", "staging")
    assert result.exit_code == 0, result.output
    value = project.lock("staging")
    assert value.model == project.model(2).model_copy(update={"run": None})
    assert value.data["customers"].digest == manifest_of(project.root.parent / "data").digest  # type: ignore[index]
    assert "version 2 of churn" in result.stdout


def test_the_manifest_of_pinned_data_is_kept_where_the_lock_says(project: Project) -> None:
    project.run("lock", "churn", "-e", "staging")
    locked = project.lock("staging").data["customers"]  # type: ignore[index]
    assert locked.manifest is not None
    kept = project.artifacts / manifest_path(str(locked.digest))
    assert str(locked.manifest).endswith(str(kept))
    assert sha256(kept.read_bytes()).hexdigest() == locked.digest.hex


def test_a_training_says_what_has_changed_since_the_lock(project: Project) -> None:
    project.run("lock", "churn", "-e", "staging")
    locked = project.lock("staging").data["customers"]  # type: ignore[index]
    data = project.root.parent / "data"
    (data / "customers.csv").write_text("id,tenure\n1,3\n")
    environ = {"FAIRLEAD_STEP": "data/customers", "FAIRLEAD_ARTIFACTS": uri_of(project.artifacts)}
    told = {"uri": uri_of(data), "format": "csv", "digest": str(locked.digest)}
    with pytest.raises(BadData, match=r"changed: customers\.csv"):
        snapshot.run(Context(environ, told))


def test_before_the_first_version_the_rest_is_locked(project: Project) -> None:
    assert project.run("lock", "churn", "-e", "staging").exit_code == 0
    assert project.lock("staging").model is None


def test_a_version_comes_into_other_environments_by_promotion_alone(project: Project) -> None:
    project.register()
    assert project.run("lock").exit_code == 0
    assert project.lock("staging").model is not None
    assert not project.path("production").exists() or project.lock("production").model is None


def test_again_it_is_unchanged_and_nothing_is_touched(project: Project) -> None:
    project.register()
    project.run("lock", "churn", "-e", "staging")
    before = project.path("staging").stat().st_mtime_ns
    for more in ([], ["--update"]):
        result = project.run("lock", "churn", "-e", "staging", *more)
        assert (result.exit_code, result.stdout) == (0, "specs/churn.staging.lock.yaml: unchanged\n")
    assert project.path("staging").stat().st_mtime_ns == before


def test_what_is_locked_is_asked_for_again_with_update_alone(project: Project) -> None:
    project.register()
    project.run("lock", "churn", "-e", "staging")
    project.register()
    (project.root.parent / "data/customers.csv").write_text("id,tenure\n1,3\n")
    before = project.path("staging").read_text()
    project.run("lock", "churn", "-e", "staging")
    assert project.path("staging").read_text() == before
    project.run("lock", "churn", "-e", "staging", "--update")
    value = project.lock("staging")
    assert value.model is not None
    assert value.previous is not None
    assert (value.model.version, value.previous.version) == (2, 1)
    assert value.data["customers"].digest == manifest_of(project.root.parent / "data").digest  # type: ignore[index]


def test_comments_survive_and_move_with_their_version(project: Project) -> None:
    project.register()
    project.run("lock", "churn", "-e", "staging")
    text = project.path("staging").read_text()
    text = text.replace("  version: 1\n", "  # trained on the winter's data\n  version: 1  # by hand\n")
    project.path("staging").write_text(f"# Ask growth-ml before you change this.\n{text}")
    project.register()
    assert project.run("lock", "churn", "-e", "staging", "--update").exit_code == 0
    lines = project.path("staging").read_text().splitlines()
    assert lines[0] == "# Ask growth-ml before you change this."
    at = lines.index("previous:")
    assert lines[at + 1 : at + 3] == ["  # trained on the winter's data", "  version: 1  # by hand"]


def test_every_failure_is_told_and_nothing_is_written(project: Project) -> None:
    project.register({DIGEST: "sha256:1", "fairlead.pipeline": "churn"})
    (project.root.parent / "data/customers.csv").unlink()
    result = project.run("lock", "churn")
    assert result.exit_code == 1
    assert {"FL2031", "FL2032"} <= set(result.stderr.replace("[", " ").replace("]", " ").split())
    assert result.stdout == ""
    assert not list(project.root.rglob("*.lock.yaml"))
    assert not (project.artifacts / "manifests").exists()


def test_where_the_manifest_can_not_be_kept_no_lock_names_it(project: Project) -> None:
    (project.artifacts / "manifests").write_text("a file where a folder belongs")
    result = project.run("lock", "churn", "-e", "staging")
    assert (result.exit_code, "FL2031" in result.stderr) == (1, True)
    assert not project.path("staging").exists()


def test_a_version_that_something_else_registered_is_passed_over_and_said(project: Project) -> None:
    project.register()
    project.register({})
    result = project.run("lock", "churn", "-e", "staging")
    assert result.exit_code == 0
    assert "version 2 of churn was registered by something else" in result.stderr
    assert project.lock("staging").model == project.model(1).model_copy(update={"run": None})


def test_a_version_whose_tags_were_edited_is_refused_with_the_tag(project: Project) -> None:
    number = project.register()
    project.mlflow.tag_version("churn", number, {PACKAGES: json.dumps([])})
    result = project.run("lock", "churn", "-e", "staging")
    assert (result.exit_code, "`fairlead.packages`" in result.stderr) == (1, True)


def test_a_version_whose_folder_is_gone_is_refused(project: Project) -> None:
    project.register()
    (next((project.artifacts / "models/churn").iterdir()) / "model.pkl").unlink()
    next((project.artifacts / "models/churn").iterdir()).rmdir()
    result = project.run("lock", "churn", "-e", "staging")
    assert (result.exit_code, "FL2033" in result.stderr) == (1, True)
    assert not project.path("staging").exists()


def test_a_version_that_was_rolled_back_is_not_taken_again(project: Project) -> None:
    project.register()
    project.run("lock", "churn", "-e", "staging")
    project.register()
    project.run("lock", "churn", "-e", "staging", "--update")
    assert project.run("rollback", "churn", "--in", "staging").exit_code == 0
    result = project.run("lock", "churn", "-e", "staging", "--update")
    assert "it was rolled back" in result.stderr
    value = project.lock("staging")
    assert value.model is not None
    assert value.model.version == 1


def test_aliases_follow_the_lock(project: Project) -> None:
    project.register()
    project.run("lock", "churn", "-e", "staging")
    aliased = project.mlflow.aliased("churn", "staging")
    assert aliased is not None
    assert aliased.number == 1


def test_an_alias_that_can_not_be_set_is_a_warning_with_the_command_that_sets_it(project: Project) -> None:
    project.serve("staging", 3)
    result = project.run("rollback", "churn", "--in", "staging")
    assert result.exit_code == 1  # there is none before it
    project.register()
    project.serve("staging", 4)
    result = project.run("rollback", "churn", "--in", "staging")
    assert result.exit_code == 0
    assert "warning[FL2038]" in result.stderr
    assert "`fairlead lock churn -e staging --aliases` sets it again" in result.stderr
    assert project.lock("staging").model is not None


@pytest.mark.parametrize("command", [("lock", "churn", "--local"), ("rollback", "churn", "--local")])
def test_on_this_machine_there_is_nothing_before_the_first_run(project: Project, command: tuple[str, ...]) -> None:
    result = project.run(*command)
    assert result.exit_code == 1
    assert ("FL2034" in result.stderr) or ("FL2037" in result.stderr)


def test_an_environment_that_is_not_there_is_said(project: Project) -> None:
    result = project.run("lock", "churn", "-e", "prod")
    assert result.exit_code != 0
    assert "no environment `prod`" in result.output
