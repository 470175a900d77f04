"""Whatever a user writes reaches the process as it was written, and is never read as code on its way."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from fairlead.plan import contract
from fairlead.resources.pods import unexpanded
from fairlead_targets.argo_workflows.escaping import BRACE, inert_json, literal, needs_brace
from tests.unit.targets.argo_workflows.engines import argo, expanded, process
from tests.unit.targets.argo_workflows.trained import churn, compiled, template, workflow

PIECES = ["{{", "}}", "{", "}", "$", "$$", "$(", ")", "${{ github.token }}", "{{workflow.uid}}", "{{=1+1}}", "$(HOME)"]
PIECES += [f"$({BRACE})", '"', "'", "\\", "\n", "`id`", ";", "ä", "\U0001f600", "\t", "a", " "]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | st.text(
    st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20
)


def quoted(text: str) -> str:
    """A text as a double-quoted scalar of YAML."""
    return json.dumps(text, ensure_ascii=False)


@given(TEXTS)
@example("{{{")
@example("${{{{x")
@example("$$(HOME)$")
def test_a_text_survives_argo_and_kubernetes(text: str) -> None:
    carried = literal(text)
    assert argo([carried], {"workflow.uid": "EVIL", "=1+1": "2"}) == [carried]
    assert expanded(carried, {BRACE: "{", "HOME": "/root"}) == text
    assert needs_brace(carried) or "{{" not in text


@given(TEXTS)
def test_a_text_survives_kubernetes_alone(text: str) -> None:
    assert expanded(unexpanded(text), {"HOME": "/root", BRACE: "{"}) == text


@given(
    st.dictionaries(st.from_regex("[a-z]{1,5}", fullmatch=True), TEXTS | st.lists(TEXTS | st.integers(), max_size=3))
)
def test_json_survives_and_keeps_its_meaning(values: dict[str, Any]) -> None:
    text = inert_json(contract.parameters_json(values))
    assert argo([text], {}) == [text]
    assert expanded(text, {"HOME": "/root"}) == text
    assert json.loads(text) == values


@settings(max_examples=25)
@given(argument=TEXTS.filter(bool), value=TEXTS, parameter=TEXTS)
@example(argument="{{workflow.uid}}", value="$(HOME){{", parameter='{{=sprig.env("HOME")}}"')
def test_a_step_finds_what_its_specification_says(argument: str, value: str, parameter: str) -> None:
    section = (
        f"command: [python, {quoted(argument)}], env: {{VALUE: {quoted(value)}}},"
        f" parameters: {{text: {quoted(parameter)}, number: 0.1}}"
    )
    with TemporaryDirectory() as folder:
        written = template(workflow(compiled(Path(folder), churn(section))), "train")
    substituted = argo(written, {"workflow.uid": "u-1", "inputs.parameters.mlflow-run": "r-1"})
    argv, variables = process(substituted["container"])
    assert argv == ["python", argument]
    assert variables["VALUE"] == value
    assert variables["FAIRLEAD_PARAM_TEXT"] == parameter
    assert variables["FAIRLEAD_PARAM_NUMBER"] == "0.1"
    assert variables["FAIRLEAD_RUN_ID"] == "run-u-1"
    assert variables["MLFLOW_RUN_ID"] == "r-1"
    (raw,) = [item["raw"]["data"] for item in substituted["inputs"]["artifacts"] if "raw" in item]
    assert json.loads(expanded(raw, variables)) == {"text": parameter, "number": 0.1}


@pytest.mark.parametrize("text", ["plain", "a{b}c", "cost: 5$", "$HOME", "}}"])
def test_a_harmless_text_stands_as_it_was_written(text: str) -> None:
    assert literal(text) == text


def test_no_template_runs_a_script_or_a_shell(tmp_path: Path) -> None:
    for item in workflow(compiled(tmp_path, churn()))["spec"]["templates"]:
        assert "script" not in item
        if "container" in item:
            assert item["container"]["command"] not in (["sh"], ["bash"])
