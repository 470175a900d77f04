"""A pipeline's life is told from Git alone: what was served when, from what, and who approved it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from fairlead.cli.main import cli
from fairlead.history.document import render_json, schema
from fairlead.history.markdown import render_markdown
from fairlead.history.model import History, Kind
from fairlead.history.read import history
from fairlead.history.text import render_text
from fairlead.source.diagnostics import Refused
from tests.repositories import Repository

SPEC = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {{name: {name}, owner: {owner}{more}}}
model: {{evaluate: {{gates: [roc_auc >= {gate}]}}}}
"""
TREE = "4" * 40


def spec(name: str = "churn", owner: str = "growth-ml", more: str = "", gate: str = "0.9") -> str:
    return SPEC.format(name=name, owner=owner, more=more, gate=gate)


def model(version: int, auc: float = 0.95) -> dict[str, Any]:
    digest = f"{version:064x}"
    uri = f"s3://acme/models/churn/sha256-{digest}/"
    return {"version": version, "run": f"run{version}", "uri": uri, "digest": f"sha256:{digest}",
            "packages": {"python": "3.11.9"}, "metrics": {"roc_auc": auc}}  # fmt: skip


def lock(served: int | None = None, **more: Any) -> str:
    content: dict[str, Any] = {
        "apiVersion": "fairlead.dev/v1",
        "kind": "Lock",
        "metadata": {"pipeline": "churn", "environment": "staging"},
        "images": {"ghcr.io/acme/churn": {"digest": f"sha256:{'5' * 64}", "tree": TREE}},
        "data": {"customers": {"digest": f"sha256:{'6' * 64}", "manifest": "s3://acme/manifests/6.json"}},
    }
    if served is not None:
        content["model"] = model(served)
    return json.dumps(content | more)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.write("fairlead.yaml", "apiVersion: fairlead.dev/v1\nkind: Project\n")
    made.write("specs/churn.yaml", spec())
    made.commit("a pipeline")
    return made


def put(repository: Repository, text: str, message: str = "a change", name: str = "churn") -> str:
    repository.write(f"specs/{name}.staging.lock.yaml", text)
    return repository.commit(message)


def told(repository: Repository, given: str = "churn", **more: Any) -> History:
    path = given if given.endswith(".yaml") else "none"
    return history(repository.project, given, path, **more)


def kinds(found: History) -> list[list[str]]:
    return [[happening.kind.value for happening in entry.happenings] for entry in found.entries]


def messages(found: History) -> list[str]:
    return [happening.message for entry in found.entries for happening in entry.happenings]


def test_a_version_comes_by_a_canary_and_goes_by_a_rollback(repository: Repository) -> None:
    put(repository, lock(1))
    put(repository, lock(1, rollout={"canary": model(2), "weight": "10%"}))
    put(repository, lock(1, rollout={"canary": model(2), "weight": "50%"}))
    put(repository, lock(2, previous=model(1)))
    put(repository, lock(1, previous=model(2)))
    put(repository, lock(1, previous=model(2), rollout={"canary": model(3), "weight": "10%"}))
    put(repository, lock(1, previous=model(2)))
    found = told(repository)
    assert kinds(found) == [
        ["created"], ["serves"], ["canary"], ["canary-step"], ["canary-served"], ["rollback"], ["canary"],
        ["canary-taken-back"],
    ]  # fmt: skip
    assert [period.version.version for period in found.periods] == [1, 2, 1]
    assert [period.ended is None for period in found.periods] == [False, False, True]
    assert found.periods[0].ended == found.periods[1].commit == found.entries[4].made.commit


def test_a_version_says_what_it_stands_on(repository: Repository) -> None:
    put(repository, lock(1))
    version = told(repository).periods[0].version
    assert version.run == "run1"
    assert version.metrics == {"roc_auc": 0.95}
    assert version.gates == ("roc_auc >= 0.9",)
    assert [(data.source, data.manifest) for data in version.data] == [("customers", "s3://acme/manifests/6.json")]
    assert [(image.reference, image.tree) for image in version.images] == [("ghcr.io/acme/churn", TREE)]


