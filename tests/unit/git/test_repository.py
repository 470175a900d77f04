"""States come from Git's objects, whatever a repository looks like, and errors say what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.git.repository import Entry, Repository as Reader
from fairlead.preview.commits import Commit
from fairlead.preview.model import Preview
from fairlead.preview.read import read
from fairlead.source.diagnostics import Refused
from tests.projects import ASSISTANT, SERVING
from tests.repositories import Repository


def served(name: str = "assistant", **replaced: str) -> str:
    text = ASSISTANT.replace("name: assistant", f"name: {name}")
    for old, new in replaced.items():
        text = text.replace({"memory": "32Gi", "callers": "support/desk"}[old], new)
    return text


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repository")
    made.start({"specs/assistant.yaml": served()}, SERVING)
    return made


def preview(repository: Repository, base: str = "main", head: str | None = None, *, exact: bool = False) -> Preview:
    return read(repository.project, base, head, exact=exact).preview


def messages(found: Preview) -> list[str]:
    return [effect.message for effect in found.effects]


def refused(repository: Repository, base: str, head: str | None = None) -> tuple[str, str]:
    with pytest.raises(Refused) as raised:
        preview(repository, base, head)
    (found,) = raised.value.diagnostics
    return found.code.id, f"{found.message} {found.help}"


def kinds(found: Preview) -> list[str]:
    return [notice.kind for notice in found.notices]


def test_an_unchanged_tree_changes_nothing(repository: Repository) -> None:
    found = preview(repository)
    assert (found.parts, found.findings, found.notices) == ((), (), ())
    assert not found.differs
    assert found.verdict == "Changes nothing that is compiled"


def test_the_working_tree_is_head_and_what_is_not_committed_is_named(repository: Repository) -> None:
    repository.write("specs/assistant.yaml", served(memory="24Gi"))
    repository.write("specs/other.yaml", served("other"))
    repository.write("README.md", "read by nobody\n")
    found = preview(repository)
    assert "the server: memory limit 32Gi -> 24Gi" in messages(found)
    assert kinds(found) == ["dirty"]
    assert found.notices[0].files == ("specs/assistant.yaml", "specs/other.yaml")


def test_a_commit_can_be_head_and_the_working_tree_has_no_say(repository: Repository) -> None:
    first = repository.git("rev-parse", "HEAD")
    repository.write("specs/assistant.yaml", served(memory="24Gi"))
    repository.commit()
    repository.write("specs/assistant.yaml", "this: is: no yaml")
    found = preview(repository, first, "main")
    assert messages(found) == ["the server: memory limit 32Gi -> 24Gi"]
    assert found.notices == ()


def test_base_is_where_head_left_it(repository: Repository) -> None:
    repository.git("switch", "--quiet", "--create", "topic")
    repository.write("specs/assistant.yaml", served(memory="24Gi"))
    repository.commit()
    repository.git("switch", "--quiet", "main")
    repository.write("specs/later.yaml", served("later"))
    repository.commit()
    found = preview(repository, "main", "topic")
    assert messages(found) == ["the server: memory limit 32Gi -> 24Gi"]
    assert [notice.message for notice in found.notices] == [
        "main has 1 commit that topic does not have, and merging brings both together"
    ]
    exact = preview(repository, "main", "topic", exact=True)
    assert "the pipeline is removed: its endpoint stops answering" in messages(exact)


def test_a_project_may_lie_below_the_root(tmp_path: Path) -> None:
    repository = Repository(tmp_path, "ml/platform ü")
    repository.start({"specs/assistant.yaml": served()}, SERVING)
    repository.write("specs/assistant.yaml", served(memory="24Gi"))
    found = preview(repository)
    assert messages(found) == ["the server: memory limit 32Gi -> 24Gi"]
    assert found.notices[0].files == ("specs/assistant.yaml",)


def test_a_base_without_the_project_makes_everything_new(tmp_path: Path) -> None:
    repository = Repository(tmp_path, "ml")
    (tmp_path / "README.md").write_text("hello\n")
    first = repository.commit()
    repository.start({"specs/assistant.yaml": served()}, SERVING)
    found = preview(repository, first)
    assert "base-missing" in kinds(found)
    assert "new pipeline: serves" in messages(found)


@pytest.mark.parametrize("attribute", ["specs/** export-ignore", "*.yaml export-subst", "*.yaml ident", "*.yaml -text"])
def test_attributes_for_archives_change_nothing(repository: Repository, attribute: str) -> None:
    repository.write(".gitattributes", f"{attribute}\n")
    repository.write("specs/assistant.yaml", f"# $Format:%H$ $Id$\n{served()}")
    repository.commit()
    assert preview(repository).parts == ()


def test_links_lead_where_they_lead(repository: Repository) -> None:
    repository.write("linked/assistant.txt", served("linked"))
    (repository.project / "specs/linked.yaml").symlink_to("../linked/assistant.txt")
    repository.commit()
    assert preview(repository).parts == ()
    repository.write("linked/assistant.txt", served("linked", memory="24Gi"))
    assert messages(preview(repository)) == ["the server: memory limit 32Gi -> 24Gi"]


def test_a_link_out_of_the_project_leads_nowhere(repository: Repository) -> None:
    (repository.project / "specs/hosts.yaml").symlink_to("/etc/hosts")
    repository.commit()
    found = preview(repository)
    assert [each.code for each in found.base.failed] == ["FL2018"]
    assert [each.code for each in found.head.failed] == ["FL2018"]


def test_odd_names_are_read_as_they_are(repository: Repository) -> None:
    for number, name in enumerate(["a b", "ä", "quote'\"", "-dash", "#hash", "star*"]):
        repository.write(f"specs/{name}.yaml", served(f"odd-{number}"))
    repository.commit()
    found = preview(repository)
    assert found.head.failed == found.base.failed == ()
    assert found.parts == ()


def test_files_that_git_lfs_keeps_are_named(repository: Repository) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n"
    repository.write("specs/assistant.yaml", pointer)
    repository.commit()
    repository.write("specs/assistant.yaml", served())
    found = preview(repository)
    assert kinds(found)[:2] == ["base-failed", "lfs"]
    assert found.differs


def test_what_lies_in_a_submodule_is_said(repository: Repository, tmp_path: Path) -> None:
    other = Repository(tmp_path / "other")
    other.write("a.yaml", "a: 1\n")
    commit = other.commit()
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},specs-of-others")
    repository.git("commit", "--quiet", "--message", "a submodule")
    (repository.project / "specs-of-others").mkdir()
    assert kinds(preview(repository, "main", "main")) == ["submodule"]


def test_an_unknown_revision_is_no_traceback(repository: Repository) -> None:
    assert refused(repository, "origin/main") == (
        "FL2063",
        "there is no commit `origin/main` fetch it first, as by `git fetch --no-tags origin origin/main`",
    )
    repository.git("remote", "add", "origin", "https://example.com/x.git")
    code, text = refused(repository, "origin/main")
    assert code == "FL2063"
    assert text.endswith("`git fetch --no-tags origin main:refs/remotes/origin/main`")
    assert refused(repository, "--help")[0] == "FL2063"
    assert refused(repository, "main", "nothing")[0] == "FL2063"


def test_a_shallow_clone_says_how_to_fetch_more(repository: Repository, tmp_path: Path) -> None:
    first = repository.git("rev-parse", "HEAD")
    repository.write("specs/assistant.yaml", served(memory="24Gi"))
    repository.commit()
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.folder}", str(tmp_path / "clone"))
    clone = Repository(tmp_path / "clone")
    code, text = refused(clone, first)
    assert code == "FL2063"
    assert "shallow" in text
    assert f"git fetch --no-tags origin {first}" in text


def test_histories_without_a_common_commit_are_told(repository: Repository) -> None:
    repository.git("switch", "--quiet", "--orphan", "other")
    repository.start({"specs/assistant.yaml": served(memory="24Gi")}, SERVING)
    code, text = refused(repository, "main", "other")
    assert code == "FL2064"
    assert "--exact-base" in text
    assert messages(preview(repository, "main", "other", exact=True)) == ["the server: memory limit 32Gi -> 24Gi"]


def test_a_partial_clone_asks_no_server(repository: Repository, tmp_path: Path) -> None:
    repository.git("config", "uploadpack.allowFilter", "true")
    first = repository.git("rev-parse", "HEAD")
    repository.write("specs/assistant.yaml", served(memory="24Gi"))
    repository.commit()
    source, target = f"file://{repository.folder}", str(tmp_path / "clone")
    repository.git("clone", "--quiet", "--filter=blob:none", source, target)
    code, text = refused(Repository(tmp_path / "clone"), first)
    assert code == "FL2065"
    assert "git fetch --refetch --no-filter" in text


def test_no_repository_is_told(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.start({"specs/assistant.yaml": served()}, SERVING)
    (tmp_path / ".git").rename(tmp_path / "git")
    assert refused(repository, "main")[0] == "FL2062"


def test_without_git_there_is_no_preview(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository.folder / "nothing"))
    assert refused(repository, "main")[0] == "FL2061"


def test_a_repository_before_its_first_commit_is_told(tmp_path: Path) -> None:
    assert refused(Repository(tmp_path), "main")[0] == "FL2063"


def test_a_hook_may_call_it(repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "elsewhere/index"))
    assert preview(repository).parts == ()


def test_nothing_is_written_to_the_repository(repository: Repository) -> None:
    def state() -> dict[str, tuple[int, int]]:
        paths = sorted(repository.folder.rglob("*"))
        return {str(path): (path.lstat().st_mtime_ns, path.lstat().st_size) for path in paths}

    repository.write("specs/assistant.yaml", served(memory="24Gi"))
    before = state()
    preview(repository)
    assert state() == before


def test_a_tree_that_leads_out_of_the_folder_writes_nothing_there(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = repository.git("rev-parse", "HEAD:specs/assistant.yaml")
    paths = ["../outside.yaml", "a/../../outside.yaml", "/outside.yaml", ".git/hooks.yaml", "specs/.GIT/x.yaml"]
    monkeypatch.setattr(Reader, "entries", lambda *_: [Entry(path, 0o100644, blob, 10) for path in paths])
    (tmp_path / "out/in").mkdir(parents=True)
    Commit(Reader(repository.project), repository.git("rev-parse", "HEAD")).write(tmp_path / "out/in")
    assert [path.name for path in (tmp_path / "out").rglob("*")] == ["in"]
