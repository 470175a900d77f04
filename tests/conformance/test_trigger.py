"""What `fairlead trigger` asks of a real API server: the template, the Workflow, and its runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.cluster.kubectl import Kubectl
from fairlead.resources.resource import Resource
from fairlead.source.diagnostics import Refused
from fairlead.source.places import Place
from fairlead.trigger.following import Watch, wait_for
from fairlead.trigger.objections import objections
from fairlead.trigger.start import Start, What, manifest, startable
from fairlead.workspace.compile import compile_workspace
from fairlead.workspace.load import load
from tests.conformance.api import identity
from tests.conformance.control_plane import ControlPlane

pytestmark = pytest.mark.xdist_group("api-server")

ROOT = Path(__file__).parent.parent.parent
PIPELINE = "tumor-classifier"


@pytest.fixture(scope="module")
def templates() -> dict[What, Resource]:
    """What may be started of a pipeline of this repository."""
    compilation = compile_workspace(
        load(ROOT), {f"specs/{PIPELINE}.yaml"}, ("staging",), ("argo-workflows",), keep=True
    )
    made = [each for one in compilation.made() for target in one.compiled.values() for each in target.resources]
    return startable(made, PIPELINE)


def test_a_run_of_each_kind_is_created_once_and_followed(
    platforms: ControlPlane, templates: dict[What, Resource], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(platforms.kubectl.parent))
    monkeypatch.setenv("HOME", str(platforms.folder))
    kubectl = Kubectl(context="test", kubeconfig=str(platforms.kubeconfig))
    assert set(templates) == {What.TRAIN, What.DRIFT, What.QUALITY}
    for what, template in templates.items():
        start = Start(
            what, PIPELINE, "staging", template, {"trigger": "manual"} if what is What.TRAIN else {}, "0" * 40
        )
        platforms.api.apply(identity(template.manifest), template.manifest).ok()
        # What is stored is what was compiled, so nothing is in the way.
        objections(kubectl, start, force=False)
        (made,) = kubectl.create(manifest(start))
        name = made["metadata"]["name"]
        assert name.startswith(f"{template.identity.name}-")
        stored = platforms.api.get(("argoproj.io/v1alpha1", "Workflow", "ml-staging", name))
        assert stored["spec"]["workflowTemplateRef"] == {"name": template.identity.name}
        with pytest.raises(Refused) as refused:
            objections(kubectl, start, force=False)
        assert [each.code.id for each in refused.value.diagnostics] == ["FL8404"]
        nodes = {"a": {"id": "a", "name": "a", "displayName": "split", "type": "Pod", "phase": "Succeeded"}}
        status = {"status": {"phase": "Succeeded", "nodes": nodes}}
        path = platforms.api.path("argoproj.io/v1alpha1", "Workflow", "ml-staging", name)
        platforms.api.call("PATCH", path, status, "application/merge-patch+json").ok()
        told: list[str] = []
        place = Place.start_of("specs/churn.yaml")
        assert wait_for(kubectl, "ml-staging", name, Watch(60), told.append, place).exit_code == 0
        assert told == ["split: Succeeded"]
        objections(kubectl, start, force=False)
        changed = {"spec": {"suspend": True}}
        path = platforms.api.path("argoproj.io/v1alpha1", "WorkflowTemplate", "ml-staging", template.identity.name)
        platforms.api.call("PATCH", path, changed, "application/merge-patch+json").ok()
        with pytest.raises(Refused, match="suspend is only in the cluster"):
            objections(kubectl, start, force=False)
        platforms.api.delete(("argoproj.io/v1alpha1", "Workflow", "ml-staging", name))
        platforms.api.delete(("argoproj.io/v1alpha1", "WorkflowTemplate", "ml-staging", template.identity.name))
