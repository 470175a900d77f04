"""The repository as a whole: what its files may say, and that what it installs is pinned."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

SOURCE_ROOTS = ("compiler/fairlead", "targets/fairlead_targets")

# Written in pieces, so that this file does not name them either.
REGISTRY_HOSTS = [
    "pypi." + "org",
    "python" + "hosted.org",
    "registry." + "npmjs.org",
    "proxy." + "golang.org",
    "crates" + ".io",
    "conda." + "anaconda.org",
]
OF_ONE_MACHINE = ["/" + "work/", ".." + "/shared", "/" + "root/"]
# The one file that may look beside the repository, for data that is kept there where the project is developed.
MAY_LOOK_BESIDE = {Path(".ci/run")}


@pytest.fixture(scope="module")
def tracked(repository: Path) -> list[Path]:
    """The files that Git knows here, relative to the root; those that are deleted but not committed left out."""
    if not (repository / ".git").exists():
        pytest.skip("not a Git work tree")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=repository, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    return [Path(name) for name in listed if name and (repository / name).is_file()]


def naming(repository: Path, files: list[Path], words: list[str]) -> list[str]:
    """`file:line: word` for each line of `files` with one of `words`."""
    pattern = re.compile("|".join(re.escape(word) for word in words))
    found = []
    for file in files:
        text = (repository / file).read_bytes().decode("utf-8", errors="replace")
        for number, line in enumerate(text.split("\n"), start=1):
            found += [f"{file}:{number}: {match.group()}" for match in pattern.finditer(line)]
    return found


def test_no_file_names_a_package_registry(repository: Path, tracked: list[Path]) -> None:
    assert naming(repository, tracked, REGISTRY_HOSTS) == []


def test_no_file_names_a_place_on_one_machine(repository: Path, tracked: list[Path]) -> None:
    files = [file for file in tracked if file not in MAY_LOOK_BESIDE]
    assert naming(repository, files, OF_ONE_MACHINE) == []


def test_a_name_that_may_not_stand_is_found_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"fine\nsee {REGISTRY_HOSTS[0]}\n")
    assert naming(tmp_path, [Path("a.txt")], REGISTRY_HOSTS) == [f"a.txt:2: {REGISTRY_HOSTS[0]}"]


def requirements(text: str) -> dict[str, list[str]]:
    """What a requirements file installs: the requirement as written, and its hashes."""
    joined = re.sub(r"\\\n\s*", " ", text)
    lines = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {
        line.split("--hash")[0].strip(): re.findall(r"--hash=(sha256:[0-9a-f]{64})(?:\s|$)", line) for line in lines
    }


LOCKED = ["runtime.txt", "run.txt", "build.txt", "dev.txt", "lock.txt", "release.txt", "fuzz.txt", "checkov.txt"]


def test_every_requirements_file_is_checked_here(repository: Path) -> None:
    assert sorted(path.name for path in (repository / "requirements").glob("*.txt")) == sorted(LOCKED)


@pytest.mark.parametrize("name", LOCKED)
def test_requirements_are_exact_and_hashed(repository: Path, name: str) -> None:
    installed = requirements((repository / "requirements" / name).read_text())
    assert installed
    assert [line for line in installed if not re.match(r"[a-z0-9-]+(\[[a-z,-]+\])?==[\w.]+( ; .+)?$", line)] == []
    assert [line for line, hashes in installed.items() if not hashes] == []


@pytest.mark.parametrize("name", ["runtime.txt", "run.txt", "build.txt"])
def test_the_development_environment_holds_what_users_install(repository: Path, name: str) -> None:
    folder = repository / "requirements"
    theirs, ours = requirements((folder / name).read_text()), requirements((folder / "dev.txt").read_text())
    assert {line: ours.get(line) for line in theirs} == theirs


def test_the_lock_answers_every_dependency_of_the_distribution(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[<>=!~\[ ]", line)[0].replace(".", "-") for line in project["dependencies"]}
    locked = {line.split("==")[0] for line in requirements((repository / "requirements/runtime.txt").read_text())}
    assert wanted <= locked


def test_a_requirement_without_a_hash_is_seen() -> None:
    digest = "sha256:" + "0" * 64
    assert requirements(f"a==1 \\\n    --hash={digest}\n    # via b\nb==2\n") == {"a==1": [digest], "b==2": []}


@pytest.mark.parametrize("root", SOURCE_ROOTS)
def test_every_package_says_what_it_is(repository: Path, root: str) -> None:
    folders = {path.parent for path in (repository / root).rglob("*.py")}
    silent = []
    for folder in sorted(folders):
        init = folder / "__init__.py"
        if not init.is_file() or not ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))):
            silent.append(str(folder.relative_to(repository)))
    assert silent == []


@pytest.mark.parametrize("root", SOURCE_ROOTS)
def test_every_source_root_is_typed(repository: Path, root: str) -> None:
    assert (repository / root / "py.typed").is_file()


def test_every_registered_target_has_a_folder_with_a_readme(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    modules = [point.split(":")[0] for point in project["entry-points"]["fairlead.targets"].values()]
    folders = [repository / "targets" / module.replace(".", "/") for module in modules]
    assert modules
    assert [folder.name for folder in folders if not (folder / "README.md").is_file()] == []
