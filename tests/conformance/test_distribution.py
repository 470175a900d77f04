"""What a user installs: a wheel, built from a source distribution as an index would get it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Callable
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from tests.unit.test_repository import requirements

Tool = Callable[[str], Path]
SOURCE_ROOTS = ("compiler", "targets")


@pytest.fixture(scope="module")
def sdist(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(folder)], cwd=repository, check=True
    )
    (archive,) = folder.iterdir()
    return archive


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    source, folder = tmp_path_factory.mktemp("unpacked"), tmp_path_factory.mktemp("wheel")
    with tarfile.open(sdist) as archive:
        archive.extractall(source, filter="data")
    (root,) = source.iterdir()
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=root, check=True)
    (path,) = folder.iterdir()
    return zipfile.ZipFile(path)


def test_the_wheel_holds_every_tracked_file_of_both_source_roots(repository: Path, wheel: zipfile.ZipFile) -> None:
    if not (repository / ".git").exists():
        pytest.skip("not a Git work tree")
    listed = subprocess.run(
        ["git", "ls-files", "-z", *SOURCE_ROOTS], cwd=repository, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    expected = {name.partition("/")[2] for name in listed if name and (repository / name).is_file()}
    assert expected - set(wheel.namelist()) == set()
    assert {"fairlead/py.typed", "fairlead_targets/py.typed"} <= expected


def test_the_wheel_holds_nothing_but_the_two_packages(wheel: zipfile.ZipFile) -> None:
    folders = {name.partition("/")[0] for name in wheel.namelist()}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {"fairlead", "fairlead_targets"}
    assert [name for name in wheel.namelist() if "__pycache__" in name] == []


def test_the_wheel_says_its_license_and_python(wheel: zipfile.ZipFile) -> None:
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    metadata = Parser().parsestr(wheel.read(name).decode())
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert name.replace("METADATA", "licenses/LICENSE") in wheel.namelist()


def build(target: str, source: Path, folder: Path, umask: int) -> Path:
    """An archive as `make dist` builds it, at a time of its own."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, env=environment, umask=umask)
    (archive,) = folder.iterdir()
    return archive


@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_building_elsewhere_gives_the_same_bytes(repository: Path, tmp_path: Path, target: str) -> None:
    """Another folder, another order of creation, other rights of new files: none of them is in an archive."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("targets", "compiler"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(repository / name, elsewhere / name, copy_function=shutil.copyfile, ignore=ignored)
    for name in ("pyproject.toml", "LICENSE", "README.md", ".gitignore"):
        shutil.copyfile(repository / name, elsewhere / name)
    here = build(target, repository, tmp_path / "here", 0o022)
    there = build(target, elsewhere, tmp_path / "there", 0o077)
    assert here.name == there.name
    assert here.read_bytes() == there.read_bytes()


def test_the_wheel_of_the_source_distribution_is_the_wheel_of_the_repository(
    repository: Path, sdist: Path, wheel: zipfile.ZipFile, tmp_path: Path
) -> None:
    direct = zipfile.ZipFile(build("wheel", repository, tmp_path, 0o022))
    assert {name: wheel.read(name) for name in wheel.namelist()} == {
        name: direct.read(name) for name in direct.namelist()
    }


@pytest.fixture(scope="module")
def released(sdist: Path, wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both archives, as a release has them."""
    folder = tmp_path_factory.mktemp("released")
    shutil.copy(sdist, folder)
    shutil.copy(str(wheel.filename), folder)
    return folder


