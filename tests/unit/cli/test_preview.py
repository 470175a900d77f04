"""What a reader should know before believing the rest: the state of the output, of the tree, and of the compiler."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fairlead.preview import notices
from fairlead.preview.model import Change, Notice, Preview, Severity, Standing
from fairlead.preview.read import read
from tests.projects import ASSISTANT, SERVING
from tests.repositories import Repository
from tests.unit.cli.conftest import Command

SERVICE = "rendered/staging/assistant/kserve/inferenceservice-assistant.yaml"
INVENTORY = "rendered/staging/assistant/inventory.json"


@pytest.fixture
def repository(fairlead: Command) -> Repository:
    """A project that is compiled and committed."""
    made = Repository(fairlead.folder)
    made.write(".gitignore", ".fairlead/\n")
    made.start({"specs/assistant.yaml": ASSISTANT}, SERVING)
    assert fairlead("compile", "--no-cache").code == 0
    made.commit()
    return made


def preview(repository: Repository, head: str | None = None) -> Preview:
    return read(repository.project, "main", head).preview


def notice(found: Preview, kind: str) -> Notice:
    (wanted,) = [each for each in found.notices if each.kind == kind]
    return wanted


def test_a_project_that_is_compiled_and_committed_needs_no_notice(repository: Repository) -> None:
    assert preview(repository).notices == ()
    assert preview(repository, "main").notices == ()


def test_output_that_nobody_compiled_again_is_named(repository: Repository) -> None:
    repository.write("specs/assistant.yaml", ASSISTANT.replace("32Gi", "24Gi"))
    assert SERVICE in notice(preview(repository), "outdated").files
    repository.commit()
    found = read(repository.project, "main~1", "main").preview
    assert SERVICE in notice(found, "outdated").files


@pytest.mark.parametrize("committed", [True, False])
def test_a_file_that_was_changed_by_hand_is_named(repository: Repository, *, committed: bool) -> None:
    text = (repository.project / SERVICE).read_text()
    repository.write(SERVICE, text.replace("maxReplicas: 1", "maxReplicas: 5"))
    if committed:
        repository.commit()
    found = preview(repository, "main" if committed else None)
    assert notice(found, "hand-edit").files == (SERVICE,)
    assert found.parts == ()


@pytest.mark.parametrize("path", [SERVICE, INVENTORY])
def test_a_conflict_in_the_output_is_solved_by_compiling(repository: Repository, path: str) -> None:
    text = (repository.project / path).read_text()
    repository.write(path, f"<<<<<<< HEAD\n{text}=======\n{text}\n>>>>>>> topic\n")
    found = notice(preview(repository), "conflict")
    assert found.files == (path,)
    assert found.help.endswith("`git rm -rfq -- rendered && git checkout HEAD -- rendered && fairlead compile`")


def test_an_older_compiler_of_base_is_said_with_what_it_adds(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "this_version", lambda: "9.9.9")
    assert "The upgrade alone changes no file." in preview(repository).notices[0].message
    inventory = json.loads((repository.project / INVENTORY).read_text())
    inventory["files"][0]["sha256"] = "0" * 64
    repository.write(INVENTORY, json.dumps(inventory))
    repository.commit()
    found = [each for each in preview(repository).notices if each.kind == "compiler"]
    assert "The upgrade alone changes 1 file." in found[0].message
    assert found[0].files == (inventory["files"][0]["path"],)


def test_a_base_that_does_not_compile_leaves_the_plans(repository: Repository) -> None:
    repository.write("specs/assistant.yaml", ASSISTANT.replace("runtime: vllm", "runtime: vlm"))
    repository.commit()
    repository.write("specs/assistant.yaml", ASSISTANT)
    found = preview(repository)
    assert found.base.failed[0].place.file == "specs/assistant.yaml"
    assert found.verdict.startswith("Compiles, and base does not")
    assert notice(found, "base-failed")
    assert found.differs
    assert not found.failed


def test_a_secret_in_base_is_shown_nowhere(repository: Repository) -> None:
    secret = "ghp_" + "a1B2" * 9
    repository.write("specs/assistant.yaml", ASSISTANT.replace("access:", f"env: {{TOKEN: {secret}}}, access:"))
    repository.commit()
    repository.write("specs/assistant.yaml", ASSISTANT)
    assert secret not in repr(preview(repository))


def test_what_protects_is_missed_when_it_is_gone(repository: Repository) -> None:
    repository.write("specs/assistant.yaml", ASSISTANT.replace("access:", "replicas: {min: 2}, access:"))
    repository.commit()
    repository.write("specs/assistant.yaml", ASSISTANT)
    assert [effect.message for effect in preview(repository).of(Severity.RISK)] == [
        "replicas 2 -> 1",
        "PodDisruptionBudget assistant-serve is deleted: an upgrade of nodes may take all replicas at once",
    ]


def test_a_file_that_says_the_same_in_other_words_is_no_difference(repository: Repository) -> None:
    repository.git("mv", "specs/assistant.yaml", "specs/moved.yaml")
    found = preview(repository)
    (part,) = found.parts
    assert {change.change for change in part.resources} == {Change.REWRITTEN}
    assert [effect.kind for effect in part.effects] == ["moved"]


def test_a_waiver_is_told_from_a_mend(repository: Repository) -> None:
    def standing() -> list[tuple[Standing, str | None, str | None]]:
        found = preview(repository).findings
        return [(each.standing, each.reason, each.until) for each in found if each.policy == "serving.no-slo"]

    repository.write("fairlead.yaml", SERVING.replace("trains: true", "trains: true, protected: true"))
    assert standing() == [(Standing.NEW, None, None)]
    repository.commit()
    assert standing() == []
    waiver = "{check: serving.no-slo, reason: until the move, until: 2027-03-31}"
    repository.write("specs/assistant.yaml", f"{ASSISTANT}waivers: [{waiver}]\n")
    assert standing() == [(Standing.WAIVED, "until the move", "2027-03-31")]
    repository.write("specs/assistant.yaml", f"{ASSISTANT}monitoring: {{slos: {{availability: 99%}}}}\n")
    assert standing() == [(Standing.GONE, None, None)]


class TestCommand:
    def test_exit_codes_tell_programs(self, fairlead: Command, repository: Repository) -> None:
        assert fairlead("preview", "--base", "main", "--exit-code").code == 0
        repository.write("specs/assistant.yaml", ASSISTANT.replace("32Gi", "24Gi"))
        assert fairlead("preview", "--base", "main").code == 0
        done = fairlead("preview", "--base", "main", "--exit-code")
        assert done.code == 2
        assert "the server: memory limit 32Gi -> 24Gi" in done.out
        repository.write("specs/assistant.yaml", "kind: nothing\n")
        done = fairlead("preview", "--base", "main", "--exit-code")
        assert done.code == 1
        assert "Does not compile" in done.out
        assert "error[" in done.err
        assert fairlead("preview", "--base", "nowhere").code == 1

    def test_the_mark_of_the_comment_has_the_name_of_base_whatever_head_makes_of_it(
        self, fairlead: Command, repository: Repository
    ) -> None:
        text = (repository.folder / "fairlead.yaml").read_text()
        for changed in (text.replace("name: acme-ml", "name: other"), "kind: ["):
            repository.write("fairlead.yaml", changed)
            done = fairlead("preview", "--base", "main", "--format", "markdown")
            assert done.out.splitlines()[0] == "<!-- fairlead:preview:acme-ml -->"

    def test_formats_go_to_files(self, fairlead: Command, repository: Repository) -> None:
        repository.write("specs/assistant.yaml", ASSISTANT.replace("32Gi", "24Gi"))
        done = fairlead(
            "preview", "--base", "main", "--format", "markdown", "--out", "out/a.md", "--also", "json=out/a.json"
        )
        assert done.out == ""
        assert done.err.endswith("wrote out/a.md\n")
        folder: Path = fairlead.folder / "out"
        assert (
            folder.joinpath("a.md").read_text().startswith("<!-- fairlead:preview:acme-ml -->\n## Fairlead preview\n")
        )
        assert json.loads(folder.joinpath("a.json").read_text())["worst"] == "risk"
        assert "FORMAT=FILE" in fairlead("preview", "--base", "main", "--also", "yaml=x").err
        assert "can't be written" in fairlead("preview", "--base", "main", "--out", "fairlead.yaml/x").err

    def test_a_bare_repository_is_told(self, fairlead: Command, repository: Repository) -> None:
        repository.git("clone", "--quiet", "--bare", ".", "bare.git")
        fairlead.folder /= "bare.git"
        (repository.project / "fairlead.yaml").unlink()
        done = fairlead("preview", "--base", "main")
        assert done.code == 1
        assert "error[FL2062]" in done.err

    def test_a_folder_without_a_project_is_told(self, fairlead: Command, repository: Repository) -> None:
        (repository.project / "fairlead.yaml").unlink()
        assert "error[FL2001]" in fairlead("preview", "--base", "main").err
