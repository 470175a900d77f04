"""From a specification to its plan: nodes, edges, and what is said where an edge leads nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.builder import NO_DATA, SHAPELESS, build
from fairlead.plan.nodes import Check, Divide, Serve, Snapshot, Train, Tune
from fairlead.plan.plan import Plan
from fairlead.plan.scope import NO_RUNNER, UNKNOWN_NAME
from fairlead.plan.stages.data import AMBIGUOUS_SPLIT
from fairlead.plan.stages.datasets import CYCLE, TAKEN_NAME
from fairlead.plan.stages.serving import NO_RUNTIME, SERVES_NOTHING
from fairlead.workspace.load import load
from fairlead.workspace.plans import plans
from tests.unit.plan.specs import ASSISTANT, BATCH, FAIRLEAD, SCREEN, TRIAGE, TUMOR, edit, examine

TRAINING = ["split", "train", "evaluate", "gate", "register", "propose"]
WITH_CHAMPION = ["split", "train", "evaluate", "champion", "gate", "register", "propose"]
NODES = {
    "biopsy-triage": ["serve"],
    "churn": ["data/customers", *TRAINING],
    "digit-reader": [
        "data/digits", "check/digits", "split", "tune", *WITH_CHAMPION[1:],
        "serve", "slo/availability", "slo/latency", "drift", "drift/prediction",
    ],
    "energy-forecast": ["data/load", "check/load", *WITH_CHAMPION, "batch", "retrain"],
    "scene-encoder": ["data/scenes", *WITH_CHAMPION, "serve", "slo/availability", "slo/latency", "retrain"],
    "screen": ["data/biopsies", "check/biopsies", *TRAINING, "serve", "slo/latency"],
    "support-assistant": ["serve", "slo/availability", "slo/time-to-first-token", "slo/inter-token-latency"],
    "tumor-classifier": [
        "data/biopsies", "check/biopsies", "prepare/features", "check/features", "split", "tune", *WITH_CHAMPION[1:],
        "serve", "slo/availability", "slo/latency", "drift", "drift/age_band", "drift/mean_radius",
        "drift/radius_per_area", "drift/prediction", "quality", "retrain",
    ],
}  # fmt: skip
AFTER_TRAINING = ("serve", "batch", "slo/", "drift", "quality", "retrain")


@pytest.fixture(scope="module")
def built() -> dict[str, dict[str, Plan]]:
    """The plans of this repository's own specifications."""
    found = plans(load(Path(__file__).resolve().parents[3]))
    return {environment: dict(by_name) for environment, by_name in found.by_environment.items()}


@pytest.mark.parametrize("name", NODES)
def test_a_specification_has_the_nodes_of_its_life(built: dict[str, dict[str, Plan]], name: str) -> None:
    assert list(built["staging"][name].nodes) == NODES[name]


@pytest.mark.parametrize("name", NODES)
def test_where_nothing_is_trained_life_starts_with_the_served_version(
    built: dict[str, dict[str, Plan]], name: str
) -> None:
    later = [node for node in NODES[name] if node.startswith(AFTER_TRAINING)]
    assert list(built["production"][name].nodes) == later
    assert not built["production"][name].trains


@pytest.mark.parametrize("name", NODES)
def test_every_node_comes_after_what_it_reads(built: dict[str, dict[str, Plan]], name: str) -> None:
    for plans_ in built.values():
        plan = plans_[name]
        order = {node: position for position, node in enumerate(plan.nodes)}
        assert all(order[edge.giver] < order[edge.reader] for edge in plan.edges())


@pytest.mark.parametrize("name", NODES)
def test_every_use_is_given_by_one_node(built: dict[str, dict[str, Plan]], name: str) -> None:
    plan = built["staging"][name]
    given = [give.artifact.id for node in plan.nodes.values() for give in node.gives]
    assert len(given) == len(set(given))
    assert {use.artifact for node in plan.nodes.values() for use in node.uses} <= set(given)


def test_the_edges_of_a_life(built: dict[str, dict[str, Plan]]) -> None:
    edges = {(edge.giver, edge.reader): edge.artifact for edge in built["staging"]["tumor-classifier"].edges()}
    assert edges["data/biopsies", "check/biopsies"] == "snapshot/biopsies"
    assert edges["check/biopsies", "prepare/features"] == "dataset/biopsies"
    assert edges["check/features", "split"] == "dataset/features"
    assert edges["tune", "train"] == "parameters/best"
    assert edges["train", "evaluate"] == "model"
    assert edges["gate", "register"] == "report/gate"
    assert edges["register", "serve"] == "version"
    assert edges["serve", "slo/latency"] == "endpoint"
    assert edges["serve", "drift"] == "payloads"
    assert ("serve", "quality") in edges
    assert {giver for giver, reader in edges if reader == "retrain"} == {
        "drift/age_band", "drift/mean_radius", "drift/radius_per_area", "drift/prediction", "quality",
    }  # fmt: skip
    # Nothing reads the data around the check of it.
    assert ("data/biopsies", "prepare/features") not in edges