def test_the_gate_of_a_version_is_that_of_its_commit(repository: Repository) -> None:
    put(repository, lock(1))
    repository.write("specs/churn.yaml", spec(gate="0.99"))
    repository.commit("a stricter gate")
    put(repository, lock(2))
    found = told(repository)
    assert [period.version.gates for period in found.periods] == [("roc_auc >= 0.9",), ("roc_auc >= 0.99",)]
    assert "another gate: roc_auc >= 0.9 -> roc_auc >= 0.99" in messages(found)


def test_data_and_images_that_change_alone_are_told(repository: Repository) -> None:
    put(repository, lock(1))
    put(repository, lock(1, images={}, data={"customers": {"digest": f"sha256:{'7' * 64}"}}))
    found = told(repository)
    assert kinds(found)[-1] == ["data", "image"]
    assert len(found.periods) == 1


def test_a_merge_names_who_wrote_and_who_reviewed_what_it_brought(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "candidate")
    people = "Reviewed-by: Ada <ada@acme.example>\nco-authored-by: Bo <bo@acme.example>\nTicket: 7"
    put(repository, lock(1), f"version 1\n\n{people}")
    repository.write("other.txt", "not of this pipeline")
    repository.commit("beside it")
    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-ff", "--message", "Merge candidate", "candidate")
    entry = told(repository).entries[-1]
    assert entry.made.subject == "Merge candidate"
    assert [commit.subject for commit in entry.merged] == ["version 1"]
    assert entry.merged[0].trailers == (("Reviewed-by", "Ada <ada@acme.example>"),
                                        ("Co-authored-by", "Bo <bo@acme.example>"))  # fmt: skip
    assert [happening.kind for happening in entry.happenings] == [Kind.SERVES]


def test_a_lock_that_can_not_be_read_is_said_and_the_next_is_compared_with_the_last_that_could(
    repository: Repository,
) -> None:
    put(repository, lock(1))
    put(repository, "<<<<<<< HEAD\nmodel: {")
    put(repository, '{"kind": "Lock"}')
    put(repository, lock(2))
    found = told(repository)
    assert kinds(found)[1:] == [["serves"], ["unreadable"], ["unreadable"], ["serves"]]
    assert messages(found)[-1] == "version 1 -> 2, at once"
    assert messages(found)[2].startswith("the lock can't be read in this commit: line 1: ")


def test_a_specification_is_followed_through_a_move_and_a_rename(repository: Repository) -> None:
    put(repository, lock(1))
    repository.git("mv", "specs/churn.yaml", "specs/leavers.yaml")
    repository.git("mv", "specs/churn.staging.lock.yaml", "specs/leavers.staging.lock.yaml")
    repository.write("specs/leavers.yaml", spec("leavers", more=", renamed_from: churn"))
    repository.commit("another name")
    put(repository, lock(2), name="leavers")
    expected = [["created"], ["serves"], ["moved", "renamed"], ["serves"]]
    for given in ("leavers", "churn", "specs/leavers.yaml", "specs/churn.yaml"):
        found = told(repository, given)
        assert (found.pipeline, found.file) == ("leavers", "specs/leavers.yaml")
        assert kinds(found) == expected
        assert [period.version.version for period in found.periods] == [1, 2]


def test_retirement_and_removal_end_a_life(repository: Repository) -> None:
    put(repository, lock(1))
    repository.write("specs/churn.yaml", spec(more=", retired: true"))
    repository.commit("retired")
    repository.git("rm", "--quiet", "specs/churn.yaml", "specs/churn.staging.lock.yaml")
    repository.commit("gone")
    found = told(repository)
    assert kinds(found)[2:] == [["retired"], ["removed", "stopped"]]
    assert found.periods[0].ended == found.entries[-1].made.commit
    assert found.pipeline == "churn"


