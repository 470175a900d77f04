"""A model's whole life in a repository with a remote: real commands, the scripts of the compiled workflows, an object
store, and a clock that goes on. At every commit the output is what compiling gives, and the preview says what it does.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fairlead.cli.main import cli
from fairlead.project.lock import Lock, LockedModel
from fairlead.remote.storage import Store
from fairlead.workspace.load import load
from tests.candidates import content
from tests.conformance.hosting import Host
from tests.previews import NAME, PRODUCTION, REPOSITORY, SPEC, STAGING, newest
from tests.unit.workspace.test_lockfile import lock as lock_of

ACTIONS = """\
  - github-actions:
      workflows: [validate, preview, check, candidates, promote]
      requirements: [requirements/runtime.txt, requirements/build.txt]
      project: true
      candidates: {role: "arn:aws:iam::123456789012:role/fairlead-candidates"}
"""
Tool = Callable[[str], Path]


class Said(dict[tuple[str | None, str], str]):
    """The severity of each effect, by environment and message."""

    def __missing__(self, key: tuple[str | None, str]) -> str:
        raise AssertionError(f"{key} is not said, but {sorted(map(str, self.items()))}")


class Life:
    """The repository, what is trained, and what is said of each commit."""

    def __init__(self, host: Host, bucket: str) -> None:
        self.host, self.bucket = host, bucket
        self.ada = host.folder / "ada"
        host.run(host.folder, "git", "clone", "--quiet", str(host.hub), str(self.ada))
        host.run(self.ada, "git", "checkout", "--quiet", "-B", "main")

    def write(self, path: str, text: str) -> None:
        (self.ada / path).parent.mkdir(parents=True, exist_ok=True)
        (self.ada / path).write_text(text)

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.ada / path).read_text()
        assert old in text
        self.write(path, text.replace(old, new))

    def fairlead(self, *arguments: str, code: int = 0) -> str:
        """A command in Ada's clone, in this process: what it says does not depend on the time."""
        done = CliRunner().invoke(cli, [*arguments, "--project", str(self.ada)])
        assert done.exit_code == code, done.output
        return done.stdout

    def commit(self, title: str) -> None:
        """Ada's own commit, with what it compiles to."""
        self.fairlead("compile", "--allow-empty")
        self.host.run(self.ada, "git", "add", "--all")
        self.host.run(self.ada, "git", "commit", "--quiet", "--message", title)
        self.host.run(self.ada, "git", "push", "--quiet", "origin", "main")

    def judged(self) -> Said:
        """What the newest commit does, by environment and message; the output must be what compiling gives."""
        self.fairlead("check")
        found = json.loads(self.fairlead("preview", "--base", "HEAD^", "--head", "HEAD", "--format", "json"))
        assert found["notices"] == []
        return Said(
            {
                (part["environment"], effect["message"]): effect["severity"]
                for part in found["parts"]
                for effect in part["effects"]
            }
        )

    def merged(self) -> Said:
        """Merges the one pull request that is open."""
        (pull,) = self.host.pulls
        self.host.merge(self.ada, pull["head"], pull["title"])
        return self.judged()

    def model(self, version: int) -> LockedModel:
        """A version whose folder is in the store."""
        base = newest()
        digest = f"sha256:{sha256(f'model {version}'.encode()).hexdigest()}"
        uri = f"{self.bucket}/models/{NAME}/{digest.replace(':', '-')}/"
        Store(uri).write("model.joblib", b"a model")
        said = base.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        said |= {"version": version, "digest": digest, "uri": uri}
        said.pop("reference", None)
        return LockedModel.model_validate(said)

    def train(self, version: int) -> None:
        """What the last step of a training leaves: a candidate record."""
        said = self.model(version).model_dump(mode="json", by_alias=True, exclude_defaults=True)
        data = json.dumps({**content(version, NAME), "model": said}).encode()
        Store(self.bucket).write(f"candidates/{NAME}/sha256-{sha256(data).hexdigest()}.json", data)

    def candidates(self) -> Any:
        """The workflow that looks for candidates, up to where it proposes them."""
        run = self.host.begin("candidates")
        run.finish("find", "Find new candidates")
        return run

    def promote(self) -> str:
        """The workflow that proposes what may move on, and its summary."""
        run = self.host.begin("promote")
        run.finish("propose", "Lock, compile and propose")
        return run.summary

    def lock(self, path: str) -> Lock:
        return lock_of((self.ada / path).read_text())


@pytest.fixture
def life(tool: Tool, bucket: str, tmp_path: Path) -> Life:
    """A project with all targets of this repository, in which another pipeline lives already."""
    made = Life(Host(tmp_path, tool("faketime")), bucket)
    text = (REPOSITORY / "fairlead.yaml").read_text()
    start, end = text.index("  - github-actions:\n"), text.index("platform:\n")
    rest = text[start:end].partition("project: true\n")[2]
    text = (text[:start] + ACTIONS + rest + text[end:]).replace("s3://acme-ml-artifacts", bucket)
    made.write("fairlead.yaml", text)
    made.write(".gitignore", ".fairlead/\n")
    made.write("specs/churn.yaml", (REPOSITORY / "specs/churn.yaml").read_text())
    made.commit("A project")
    return made


