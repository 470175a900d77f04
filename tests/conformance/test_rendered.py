"""The committed output, judged by the programs that will read it."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from fairlead.resources.crds import Definitions, Judge
from fairlead.resources.resource import Origin, Resource
from fairlead.source.places import Place
from tests.rendered import manifests

ROOT = Path(__file__).resolve().parents[2]
KUBERNETES = "1.37"
"""The version of Kubernetes whose schemas judge the core kinds."""
FOLDERS = sorted(path.parent.relative_to(ROOT).as_posix() for path in (ROOT / "rendered").rglob("kustomization.yaml"))
RULES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "rendered").glob("*/*/prometheus/rules/*.yaml"))
RULE_TESTS = sorted(
    path.relative_to(ROOT).as_posix() for path in (ROOT / "rendered").glob("*/*/prometheus/tests/*.yaml")
)
CORE = ("", "apps", "batch", "policy", "networking.k8s.io", "rbac.authorization.k8s.io", "autoscaling")


def run(*command: str | Path) -> str:
    done = subprocess.run([*map(str, command)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("folder", FOLDERS)
def test_kustomize_builds_every_folder_that_a_reconciler_points_at(folder: str, tool: Callable[[str], Path]) -> None:
    built = run(tool("kustomize"), "build", folder)
    below = [path for path, _ in manifests(ROOT) if path.startswith(f"{folder}/")]
    assert built.count("\nkind: ") + built.startswith("kind: ") == len(below)


def test_core_kinds_fit_the_schemas_of_kubernetes_strictly() -> None:
    counted: Counter[str] = Counter()
    for path, manifest in manifests(ROOT):
        group = str(manifest["apiVersion"]).rpartition("/")[0]
        if group in CORE:
            try:
                kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
            except kubernetes_validate.ValidationError as error:
                pytest.fail(f"{path}: {error}")
            counted[str(manifest["kind"])] += 1
    assert {"ServiceAccount", "Role", "RoleBinding", "NetworkPolicy", "ConfigMap", "PodDisruptionBudget"} <= set(
        counted
    )


def test_custom_kinds_fit_the_definitions_of_their_platforms(crds: Path) -> None:
    definitions = Definitions(crds)
    judge = Judge(definitions)
    origin = Origin("", Place.start_of(""), "")
    counted: Counter[str] = Counter()
    findings: list[str] = []
    for path, manifest in manifests(ROOT):
        found = list(judge.judge(Resource(manifest, origin)))
        findings += [f"{path}: {each.message}" for each in found]
        counted[str(manifest["kind"])] += 1
    assert findings == []
    assert {"WorkflowTemplate", "CronWorkflow", "InferenceService", "ServingRuntime", "PrometheusRule"} <= set(counted)


def test_every_manifest_is_judged_by_some_schema(crds: Path) -> None:
    known = Definitions(crds)
    unknown = {
        f"{manifest['apiVersion']} {manifest['kind']}"
        for _, manifest in manifests(ROOT)
        if known.schema(str(manifest["apiVersion"]), str(manifest["kind"])) is None
        and str(manifest["apiVersion"]).rpartition("/")[0] not in CORE
    }
    assert unknown == set()


def test_promtool_accepts_every_rule(tool: Callable[[str], Path]) -> None:
    assert RULES
    run(tool("promtool"), "check", "rules", *RULES)


@pytest.mark.parametrize("path", RULE_TESTS)
def test_promtool_runs_the_tests_of_every_alert(path: str, tool: Callable[[str], Path]) -> None:
    run(tool("promtool"), "test", "rules", path)


def test_every_alert_is_tested(tool: Callable[[str], Path]) -> None:
    del tool  # only for the skip: without promtool, that an alert has a test says little
    for folder in sorted({Path(path).parent.parent for path in RULES}):
        alerts = _alerts((ROOT / folder / "rules").glob("*.yaml"), "alert")
        tested = _alerts((ROOT / folder / "tests").glob("*.yaml"), "alertname")
        assert alerts <= tested, folder


def _alerts(paths: Any, key: str) -> set[str]:
    found: set[str] = set()
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            name, _, value = line.strip().removeprefix("- ").partition(": ")
            if name == key:
                found.add(value.strip("\"'"))
    return found
