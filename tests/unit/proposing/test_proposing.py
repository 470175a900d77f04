"""A promotion or a rollback as one commit on a branch of its own: here, on a remote, and beside others at the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fairlead.output.journal import Move
from fairlead.output.lock import JOURNAL, WORK
from tests.unit.proposing.conftest import PRODUCTION, STAGING, Clone, locked

BRANCH = "fairlead/promote/churn-production-16"
HOOK = "#!/bin/sh\n"
SIGNER = """\
cat > /dev/null
echo signed >> "$(dirname "$0")/signatures"
printf '\\n[GNUPG:] SIG_CREATED D\\n' >&2
printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nAda\\n-----END PGP SIGNATURE-----\\n'
"""
"""What Git takes for gpg, and writes down how often it was asked."""


def hook(hub: Path, name: str, body: str) -> None:
    """A hook of a repository."""
    path = hub / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(HOOK + body)
    path.chmod(0o755)


class TestOneCommit:
    def test_lock_and_output_are_pushed_together_and_nothing_here_is_touched(self, ada: Clone) -> None:
        before = ada.state
        done = ada.promote("--push")
        assert ada.state == before
        pushed = f"origin/{BRANCH}"
        assert ada.git("rev-list", "--count", f"origin/main..{pushed}") == "1"
        files = ada.git("diff", "--name-only", "origin/main", pushed).split()
        assert PRODUCTION in files
        assert "rendered/production/churn/kserve/inferenceservice-churn.yaml" in files
        assert all(file == PRODUCTION or file.startswith("rendered/production/churn/") for file in files)
        assert ada.version(pushed) == 16
        assert f"branch {BRANCH} of origin: {len(files)} files in one commit" in done.stdout
        ada.git("checkout", "--quiet", pushed)
        ada.run("check")

    def test_the_message_says_what_it_does_and_ends_with_the_verdict(self, ada: Clone) -> None:
        done = ada.promote("--push")
        text = ada.git("log", "-1", "--format=%B", f"origin/{BRANCH}")
        assert text.startswith("Promote version 16 of churn to production\n\n")
        assert "- churn in production: rolls out version 16 at 100 %, after version 15" in text
        last = text.strip().splitlines()[-1]
        assert last.startswith("Preview: ")
        assert last.removeprefix("Preview: ") in done.stdout
        ada.git("merge", "--quiet", f"origin/{BRANCH}")
        assert ada.run("preview", "--base", "HEAD^").stdout.splitlines()[1] == last.removeprefix("Preview: ")

    def test_it_begins_where_the_remote_is_whatever_this_clone_knows(
        self, ada: Clone, clone: Callable[[str], Clone]
    ) -> None:
        bob = clone("bob")
        bob.write(STAGING, locked("staging", 17))
        bob.commit()
        bob.git("push", "--quiet")
        ada.promote("--push")
        assert ada.version("origin/fairlead/promote/churn-production-17") == 17

    def test_what_is_not_committed_is_no_part_of_it_and_said(self, ada: Clone) -> None:
        ada.write(STAGING, locked("staging", 99))
        done = ada.promote("--commit")
        assert "1 file is not committed here, and no part of it" in done.stderr
        assert ada.version(BRANCH) == 16

    def test_the_same_again_is_there_already(self, ada: Clone) -> None:
        ada.promote("--commit")
        before = ada.git("rev-parse", BRANCH)
        assert "the same is there already" in ada.promote("--commit").stdout
        assert ada.git("rev-parse", BRANCH) == before

    def test_a_branch_that_says_something_else_stays_as_it_is(self, ada: Clone) -> None:
        done = ada.promote("--commit", "--branch", "main", code=1)
        assert "FL2081" in done.stderr
        assert ada.git("rev-parse", "main") == ada.git("rev-parse", "origin/main")

    def test_a_rollback_is_a_commit_as_well(self, ada: Clone) -> None:
        ada.promote("--push", "--branch", "main")
        ada.run("rollback", "churn", "--in", "production", "--push", "--branch", "main")
        assert ada.version("origin/main") == 15
        subjects = ada.git("log", "--format=%s", "-2", "origin/main").splitlines()
        assert subjects == [
            "Serve version 15 of churn again in production",
            "Promote version 16 of churn to production",
        ]

    @pytest.mark.parametrize("said", ["true", "True", "on"])
    def test_it_is_signed_once_where_the_users_commits_are(self, ada: Clone, tmp_path: Path, said: str) -> None:
        signer = tmp_path / "signer"
        signer.write_text(HOOK + SIGNER)
        signer.chmod(0o755)
        ada.git("config", "gpg.program", str(signer))
        ada.git("config", "commit.gpgsign", said)
        ada.promote("--commit")
        assert "gpgsig -----BEGIN PGP SIGNATURE-----" in ada.git("cat-file", "commit", BRANCH)
        assert (tmp_path / "signatures").read_text() == "signed\n"

    def test_where_nothing_moves_nothing_is_proposed(self, ada: Clone) -> None:
        ada.promote("--push", "--branch", "main")
        done = ada.promote("--push")
        assert "nothing to propose" in done.stdout
        assert BRANCH not in ada.git("ls-remote", "origin")

    def test_a_project_in_a_folder_of_its_repository(self, ada: Clone, tmp_path: Path) -> None:
        inner = Clone(tmp_path / "whole/ml")
        shutil.copytree(ada.root, inner.root, ignore=shutil.ignore_patterns(".git", ".fairlead"))
        whole = Clone(tmp_path / "whole")
        whole.git("init", "--quiet", "--initial-branch=main")
        whole.git("add", "--all")
        whole.git("commit", "--quiet", "--message=all")
        inner.promote("--commit")
        files = whole.git("diff", "--name-only", "main", BRANCH).split()
        assert f"ml/{PRODUCTION}" in files
        assert all(file.startswith("ml/") for file in files)


class TestTwoAtOnce:
    def test_the_same_promotion_twice_is_one(self, ada: Clone, clone: Callable[[str], Clone]) -> None:
        bob = clone("bob")
        ada.promote("--push")
        first = ada.git("ls-remote", "origin", f"refs/heads/{BRANCH}")
        assert "the same is there already" in bob.promote("--push").stdout
        assert ada.git("ls-remote", "origin", f"refs/heads/{BRANCH}") == first

    def test_the_second_is_told_who_was_faster_and_loses_nothing(
        self, ada: Clone, clone: Callable[[str], Clone]
    ) -> None:
        ada.promote("--push", "--branch", "main")
        bob = clone("bob")
        ada.write(STAGING, locked("staging", 17))
        ada.git("pull", "--quiet")
        ada.commit()
        ada.git("push", "--quiet")
        ada.promote("--push", "--branch", "main")
        words = ("rollback", "churn", "--in", "production", "--push", "--branch", "main")
        done = bob.run(*words, "--base", "HEAD", code=1)
        assert "FL2084" in done.stderr
        assert "somebody else was faster: `main` of origin is at " in done.stderr
        assert "Promote version 17 of churn to production" in done.stderr
        kept = f"main-{bob.git('for-each-ref', '--format=%(objectname:short=12)', 'refs/heads/main-*')}"
        assert f"kept as the branch `{kept}` here" in done.stderr
        assert bob.version(kept) == 15
        assert bob.version("origin/main") == 17
        bob.run(*words)
        assert bob.version("origin/main") == 16

    def test_a_push_in_the_very_moment_of_ours_is_not_overwritten(
        self, ada: Clone, clone: Callable[[str], Clone]
    ) -> None:
        bob = clone("bob")
        bob.write("specs/churn.yaml", (bob.root / "specs/churn.yaml").read_text() + "# a remark\n")
        bob.commit()
        hook(ada.root / ".git", "pre-push", f"git -C {bob.root} push --quiet origin main\n")
        done = ada.promote("--push", "--branch", "main", code=1)
        assert "somebody else was faster" in done.stderr
        (ada.root / ".git/hooks/pre-push").unlink()
        ada.promote("--push", "--branch", "main")
        assert ada.version("origin/main") == 16
        assert "# a remark" in ada.git("show", "origin/main:specs/churn.yaml")


class TestRefusals:
    def test_a_remote_that_says_no_is_quoted_and_the_commit_is_kept(self, ada: Clone, hub: Path) -> None:
        hook(hub, "pre-receive", "printf 'main is changed by pull \\033[31mrequests\\n' >&2\nexit 1\n")
        done = ada.promote("--push", code=1)
        assert "FL2083" in done.stderr
        assert "main is changed by pull <U+001B>[31mrequests" in done.stderr
        assert ada.version(BRANCH) == 16
        (hub / "hooks/pre-receive").unlink()
        ada.git("push", "--quiet", "origin", BRANCH)

    @pytest.mark.parametrize("words", [("--remote", "nowhere"), ()])
    def test_without_a_remote_that_answers_nothing_is_made(self, ada: Clone, hub: Path, words: tuple[str, ...]) -> None:
        shutil.rmtree(hub)
        assert "FL2082" in ada.promote("--push", *words, code=1).stderr
        assert ada.git("branch", "--list", "fairlead/*") == ""

    def test_a_branch_that_the_remote_does_not_have(self, ada: Clone) -> None:
        text = (ada.root / "fairlead.yaml").read_text()
        ada.write("fairlead.yaml", text.replace("acme/ml-platform}", "acme/ml-platform, branch: trunk}"))
        assert "origin has no branch `trunk`" in ada.promote("--push", code=1).stderr

    def test_git_that_knows_nobody(self, ada: Clone) -> None:
        ada.git("config", "user.useConfigOnly", "true")
        nobody = {f"GIT_{role}_{what}": None for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        done = ada.run("promote", "churn", "--to", "production", "--commit", code=1, env=nobody)
        assert "FL2080" in done.stderr
        assert ada.git("branch", "--list", "fairlead/*") == ""

    def test_a_name_that_no_branch_can_have(self, ada: Clone) -> None:
        assert "`a..b` can't be the name of a branch" in ada.promote("--commit", "--branch", "a..b", code=1).stderr

    def test_what_somebody_edited_by_hand_in_the_output_is_not_overwritten(self, ada: Clone) -> None:
        path = "rendered/production/churn/kserve/inferenceservice-churn.yaml"
        ada.write(path, (ada.root / path).read_text().replace("minReplicas: 1", "minReplicas: 7"))
        ada.git("commit", "--quiet", "--all", "--message=by hand")
        done = ada.promote("--commit", code=1)
        assert "FL6004" in done.stderr
        assert "changed by hand" in done.stderr
        assert "fairlead-proposal-" not in done.stderr

    def test_a_commit_that_does_not_compile(self, ada: Clone) -> None:
        ada.write("specs/churn.yaml", (ada.root / "specs/churn.yaml").read_text() + "monitorin: {}\n")
        ada.git("commit", "--quiet", "--all", "--message=a typo")
        done = ada.promote("--commit", code=1)
        assert "did you mean `monitoring`" in done.stderr
        assert "fairlead-proposal-" not in done.stderr

    @pytest.mark.parametrize(
        "words", [("--compile", "--push"), ("--branch", "x"), ("--base", "HEAD"), ("--commit", "--remote", "x")]
    )
    def test_options_that_belong_to_others(self, ada: Clone, words: tuple[str, ...]) -> None:
        assert "Usage" in ada.promote(*words, code=2).stderr


class TestInTheWorkingTree:
    def test_lock_and_output_change_together(self, ada: Clone) -> None:
        done = ada.promote("--compile")
        assert "version 16 of churn" in done.stdout
        assert "rendered: 0 new, 2 changed, 0 removed" in done.stdout
        ada.run("check")
        assert PRODUCTION in ada.git("status", "--porcelain")

    def test_where_it_does_not_compile_the_lock_stays_as_it_was(self, ada: Clone) -> None:
        before = (ada.root / PRODUCTION).read_text()
        ada.write("specs/other.yaml", "kind: Pipeline\n")
        ada.promote("--compile", code=1)
        assert (ada.root / PRODUCTION).read_text() == before

    @pytest.mark.parametrize("how", ["--compile", "--commit"])
    def test_a_disk_that_is_full_leaves_everything_as_it_was(self, ada: Clone, how: str) -> None:
        before = ada.state
        program = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (400, 400))"
        program += "; from fairlead.cli.main import main; main()"
        words = [sys.executable, "-c", program, "promote", "churn", "--to", "production", how]
        surroundings = {**os.environ, **ada.surroundings}
        done = subprocess.run(words, cwd=ada.root, env=surroundings, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "FL6009" in done.stderr
        assert "raise the limit on the size of files" in done.stderr
        assert ada.state == before
        assert ada.git("branch", "--list", "fairlead/*") == ""

    @pytest.mark.parametrize("words", [("check",), ("validate",), ("rollback", "churn", "--in", "production")])
    @pytest.mark.parametrize("made", range(2))
    def test_whoever_comes_after_an_interruption_reads_a_lock_that_is_settled(
        self, ada: Clone, monkeypatch: pytest.MonkeyPatch, made: int, words: tuple[str, ...]
    ) -> None:
        moves = iter(range(made))
        forward = Move.forward

        def interrupted(move: Move, root: Path) -> None:
            if next(moves, None) is None:
                raise KeyboardInterrupt
            forward(move, root)

        ada.promote("--compile")
        with monkeypatch.context() as patched:
            patched.setattr(Move, "forward", interrupted)
            ada.run("rollback", "churn", "--in", "production", "--compile", code=1)
        assert (ada.root / WORK / JOURNAL).exists(), "nothing was interrupted"
        ada.run(*words)
        assert not (ada.root / WORK / JOURNAL).exists()
        ada.run("check", code=2 if words[0] == "rollback" else 0)

    def test_a_first_lock_is_written_too(self, ada: Clone) -> None:
        (ada.root / PRODUCTION).unlink()
        ada.run("compile")
        ada.promote("--compile")
        ada.run("check")

    def test_the_lock_of_this_machine_compiles_to_nothing(self, ada: Clone) -> None:
        assert "Usage" in ada.run("rollback", "churn", "--local", "--compile", code=2).stderr


def test_a_version_that_was_rolled_back_is_not_promoted_by_habit(ada: Clone) -> None:
    served, previous = locked("production", 15), locked("production", 16)
    _, _, model = previous.partition("model:\n")
    ada.write(PRODUCTION, served + "previous:\n" + model)
    done = ada.promote(code=1)
    assert "FL2029" in done.stderr
    assert "`fairlead rollback churn --in production`" in done.stderr
