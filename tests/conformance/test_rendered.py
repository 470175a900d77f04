"""What this repository's specifications compile to on every platform, judged by the programs that will read it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from fairlead.resources.crds import Definitions, Judge
from fairlead.resources.resource import Origin, Resource
from fairlead.source.places import Place
from tests.conformance import matrix, schemas, tools
from tests.conformance.matrix import distinct, distinct_folders

Tool = Callable[[str], Path]
Manifests = list[tuple[Path, dict[str, Any]]]
ORIGIN = Origin("", Place.start_of(""), "")
NOT_APPLIED = "apiVersion: kustomize.config.k8s.io/"
CORE = {
    "ConfigMap",
    "NetworkPolicy",
    "PodDisruptionBudget",
    "Role",
    "RoleBinding",
    "Secret",
    "ServiceAccount",
}
CUSTOM = {
    "AlertmanagerConfig",
    "AppProject",
    "Application",
    "ApplicationSet",
    "AuthorizationPolicy",
    "CronWorkflow",
    "EventBus",
    "EventSource",
    "GitRepository",
    "HTTPRoute",
    "InferenceGraph",
    "InferenceService",
    "Kustomization",
    "OCIRepository",
    "PodMonitor",
    "PrometheusRule",
    "Sensor",
    "ServingRuntime",
    "TrainingRuntime",
    "WorkflowTemplate",
}


@pytest.fixture(scope="module")
def everything(cells: list[Path]) -> Manifests:
    """Every Kubernetes resource of every cell, each once."""
    return list(matrix.manifests(distinct(path for root in cells for path in sorted(root.glob("rendered/**/*.yaml")))))


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    """The definitions of all platforms: a hundred thousand lines, read once."""
    return Definitions(tools.data("FAIRLEAD_CRDS"))


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)


def is_core(manifest: dict[str, Any]) -> bool:
    group = str(manifest["apiVersion"]).rpartition("/")[0]
    return group in ("", "policy", "networking.k8s.io", "rbac.authorization.k8s.io")


def test_there_is_all_of_it(everything: Manifests) -> None:
    assert {str(manifest["kind"]) for _, manifest in everything if is_core(manifest)} == CORE
    assert {str(manifest["kind"]) for _, manifest in everything if not is_core(manifest)} == CUSTOM


def test_kustomize_builds_every_folder_that_a_reconciler_points_at(cells: list[Path], tool: Tool) -> None:
    kustomize = tool("kustomize")
    # A pipeline's folder is built as a part of its environment's, so of the other cells only those are built whole.
    folders = [path.parent for path in sorted(cells[0].rglob("kustomization.yaml"))]
    folders += [path.parent for root in cells for path in sorted(root.glob("rendered/*/kustomization.yaml"))]
    for folder in distinct_folders(folders):
        built = run(kustomize, "build", folder)
        assert built.returncode == 0, (folder, built.stderr)
        # What a person applies once points at the folder, and is not part of it.
        below = [path for path in folder.rglob("*.yaml") if _is_resource(path) and path.parent.name != "bootstrap"]
        assert f"\n{built.stdout}".count("\nkind: ") == len(below), folder


def _is_resource(path: Path) -> bool:
    lines = path.read_text(encoding="utf-8").splitlines()
    return not any(line.startswith(NOT_APPLIED) for line in lines) and any(line.startswith("kind: ") for line in lines)


@pytest.mark.parametrize("version", schemas.KUBERNETES)
def test_core_kinds_fit_the_schemas_of_kubernetes_strictly(version: str, everything: Manifests) -> None:
    for path, manifest in everything:
        if is_core(manifest):
            try:
                kubernetes_validate.validate(manifest, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                pytest.fail(f"{path}: {error}")


def test_custom_kinds_fit_the_definitions_of_their_platforms(definitions: Definitions, everything: Manifests) -> None:
    judge = Judge(definitions)
    findings = [
        f"{path}: {found.message}"
        for path, manifest in everything
        if not is_core(manifest)
        for found in judge.judge(Resource(manifest, ORIGIN))
    ]
    assert findings == []


@pytest.fixture(scope="module", params=schemas.KUBERNETES)
def kubeconform(
    request: pytest.FixtureRequest,
    everything: Manifests,
    definitions: Definitions,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """kubeconform with the schemas of a version of Kubernetes and of the platforms: a kind without one is an error."""
    program = tools.find("kubeconform")
    kinds = {(str(manifest["apiVersion"]), str(manifest["kind"])) for _, manifest in everything}
    location = schemas.write(tmp_path_factory.mktemp("schemas") / request.param, kinds, definitions, request.param)
    return lambda *paths: run(program, "-strict", "-summary", "-schema-location", location, *paths)


def test_kubeconform_takes_every_file(
    request: pytest.FixtureRequest, kubeconform: Callable[..., subprocess.CompletedProcess[str]], everything: Manifests
) -> None:
    # Custom kinds are the same on every version of Kubernetes, and their schemas take long to compile.
    newest = request.node.callspec.params["kubeconform"] == schemas.KUBERNETES[-1]
    paths = [path for path, manifest in everything if newest or is_core(manifest)]
    judged = kubeconform(*paths)
    assert judged.returncode == 0, judged.stdout[-4000:] + judged.stderr
    assert f"Valid: {len(paths)}, Invalid: 0, Errors: 0, Skipped: 0" in judged.stdout


WRONG = {
    "a field that no ServiceAccount has": ("ServiceAccount", "metadata:", "automount: false\nmetadata:"),
    "a field that is written twice": ("ServiceAccount", "metadata:", "kind: ServiceAccount\nmetadata:"),
    "a number for a text": ("ConfigMap", "metadata:", "data: {a: 1}\nmetadata:"),
    "a field that no ServingRuntime has": ("ServingRuntime", "spec:", "spec:\n  copies: 2"),
    "a kind that nobody knows": ("ServingRuntime", "kind: ServingRuntime", "kind: ServingRuntimes"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_kubeconform_refuses_what_is_wrong(
    mistake: str,
    kubeconform: Callable[..., subprocess.CompletedProcess[str]],
    everything: Manifests,
    tmp_path: Path,
) -> None:
    kind, before, after = WRONG[mistake]
    source = next(path for path, manifest in everything if manifest["kind"] == kind)
    text = source.read_text(encoding="utf-8")
    if "data:" in after:
        text = text.replace("\ndata:", "\nbinaryData:")
    path = tmp_path / "wrong.yaml"
    path.write_text(text.replace(f"\n{before}\n", f"\n{after}\n", 1), encoding="utf-8")
    judged = kubeconform(path)
    assert judged.returncode == 1
    assert "Valid: 0" in judged.stdout


GROUPS = {
    "argo-cd": {f"argoproj.io/v1alpha1 {kind}" for kind in ("Application", "ApplicationSet", "AppProject")},
    "argo-events": {"argoproj.io/v1alpha1 Sensor", "argoproj.io/v1alpha1 EventSource", "argoproj.io/v1alpha1 EventBus"},
    "argo-workflows": {"argoproj.io/v1alpha1 WorkflowTemplate", "argoproj.io/v1alpha1 CronWorkflow"},
    "flux": {
        "kustomize.toolkit.fluxcd.io/v1 Kustomization",
        "source.toolkit.fluxcd.io/v1 GitRepository",
        "source.toolkit.fluxcd.io/v1 OCIRepository",
    },
    "gateway": {"gateway.networking.k8s.io/v1 HTTPRoute", "gateway.networking.k8s.io/v1 Gateway"},
    "grafana-operator": {"grafana.integreatly.org/v1beta1 GrafanaDashboard"},
    "istio": {"security.istio.io/v1 AuthorizationPolicy"},
    "keda": {"keda.sh/v1alpha1 ScaledObject"},
    "kserve": {
        "serving.kserve.io/v1alpha1 ServingRuntime",
        "serving.kserve.io/v1alpha1 InferenceGraph",
        "serving.kserve.io/v1beta1 InferenceService",
    },
    "kubeflow-trainer": {"trainer.kubeflow.org/v1alpha1 TrainJob", "trainer.kubeflow.org/v1alpha1 TrainingRuntime"},
    "kueue": {"kueue.x-k8s.io/v1beta2 LocalQueue"},
    "prometheus-operator": {
        "monitoring.coreos.com/v1 PrometheusRule",
        "monitoring.coreos.com/v1 PodMonitor",
        "monitoring.coreos.com/v1alpha1 AlertmanagerConfig",
    },
}
"""What the judge of custom kinds must know of each platform."""


@pytest.mark.parametrize("platform", GROUPS)
def test_the_kinds_of_every_platform_are_known(platform: str, definitions: Definitions) -> None:
    unknown = {name for name in GROUPS[platform] if definitions.schema(*name.split()) is None}
    assert unknown == set()


CHUNKS = 4
"""Processes of promtool, so that more than one processor can be busy."""


@pytest.fixture(scope="module")
def rules(cells: list[Path]) -> list[Path]:
    """The folder of each pipeline's rules and their tests, each once."""
    return distinct_folders(path for root in cells for path in sorted(root.glob("rendered/*/*/prometheus")))