def checked(repository: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, repository / ".ci/release/check.py", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_a_release_passes_the_check_under_its_own_tag_alone(repository: Path, released: Path) -> None:
    version = tomllib.loads((repository / "pyproject.toml").read_text())["project"]["version"]
    good = checked(repository, "--tag", f"v{version}", released)
    assert (good.returncode, good.stderr) == (0, "")
    for tag in (version, f"v{version}.1", f"v{version}-rc1", f"v{version}\n", "main"):
        bad = checked(repository, "--tag", tag, released)
        assert bad.returncode == 1
        assert f"the tag has to be v{version}" in bad.stderr


def test_a_release_with_an_archive_too_many_or_bad_metadata_is_refused(
    repository: Path, released: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(released, tmp_path / "released"))
    (wheel,) = folder.glob("*.whl")
    shutil.copy(wheel, folder / "fairlead-9.9.9-py3-none-any.whl")
    assert "has fairlead-" in checked(repository, folder).stderr
    (folder / "fairlead-9.9.9-py3-none-any.whl").unlink()
    name = wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info/METADATA"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(name, "Metadata-Version: 2.4\nName: fairlead\nVersion: 0\nLicense-Expression: no such\n")
    refused = checked(repository, folder)
    assert refused.returncode == 1
    assert "license" in refused.stderr.lower()


@pytest.fixture(scope="module")
def users(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment as a user has it: what is known of this one's packages, without those for development."""
    folder = tmp_path_factory.mktemp("users")
    venv.create(folder)
    (packages,) = folder.glob("lib/*/site-packages")
    runtime = requirements((repository / "requirements/runtime.txt").read_text())
    wanted = {canonicalize_name(line.split("==")[0]) for line in runtime} | {"fairlead"}
    for known in Path(sysconfig.get_path("purelib")).glob("*.dist-info"):
        if canonicalize_name(known.name.split("-")[0]) in wanted:
            shutil.copytree(known, packages / known.name)
    return folder


def billed(
    repository: Path, tool: Tool, released: Path, users: Path, out: Path, listed: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """A bill of materials of a release, and of an environment that its wheel is installed into."""
    (wheel,) = released.glob("*.whl")
    listed = listed or repository / "requirements/runtime.txt"
    command: list[str | Path] = [
        tool("cyclonedx-py").parent / "python",
        repository / ".ci/release/sbom.py",
        "--wheel",
        wheel,
        "--out",
        out,
    ]
    options: list[str | Path] = ["--environment", users, "--requirements", listed]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    return subprocess.run([*command, *options], check=False, capture_output=True, text=True, env=environment)


def test_the_bill_of_materials_names_everything_that_a_user_installs(
    repository: Path, tool: Tool, released: Path, users: Path, tmp_path: Path
) -> None:
    done = billed(repository, tool, released, users, tmp_path / "a.json")
    assert done.returncode == 0, done.stderr
    bill = json.loads((tmp_path / "a.json").read_text())
    wheel_digest = hashlib.sha256(next(released.glob("*.whl")).read_bytes()).hexdigest()
    assert bill["metadata"]["component"]["hashes"] == [{"alg": "SHA-256", "content": wheel_digest}]
    installed = requirements((repository / "requirements/runtime.txt").read_text())
    assert {f"{part['name']}=={part['version']}": digests(part) for part in bill["components"]} == {
        line.partition(" ;")[0]: sorted(hashes) for line, hashes in installed.items()
    }
    for part in bill["components"]:
        assert part["purl"] == f"pkg:pypi/{part['name']}@{part['version']}"
        assert part["licenses"]


def digests(part: dict[str, Any]) -> list[str]:
    return sorted(
        f"sha256:{found['content']}" for reference in part["externalReferences"] for found in reference["hashes"]
    )


def test_the_bill_of_materials_is_the_same_bytes_each_time(
    repository: Path, tool: Tool, released: Path, users: Path, tmp_path: Path
) -> None:
    for name in ("a.json", "b.json"):
        assert billed(repository, tool, released, users, tmp_path / name).returncode == 0
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_a_bill_that_would_leave_something_out_is_not_written(
    repository: Path, tool: Tool, released: Path, users: Path, tmp_path: Path
) -> None:
    locked = (repository / "requirements/runtime.txt").read_text()
    other = tmp_path / "other.txt"
    for text, said in [
        (
            re.sub(r"^click==[\w.]+", "click==0.0.1", locked, flags=re.MULTILINE),
            "click 0.0.1 is listed and not installed",
        ),
        ("click==" + re.findall(r"^click==([\w.]+)", locked, re.MULTILINE)[0] + "\n", "click has no digest"),
    ]:
        other.write_text(text)
        done = billed(repository, tool, released, users, tmp_path / "none.json", other)
        assert done.returncode == 1
        assert said in done.stderr
        assert not (tmp_path / "none.json").exists()


def test_the_schema_of_bills_of_materials_is_really_asked(
    repository: Path, tool: Tool, released: Path, users: Path, tmp_path: Path
) -> None:
    assert billed(repository, tool, released, users, tmp_path / "a.json").returncode == 0
    bill = json.loads((tmp_path / "a.json").read_text())
    bill["components"][0]["licenses"] = [{"license": {"id": "no such licence"}}]
    judge = "import sys, sbom; sys.exit(len(sbom.problems(sys.stdin.read())))"
    done = subprocess.run(
        [tool("cyclonedx-py").parent / "python", "-c", judge],
        input=json.dumps(bill),
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(repository / ".ci/release")},
    )
    assert done.returncode > 0
