"""What Argo Workflows and Kubernetes do to a text, as their sources say: for tests that it arrives unchanged."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

NAME = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")


def argo(template: Any, values: Mapping[str, str]) -> Any:
    """util/template of Argo Workflows: every tag in the template's JSON is replaced; one without an end is an error."""
    text = json.dumps(template, ensure_ascii=False)
    result, position = "", 0
    while (start := text.find("{{", position)) >= 0:
        end = text.index("}}", start)
        tag = text[start + 2 : end]
        result += text[position:start] + values.get(tag, f"<unresolved {tag}>")
        position = end + 2
    return json.loads(result + text[position:])


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """third_party/forked/golang/expansion of Kubernetes: `$(NAME)` is replaced where known, and `$$` is one dollar."""
    result, position = "", 0
    while position < len(text):
        if text[position] != "$" or position + 1 == len(text):
            result += text[position]
            position += 1
        elif text[position + 1] == "$":
            result += "$"
            position += 2
        elif match := NAME.match(text, position):
            result += variables.get(match[1], match[0])
            position = match.end()
        else:
            result += text[position : position + 2]
            position += 2
    return result


def process(container: Any) -> tuple[list[str], dict[str, str]]:
    """The argument vector and the variables that a process finds, as far as they stand in its container."""
    found: dict[str, str] = {}
    for variable in container["env"]:
        if "value" in variable:
            found[variable["name"]] = expanded(variable["value"], found)
    return [expanded(word, found) for word in [*container["command"], *container.get("args", [])]], found
