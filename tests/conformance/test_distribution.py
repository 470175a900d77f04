"""What a user installs: a wheel, built from a source distribution as an index would get it."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

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


def test_building_twice_gives_the_same_bytes(repository: Path, sdist: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)], cwd=repository, check=True
    )
    assert (tmp_path / sdist.name).read_bytes() == sdist.read_bytes()
