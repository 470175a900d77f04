"""`fairlead promote --due` says what could move on, what waits, and what only a person moves."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tests.unit.locking.conftest import Project
from tests.unit.locking.test_moving import ago


def due(project: Project) -> list[dict[str, Any]]:
    done = project.run("promote", "--due", "--format", "json")
    assert done.exit_code == 0, done.output
    steps: list[dict[str, Any]] = json.loads(done.stdout)["steps"]
    return steps


def states(project: Project) -> list[tuple[str, str, str | None]]:
    return [(step["environment"], step["state"], step["title"]) for step in due(project)]


def test_a_version_waits_is_due_and_goes_on_share_by_share(canary: Project) -> None:
    canary.serve("staging", 2)
    canary.serve("production", 2)
    canary.commit(ago(hours=100))
    assert states(canary) == []
    assert "nothing moves on" in canary.run("promote", "--due").stdout
    canary.serve("staging", 3)
    canary.commit(ago(hours=20))
    assert states(canary) == [("production", "waits", None)]
    assert "wait for 4h" in due(canary)[0]["message"]
    canary.git("commit", "--quiet", "--amend", "--no-edit", when=ago(hours=40))
    assert states(canary) == [("production", "due", "Try version 3 of churn in production at 10%")]
    (step,) = due(canary)
    assert (step["branch"], step["starts"]) == ("fairlead/promote/churn-production-3-10", True)
    assert not canary.lock("production").rollout
    assert canary.run("promote", "churn", "--to", "production").exit_code == 0
    canary.commit(ago(hours=3))
    (step,) = due(canary)
    assert (step["title"], step["starts"]) == ("Try version 3 of churn in production at 50%", False)
    assert canary.run("promote", "churn", "--to", "production").exit_code == 0
    canary.commit(ago(hours=2, minutes=30))
    assert states(canary) == [("production", "due", "Serve version 3 of churn to all in production")]


def test_a_canary_that_was_taken_back_stays_until_a_person_promotes_it(canary: Project) -> None:
    canary.serve("staging", 2)
    canary.serve("production", 2)
    canary.commit(ago(hours=100))
    canary.serve("staging", 3)
    canary.commit(ago(hours=50))
    assert canary.run("promote", "churn", "--to", "production").exit_code == 0
    canary.commit(ago(hours=20))
    canary.run("rollback", "churn", "--in", "production")
    canary.commit(ago(hours=10))
    assert [state for _, state, _ in states(canary)] == ["stays"]
    assert canary.run("promote", "churn", "--to", "production").exit_code == 0


def test_in_a_shallow_clone_nobody_can_say_whether_a_version_was_taken_back(canary: Project) -> None:
    file = canary.root / "fairlead.yaml"
    file.write_text(file.read_text().replace(", soak: 24h", ""))
    canary.serve("staging", 2)
    canary.serve("production", 2)
    canary.commit(ago(hours=100))
    canary.serve("staging", 3)
    assert canary.run("promote", "churn", "--to", "production").exit_code == 0
    canary.commit(ago(hours=20))
    canary.run("rollback", "churn", "--in", "production")
    canary.commit(ago(hours=10))
    assert [state for _, state, _ in states(canary)] == ["stays"]
    canary.git("clone", "--quiet", "--depth=1", f"file://{canary.root}", str(canary.root / "clone"))
    clone = replace(canary, root=canary.root / "clone")
    (step,) = due(clone)
    assert step["state"] == "waits"
    assert "the clone is shallow" in step["message"]
    clone.git("fetch", "--quiet", "--unshallow")
    assert [state for _, state, _ in states(clone)] == ["stays"]


def test_what_is_suspended_or_retired_is_left_alone(canary: Project) -> None:
    canary.serve("staging", 3)
    canary.commit(ago(hours=48))
    path = canary.root / "specs/churn.yaml"
    text = path.read_text()
    assert len(due(canary)) == 1
    path.write_text(f"{text}suspend: true\n")
    assert due(canary) == []
    path.write_text(text.replace("owner: growth-ml", "owner: growth-ml, retired: true"))
    assert due(canary) == []


def test_one_pipeline_and_one_environment_can_be_asked_for(canary: Project) -> None:
    canary.serve("staging", 3)
    canary.commit(ago(hours=48))
    text = canary.run("promote", "churn", "--due", "--to", "production").stdout
    assert text.startswith("due   churn in production: Promote version 3 of churn to production\n")
    assert canary.run("promote", "churn", "--due", "--to", "staging").stdout.startswith("nothing moves on")
    assert canary.run("promote", "chrun", "--due").exit_code == 1


def test_what_belongs_together_is_given_together(project: Project) -> None:
    for words in (["--due", "--now"], ["--due", "--push"], ["churn"], ["--to", "production"]):
        assert project.run("promote", *words).exit_code == 2
    assert project.run("promote", "churn", "--to", "production", "--format", "json").exit_code == 2


def test_errors_of_a_pipeline_that_was_not_asked_for_are_in_nobodys_way(canary: Project) -> None:
    canary.serve("staging", 3)
    canary.commit(ago(hours=48))
    text = (canary.root / "specs/churn.yaml").read_text().replace("name: churn", "name: other")
    broken = text.replace("staging: {serving", "staging: {suspend: perhaps, serving")
    assert broken != text
    (canary.root / "specs/other.yaml").write_text(broken)
    assert canary.run("promote", "--due").exit_code == 1
    done = canary.run("promote", "churn", "--due")
    assert (done.exit_code, done.exception) == (0, None)
    assert done.stdout.startswith("due   churn in production")