def test_a_shallow_clone_says_where_its_knowledge_ends(repository: Repository, tmp_path: Path) -> None:
    put(repository, lock(1))
    put(repository, lock(2))
    put(repository, lock(3))
    clone = tmp_path / "clone"
    repository.git("clone", "--quiet", "--depth=2", f"file://{repository.folder}", str(clone))
    found = history(clone, "churn", "none")
    assert kinds(found) == [["known-from", "serves"], ["serves"]]
    assert [(period.version.version, period.since is None) for period in found.periods] == [(2, True), (3, False)]
    assert any("this clone is shallow and ends at" in note for note in found.notes)
    assert messages(found)[1] == "version 2 is served already"
    assert "before this clone begins" in render_text(found)


def test_what_a_partial_clone_lacks_is_said_and_not_fetched(repository: Repository, tmp_path: Path) -> None:
    put(repository, lock(1))
    put(repository, lock(2))
    repository.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    repository.git("clone", "--quiet", "--filter=blob:none", f"file://{repository.folder}", str(clone))
    found = history(clone, "churn", "none")
    assert kinds(found)[1:] == [["unreadable"], ["serves"]]
    assert "the lock can't be read in this commit: Git says: " in messages(found)[1]


def test_a_commit_with_a_time_that_no_calendar_has_is_told_as_any_other(repository: Repository) -> None:
    put(repository, lock(1))
    raw = repository.git("cat-file", "commit", "HEAD")
    late = raw.replace(" 1767603600 ", " 99999999999999 ")
    assert late != raw
    (repository.folder.parent / "raw").write_text(f"{late}\n", encoding="utf-8")
    commit = repository.git("hash-object", "-t", "commit", "-w", str(repository.folder.parent / "raw"))
    found = told(repository, head=commit, since="2026-01-01")
    assert kinds(found) == [["created"], ["serves"]]
    assert "no calendar has" in found.entries[-1].made.committed


def test_since_a_revision_leaves_out_what_it_has(repository: Repository) -> None:
    put(repository, lock(1))
    base = put(repository, lock(2))
    put(repository, lock(3))
    found = told(repository, since=base)
    assert kinds(found) == [["serves"]]
    assert [period.version.version for period in found.periods] == [2, 3]
    assert any(note.startswith("3 earlier commits are left out") for note in found.notes)


def test_since_a_date_goes_by_what_commits_claim(repository: Repository) -> None:
    put(repository, lock(1))
    assert told(repository, since="2026-01-06").entries == ()
    assert len(told(repository, since="2026-01-05").entries) == 2
    assert len(told(repository, since="2026-01-05T09:00:00Z").entries) == 2


def test_one_environment_is_told_alone(repository: Repository) -> None:
    put(repository, lock(1))
    repository.write("specs/churn.production.lock.yaml", lock(1))
    repository.commit()
    found = told(repository, environment="production")
    assert [period.environment for period in found.periods] == ["production"]
    assert kinds(found) == [["created"], ["serves"]]
    nowhere = told(repository, environment="nowhere")
    assert any(
        "no commit has a lock for nowhere; environments with one: production, staging" in n for n in nowhere.notes
    )


def test_what_is_in_no_commit_is_left_out_and_said(repository: Repository) -> None:
    put(repository, lock(1))
    repository.write("specs/churn.staging.lock.yaml", lock(2))
    found = told(repository)
    assert [period.version.version for period in found.periods] == [1]
    assert any("specs/churn.staging.lock.yaml" in note for note in found.notes)


def test_a_project_below_the_repository_has_its_own_paths(tmp_path: Path) -> None:
    made = Repository(tmp_path / "work", "ml/platform")
    made.write("fairlead.yaml", "output: made\n")
    made.write("specs/churn.yaml", spec())
    made.write("made/churn.yaml", spec())
    put(made, lock(1))
    made.git("config", "diff.relative", "true")
    found = told(made)
    assert found.file == "specs/churn.yaml"
    assert kinds(found) == [["created", "serves"]]


def test_a_pipeline_that_nobody_knows_is_refused(repository: Repository) -> None:
    with pytest.raises(Refused) as error:
        told(repository, "chrun")
    assert error.value.diagnostics[0].code.id == "FL2066"


