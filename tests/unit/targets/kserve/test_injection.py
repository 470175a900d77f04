"""Nothing that a specification says becomes code on its way through KServe."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from shutil import which

import pytest
from hypothesis import given, strategies as st

from fairlead_targets.kserve.text import OPENING, QUOTED_OPENING, literal
from tests.unit.targets.argo_workflows.engines import expanded
from tests.unit.targets.kserve.served import churn, lock, serve

ACTION = re.compile(r"\{\{`([^`]*)`\}\}")
HOSTILE = [
    "{{.Namespace}}",
    "{{{.Name}}}",
    '{{ printf "%s" .UID }}',
    "{{`{{`}}",
    "a {{ b",
    "}}",
    "$(rm -rf /)",
    "$(HOME) costs 5$",
    "$$(HOME)",
    "a$$",
    "$({{.Name}})",
    "'; echo x #",
]


def printed(template: str) -> str:
    """What Go's `text/template` prints for a template whose actions are raw strings only."""
    assert OPENING not in ACTION.sub("", template), "an action that is no raw string would run"
    return ACTION.sub(lambda action: action[1], template)


@given(st.text(alphabet=st.sampled_from('{}`.$() aN"\\<&'), max_size=40))
def test_any_text_comes_out_of_the_template_and_of_kubernetes_as_it_went_in(text: str) -> None:
    assert expanded(printed(literal(text)), {"N": "leaked", "a": "leaked"}) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_a_variable_and_a_command_are_literal(tmp_path: Path, text: str) -> None:
    quoted = json.dumps(text)
    own = "runtime: custom, image: ghcr.io/acme/server, protocol: v2"
    spec = churn(f"{{{own}, command: [serve, {quoted}], env: {{X: {quoted}}}}}")
    container = serve(tmp_path, spec, lock(image="ghcr.io/acme/server")).container
    known = {"HOME": "/root", "X": "leaked"}
    assert expanded(printed(container["command"][1]), known) == text
    found = {variable["name"]: variable["value"] for variable in container["env"]}
    assert expanded(printed(found["X"]), known) == text


def test_the_runtimes_own_placeholder_is_filled_in_and_none_is_left(tmp_path: Path) -> None:
    container = serve(tmp_path, churn(), lock()).container
    assert "--model_name=churn" in container["args"]
    assert OPENING not in json.dumps(container)


def test_a_condition_stays_in_its_query(tmp_path: Path) -> None:
    graph = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: both, owner: growth-ml}
serving: {graph: {type: switch, of: [{pipeline: a, when: 'label == "x#y)"'}, {pipeline: b}]}}
"""
    files = {f"specs/{name}.yaml": churn(name=name) for name in "ab"}
    files |= {f"specs/{name}.production.lock.yaml": lock(pipeline=name) for name in "ab"}
    served = serve(tmp_path, graph, name="both", more=files)
    condition = served.get("InferenceGraph")["spec"]["nodes"]["root"]["steps"][0]["condition"]
    assert condition == '[@this].#(label=="x#y)")'


GO = """\
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"text/template"
)

func main() {
	var texts []string
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		panic(err)
	}
	// As KServe's ReplacePlaceholders does it: the container as JSON is the template.
	data, _ := json.Marshal(map[string][]string{"command": texts})
	parsed := template.Must(template.New("container").Parse(string(data)))
	if err := parsed.Execute(os.Stdout, map[string]string{"Name": "leaked", "Namespace": "leaked"}); err != nil {
		panic(err)
	}
	fmt.Println()
}
"""


@pytest.mark.skipif(which("go") is None, reason="Go's own template engine judges this where it is installed")
def test_gos_own_template_engine_prints_every_text_as_it_was(tmp_path: Path) -> None:
    source = tmp_path / "main.go"
    source.write_text(GO, encoding="utf-8")
    texts = [*HOSTILE, "{{{{", "{", "{{}}", QUOTED_OPENING, "`{{`", "<a>&{{b}}"]
    run = subprocess.run(
        ["go", "run", str(source)], input=json.dumps([literal(text) for text in texts]),
        capture_output=True, text=True, check=True, timeout=120, cwd=tmp_path,
    )  # fmt: skip
    assert [expanded(text, {}) for text in json.loads(run.stdout)["command"]] == texts
