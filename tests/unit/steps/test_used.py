"""What steps say of what they used, put together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fairlead.steps.used import MOST_STEPS, steps_used

MIB = 1 << 20


def written(folder: Path, **said: object) -> Path:
    for name, content in said.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def test_steps_are_told_by_their_ids_in_round_numbers(tmp_path: Path) -> None:
    whole = {"memory": 2661 * MIB + 1, "measured": "container", "cpu": 1234.5, "time": 61.2}
    found = steps_used(written(tmp_path, train=whole, data__rows={"memory": 5}))
    assert list(found) == ["data/rows", "train"]
    assert found["train"].model_dump(mode="json") == {
        "memory": "2670Mi",
        "measured": "container",
        "cpu": "20m40s",
        "time": "1m2s",
    }
    assert found["data/rows"].model_dump(mode="json", exclude_none=True) == {"memory": "1Mi", "measured": "process"}


def test_of_trials_the_one_that_used_most_is_told(tmp_path: Path) -> None:
    small, large = (
        {"memory": memory * MIB, "measured": how, "cpu": cpu, "time": 9.0}
        for memory, how, cpu in ((100, "container", 50.0), (300, "process", 20.0))
    )
    found = steps_used(
        written(tmp_path, tune__0=small, tune__1=large, tune__score__0=small, tune__choose=small, tuned=small)
    )
    assert list(found) == ["tune", "tune/choose", "tune/score", "tuned"]
    assert (str(found["tune"].memory), found["tune"].measured, str(found["tune"].cpu)) == ("300Mi", "process", "50s")


@pytest.mark.parametrize(
    "content",
    [
        "{nonsense",
        "[]",
        '{"memory": 0}',
        '{"memory": true}',
        '{"memory": 1e300}',
        '{"memory": 1125899906842625}',
        '{"memory": 5, "cpu": NaN}',
        '{"memory": 5, "cpu": -1}',
        '{"memory": 5, "more": 1}',
        '{"cpu": 5}',
        "\udcff",
        '{"memory": 5' + " " * 5000 + "}",
        "[" * 4000,
    ],
)
def test_what_is_no_measurement_is_said_and_left_out(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "train").write_bytes(content.encode(errors="surrogateescape"))
    found = steps_used(written(tmp_path, split={"memory": MIB}))
    assert list(found) == ["split"]
    assert capsys.readouterr().out.startswith("what 'train' used isn't known: ")


def test_names_that_no_step_has_are_left_out(tmp_path: Path) -> None:
    assert steps_used(written(tmp_path, **{"Train!": {"memory": MIB}})) == {}


def test_no_folder_is_no_usage_and_of_very_many_steps_some_are_told(tmp_path: Path) -> None:
    assert steps_used(None) == steps_used(tmp_path / "nowhere") == {}
    many = written(tmp_path, **{f"prepare__step-{number}": {"memory": MIB} for number in range(MOST_STEPS + 5)})
    assert len(steps_used(many)) == MOST_STEPS
