"""Real validators and servers judge the output; each test says which it needs."""

from __future__ import annotations

import functools
import json
import os
import uuid
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import matrix, tools
from tests.conformance.api import identity
from tests.conformance.control_plane import ControlPlane, control_plane
from tests.conformance.definitions import install
from tests.conformance.object_store import object_store

MADE = {"Workflow", "WorkflowTaskResult", "TrainJob"}
"""Kinds that no file has, and that become of those that are written."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nothing may be missing, a skip is a failure, whoever asks for it; and what fails with the API server shows
    what that wrote.
    """
    report = yield
    server = getattr(item, "funcargs", {}).get("api_server")
    if report.failed and isinstance(server, ControlPlane):
        report.sections.append(("the end of kube-apiserver's log", server.log()))
    if tools.forbidden(report):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, and {tools.STRICT} is 1: {report.longrepr}"
    return report


@pytest.fixture
def tool() -> Callable[[str], Path]:
    """`tool("promtool")` is the path of that program; the test skips, and says why, where there is none."""
    return tools.find


@pytest.fixture
def crds() -> Path:
    """A folder of CustomResourceDefinitions, as FAIRLEAD_CRDS names it."""
    return tools.data("FAIRLEAD_CRDS")


@pytest.fixture(scope="session")
def cells(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The roots of all cells of the matrix: where FAIRLEAD_CELLS says that they have been written, else compiled once.

    They are only read.
    """
    there = os.environ.get("FAIRLEAD_CELLS")
    return matrix.written(Path(there) if there else tmp_path_factory.mktemp("matrix"))


@pytest.fixture(scope="session")
def cell(cells: list[Path]) -> Callable[[str], Path]:
    """`cell("as committed")` is the root of that cell of the matrix, compiled; it is only read."""
    return dict(zip(matrix.CELLS, cells, strict=True)).__getitem__


@pytest.fixture(scope="session")
def manifests(cell: Callable[[str], Path]) -> Callable[[str], tuple[tuple[str, dict[str, Any]], ...]]:
    """`manifests("as committed")` is every resource of a cell with its path, read once: to change one, copy it."""
    return functools.cache(lambda name: tuple(matrix.resources(cell(name))))


@pytest.fixture(scope="session")
def kinds(cell: Callable[[str], Path]) -> frozenset[tuple[str, str]]:
    """The apiVersion and kind of everything that is in some cell, as the inventories say; and what a person applies."""
    once = (path for name in matrix.CELLS for path in sorted(cell(name).glob("rendered/_project/*/bootstrap/*.yaml")))
    return frozenset(
        (file["resource"]["apiVersion"], file["resource"]["kind"])
        for name in matrix.CELLS
        for inventory in (cell(name) / "rendered").rglob("inventory.json")
        for file in json.loads(inventory.read_bytes())["files"]
        if file["resource"] is not None
    ) | {(str(manifest["apiVersion"]), str(manifest["kind"])) for _, manifest in matrix.manifests(once)}


@pytest.fixture(scope="session")
def api_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """An API server with nothing in it but what it makes itself, and kubectl; it ends with the session.

    Tests that use it are in the group `api-server` of pytest-xdist, so that one worker has the only one.
    """
    with control_plane(tools.find("cluster"), tmp_path_factory.mktemp("api-server")) as server:
        yield server


@pytest.fixture(scope="session")
def platforms(api_server: ControlPlane, kinds: frozenset[tuple[str, str]]) -> ControlPlane:
    """The same, with the definitions of FAIRLEAD_CRDS and the namespaces of this repository, which are restricted.

    The largest definitions take the server several seconds each, so only those of what is in some cell are installed.
    """
    definitions = tools.data("FAIRLEAD_CRDS")
    install(api_server.api, definitions, frozenset(kind for _, kind in kinds) | MADE)
    for name in ("ml", "ml-staging"):
        levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}
        manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": levels}}
        api_server.api.apply(identity(manifest), manifest).ok()
    for name in ("argocd", "flux-system"):
        manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        api_server.api.apply(identity(manifest), manifest).ok()
    return api_server


@pytest.fixture(scope="session")
def object_store_variables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables by which AWS's own tools find an S3 server that ends with the session."""
    with object_store(tmp_path_factory.mktemp("object-store")) as variables:
        yield variables


@pytest.fixture
def bucket(object_store_variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """`s3://…`, an empty bucket of this test's own; this process and those that it starts can reach it."""
    import s3fs

    for name, value in object_store_variables.items():
        monkeypatch.setenv(name, value)
    name = f"test-{uuid.uuid4()}"
    s3fs.S3FileSystem.clear_instance_cache()
    s3fs.S3FileSystem().mkdir(name)
    yield f"s3://{name}"
    s3fs.S3FileSystem.clear_instance_cache()