def test_promtool_accepts_every_rule(rules: list[Path], tool: Tool) -> None:
    checked = run(tool("promtool"), "check", "rules", *(path for each in rules for path in each.glob("rules/*.yaml")))
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_promtool_runs_the_tests_of_every_alert(chunk: int, rules: list[Path], tool: Tool) -> None:
    # By what is tested and not by who is asked: files of one purpose take alike long.
    files = sorted((path for each in rules for path in each.glob("tests/*.yaml")), key=lambda path: path.name)
    files = distinct_tests(files)[chunk::CHUNKS]
    assert files
    tested = run(tool("promtool"), "test", "rules", *files)
    assert tested.returncode == 0, tested.stdout[-4000:] + tested.stderr
    assert tested.stdout.count("SUCCESS") == len(files)


def distinct_tests(paths: list[Path]) -> list[Path]:
    """The first of all files of tests that say the same about the same rules, but for the environment's name."""
    seen: dict[tuple[str, str], Path] = {}
    for path in paths:
        purpose = path.name.partition(".")[0].removesuffix("-long")
        tested = path.parent.parent / "rules" / f"{purpose}.yaml"
        seen.setdefault((_anywhere(path), _anywhere(tested)), path)
    return list(seen.values())


def _anywhere(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return text.replace("ml-staging", "ml").replace("staging", "production")


def test_every_alert_is_tested(rules: list[Path]) -> None:
    for folder in rules:
        alerts = set(_values(folder / "rules", "alert"))
        assert alerts
        assert alerts <= set(_values(folder / "tests", "alertname")), folder


def _values(folder: Path, key: str) -> Iterator[str]:
    for path in folder.glob("*.yaml"):
        for line in path.read_text(encoding="utf-8").splitlines():
            name, _, value = line.strip().removeprefix("- ").partition(": ")
            if name == key:
                yield value.strip("\"'")


def workflows(cells: list[Path]) -> list[Path]:
    """The roots of those cells whose workflows differ."""
    return [folder.parent for folder in distinct_folders(root / ".github" for root in cells)]


def test_actionlint_and_shellcheck_take_every_workflow(cells: list[Path], tool: Tool) -> None:
    for root in workflows(cells):
        files = sorted((root / ".github/workflows").glob("*.yml"))
        assert files
        linted = run(tool("actionlint"), "-no-color", "-shellcheck", tool("shellcheck"), *files)
        assert (linted.stdout + linted.stderr, linted.returncode) == ("", 0)


def test_zizmor_takes_every_workflow_at_its_most_pedantic(cells: list[Path], tool: Tool) -> None:
    for root in workflows(cells):
        audited = run(tool("zizmor"), "--offline", "--no-progress", "--persona", "pedantic", root / ".github")
        assert "No findings to report" in audited.stdout + audited.stderr
        assert audited.returncode == 0
