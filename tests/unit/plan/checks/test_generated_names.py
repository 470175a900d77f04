from __future__ import annotations

from pathlib import Path

from fairlead.plan.checks.generated_names import ENDINGS, SAME_GENERATED, claims
from fairlead.resources import conventions
from tests.unit.plan.specs import BATCH, SCREEN, TRIAGE, TUMOR, Found, edit, examine


def named(name: str) -> str:
    return edit(SCREEN, ("name: screen,", f"name: {name},"))


def two(folder: Path, first: str, second: str) -> Found:
    return examine(folder, named(first), {"specs/other.yaml": named(second)})


def test_a_service_that_kserve_makes_for_another_is_taken(tmp_path: Path) -> None:
    found = two(tmp_path, "screen", "screen-predictor")
    assert set(found.places(SAME_GENERATED)) == {
        found.where("screen,"),
        found.where("screen-predictor", file="specs/other.yaml"),
    }
    assert "the Service `screen-predictor`" in found.of(SAME_GENERATED)[0].message


def test_a_name_that_is_another_name_cut_short_is_taken(tmp_path: Path) -> None:
    long = "screening-of-all-visits-of-the-last-twelve-months"
    found = two(tmp_path, long, conventions.service(long))
    assert found.codes == [SAME_GENERATED.id]
    services = [
        each.message for each in found.diagnostics if f"the Service `{conventions.service(long)}`" in each.message
    ]
    assert len(services) == 1


def test_names_that_only_look_alike_are_fine(tmp_path: Path) -> None:
    assert two(tmp_path, "screen", "screen-two").codes == []
    assert two(tmp_path, "screen", "screen-train").codes == []


def test_every_claim_ends_as_the_table_says(tmp_path: Path) -> None:
    others = {"specs/screen.yaml": SCREEN, "specs/batch.yaml": BATCH, "specs/triage.yaml": TRIAGE}
    found = examine(tmp_path, TUMOR, others)
    for plan in found.by_environment["staging"].values():
        for kind, name in claims(plan.unit):
            assert name.removeprefix(plan.name) in ENDINGS[kind]
