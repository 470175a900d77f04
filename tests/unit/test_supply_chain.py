"""What the project runs and ships is what a commit says: exact versions, by digest, agreeing with each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from ruamel.yaml import YAML

from fairlead_targets.github_actions.actions import PINS

ONLY_BY_HAND = {"actions/setup-go": ("b7ad1dad31e06c5925ef5d2fc7ad053ef454303e", "v7.0.0")}
"""Actions that workflows written by hand use, and no compiled one does."""
KNOWN = {**PINS, **ONLY_BY_HAND}
LOCKED_FROM = {
    "runtime.txt": ["pyproject.toml"],
    "build.txt": ["build.in"],
    "run.txt": ["pyproject.toml", "run", "serve", "lock", "run.in"],
    "dev.txt": ["pyproject.toml", "run", "serve", "lock", "build.in", "run.in", "dev.in"],
    "lock.txt": ["lock.in"],
    "release.txt": ["release.in"],
    "fuzz.txt": ["fuzz.in"],
    "checkov.txt": ["checkov.in"],
}
"""What `make lock` derives each file from: the distribution, extras of it, and files beside."""
ALONE = {"checkov.txt"}
"""Files whose environment holds nothing else, and which pin what others have in other versions."""


def pinned(repository: Path, name: str) -> dict[str, Version]:
    """The packages of a locked file, with their versions."""
    text = (repository / "requirements" / name).read_text()
    found = re.findall(r"^([a-z0-9-]+)(?:\[[a-z,-]+\])?==([\w.]+)", text, re.MULTILINE)
    return {package: Version(version) for package, version in found}


def wanted(repository: Path, source: str) -> list[Requirement]:
    """The requirements of the distribution, of an extra of it, or of a file in requirements/."""
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    if source == "pyproject.toml":
        lines = project["dependencies"]
    elif not source.endswith(".in"):
        lines = project["optional-dependencies"][source]
    else:
        lines = (repository / "requirements" / source).read_text().splitlines()
    lines = [line.partition("#")[0].strip() for line in lines]
    return [Requirement(line) for line in lines if line]


def test_no_two_requirements_files_disagree_on_a_version(repository: Path) -> None:
    seen: dict[str, dict[str, str]] = {}
    for name in LOCKED_FROM.keys() - ALONE:
        for package, version in pinned(repository, name).items():
            seen.setdefault(package, {})[name] = str(version)
    assert {package: by for package, by in seen.items() if len(set(by.values())) > 1} == {}


def test_make_lock_writes_every_requirements_file(repository: Path) -> None:
    written = re.findall(r"--output-file requirements/(\S+\.txt)", (repository / "Makefile").read_text())
    assert sorted(written) == sorted(LOCKED_FROM)
    folder = repository / "requirements"
    assert {path.name for path in folder.glob("*.in")} == {
        source for sources in LOCKED_FROM.values() for source in sources if source.endswith(".in")
    }


@pytest.mark.parametrize(("name", "sources"), LOCKED_FROM.items(), ids=list(LOCKED_FROM))
def test_what_is_locked_satisfies_what_it_is_locked_from(repository: Path, name: str, sources: list[str]) -> None:
    locked = pinned(repository, name)
    for source in sources:
        for requirement in wanted(repository, source):
            version = locked.get(canonicalize_name(requirement.name))
            assert version is not None, f"{name} lacks {requirement.name}: run `make lock`"
            assert requirement.specifier.contains(version), f"{name} has {version} of {requirement}: run `make lock`"


def test_the_build_backend_is_locked(repository: Path) -> None:
    requires = tomllib.loads((repository / "pyproject.toml").read_text())["build-system"]["requires"]
    locked = pinned(repository, "build.txt")
    for requirement in map(Requirement, requires):
        assert requirement.specifier.contains(locked[requirement.name])


def installations(text: str) -> list[str]:
    """The commands in `text` that install Python packages, with continued lines joined."""
    joined = re.sub(r"\\\n\s*", " ", text)
    lines = [line.strip() for line in joined.splitlines() if not line.lstrip().startswith("#")]
    return [line for line in lines if re.search(r"\bpip\b.*\binstall\b|\(PIP_INSTALL\)|\(HASHED_INSTALL\)", line)]


# What is installed without a digest is this project itself, and brings nothing along.
BY_DIGEST = re.compile(r"--require-hashes --only-binary :all: |\(HASHED_INSTALL\)")
ITSELF = re.compile(r"--no-deps .*(--editable \.|dist/fairlead-\*\.whl|--no-build-isolation \.)$")
DEFINITION = re.compile(r"^(PIP|HASHED)_INSTALL := ")


def test_everything_that_is_installed_is_a_wheel_of_a_known_digest(repository: Path) -> None:
    files = [repository / "Makefile", repository / ".ci/run", *(repository / ".github").rglob("*.yml")]
    files += (repository / "targets/fairlead_targets/github_actions/scripts").glob("*.sh")
    commands = [command for file in files for command in installations(file.read_text())]
    assert len(commands) >= 10
    left = [c for c in commands if not (BY_DIGEST.search(c) or ITSELF.search(c) or DEFINITION.search(c))]
    assert left == []


def test_an_installation_without_digests_is_seen() -> None:
    (command,) = installations("# pip install fine\npython -m pip \\\n    install requests\n")
    assert not BY_DIGEST.search(command)
    assert not ITSELF.search(command)


def actions(text: str) -> list[tuple[str, str, str]]:
    """Each action in a workflow: its name, what it is pinned to, and the comment behind it."""
    return re.findall(r"^\s*(?:- )?uses: *([^@\s]+)@?(\S*) *(?:# *(.*))?$", text, re.MULTILINE)


def workflows(repository: Path) -> list[Path]:
    return sorted((repository / ".github").rglob("*.yml"))


def test_every_action_is_pinned_to_the_commit_of_its_release(repository: Path) -> None:
    found = [used for file in workflows(repository) for used in actions(file.read_text())]
    assert len(found) >= 15
    assert [used for used in found if KNOWN.get(used[0]) != (used[1], used[2])] == []


def test_the_table_of_actions_holds_commits_and_releases() -> None:
    for commit, release in KNOWN.values():
        assert re.fullmatch(r"[0-9a-f]{40}", commit)
        assert re.fullmatch(r"v\d+\.\d+\.\d+", release)


def test_an_action_by_tag_is_seen() -> None:
    (used,) = actions("    - uses: actions/checkout@v4\n")
    assert KNOWN[used[0]] != (used[1], used[2])


def test_no_workflow_grants_more_than_its_jobs_ask_for(repository: Path) -> None:
    for file in workflows(repository):
        if file.parent.name != "workflows":
            continue
        workflow: dict[Any, Any] = YAML(typ="safe").load(file)
        assert workflow["permissions"] == {}, file.name
        triggers = {str(name) for name in workflow.get("on") or workflow[True]}
        assert triggers.isdisjoint({"pull_request_target", "workflow_run"}), file.name


def test_what_builds_a_release_has_no_rights_and_what_has_rights_builds_nothing(repository: Path) -> None:
    jobs = YAML(typ="safe").load(repository / ".github/workflows/release.yml")["jobs"]
    assert jobs["build"]["permissions"] == {"contents": "read"}
    publish = jobs["publish"]
    assert publish["environment"] == "release"
    used = [step.get("uses", "").partition("@")[0] for step in publish["steps"]]
    assert "actions/checkout" not in used
    scripts = " ".join(step.get("run", "") for step in publish["steps"])
    assert not re.search(r"\b(make|python|pip)\b", scripts)


def test_every_go_module_has_exact_versions_and_their_digests(repository: Path) -> None:
    modules = list((repository / "tests").rglob("go.mod"))
    assert modules
    for module in modules:
        text = module.read_text()
        sums = (module.parent / "go.sum").read_text()
        needed = re.findall(r"^\s*(?:require )?([a-z0-9.-]+\.[a-z]+/\S+) (v\S+)", text, re.MULTILINE)
        other = dict(re.findall(r"^\s*(?:replace )?(\S+)(?: v\S+)? => (\S+ v\S+)", text, re.MULTILINE))
        needed = [tuple(other[name].split(" ")) if name in other else (name, version) for name, version in needed]
        assert needed
        for name, version in needed:
            assert re.match(r"v\d+\.\d+\.\d+", version)
            assert f"{name} {version}" in sums, f"{module.parent.name}/go.sum lacks {name} {version}"


def test_every_program_that_is_built_from_source_has_an_exact_version(repository: Path) -> None:
    script = (repository / ".ci/run").read_text()
    modules = re.findall(r"^\w+=([a-z0-9.]+\.[a-z]+/\S+)$", script, re.MULTILINE)
    assert len(modules) >= 3
    assert [module for module in modules if not re.search(r"@v\d+\.\d+\.\d+$", module)] == []
    assert "@latest" not in script


def test_nothing_that_is_fetched_is_run_as_it_comes(repository: Path) -> None:
    files = [repository / "Makefile", repository / ".ci/run", *workflows(repository)]
    assert [file.name for file in files if re.search(r"\b(curl|wget)\b", file.read_text())] == []
