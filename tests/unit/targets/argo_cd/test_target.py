"""What Argo CD is told: where from, where to, in which order, and what it may delete."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairlead.plan.builder import build
from fairlead.target import Shared
from fairlead_targets.argo_cd import ArgoCd
from fairlead_targets.argo_cd.options import ArgoCdOptions
from fairlead_targets.argo_cd.waves import GUARDED, WAVES
from tests.projects import CHURN, FAIRLEAD
from tests.reconciled import by_name, compiled, made_of, once, project, read, refused
from tests.rendered import manifests

IN_CLUSTER = "https://kubernetes.default.svc"


def of(folder: Path, options: str = "", **more: Any) -> dict[str, Any]:
    return by_name(compiled(folder, "argo-cd", options, **more))


def template(made: dict[str, Any], environment: str = "production") -> Any:
    return made[f"ApplicationSet acme-ml-{environment}"]["spec"]["template"]


def annotated(made: dict[str, Any], environment: str) -> dict[str, str]:
    """Kind -> the patch that annotates it."""
    patches = template(made, environment)["spec"]["source"]["kustomize"]["patches"]
    return {kind: each["patch"] for each in patches for kind in each["target"]["kind"].strip("()").split("|")}


def test_a_project_gets_an_app_project_and_a_set_for_each_environment(tmp_path: Path) -> None:
    assert list(of(tmp_path)) == [
        "AppProject acme-ml", "ApplicationSet acme-ml-staging", "ApplicationSet acme-ml-production",
    ]  # fmt: skip


def test_nothing_stands_where_it_would_apply_itself(tmp_path: Path) -> None:
    workspace = read(tmp_path, project("argo-cd"))
    assert workspace.project is not None
    plan, _ = build(workspace.units["staging"]["churn"], workspace.units["staging"])
    assert plan is not None
    target, options = ArgoCd(), ArgoCdOptions()
    assert target.compile(plan, options).resources == ()
    shared = Shared(workspace.project, workspace.project_root, "staging", [plan])
    assert target.compile_shared(shared, options).resources == ()


def test_an_application_is_made_for_each_folder_that_has_resources(tmp_path: Path) -> None:
    made = of(tmp_path)
    (generator,) = made["ApplicationSet acme-ml-staging"]["spec"]["generators"]
    assert generator["git"]["files"] == [{"path": "rendered/staging/*/kustomization.yaml"}]
    name = template(made, "staging")["metadata"]["name"]
    assert name == 'acme-ml-staging{{ if ne .path.basename "_project" }}-{{ .path.basename }}{{ end }}'
    assert template(made)["spec"]["source"]["path"] == "{{ .path.path }}"


def test_one_application_for_an_environment_points_at_all_of_it(tmp_path: Path) -> None:
    made = of(tmp_path, "{applications: environment}")
    (generator,) = made["ApplicationSet acme-ml-production"]["spec"]["generators"]
    assert generator["git"]["files"] == [{"path": "rendered/production/kustomization.yaml"}]
    assert template(made)["metadata"]["name"] == "acme-ml-production"


def test_no_application_is_ever_deleted_by_a_set(tmp_path: Path) -> None:
    for manifest in list(of(tmp_path).values())[1:]:
        policy = manifest["spec"]["syncPolicy"]
        assert policy == {"applicationsSync": "create-update", "preserveResourcesOnDeletion": True}


def test_what_may_be_applied_is_what_the_targets_write_in_the_environments_namespaces(tmp_path: Path) -> None:
    spec = of(tmp_path)["AppProject acme-ml"]["spec"]
    assert spec["clusterResourceWhitelist"] == []
    assert spec["sourceRepos"] == ["https://github.com/acme/ml-platform.git"]
    assert spec["destinations"] == [
        {"server": IN_CLUSTER, "namespace": "ml-staging"}, {"server": IN_CLUSTER, "namespace": "ml"},
    ]  # fmt: skip
    permitted = {(each["group"], each["kind"]) for each in spec["namespaceResourceWhitelist"]}
    # A pipeline with a schedule is not there, and the last one could be pruned all the same.
    assert {("", "ConfigMap"), ("argoproj.io", "CronWorkflow"), ("serving.kserve.io", "InferenceService")} <= permitted
    assert not {kind for _, kind in permitted} & {"AppProject", "Application", "ApplicationSet", "Namespace", "Pod"}


def test_everything_in_this_repository_is_permitted(repository: Path) -> None:
    found = list(manifests(repository))
    (own,) = (manifest for _, manifest in found if manifest["kind"] == "AppProject")
    permitted = {(each["group"], each["kind"]) for each in own["spec"]["namespaceResourceWhitelist"]}
    wanted = {
        (str(manifest["apiVersion"]).rpartition("/")[0], manifest["kind"])
        for path, manifest in found
        if not path.startswith("rendered/_project/")
    }
    assert len(wanted) > 15
    assert wanted <= permitted


def test_a_target_that_declares_too_little_is_made_up_for(tmp_path: Path) -> None:
    made = of(tmp_path, "{kinds: [apps/Deployment, Service], guarded: [Deployment]}")
    permitted = made["AppProject acme-ml"]["spec"]["namespaceResourceWhitelist"]
    assert {"group": "apps", "kind": "Deployment"} in permitted
    assert {"group": "", "kind": "Service"} in permitted
    assert "Prune=confirm" in annotated(made, "production")["Deployment"]


def test_deleting_what_serves_is_confirmed_where_it_is_protected(tmp_path: Path) -> None:
    made = of(tmp_path)
    protected, free = annotated(made, "production"), annotated(made, "staging")
    for kind in GUARDED:
        assert "Prune=confirm,Delete=confirm" in protected[kind]
    assert "Prune=confirm" not in protected["ConfigMap"]
    assert not any("Prune" in patch for patch in free.values())


@pytest.mark.parametrize(
    ("word", "prunes", "confirms"), [("automatic", True, False), ("confirm", True, True), ("never", False, False)]
)
def test_an_environment_says_itself_what_is_pruned(word: str, prunes: bool, confirms: bool, tmp_path: Path) -> None:
    made = of(tmp_path, f"{{environments: {{production: {{prune: {word}}}}}}}")
    assert template(made)["spec"]["syncPolicy"]["automated"] == {"prune": prunes, "selfHeal": True}
    assert ("Prune=confirm" in annotated(made, "production")["InferenceService"]) is confirms


def test_a_person_may_sync_and_changes_by_hand_may_stay(tmp_path: Path) -> None:
    options = "{environments: {production: {sync: manual}, staging: {self_heal: false}}}"
    made = of(tmp_path, options)
    assert "automated" not in template(made)["spec"]["syncPolicy"]
    assert template(made, "staging")["spec"]["syncPolicy"]["automated"]["selfHeal"] is False


def test_a_kind_is_in_one_wave() -> None:
    kinds = [kind for members in WAVES.values() for kind in members]
    assert len(kinds) == len(set(kinds))
    assert 0 not in WAVES


def test_what_is_guarded_comes_after_its_guards_and_before_its_traffic(tmp_path: Path) -> None:
    waves = annotated(of(tmp_path), "staging")
    assert '"argocd.argoproj.io/sync-wave": "-1"' in waves["NetworkPolicy"]
    assert '"argocd.argoproj.io/sync-wave": "1"' in waves["InferenceService"]
    assert '"argocd.argoproj.io/sync-wave": "2"' in waves["HTTPRoute"]
    # A schedule that is to stop and an alert wait for no server.
    assert not {"CronWorkflow", "PrometheusRule"} & waves.keys()


def test_clusters_are_named_or_addressed(tmp_path: Path) -> None:
    options = '{environments: {staging: {cluster: ml-test}, production: {server: "https://k8s.acme.example"}}}'
    made = of(tmp_path, options)
    assert template(made, "staging")["spec"]["destination"] == {"name": "ml-test", "namespace": "ml-staging"}
    address = {"server": "https://k8s.acme.example", "namespace": "ml"}
    assert template(made)["spec"]["destination"] == address
    assert made["AppProject acme-ml"]["spec"]["destinations"][1] == address


def test_fields_of_others_are_neither_compared_nor_written(tmp_path: Path) -> None:
    options = (
        "{ignore_differences: [{kind: serving.kserve.io/InferenceService, name: assistant, "
        "pointers: [/spec/predictor/minReplicas]}, {kind: ConfigMap, managers: [tuner]}]}"
    )
    spec = template(of(tmp_path, options))["spec"]
    assert spec["ignoreDifferences"] == [
        {"group": "serving.kserve.io", "kind": "InferenceService", "name": "assistant",
         "jsonPointers": ["/spec/predictor/minReplicas"]},
        {"kind": "ConfigMap", "managedFieldsManagers": ["tuner"]},
    ]  # fmt: skip
    assert "RespectIgnoreDifferences=true" in spec["syncPolicy"]["syncOptions"]


def test_what_a_person_applies_once_points_at_the_rest_and_deletes_nothing(tmp_path: Path) -> None:
    (application,) = once(compiled(tmp_path, "argo-cd", "{namespace: argo, root_project: platform}")).values()
    assert application["metadata"]["namespace"] == "argo"
    spec = application["spec"]
    assert spec["project"] == "platform"
    assert spec["source"]["path"] == "rendered/_project"
    assert spec["syncPolicy"]["automated"] == {"prune": False, "selfHeal": True}


LAYOUTS = {
    "another repository": (
        "{repository: acme/ml-deploy}", ("https://github.com/acme/ml-deploy.git", "main", "rendered"), "main",
    ),
    "another repository elsewhere": (
        '{repository: acme/ml-deploy, url: "ssh://git@git.acme.example/acme/ml-deploy.git", path: clusters/ml}',
        ("ssh://git@git.acme.example/acme/ml-deploy.git", "main", "clusters/ml"), "main",
    ),
    "a branch": ("{branch: deploy}", ("https://github.com/acme/ml-platform.git", "deploy", "rendered"), "deploy"),
    "a branch for an environment": (
        "{branches: {production: live}}", ("https://github.com/acme/ml-platform.git", "live", "rendered"), "trunk",
    ),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_pointed_at(layout: str, tmp_path: Path) -> None:
    deploy, (url, branch, path), shared = LAYOUTS[layout]
    git = f"git: {{repository: acme/ml-platform, branch: trunk, deploy: {deploy}}}\n"
    made = compiled(tmp_path, "argo-cd", git=git)
    spec = by_name(made)["ApplicationSet acme-ml-production"]["spec"]
    generator = spec["generators"][0]["git"]
    assert (generator["repoURL"], generator["revision"]) == (url, branch)
    assert generator["files"] == [{"path": f"{path}/production/*/kustomization.yaml"}]
    source = spec["template"]["spec"]["source"]
    assert (source["repoURL"], source["targetRevision"]) == (url, branch)
    assert by_name(made)["AppProject acme-ml"]["spec"]["sourceRepos"] == [url]
    (application,) = once(made).values()
    assert application["spec"]["source"] == {"repoURL": url, "targetRevision": shared, "path": f"{path}/_project"}


WRONG = {
    "no repository": ("", "", "FL2070"),
    "an unknown environment": ("{environments: {prod: {sync: manual}}}", None, "FL2071"),
    "two addresses": ('{environments: {staging: {cluster: a, server: "https://a.example"}}}', None, "FL4501"),
    "a long name": ("{prefix: a-name-that-leaves-no-room-for-an-environment-and-a-pipeline}", None, "FL4502"),
    "nothing to ignore": ("{ignore_differences: [{kind: ConfigMap}]}", None, "FL4505"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_mistakes_are_found_at_the_target_in_the_project(mistake: str, tmp_path: Path) -> None:
    options, git, code = WRONG[mistake]
    found = refused(tmp_path, "argo-cd", options, **({} if git is None else {"git": git}))
    assert {each.code.id for each in found} == {code}
    assert {each.place.line for each in found} == {4}


def test_two_applications_of_one_name_are_refused(tmp_path: Path) -> None:
    fairlead = FAIRLEAD.replace("prometheus]", "prometheus, argo-cd]").replace("production:", "staging-eu:")
    specs = {"specs/a.yaml": CHURN, "specs/b.yaml": CHURN.replace("name: churn", "name: eu-churn")}
    found = made_of(read(tmp_path, fairlead, specs), "argo-cd").diagnostics
    assert {each.code.id for each in found} == {"FL4503"}
    assert "`acme-ml-staging-eu-churn`" in found[0].message


def test_two_reconcilers_are_refused(tmp_path: Path) -> None:
    found = made_of(read(tmp_path, project("argo-cd").replace("argo-cd]", "argo-cd, flux]")), "argo-cd").diagnostics
    assert [each.code.id for each in found] == ["FL4504"]


@pytest.mark.parametrize("output", ["out/{{ env }}", "a*", "with space", "x/$(id)"])
def test_an_output_that_means_something_else_in_a_template_is_refused(output: str, tmp_path: Path) -> None:
    workspace = read(tmp_path, project("argo-cd") + f'output: "{output}"\n')
    assert [each.code.id for each in made_of(workspace, "argo-cd").diagnostics] == ["FL2072"]
