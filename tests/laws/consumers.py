"""What the systems behind the output make of it: each text as whoever acts on it finds it.

Argo Workflows pastes tags, Kubernetes expands `$(NAME)`, KServe and Prometheus run Go's templates, GitHub evaluates
expressions. What is left of a manifest after all of them can be compared with what was meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.unit.targets.argo_workflows.engines import argo, expanded, process

ARGO: Final = frozenset({"WorkflowTemplate", "CronWorkflow"})
BRACE: Final = "FAIRLEAD_BRACE"
"""A variable of Fairlead's own, which is there only where a text needs it."""
_RAW: Final = re.compile(r"\{\{`([^`]*)`\}\}")
_LITERAL: Final = re.compile(r'\{\{ "([^"]*)" \}\}')
_VALUE: Final = re.compile(r'\{\{ \$value \| (?:humanizePercentage|printf "%\.4g") \}\}|\{\{ \$labels\.[a-z_]+ \}\}')
"""What Fairlead's own messages fill in."""
_EXPRESSION: Final = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)


def understood(manifest: Mapping[str, Any]) -> Any:
    """A Kubernetes resource as those see it who act on it."""
    kind = manifest["kind"]
    tree: Any = manifest
    if kind in ARGO:
        tree = {**manifest, "spec": argo(manifest["spec"], {})}
    elif kind == "ServingRuntime":
        tree = _everywhere(tree, go_template)
    elif kind == "PrometheusRule":
        tree = {**manifest, "spec": {"groups": [prometheus_group(group) for group in manifest["spec"]["groups"]]}}
    elif kind == "ConfigMap":
        return {**manifest, "data": {key: _data(key, text) for key, text in manifest.get("data", {}).items()}}
    return _containers(tree)


def prometheus_group(group: Mapping[str, Any]) -> Any:
    """A group of rules, its annotations as Prometheus prints them."""
    rules = [
        {**rule, "annotations": {key: _printed(text) for key, text in rule["annotations"].items()}}
        if "annotations" in rule
        else rule
        for rule in group["rules"]
    ]
    return {**group, "rules": rules}


def workflow(tree: Any) -> Any:
    """A workflow of GitHub's, its expressions evaluated to what they say."""
    return _everywhere(tree, lambda text: _EXPRESSION.sub(lambda found: f"<evaluated {found[0][3:]}>", text))


def go_template(text: str) -> str:
    """What `text/template` prints, where every action is a raw string. Any other action would run."""
    assert "{{" not in _RAW.sub("", text), f"an action that is no raw string: {text!r}"
    return _RAW.sub(lambda action: action[1], text)


def _printed(text: str) -> str:
    """An annotation as Prometheus prints it; what is filled in is marked, and what is left of braces is literal."""
    filled = _VALUE.sub("<filled in>", text)
    assert "{{" not in _LITERAL.sub("", filled), f"an action of nobody's: {text!r}"
    return _LITERAL.sub(lambda action: action[1], filled)


def _data(key: str, text: str) -> Any:
    return json.loads(text) if key.endswith(".json") else text


def _everywhere(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {change(key): _everywhere(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_everywhere(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


def _containers(value: Any) -> Any:
    """Containers as their processes find them, and texts of JSON as what they say."""
    if isinstance(value, list):
        return [_containers(item) for item in value]
    if not isinstance(value, dict):
        return value
    tree = {key: _containers(item) for key, item in value.items()}
    if "image" in value and {"command", "args"} & value.keys():
        tree |= _process(value)
    elif isinstance(value.get("env"), list):
        tree["env"] = _process({**value, "command": []})["env"]
    if isinstance(value.get("raw"), dict):
        # The executor finds its template in a variable, so Kubernetes has read it, too.
        tree["raw"] = json.loads(expanded(value["raw"]["data"], {}))
    if isinstance(value.get("manifest"), str):
        tree["manifest"] = _containers(json.loads(value["manifest"]))
    return tree


def _process(container: Mapping[str, Any]) -> dict[str, Any]:
    found = {"env": [], "command": [], **container}
    arguments, variables = process(found)
    before = [item["name"] for item in found["env"]]
    assert BRACE not in before or before.index(BRACE) == 0 or not _uses_brace(found["env"][: before.index(BRACE)])
    env = [
        {**item, "value": variables[item["name"]]} if "value" in item else item
        for item in found["env"]
        if item["name"] != BRACE
    ]
    return {"command": arguments, "args": [], "env": env}


def _uses_brace(env: list[Any]) -> bool:
    return any(f"$({BRACE})" in item.get("value", "") for item in env)