def test_nothing_in_a_commit_is_obeyed_and_no_secret_is_shown(repository: Repository) -> None:
    password = "hunter2hunter2"
    put(repository, lock(1), f"\x1b[31m<script> | `x` [a](http://b) https://u:{password}@acme.example")
    found = told(repository)
    for text in (render_text(found), render_markdown(found), render_json(found)):
        assert password not in text
        assert "\x1b" not in text
    assert "<U+001B>[31m" in render_text(found)
    shown = render_markdown(found)
    assert "\\<script>" in shown
    assert "\\[a\\](http" in shown


def test_a_history_is_as_its_schema_says(repository: Repository) -> None:
    put(repository, lock(1), "a version\n\nReviewed-by: Ada <ada@acme.example>")
    put(repository, lock(2))
    found = json.loads(render_json(told(repository)))
    assert [each["version"]["version"] for each in found["periods"]] == [1, 2]
    Draft202012Validator(schema()).validate(found)


def test_a_signature_is_what_git_makes_of_it_with_the_keys_here(repository: Repository, tmp_path: Path) -> None:
    key = tmp_path / "key"
    made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ada@acme.example", "-f", str(key)]
    try:
        subprocess.run(made, check=True)
    except FileNotFoundError:
        pytest.skip("no ssh-keygen")
    public = key.with_suffix(".pub").read_text(encoding="utf-8")
    signers = tmp_path / "signers"
    signers.write_text(f"ada@acme.example {public}", encoding="utf-8")
    repository.git("config", "gpg.format", "ssh")
    repository.git("config", "user.signingkey", str(key))
    repository.git("config", "gpg.ssh.allowedSignersFile", str(signers))
    repository.write("specs/churn.staging.lock.yaml", lock(1))
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--gpg-sign", "--message", "signed")
    signature = told(repository).entries[-1].made.signature
    assert signature is not None
    assert (signature.verdict, signature.signer) == ("good", "ada@acme.example")
    assert told(repository).entries[0].made.signature is None
    signers.write_text("", encoding="utf-8")
    signature = told(repository).entries[-1].made.signature
    assert signature is not None
    assert signature.verdict != "good"


def test_what_verifies_signatures_is_kept_from_the_network(repository: Repository, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    program = tmp_path / "pg'p"
    program.write_text(f'#!/bin/sh\necho "$@" >> {asked}\nexit 1\n', encoding="utf-8")
    program.chmod(0o700)
    repository.git("config", "gpg.program", str(program))
    tree = repository.git("write-tree")
    raw = f"tree {tree}\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\nsigned\n"  # noqa: E501
    (tmp_path / "raw").write_text(raw, encoding="utf-8")
    commit = repository.git("hash-object", "-t", "commit", "-w", str(tmp_path / "raw"))
    signature = told(repository, head=commit).entries[-1].made.signature
    assert asked.read_text(encoding="utf-8").startswith("--disable-dirmngr ")
    assert signature is None or signature.verdict != "good"


def test_the_command_answers_in_each_format_and_writes_nothing(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    put(repository, lock(1))
    before = sorted(os.listdir(repository.folder))  # noqa: PTH208
    monkeypatch.chdir(repository.folder / "specs")
    starts = {"text": "churn (specs/churn.yaml)", "markdown": "# History of `churn`", "json": "{"}
    output = {}
    for form, start in starts.items():
        done = CliRunner().invoke(cli, ["history", "churn.yaml", "--in", "staging", "--format", form])
        assert done.exit_code == 0, done.output
        assert done.output.startswith(start)
        output[form] = done.output
    assert json.loads(output["json"])["periods"][0]["version"]["run"] == "run1"
    assert sorted(os.listdir(repository.folder)) == before  # noqa: PTH208
    wrong = CliRunner().invoke(cli, ["history", "churn", "--since", "2026-13-01"])
    assert wrong.exit_code == 2
    assert "is no date" in wrong.output
