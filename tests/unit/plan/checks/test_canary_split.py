from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.canary_split import BAD_WEIGHTS, UNSPLIT
from tests.unit.plan.specs import FAIRLEAD, TUMOR, edit, examine


def test_a_server_inside_the_cluster_has_no_route_to_split(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("expose: gateway", "expose: cluster")))
    assert found.places(UNSPLIT) == [found.where("cluster", "expose: cluster")]
    assert [str(related.place) for related in found.one(UNSPLIT).related] == [found.where("[10%, 50%]")]


def test_the_canary_itself_is_pointed_at_where_exposure_is_left_to_its_default(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("expose: gateway, ", "")))
    assert found.places(UNSPLIT) == [found.where("[10%, 50%]")]


def test_a_mesh_is_no_gateway_api(tmp_path: Path) -> None:
    found = examine(tmp_path, TUMOR, fairlead=edit(FAIRLEAD, ("kind: gateway-api", "kind: istio")))
    assert found.places(UNSPLIT) == [found.where("[10%, 50%]")]
    assert "`platform.gateway.kind` is `istio`" in found.one(UNSPLIT).message
    assert [related.place.file for related in found.one(UNSPLIT).related] == ["fairlead.yaml"]


def test_an_older_kserve_splits_nothing_in_standard_mode(tmp_path: Path) -> None:
    found = examine(tmp_path, TUMOR, fairlead=edit(FAIRLEAD, ('kserve: "0.20"', 'kserve: "0.15"')))
    assert found.places(UNSPLIT) == [found.where("[10%, 50%]")]
    assert "from KServe 0.20 on, and the clusters run 0.15" in found.one(UNSPLIT).message


def test_knative_splits_by_its_revisions(tmp_path: Path) -> None:
    knative = edit(TUMOR, ("mode: standard", "mode: knative"), ("cpu: 70%", "rps: 40"), ("expose: gateway, ", ""))
    fairlead = edit(FAIRLEAD, ('kserve: "0.20"', 'kserve: "0.15"'), ("kind: gateway-api", "kind: istio"))
    assert examine(tmp_path, knative, fairlead=fairlead).of(UNSPLIT) == []


@pytest.mark.parametrize(
    ("weights", "wrong", "said"),
    [
        ("[50%, 10%]", "10%", "10% follows 50%"),
        ("[10%, 10.0%]", "10.0%", "10% follows 10%"),
        ("[10%, 100%]", "100%", "all traffic"),
        ("[0%, 50%]", "0%,", "no traffic"),
        ("[2.5%, 50%]", "2.5%", "2.5% is no whole percentage"),
    ],
)
def test_weights_climb_in_whole_percents(tmp_path: Path, weights: str, wrong: str, said: str) -> None:
    found = examine(tmp_path, edit(TUMOR, ("[10%, 50%]", weights)))
    assert found.places(BAD_WEIGHTS) == [found.where(wrong, weights if wrong != "0%," else "[0%,")]
    assert said in found.one(BAD_WEIGHTS).message


@pytest.mark.parametrize("weights", ["[1%, 99%]", "[5%]", "[10%, 25%, 50%, 75%]"])
def test_weights_that_climb_are_fine(tmp_path: Path, weights: str) -> None:
    assert examine(tmp_path, edit(TUMOR, ("[10%, 50%]", weights))).codes == []
