"""What Flux is told: where from, where to, what waits for what, and what it may delete."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairlead.plan.builder import build
from fairlead.target import Shared
from fairlead_targets.flux import Flux
from fairlead_targets.flux.kustomizations import GUARDED
from fairlead_targets.flux.options import FluxOptions
from tests.projects import CHURN, FAIRLEAD
from tests.reconciled import SERVED, by_name, compiled, made_of, once, project, read, refused, written

GRAPH = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: triage, owner: support-ml}
serving: {graph: {type: ensemble, of: [{pipeline: assistant}, {pipeline: helper}]}}
"""


def of(folder: Path, options: str = "", **more: Any) -> dict[str, Any]:
    return by_name(compiled(folder, "flux", options, **more))


def spec(found: dict[str, Any], name: str = "acme-ml-production-assistant") -> Any:
    return found[f"Kustomization {name}"]["spec"]


def test_a_pipeline_has_a_kustomization_in_each_environment_and_so_has_what_they_share(tmp_path: Path) -> None:
    assert list(of(tmp_path)) == [
        f"Kustomization acme-ml-{name}"
        for name in (
            "staging", "staging-assistant", "staging-churn", "production", "production-assistant", "production-churn",
        )
    ]  # fmt: skip
    found = of(tmp_path)
    assert spec(found)["path"] == "./rendered/production/assistant"
    assert spec(found, "acme-ml-production")["path"] == "./rendered/production/_project"


def test_one_kustomization_for_an_environment_points_at_all_of_it(tmp_path: Path) -> None:
    found = of(tmp_path, "{kustomizations: environment}")
    assert list(found) == ["Kustomization acme-ml-staging", "Kustomization acme-ml-production"]
    assert spec(found, "acme-ml-production")["path"] == "./rendered/production"


def test_nothing_stands_where_it_would_apply_itself(tmp_path: Path) -> None:
    workspace = read(tmp_path, project("flux"))
    assert workspace.project is not None
    plan, _ = build(workspace.units["staging"]["churn"], workspace.units["staging"])
    assert plan is not None
    target, options = Flux(), FluxOptions()
    assert target.compile(plan, options).resources == ()
    shared = Shared(workspace.project, workspace.project_root, "staging", [plan])
    assert target.compile_shared(shared, options).resources == ()


def test_a_kustomization_is_written_only_beside_its_folder(tmp_path: Path) -> None:
    names = written(read(tmp_path, project("flux")), tmp_path)
    # Training waits for its image in neither, and is nowhere but in staging; production's server waits for its digest.
    assert "flux/kustomization-acme-ml-staging-churn.yaml" in names
    assert "flux/kustomization-acme-ml-production-churn.yaml" not in names
    assert "flux/kustomization-acme-ml-staging.yaml" not in names
    listed = (tmp_path / "rendered/_project/kustomization.yaml").read_text(encoding="utf-8")
    assert "kustomization-acme-ml-staging-churn.yaml" in listed
    assert "production-churn" not in listed + (tmp_path / "rendered/_project/inventory.json").read_text(
        encoding="utf-8"
    )


def test_a_part_that_is_compiled_keeps_what_belongs_to_the_others(tmp_path: Path) -> None:
    workspace = read(tmp_path, project("flux"))
    names = written(workspace, tmp_path)
    assert written(workspace, tmp_path, files={"specs/churn.yaml"}) == names
    assert written(workspace, tmp_path, targets=["flux"]) == names
    assert written(workspace, tmp_path, environments=["staging"]) == names


def test_nothing_is_substituted_replaced_or_left_unwatched(tmp_path: Path) -> None:
    for name, manifest in of(tmp_path).items():
        assert "postBuild" not in manifest["spec"], name
        assert manifest["spec"]["force"] is False
        assert manifest["spec"]["wait"] is True


def test_what_serves_stays_where_it_is_protected(tmp_path: Path) -> None:
    found = of(tmp_path)
    protected, free = spec(found), spec(found, "acme-ml-staging-assistant")
    assert (protected["prune"], protected["deletionPolicy"]) == (True, "Orphan")
    (patch,) = protected["patches"]
    assert set(patch["target"]["kind"].strip("()").split("|")) == set(GUARDED)
    assert '"kustomize.toolkit.fluxcd.io/prune": "disabled"' in patch["patch"]
    assert (free["prune"], free["deletionPolicy"]) == (True, "MirrorPrune")
    assert "patches" not in free


def test_an_environment_says_itself_what_is_pruned(tmp_path: Path) -> None:
    found = of(tmp_path, "{environments: {production: {prune: never}, staging: {prune: guarded}}}")
    assert (spec(found)["prune"], spec(found)["deletionPolicy"]) == (False, "Orphan")
    assert "patches" not in spec(found)
    assert "patches" in spec(found, "acme-ml-staging-assistant")


def test_a_graph_waits_for_its_members_and_nothing_else_waits(tmp_path: Path) -> None:
    specs = {
        "specs/assistant.yaml": SERVED,
        "specs/helper.yaml": SERVED.replace("name: assistant", "name: helper"),
        "specs/triage.yaml": GRAPH,
    }
    found = of(tmp_path, specs=specs)
    waiting = {name: each["spec"]["dependsOn"] for name, each in found.items() if "dependsOn" in each["spec"]}
    assert waiting == {
        f"Kustomization acme-ml-{environment}-triage": [
            {"name": f"acme-ml-{environment}-assistant"}, {"name": f"acme-ml-{environment}-helper"},
        ]
        for environment in ("staging", "production")
    }  # fmt: skip


