"""Two branches that were both right are merged: what is said leads to a tree that compiles, word by word."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from fairlead.output.conflicts import way_out
from tests.unit.proposing.conftest import PRODUCTION, STAGING, Clone, locked

MANIFEST = "rendered/production/churn/kserve/inferenceservice-churn.yaml"


@pytest.fixture
def merged(ada: Clone) -> Clone:
    """Two promotions, of versions 16 and 17, on branches that are merged."""
    ada.git("checkout", "--quiet", "-b", "other")
    ada.write(STAGING, locked("staging", 17))
    ada.promote("--compile")
    ada.git("commit", "--quiet", "--all", "--message=17")
    ada.git("checkout", "--quiet", "main")
    ada.promote("--compile")
    ada.git("commit", "--quiet", "--all", "--message=16")
    merge = subprocess.run(
        ["git", "merge", "other"],
        cwd=ada.root,
        env={**ada.surroundings, "PATH": "/usr/bin:/bin"},
        check=False,
        capture_output=True,
    )
    assert merge.returncode == 1
    return ada


def obey(clone: Clone, said: str) -> None:
    """Does what stands in grave accents behind `help`, as a person would copy it."""
    (command,) = re.findall(r"= help: [^`]*`([^`]+)`", said)
    for part in command.split(" && "):
        words = shlex.split(part)
        if words[0] == "fairlead":
            clone.run(*words[1:])
        else:
            assert words[0] == "git"
            clone.git(*words[1:])


@pytest.mark.parametrize("command", ["validate", "check", "compile"])
def test_the_lock_comes_first_and_is_taken_whole(merged: Clone, command: str) -> None:
    done = merged.run(command, code=1)
    assert f"{PRODUCTION}:7:1" in done.output
    obey(merged, done.output)
    assert "version: 16" in (merged.root / PRODUCTION).read_text()


@pytest.mark.parametrize("command", ["check", "compile"])
def test_then_what_is_generated_is_compiled_again(merged: Clone, command: str) -> None:
    merged.git("checkout", "--theirs", "--", PRODUCTION)
    done = merged.run(command, code=1)
    assert done.output.count("error[") == 1
    assert "FL6013" in done.output
    obey(merged, done.output)
    merged.run("check")
    merged.git("add", "--all")
    merged.git("commit", "--quiet", "--message=merged")
    assert merged.version("HEAD") == 17
    assert "Changes nothing" in merged.run("preview", "--base", "other").stdout


def test_a_conflict_beside_the_inventory_is_one_too(merged: Clone) -> None:
    merged.git("checkout", "--ours", "--", PRODUCTION, "rendered/production/churn/inventory.json")
    found = [merged.run(command, code=1).output for command in ("check", "compile")]
    assert ["FL6013" in said for said in found] == [True, True]
    assert ["FL6004" in said for said in found] == [False, False]
    obey(merged, found[-1])
    merged.run("check")


def test_what_one_side_no_longer_has_is_gone_afterwards(ada: Clone) -> None:
    """A pipeline is removed while another branch promotes it: Git has no lines for that, and no marks."""
    ada.git("checkout", "--quiet", "-b", "other")
    ada.promote("--compile")
    ada.git("commit", "--quiet", "--all", "--message=16")
    ada.git("checkout", "--quiet", "main")
    ada.write("specs/second.yaml", (ada.root / "specs/churn.yaml").read_text().replace("name: churn", "name: second"))
    for path in ("specs/churn.yaml", STAGING, PRODUCTION):
        (ada.root / path).unlink()
    ada.commit()
    subprocess.run(
        ["git", "merge", "other"],
        cwd=ada.root,
        env={**ada.surroundings, "PATH": "/usr/bin:/bin"},
        check=False,
        capture_output=True,
    )
    ada.git("rm", "--quiet", "--ignore-unmatch", "--", PRODUCTION)
    obey(ada, f"= help: `{way_out(['rendered']).split('`')[1]}`")
    ada.run("check")
    assert not Path(ada.root / "rendered/production/churn").exists()


def test_promotions_of_two_pipelines_do_not_meet(ada: Clone) -> None:
    ada.write("specs/second.yaml", (ada.root / "specs/churn.yaml").read_text().replace("name: churn", "name: second"))
    for path in (STAGING, PRODUCTION):
        text = (ada.root / path).read_text().replace("models/churn", "models/second")
        ada.write(path.replace("churn", "second"), text.replace("pipeline: churn", "pipeline: second"))
    ada.commit()
    ada.git("push", "--quiet")
    ada.promote("--push")
    ada.run("promote", "second", "--to", "production", "--push")
    for name in ("churn", "second"):
        ada.git("merge", "--quiet", "--no-edit", f"origin/fairlead/promote/{name}-production-16")
    ada.run("check")


def test_a_lock_in_conflict_is_none_to_promote_from(merged: Clone) -> None:
    assert "a merge conflict is not resolved here" in merged.promote(code=1).output
    assert "a merge conflict is not resolved here" in merged.promote("--compile", code=1).output


def test_a_damaged_inventory_is_restored_as_it_says(ada: Clone) -> None:
    ada.write("rendered/production/churn/inventory.json", '{"files": [')
    done = ada.promote("--compile", code=1)
    assert "FL6006" in done.output
    assert ada.git("status", "--porcelain") == "M rendered/production/churn/inventory.json"
    (command,) = re.findall(r"\(`(git [^`]+)`\)", done.output)
    ada.git(*shlex.split(command)[1:])
    ada.promote("--compile")
    ada.run("check")
