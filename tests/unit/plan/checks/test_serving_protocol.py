from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.serving_protocol import IDLE_KEY, MODEL_DECIDES, OTHER_FRAMEWORK, UNANSWERED, UNSPOKEN
from fairlead.source.diagnostics import Severity
from tests.unit.plan.specs import ASSISTANT, TUMOR, edit, examine


@pytest.mark.parametrize(
    ("base", "protocol", "wrong", "nearest"), [(ASSISTANT, "openai", "v2", "openai"), (TUMOR, "v2", "openai", "v2")]
)
def test_a_runtime_speaks_its_own_protocols(tmp_path: Path, base: str, protocol: str, wrong: str, nearest: str) -> None:
    found = examine(tmp_path, edit(base, (f"protocol: {protocol}", f"protocol: {wrong}")))
    assert found.places(UNSPOKEN) == [found.where(wrong, f"protocol: {wrong}")]
    assert found.one(UNSPOKEN).nearest == nearest


def test_sklearn_speaks_both_inference_protocols(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(TUMOR, ("protocol: v2", "protocol: v1"))).codes == []


def lightgbm(output: str) -> str:
    return edit(TUMOR, ("framework: sklearn", "framework: lightgbm"), ("runtime: sklearn", "runtime: lightgbm"),
                ("output: probability", f"output: {output}"))  # fmt: skip


def test_an_answer_that_the_runtime_does_not_have_is_refused(tmp_path: Path) -> None:
    found = examine(tmp_path, lightgbm("label"))
    assert found.places(UNANSWERED) == [found.where("label", "output: label")]
    assert found.one(UNANSWERED).nearest == "probability"
    assert examine(tmp_path, lightgbm("probability")).codes == []


def test_a_language_model_answers_neither(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(ASSISTANT, ("  protocol: openai\n", "  protocol: openai\n  output: label\n")))
    assert found.places(UNANSWERED) == [found.where("label")]


def test_an_exported_graph_decides_its_answer(tmp_path: Path) -> None:
    triton = edit(TUMOR, ("framework: sklearn", "framework: onnx"), ("runtime: sklearn", "runtime: triton"))
    found = examine(tmp_path, triton)
    assert found.places(MODEL_DECIDES) == [found.where("probability", "output: probability")]
    assert found.one(MODEL_DECIDES).level is Severity.WARNING
    assert examine(tmp_path, edit(triton, ("  output: probability\n", ""))).codes == []


def test_a_server_reads_its_own_framework(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("framework: sklearn", "framework: xgboost")))
    assert found.places(OTHER_FRAMEWORK) == [found.where("sklearn", "runtime: sklearn")]
    assert found.one(OTHER_FRAMEWORK).nearest == "xgboost"
    assert [str(related.place) for related in found.one(OTHER_FRAMEWORK).related] == [found.where("xgboost")]


@pytest.mark.parametrize("framework", ["sklearn", "custom", "mlflow"])
def test_what_a_framework_writes_may_be_unknown(tmp_path: Path, framework: str) -> None:
    assert examine(tmp_path, edit(TUMOR, ("framework: sklearn", f"framework: {framework}"))).codes == []


@pytest.mark.parametrize("setting", ["llm: {max_model_len: 8192}", "command: [serve]"])
def test_a_setting_of_another_server_has_no_effect(tmp_path: Path, setting: str) -> None:
    found = examine(tmp_path, edit(TUMOR, ("  mode: standard\n", f"  mode: standard\n  {setting}\n")))
    assert found.places(IDLE_KEY) == [found.where(setting.split(":", maxsplit=1)[0], f"  {setting}")]


def test_a_host_is_a_name_at_the_gateway(tmp_path: Path) -> None:
    hosted = edit(TUMOR, ("  mode: standard\n", "  mode: standard\n  host: tumor.acme.example\n"))
    assert examine(tmp_path, hosted).codes == []
    inside = edit(hosted, ("expose: gateway, ", ""), ("canary: [10%, 50%], ", ""), ("at: edge", "at: server"))
    found = examine(tmp_path, edit(inside, ("    availability: 99.9%\n", "")))
    assert found.places(IDLE_KEY) == [found.where("host")]


def test_a_custom_server_has_a_command(tmp_path: Path) -> None:
    own = "  runtime: custom\n  image: ghcr.io/acme/server\n  command: [serve]\n"
    assert examine(tmp_path, edit(TUMOR, ("  runtime: sklearn\n", own))).of(IDLE_KEY) == []