def test_the_loop_closes_through_a_commit(built: dict[str, dict[str, Plan]]) -> None:
    loop = built["staging"]["tumor-classifier"].loop
    assert loop is not None
    assert (loop.giver, loop.reader) == ("retrain", "data/biopsies")
    assert built["staging"]["churn"].loop is None


def test_the_graph_is_acyclic_and_has_the_same_nodes_and_edges(built: dict[str, dict[str, Plan]]) -> None:
    import networkx as nx

    plan = built["staging"]["tumor-classifier"]
    graph = plan.graph()
    assert nx.is_directed_acyclic_graph(graph)
    assert list(graph.nodes) == list(plan.nodes)
    assert graph.number_of_edges() == len(plan.edges())


def test_a_plan_is_pure(tmp_path: Path) -> None:
    found = examine(tmp_path, TUMOR)
    unit = found.plan("tumor-classifier").unit
    first, second = build(unit, {unit.name: unit}), build(unit, {unit.name: unit})
    assert first == second
    assert first[0] is not None
    assert list(first[0].nodes) == list(found.plan("tumor-classifier").nodes)


def test_a_model_that_is_not_trained_waits_for_no_version(tmp_path: Path) -> None:
    serve = examine(tmp_path, ASSISTANT).plan("support-assistant").only(Serve)
    assert serve is not None
    assert serve.waits is None
    assert serve.uri == "hf://acme/assistant:e0bc86c23ce5aae1db576c8cca6f06f1f73af2db"


def test_a_model_without_a_version_waits_for_one(tmp_path: Path) -> None:
    serve = examine(tmp_path, SCREEN).plan("screen").only(Serve)
    assert serve is not None
    assert serve.waits is not None
    assert serve.waits.reason == "awaiting-first-version"


def test_a_protected_environment_waits_for_digests(tmp_path: Path) -> None:
    fairlead = edit(FAIRLEAD, ("ml-staging, trains: true", "ml-staging, trains: true, protected: true"))
    plan = examine(tmp_path, BATCH, fairlead=fairlead).plan("energy-forecast")
    train = plan.only(Train)
    assert train is not None
    assert train.waits is not None
    assert train.waits.reason == "pending-build"
    assert "ghcr.io/acme/energy-forecast" in train.waits.detail


def test_defaults_are_applied(tmp_path: Path) -> None:
    plan = examine(tmp_path, SCREEN).plan("screen")
    split, serve = plan.only(Divide), plan.only(Serve)
    assert split is not None
    assert serve is not None
    assert (split.method, split.by, str(split.test)) == ("hash", "visit_id", "0.2")
    assert (serve.runtime.name, serve.protocol, serve.mode) == ("sklearn", "v2", "standard")
    assert plan.datasets["visits"].format == "csv"
    snapshot = plan.only(Snapshot)
    assert snapshot is not None
    assert snapshot.pinned, "without retraining, data is pinned"


def test_retraining_reads_its_sources_anew(tmp_path: Path) -> None:
    plan = examine(tmp_path, f'{BATCH}retraining: {{schedule: "0 1 * * 0"}}\n').plan("energy-forecast")
    snapshot = plan.only(Snapshot)
    assert snapshot is not None
    assert not snapshot.pinned


def test_a_prepared_dataset_has_the_columns_that_it_is_like_and_those_it_adds(tmp_path: Path) -> None:
    plan = examine(tmp_path, TUMOR).plan("tumor-classifier")
    assert [*plan.datasets["biopsies"].columns, "radius_per_area"] == list(plan.datasets["features"].columns)
    assert plan.datasets["features"].sensitivity == "phi"
    assert {check.dataset for check in plan.of(Check)} == {"biopsies", "features"}


def test_trials_carry_all_parameters_of_the_step(tmp_path: Path) -> None:
    tune = examine(tmp_path, TUMOR).plan("tumor-classifier").only(Tune)
    assert tune is not None
    assert len(tune.trials) == 12
    assert all(set(trial) == {"max_depth", "learning_rate"} for trial in tune.trials)


def test_steps_that_wait_for_each_other_print_the_way(tmp_path: Path) -> None:
    steps = """\
    clean: {command: [clean], inputs: [joined], outputs: {cleaned: {}}}
    join: {command: [join], inputs: [cleaned], outputs: {joined: {}}}
"""
    spec = edit(TUMOR, ("  prepare:\n", f"  prepare:\n{steps}"), ("inputs: [biopsies]", "inputs: [biopsies, joined]"))
    found = examine(tmp_path, spec)
    message = found.one(CYCLE).message
    assert message in (
        "these steps wait for each other: clean -> join -> clean",
        "these steps wait for each other: join -> clean -> join",
    )
    assert "tumor-classifier" not in found.by_environment["staging"]


