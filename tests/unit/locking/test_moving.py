"""`fairlead promote` moves versions on in the order of environments, and `fairlead rollback` goes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from fairlead.workspace.local_lock import local_lock_file
from tests.candidates import digest
from tests.repositories import IDENTITY
from tests.unit.locking.conftest import CANARY, Project
from tests.unit.workspace.test_lockfile import lock


def ago(**length: float) -> str:
    return (datetime.now(UTC) - timedelta(**length)).isoformat(timespec="seconds")


def served(project: Project, environment: str) -> tuple[int | None, int | None, int | None]:
    """The versions that are served, tried and of before."""
    value = project.lock(environment)
    canary = value.rollout.canary if value.rollout else None
    model, before = value.model, value.previous
    return tuple(each.version if each else None for each in (model, canary, before))  # type: ignore[return-value]


def test_the_newest_candidate_is_promoted_to_the_environment_that_trains(project: Project) -> None:
    for version in (3, 11, 9):
        project.propose(version)
    result = project.run("promote", "churn", "--to", "staging")
    assert result.exit_code == 0, result.output
    assert served(project, "staging") == (11, None, None)
    assert "version 11 of churn" in result.stdout


def test_without_a_candidate_there_is_nothing_to_promote(project: Project) -> None:
    result = project.run("promote", "churn", "--to", "staging")
    assert (result.exit_code, "FL2034" in result.stderr) == (1, True)


def test_a_damaged_record_is_passed_over_and_told(project: Project) -> None:
    project.propose(3)
    damaged = project.propose(4)
    damaged.write_bytes(damaged.read_bytes().replace(b"0.91", b"0.99"))
    result = project.run("promote", "churn", "--to", "staging")
    assert (result.exit_code, "warning[FL2021]" in result.stderr) == (0, True)
    assert served(project, "staging") == (3, None, None)


def test_a_candidate_whose_model_is_gone_is_refused(project: Project) -> None:
    project.propose(3)
    folder = next((project.artifacts / "models/churn").iterdir())
    (folder / "model.pkl").unlink()
    folder.rmdir()
    result = project.run("promote", "churn", "--to", "staging")
    assert (result.exit_code, "FL2033" in result.stderr) == (1, True)


def test_a_version_that_has_soaked_is_promoted(project: Project) -> None:
    project.serve("staging", 3)
    project.commit(ago(hours=25))
    result = project.run("promote", "churn", "--to", "production")
    assert result.exit_code == 0, result.output
    assert served(project, "production") == (3, None, None)
    assert project.lock("production").model == project.lock("staging").model


def test_what_training_used_stays_in_the_environment_that_trains(project: Project) -> None:
    project.serve("staging", 3)
    used = "  usage:\n    train: {memory: 2660Mi}\n"
    text = project.path("staging").read_text()
    project.path("staging").write_text(text.replace("model:\n", f"model:\n{used}", 1))
    project.commit(ago(hours=25))
    assert project.run("promote", "churn", "--to", "production").exit_code == 0
    there, here = project.lock("staging").model, project.lock("production").model
    assert there is not None
    assert "train" in there.usage
    assert here == there.model_copy(update={"usage": {}})


def test_a_version_that_has_not_soaked_is_refused_with_what_is_left(project: Project) -> None:
    project.serve("staging", 2)
    project.commit(ago(hours=48))
    project.serve("staging", 3)
    project.commit(ago(hours=20, minutes=30))
    result = project.run("promote", "churn", "--to", "production")
    assert (result.exit_code, "FL2035" in result.stderr) == (1, True)
    assert "wait for 3h30m" in result.stderr
    assert not project.path("production").exists()
    assert project.run("promote", "churn", "--to", "production", "--now").exit_code == 0
    assert served(project, "production") == (3, None, None)


def test_a_version_that_came_back_soaks_again(project: Project) -> None:
    for version, when in ((2, 72), (3, 48)):
        project.serve("staging", version)
        project.commit(ago(hours=when))
    project.run("rollback", "churn", "--in", "staging")
    project.commit(ago(hours=1))
    result = project.run("promote", "churn", "--to", "production")
    assert (result.exit_code, "FL2035" in result.stderr) == (1, True)


def test_another_comment_in_the_lock_does_not_start_the_time_again(project: Project) -> None:
    project.serve("staging", 3)
    project.commit(ago(hours=30))
    project.path("staging").write_text("# Ask growth-ml.\n" + project.path("staging").read_text())
    project.commit(ago(hours=1))
    assert project.run("promote", "churn", "--to", "production").exit_code == 0


@pytest.mark.parametrize("repository", [True, False])
def test_what_is_not_committed_serves_nowhere(project: Project, repository: bool) -> None:
    if repository:
        project.commit(ago(hours=48))
    project.serve("staging", 3)
    result = project.run("promote", "churn", "--to", "production")
    assert (result.exit_code, "FL2036" in result.stderr) == (1, True)
    assert not project.path("production").exists()


def test_production_waits_for_staging(project: Project) -> None:
    result = project.run("promote", "churn", "--to", "production")
    assert (result.exit_code, "FL2034" in result.stderr) == (1, True)
    assert "staging serves no version of churn yet" in result.stderr


def test_promoting_again_says_so_and_writes_nothing(project: Project) -> None:
    project.serve("staging", 3)
    project.commit(ago(hours=25))
    project.run("promote", "churn", "--to", "production")
    before = project.path("production").stat().st_mtime_ns
    result = project.run("promote", "churn", "--to", "production")
    assert (result.exit_code, "in the lock already" in result.stdout) == (0, True)
    assert project.path("production").stat().st_mtime_ns == before


def test_an_older_version_is_never_promoted(project: Project) -> None:
    project.serve("staging", 2, 3)
    project.run("promote", "churn", "--to", "production", "--now")
    project.run("rollback", "churn", "--in", "staging")
    result = project.run("promote", "churn", "--to", "production", "--now")
    assert (result.exit_code, "FL2025" in result.stderr) == (1, True)
    assert served(project, "production") == (3, None, None)


def test_digests_that_production_lacks_are_those_that_staging_has(make: Callable[[str], Project]) -> None:
    project = make(CANARY.replace("@{digest}", ":1.4"))
    image = f"ghcr.io/acme/server:1.4@{digest('server')}"
    assert project.run("lock", "churn", "-e", "staging", "--image", image).exit_code == 0
    project.serve("staging", 3)
    project.commit(ago(hours=25))
    result = project.run("promote", "churn", "--to", "production")
    assert result.exit_code == 0, result.output
    locked = project.lock("production").images["ghcr.io/acme/server:1.4"]
    assert locked.digest == digest("server")


def test_a_canary_gets_share_after_share_and_then_all(canary: Project) -> None:
    canary.serve("staging", 3)
    canary.run("promote", "churn", "--to", "production", "--now")
    canary.serve("staging", 4)
    canary.run("promote", "churn", "--to", "production", "--now")
    assert served(canary, "production") == (3, 4, None)
    weights = []
    for hours in (9, 6):
        canary.commit(ago(hours=hours))
        rollout = canary.lock("production").rollout
        assert rollout is not None
        weights.append(str(rollout.weight))
        assert canary.run("promote", "churn", "--to", "production").exit_code == 0
    assert weights == ["10%", "50%"]
    assert served(canary, "production") == (4, None, 3)


def test_a_share_is_held_for_as_long_as_the_specification_says(canary: Project) -> None:
    canary.serve("staging", 3)
    canary.run("promote", "churn", "--to", "production", "--now")
    canary.serve("staging", 4)
    canary.run("promote", "churn", "--to", "production", "--now")
    canary.commit(ago(minutes=90))
    before = canary.path("production").read_text()
    result = canary.run("promote", "churn", "--to", "production")
    assert (result.exit_code, "FL2035" in result.stderr) == (1, True)
    assert canary.path("production").read_text() == before


def test_rolling_back_takes_a_canary_back(canary: Project) -> None:
    canary.serve("staging", 3)
    canary.run("promote", "churn", "--to", "production", "--now")
    before = canary.path("production").read_text()
    canary.serve("staging", 4)
    canary.run("promote", "churn", "--to", "production", "--now")
    result = canary.run("rollback", "churn", "--in", "production")
    assert result.exit_code == 0
    assert "version 4 of churn is no longer tried" in result.stdout
    assert canary.path("production").read_text() == before


def test_rolling_back_serves_the_version_of_before_with_all_that_was_said_of_it(project: Project) -> None:
    project.serve("staging", 2)
    text = project.path("staging").read_text()
    project.path("staging").write_text(text.replace("  version: 2\n", "  version: 2  # the good one\n"))
    before = project.lock("staging").model
    project.serve("staging", 3)
    result = project.run("rollback", "churn", "--in", "staging")
    assert result.exit_code == 0
    assert served(project, "staging") == (2, None, 3)
    assert project.lock("staging").model == before
    lines = project.path("staging").read_text().splitlines()
    assert lines[lines.index("model:") + 1] == "  version: 2  # the good one"


def test_a_second_rollback_goes_forward_again(project: Project) -> None:
    project.serve("staging", 2, 3)
    before = project.path("staging").read_text()
    for _ in range(2):
        assert project.run("rollback", "churn", "--in", "staging").exit_code == 0
    assert project.path("staging").read_text() == before


def test_the_first_version_has_nothing_before_it(project: Project) -> None:
    project.serve("staging", 2)
    result = project.run("rollback", "churn", "--in", "staging")
    assert (result.exit_code, "FL2037" in result.stderr) == (1, True)


def test_the_lock_of_this_machine_is_apart_and_goes_forward_and_back(project: Project) -> None:
    file = project.root / local_lock_file("churn")
    for number in (1, 2):
        project.register()
        result = project.run("lock", "churn", "--local")
        assert result.exit_code == 0, result.output
        value = lock(file.read_text())
        assert value.model is not None
        assert (value.model.version, value.metadata.environment) == (number, "local")
    again = project.run("lock", "churn", "--local")
    assert again.stdout == ".fairlead/locks/churn.lock.yaml: unchanged\n"
    aliased = project.mlflow.aliased("churn", "local")
    assert aliased is not None
    assert aliased.number == 2
    assert project.run("rollback", "churn", "--local").exit_code == 0
    value = lock(file.read_text())
    assert value.model is not None
    assert value.model.version == 1
    assert not list(project.root.glob("specs/*.lock.yaml")), "no environment knows of it"


def test_who_must_approve_is_named(project: Project) -> None:
    path = project.root / "specs/churn.yaml"
    path.write_text(path.read_text().replace("churn.train]}", "churn.train], approval: [growth-leads]}"))
    project.propose(3)
    result = project.run("promote", "churn", "--to", "staging")
    assert "growth-leads must approve" in result.stderr


def test_a_candidate_goes_from_its_record_to_a_commit_with_its_output(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    path = project.root / "fairlead.yaml"  # steps in a cluster write to no folder, so a page is all that is compiled
    path.write_text(path.read_text().replace("[argo-workflows, kserve]", "[model-card]"))
    compiled = project.run("compile")
    assert compiled.exit_code == 0, compiled.output
    (project.root / ".gitignore").write_text(".fairlead/\n")
    project.commit(ago(hours=1))
    project.propose(3)
    done = project.run("promote", "churn", "--to", "staging", "--commit")
    assert done.exit_code == 0, done.output
    assert "branch fairlead/promote/churn-staging-3: " in done.stdout
    assert not project.path("staging").exists(), "a proposal touches nothing here"
    project.git("checkout", "--quiet", "fairlead/promote/churn-staging-3")
    assert served(project, "staging") == (3, None, None)
    assert project.run("check").exit_code == 0
