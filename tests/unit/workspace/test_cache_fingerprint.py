"""The compiler as a part of the key: whatever changes in it, in a target or in a library is seen."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import fairlead
from fairlead.target import available
from fairlead.workspace.cache import fingerprint
from fairlead.workspace.cache.fingerprint import compiler, modules, unchanged

ENTRY_POINTS = "[console_scripts]\nx = other:main\n\n[fairlead.targets]\nacme = acme_target.inner:Acme\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed distributions, with one target in it."""
    (tmp_path / "acme_target-1.0.dist-info").mkdir()
    (tmp_path / "acme_target-1.0.dist-info" / "entry_points.txt").write_text(ENTRY_POINTS)
    (tmp_path / "acme_target" / "templates").mkdir(parents=True)
    (tmp_path / "acme_target" / "__init__.py").write_text("")
    (tmp_path / "acme_target" / "templates" / "page.md").write_text("one")
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_the_same_compiler_is_the_same() -> None:
    assert compiler() == compiler()


def test_a_changed_file_of_a_target_makes_another_compiler(site: Path) -> None:
    before = compiler()
    (site / "acme_target" / "templates" / "page.md").write_text("two, longer")
    assert compiler() != before


def test_the_time_of_a_file_alone_makes_another_compiler(site: Path) -> None:
    before = compiler()
    os.utime(site / "acme_target" / "__init__.py", ns=(1, 1))
    assert compiler() != before


def test_a_new_file_of_a_target_makes_another_compiler(site: Path) -> None:
    before = compiler()
    (site / "acme_target" / "more.py").write_text("")
    assert compiler() != before


def test_compiled_bytecode_makes_no_other_compiler(site: Path) -> None:
    before = compiler()
    (site / "acme_target" / "__pycache__").mkdir()
    (site / "acme_target" / "__pycache__" / "x.pyc").write_bytes(b"")
    assert compiler() == before


def test_another_version_of_a_library_makes_another_compiler(site: Path) -> None:
    before = compiler()
    (site / "library-2.0.dist-info").mkdir()
    assert compiler() != before


def test_the_compilers_own_files_are_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "fairlead"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.setattr(fairlead, "__file__", str(package / "__init__.py"))
    before = compiler()
    (package / "new.py").write_text("x = 1\n")
    assert compiler() != before


def test_every_target_that_is_found_is_in_it() -> None:
    packages = {package for _, _, found in fingerprint._distributions() for package in found}
    assert {point.value.partition(":")[0].partition(".")[0] for point in available().values()} <= packages


def test_loaded_libraries_are_recorded_and_the_compiler_is_not() -> None:
    import pydantic

    recorded = modules()
    assert pydantic.__file__ in recorded
    assert fairlead.__file__ not in recorded
    assert os.__file__ not in recorded
    assert unchanged(recorded)


def test_a_library_that_was_mended_in_place_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "helper_of_a_target.py").write_text("x = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import helper_of_a_target  # type: ignore[import-not-found]

    try:
        recorded = modules()
        assert unchanged(recorded)
        Path(helper_of_a_target.__file__).write_text("x = 1234\n")
        assert not unchanged(recorded)
        Path(helper_of_a_target.__file__).unlink()
        assert not unchanged(recorded)
    finally:
        del sys.modules["helper_of_a_target"]


def test_what_was_never_recorded_is_not_unchanged() -> None:
    assert not unchanged(None)