def test_from_birth_to_removal(life: Life) -> None:
    host = life.host
    spec, lock = ((REPOSITORY / path).read_text() for path in (SPEC, PRODUCTION))
    images = lock[: lock.index("model:\n")] + lock[lock.index("images:\n") : lock.index("previous:\n")]
    life.write(SPEC, spec)
    life.write(PRODUCTION, images)
    life.write(STAGING, images.replace("environment: production", "environment: staging"))
    life.commit("A pipeline more")
    said = life.judged()
    assert any(place == "staging" and message.startswith("new pipeline: ") for place, message in said)

    # The first version: a run of the training leaves a record, and a workflow proposes it.
    life.train(14)
    life.candidates().finish("propose", "Lock, compile and propose")
    (pull,) = host.pulls
    assert pull["title"] == f"Promote version 14 of {NAME} to staging"
    assert life.merged()["staging", "a first version is served: 14"] == "risk"
    assert list((life.candidates().temp / "candidates").iterdir()) == [], "what is locked is not proposed again"

    # It soaks before it comes into production.
    assert f"- waits: {NAME} in production: version 14 serves in staging since 2026-03-02" in life.promote()
    assert host.pulls == []
    host.later(hours=25)
    assert f"- due: {NAME} in production: Promote version 14 of {NAME} to production" in life.promote()
    assert life.merged()["production", "a first version is served: 14"] == "risk"

    life.edit(SPEC, "test: 0.2,", "test: 0.25,")
    life.commit("More rows to judge by")
    assert life.judged()["staging", "retrains: the split changed: test 20% -> 25%"] == "behaviour"

    # Two runs of the workflow propose the same candidate in one moment.
    life.train(15)
    runs = [life.candidates(), life.candidates()]
    steps = [run.step("propose", "Lock, compile and propose") for run in runs]
    ended = [(step.communicate()[0], step.returncode) for step in steps]
    assert [code for _, code in ended] == [0, 0], ended
    assert len(host.pulls) == 1
    assert life.merged()["staging", "rolls out version 15 at 100 %, after version 14"] == "risk"

    # Two people promote the same version; it starts as a canary.
    host.later(hours=25)
    bob = host.clone("bob")
    words = ("fairlead", "promote", NAME, "--to", "production", "--push")
    assert "in one commit" in host.run(life.ada, *words)
    assert "the same is there already" in host.run(bob, *words, who="bob")
    branch = f"fairlead/promote/{NAME}-production-15-10"
    host.merge(life.ada, branch, f"Try version 15 of {NAME} in production at 10%")
    assert life.judged()["production", "rolls out version 15 at 10%, beside version 14"] == "risk"

    # Each share is held before the next.
    assert f"- waits: {NAME} in production: version 15 is watched at 10% in production" in life.promote()
    assert host.pulls == []
    host.later(hours=3)
    life.promote()
    assert "look at those of both versions before you merge" in host.pulls[0]["body"]
    life.promote()
    assert life.merged()["production", "canary 10% -> 50% for version 15"] == "risk"
    host.later(hours=3)
    life.promote()
    assert life.merged()["production", "version 15 takes all requests: canary 50% -> 100%"] == "risk"

    host.run(life.ada, "fairlead", "rollback", NAME, "--in", "production", "--push")
    host.merge(life.ada, f"fairlead/rollback/{NAME}-production-14", "Back to 14")
    assert life.judged()["production", "rolls back to version 14 at once, from 15"] == "risk"
    host.later(hours=30)
    assert f"- stays: {NAME} in production: version 15 of {NAME} was rolled back" in life.promote()
    assert host.pulls == []

    life.edit(SPEC, f"name: {NAME}  ", f"name: lesion-classifier\n  renamed_from: {NAME}  ")
    for path in (STAGING, PRODUCTION):
        life.edit(path, f"pipeline: {NAME}", "pipeline: lesion-classifier")
    life.commit("Another name")
    assert life.judged()["production", f"renamed from {NAME}"] == "destroys"

    life.edit(SPEC, "  labels: {domain", "  retired: true\n  labels: {domain")
    life.commit("No longer trained")
    assert any("retired" in message for _, message in life.judged())

    for path in (SPEC, STAGING, PRODUCTION):
        (life.ada / path).unlink()
    life.commit("No longer served")
    assert life.judged()["production", "the pipeline is removed: its endpoint stops answering"] == "destroys"
    assert "lesion-classifier" not in load(life.ada).units["production"]

    told = json.loads(life.fairlead("history", "lesion-classifier", "--format", "json"))
    served = [
        (period["version"]["version"], period["since"][:10], (period["until"] or "")[:10])
        for period in told["periods"]
        if period["environment"] == "production"
    ]
    assert [version for version, _, _ in served] == [14, 15, 14]
    assert served[0][1] == "2026-03-03"
    assert all(until for _, _, until in served)
    happened = [each["kind"] for entry in told["entries"] for each in entry["happenings"]]
    assert {"created", "serves", "canary", "canary-step", "canary-served", "rollback", "renamed", "retired"} <= set(
        happened
    )