def test_kinds_that_never_say_that_they_are_ready_are_asked_otherwise_where_training_is(tmp_path: Path) -> None:
    found = of(tmp_path)
    checks = spec(found, "acme-ml-staging")["healthCheckExprs"]
    assert [each["kind"] for each in checks] == ["EventBus", "EventSource", "Sensor"]
    assert "healthCheckExprs" not in spec(found)


def test_another_account_in_another_cluster(tmp_path: Path) -> None:
    found = of(tmp_path, "{environments: {production: {service_account: ml-deployer, kubeconfig: production}}}")
    assert spec(found)["serviceAccountName"] == "ml-deployer"
    assert spec(found)["kubeConfig"] == {"secretRef": {"name": "production"}}
    assert not {"serviceAccountName", "kubeConfig"} & spec(found, "acme-ml-staging").keys()


def test_times_are_written_as_flux_reads_them(tmp_path: Path) -> None:
    found = spec(of(tmp_path, "{interval: 1d, retry_interval: 90s, timeout: 1h30m}"))
    assert (found["interval"], found["retryInterval"], found["timeout"]) == ("24h", "1m30s", "1h30m")


def test_what_a_person_applies_once_is_a_source_and_what_applies_the_rest(tmp_path: Path) -> None:
    found = once(compiled(tmp_path, "flux", "{namespace: flux, secret: deploy-key}"))
    source, root = found["bootstrap/source.yaml"], found["bootstrap/kustomization-root.yaml"]
    assert source["spec"]["ref"] == {"branch": "main"}
    assert source["spec"]["sparseCheckout"] == ["rendered"]
    assert source["spec"]["secretRef"] == {"name": "deploy-key"}
    assert root["spec"]["sourceRef"] == {"kind": "GitRepository", "name": source["metadata"]["name"]}
    assert root["spec"]["path"] == "./rendered/_project"
    assert {source["metadata"]["namespace"], root["metadata"]["namespace"]} == {"flux"}


def test_an_environment_with_a_branch_has_a_source_of_its_own(tmp_path: Path) -> None:
    git = "git: {repository: acme/ml-platform, deploy: {branches: {production: live}, path: clusters/ml}}\n"
    found = of(tmp_path, git=git)
    source = found["GitRepository acme-ml-production"]["spec"]
    assert source["ref"] == {"branch": "live"}
    assert source["sparseCheckout"] == ["clusters/ml"]
    assert spec(found)["sourceRef"]["name"] == "acme-ml-production"
    assert spec(found)["path"] == "./clusters/ml/production/assistant"
    assert spec(found, "acme-ml-staging-churn")["sourceRef"]["name"] == "acme-ml"


def test_an_artifact_holds_what_is_in_the_outputs_folder_and_is_signed(tmp_path: Path) -> None:
    made_ = compiled(tmp_path, "flux", '{artifact: {url: "oci://ghcr.io/acme/ml-rendered"}}')
    source = once(made_)["bootstrap/source.yaml"]
    assert source["kind"] == "OCIRepository"
    assert source["spec"]["verify"]["matchOIDCIdentity"] == [
        {
            "issuer": r"^https://token\.actions\.githubusercontent\.com$",
            "subject": r"^https://github\.com/acme/ml\-platform/\.github/workflows/.+$",
        }
    ]
    assert spec(by_name(made_))["path"] == "./production/assistant"
    assert spec(by_name(made_))["sourceRef"] == {"kind": "OCIRepository", "name": "acme-ml"}
    assert once(made_)["bootstrap/kustomization-root.yaml"]["spec"]["path"] == "./_project"


def test_a_name_that_is_too_long_is_cut_and_stays_unique(tmp_path: Path) -> None:
    found = of(tmp_path, "{prefix: a-name-that-leaves-no-room-for-an-environment-and-a-pipeline}")
    assert len(found) == 6
    assert max(len(name.partition(" ")[2]) for name in found) == 63


WRONG = {
    "no repository": ("", "", "FL2070"),
    "an unknown environment": ("{environments: {prod: {prune: never}}}", None, "FL2071"),
    "two sources": (
        '{artifact: {url: "oci://ghcr.io/acme/ml-rendered"}}',
        "git: {repository: acme/ml-platform, deploy: {branch: live}}\n",
        "FL4602",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_mistakes_are_found_at_the_target_in_the_project(mistake: str, tmp_path: Path) -> None:
    options, git, code = WRONG[mistake]
    found = refused(tmp_path, "flux", options, **({} if git is None else {"git": git}))
    assert {each.code.id for each in found} == {code}
    assert {each.place.line for each in found} == {4}


def test_two_kustomizations_of_one_name_are_refused(tmp_path: Path) -> None:
    fairlead = FAIRLEAD.replace("prometheus]", "prometheus, flux]").replace("production:", "staging-eu:")
    specs = {"specs/a.yaml": CHURN, "specs/b.yaml": CHURN.replace("name: churn", "name: eu-churn")}
    found = made_of(read(tmp_path, fairlead, specs), "flux").diagnostics
    assert {each.code.id for each in found} == {"FL4601"}
