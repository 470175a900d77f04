"""Finding specifications: what is not found is taken to be gone, so whatever can't be looked at is said."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from fairlead.workspace.discover import spec_files
from tests.projects import CHURN, FAIRLEAD, read_project, said, write_project

LOCK = "apiVersion: fairlead.dev/v1\nkind: Lock\nmetadata: {pipeline: churn, environment: staging}\n"
FILES = (
    "fairlead.yaml",
    "top.yaml",
    "specs/a.yaml",
    "specs/b.yml",
    "specs/c.json",
    "specs/a.staging.lock.yaml",
    "specs/deep/d.yaml",
    "specs/deep/er/e.yaml",
    "specs/.hidden.yaml",
    ".cache/f.yaml",
    "teams/one/specs/g.yaml",
    "teams/two/specs/h.yaml",
)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("specs/*.yaml", ["specs/a.yaml"]),
        ("./specs//*.y*ml", ["specs/a.yaml", "specs/b.yml"]),
        ("specs/?.yml", ["specs/b.yml"]),
        ("specs/[ab].y*", ["specs/a.yaml", "specs/b.yml"]),
        ("specs/**/*.yaml", ["specs/a.yaml", "specs/deep/d.yaml", "specs/deep/er/e.yaml"]),
        ("**/e.yaml", ["specs/deep/er/e.yaml"]),
        ("teams/*/specs/*.yaml", ["teams/one/specs/g.yaml", "teams/two/specs/h.yaml"]),
        ("*.yaml", ["top.yaml"]),
        ("specs/a.yaml", ["specs/a.yaml"]),
        ("specs", []),
        ("specs/**", []),
        ("nowhere/*.yaml", []),
        ("top.yaml/*.yaml", []),
        (".cache/*.yaml", []),
    ],
)
def test_a_pattern_finds_what_it_says(tmp_path: Path, pattern: str, found: list[str]) -> None:
    for file in FILES:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    assert spec_files(tmp_path, [pattern]) == found
    assert spec_files(tmp_path, [pattern, "specs/a.yaml", pattern]) == sorted({*found, "specs/a.yaml"})


def test_a_folder_that_cannot_be_listed_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = FAIRLEAD + "specs: [specs/*.yaml, more/*.yaml]\n"
    write_project(tmp_path, {"specs/churn.yaml": CHURN, "more/x.yaml": CHURN}, project)
    real = os.scandir

    def refuse(path: Path) -> Iterator[os.DirEntry[str]]:
        if str(path).endswith(("/more", "/more/")):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    workspace = read_project(tmp_path, {"specs/churn.yaml": CHURN}, project)
    assert said(workspace.diagnostics) == [("FL2012", "fairlead.yaml:1:1")]
    assert workspace.diagnostics[0].message == "the folder more cannot be listed: Permission denied"


@pytest.mark.parametrize("name", ["specs/more.yaml", "specs/churn.staging.lock.yaml"])
@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "nowhere", "loop"])
def test_what_is_no_file_stands_for_one_and_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    write_project(tmp_path)
    place = tmp_path / name
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as one:
            # A socket's path is short, and the test's is long.
            monkeypatch.chdir(place.parent)
            one.bind(place.name)
    elif kind == "device":
        place.symlink_to("/dev/zero")
    else:
        place.symlink_to(place if kind == "loop" else tmp_path / "nowhere.yaml")
    expected = "FL2018" if kind == "device" else "FL2012"
    assert said(read_project(tmp_path, {}).diagnostics) == [(expected, f"{name}:1:1")]


def test_a_folder_is_no_specification(tmp_path: Path) -> None:
    (tmp_path / "specs/folder.yaml").mkdir(parents=True)
    assert list(read_project(tmp_path).units["staging"]) == ["churn"]


@pytest.mark.parametrize("what", ["specs/link.yaml", "specs/churn.staging.lock.yaml", "more"])
def test_a_link_that_leads_out_of_the_project_is_an_error(tmp_path: Path, what: str) -> None:
    outside = tmp_path / "outside"
    write_project(outside, {"x.yaml": CHURN.replace("name: churn", "name: outside"), "lock.yaml": LOCK})
    root = write_project(tmp_path / "in", fairlead=FAIRLEAD + "specs: [specs/*.yaml, more/*.yaml]\n")
    (root / what).symlink_to(outside if what == "more" else outside / ("lock.yaml" if "lock" in what else "x.yaml"))
    place = "more/x.yaml" if what == "more" else what
    found = read_project(root, {}, FAIRLEAD + "specs: [specs/*.yaml, more/*.yaml]\n").diagnostics
    assert ("FL2018", f"{place}:1:1") in said(found)
    assert {each.code.id for each in found} == {"FL2018"}


def test_a_link_within_the_project_is_followed(tmp_path: Path) -> None:
    write_project(tmp_path, {"library/churn.yaml": CHURN})
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/churn.yaml").symlink_to("../library/churn.yaml")
    assert list(read_project(tmp_path, {}).units["staging"]) == ["churn"]


@pytest.mark.parametrize("name", [b"a\nb.yaml", b"\xff.yaml", b"a\\b.yaml", b"a\x7f.yaml"])
def test_a_name_that_cannot_be_written_down_is_an_error(tmp_path: Path, name: bytes) -> None:
    write_project(tmp_path)
    Path(os.fsdecode(os.fsencode(tmp_path / "specs") + b"/" + name)).write_text(CHURN)
    assert [found.code.id for found in read_project(tmp_path, {}).diagnostics] == ["FL2019"]


@pytest.mark.parametrize("name", ["Ünïcode.yaml", "a b.yaml", "a'b.yaml", "日本.yaml", "e\u0301.yaml", "$(x).yaml"])
def test_any_other_name_is_one(tmp_path: Path, name: str) -> None:
    workspace = read_project(tmp_path, {f"specs/{name}": CHURN})
    assert said(workspace.diagnostics) == []
    assert workspace.files == (f"specs/{name}",)


@pytest.mark.parametrize(
    ("output", "specs", "why"),
    [
        (".", "specs/*.yaml", "is the project itself"),
        ("./", "specs/*.yaml", "is the project itself"),
        ("specs", "specs/*.yaml", "holds the specification specs/churn.yaml"),
        ("teams", "teams/*/specs/*.yaml", "holds the specification teams/a/specs/churn.yaml"),
        (".git", "specs/*.yaml", "lies in .git, which is not the output's"),
        (".GIT/x", "specs/*.yaml", "lies in .GIT, which is not the output's"),
        (".fairlead", "specs/*.yaml", "lies in .fairlead, which is not the output's"),
        (".github", "specs/*.yaml", "lies in .github, whose files have meanings of their own"),
        (".GitHub/workflows", "specs/*.yaml", "lies in .github, whose files have meanings of their own"),
        ("models", "specs/*.yaml", "meets the code in models/churn"),
        ("models/churn/out", "specs/*.yaml", "meets the code in models/churn"),
        ("specs/rendered", "specs/**/*.yaml", "lies where specifications are looked for, with `specs/**/*.yaml`"),
        ("rendered", "**/*.yaml", "lies where specifications are looked for, with `**/*.yaml`"),
        ("rendered", "*/*/*.yaml", "lies where specifications are looked for, with `*/*/*.yaml`"),
    ],
)
def test_the_output_lies_apart_from_what_is_compiled(tmp_path: Path, output: str, specs: str, why: str) -> None:
    file = "teams/a/specs/churn.yaml" if specs.startswith("teams") else "specs/churn.yaml"
    file = "specs/more/churn.yaml" if specs == "*/*/*.yaml" else file
    workspace = read_project(tmp_path, {file: CHURN}, f"{FAIRLEAD}output: {output}\nspecs: '{specs}'\n")
    [found] = workspace.diagnostics
    assert (found.code.id, str(found.place)) == ("FL6003", "fairlead.yaml:16:9")
    assert found.message == f"the output folder `{output}` {why}"


@pytest.mark.parametrize(
    ("output", "specs"),
    [
        ("rendered", "specs/*.yaml"),
        ("specs/rendered", "specs/*.yaml"),
        ("a/b", "*/*.yaml"),
        ("out.d", "specs/**/*.yaml"),
    ],
)
def test_an_output_that_lies_apart_is_one(tmp_path: Path, output: str, specs: str) -> None:
    project = f"{FAIRLEAD}output: {output}\nspecs: '{specs}'\n"
    assert said(read_project(tmp_path, {"specs/churn.yaml": CHURN}, project).diagnostics) == []


def test_the_output_lies_apart_from_the_crds(tmp_path: Path) -> None:
    project = FAIRLEAD.replace("platform:\n", "platform:\n  crds: crds\n") + "output: crds/rendered\n"
    assert [found.code.id for found in read_project(tmp_path, fairlead=project).diagnostics] == ["FL6003"]