def test_columns_that_are_like_each_other_print_the_way(tmp_path: Path) -> None:
    outputs = "outputs: {features: {like: extras}, extras: {like: features}}"
    spec = edit(TUMOR, ("outputs: {features: {like: biopsies, add: {radius_per_area: {type: float}}}}", outputs))
    found = examine(tmp_path, spec)
    assert "features -> extras -> features" in found.one(CYCLE).message


@pytest.mark.parametrize(
    ("before", "after", "what", "nearest"),
    [
        ("inputs: [biopsies]", "inputs: [biopsie]", "dataset `biopsie`", "biopsies"),
        ("of: features", "of: feature", "dataset `feature`", "features"),
        ("by: biopsy_id", "by: biopsy_ids", "column `biopsy_ids`", "biopsy_id"),
        ("like: biopsies", "like: biopsie", "dataset `biopsie`", "biopsies"),
        ("tune: cpu-spot", "tune: cpu-spt", "hardware profile `cpu-spt`", "cpu-spot"),
        ("tune: cpu-spot", "tuning: cpu-spot", "step or role `tuning`", None),
        ("features: {mean_radius:", "features: {mean_radus:", "column `mean_radus`", "mean_radius"),
    ],
)
def test_a_name_that_nothing_declares_is_told_the_nearest(
    tmp_path: Path, before: str, after: str, what: str, nearest: str | None
) -> None:
    found = examine(tmp_path, edit(TUMOR, (before, after)))
    unknown = found.of(UNKNOWN_NAME)[0]
    assert unknown.message == f"there is no {what}"
    assert unknown.nearest == nearest
    line = found.where(after).split(":")[1]
    assert unknown.place.line == int(line)


@pytest.mark.parametrize("inputs", ["[biopsies, misspelt]", "{biopsies: copy, misspelt: reference}"])
def test_of_several_inputs_the_unknown_one_is_shown(tmp_path: Path, inputs: str) -> None:
    found = examine(tmp_path, edit(TUMOR, ("inputs: [biopsies]", f"inputs: {inputs}")))
    assert found.places(UNKNOWN_NAME) == [found.where("misspelt")]


def test_a_graph_names_pipelines_of_the_project(tmp_path: Path) -> None:
    found = examine(
        tmp_path,
        TRIAGE,
        {"specs/screen.yaml": SCREEN, "specs/t.yaml": edit(TUMOR, ("name: tumor-classifier", "name: tumor-classifer"))},
    )
    unknown = found.one(UNKNOWN_NAME)
    assert str(unknown.place) == found.where("tumor-classifier")
    assert unknown.nearest == "tumor-classifer"


def test_what_the_model_learns_from_is_not_guessed(tmp_path: Path) -> None:
    more = ("  prepare:\n", "    prices: {uri: s3://acme-ml/prices.csv}\n  prepare:\n")
    found = examine(tmp_path, edit(TUMOR, more, ("of: features, ", "")))
    assert "2 datasets could be split: `prices`, `features`" in found.one(AMBIGUOUS_SPLIT).message


@pytest.mark.parametrize("name", ["train", "model", "champion"])
def test_names_that_steps_know_are_taken(tmp_path: Path, name: str) -> None:
    spec = edit(SCREEN, ("    visits:\n", f"    {name}:\n"))
    assert f"a source can't be called `{name}`" in examine(tmp_path, spec).one(TAKEN_NAME).message


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        (edit(SCREEN, ("  train: {command: [python, -m, screen.train]}\n", ""), ("serving: {}\n", "")), SHAPELESS),
        (edit(SCREEN, ("  train: {command: [python, -m, screen.train]}\n", "")), SERVES_NOTHING),
        (edit(SCREEN, ("framework: sklearn", "framework: custom")), NO_RUNTIME),
        (edit(ASSISTANT, ("hardware:", "  train: {command: [train]}\nhardware:")), NO_DATA),
    ],
    ids=["shapeless", "serves-nothing", "no-runtime", "no-data"],
)
def test_a_specification_without_sense_has_no_plan(tmp_path: Path, spec: str, code: object) -> None:
    found = examine(tmp_path, spec)
    assert code in [each.code for each in found.diagnostics]
    assert found.by_environment["staging"] == {}


def test_fairleads_own_steps_need_an_image(tmp_path: Path) -> None:
    fairlead = edit(FAIRLEAD, ("  runner: ghcr.io/acme/fairlead-runner\n", ""))
    found = examine(tmp_path, SCREEN, fairlead=fairlead)
    assert found.of(NO_RUNNER)
    assert {each.place.file for each in found.of(NO_RUNNER)} == {"fairlead.yaml"}


def test_a_finding_of_every_environment_is_shown_once_and_that_of_a_patch_in_the_patch(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("hold: 2h", "hold: 5m")))
    assert len(found.diagnostics) == 1
    patch = "environments:\n  production: {serving: {rollout: {hold: 6m}}}\n"
    patched = examine(tmp_path, TUMOR + patch)
    assert [str(each.place) for each in patched.diagnostics] == [patched.where("6m")]
