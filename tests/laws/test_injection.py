"""No text of a project is ever code: what acts on the output finds each text as it was written, and nothing else.

A hostile project is compiled beside its harmless twin. Both outputs are read as their consumers read them, and have to
be the same but for the texts themselves. Which places take text is asked of the models, so a new field is held too.
"""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import promql_parser
import pytest
from hypothesis import event, given
from pydantic import BaseModel, ValidationError

from fairlead.output.yaml import dump
from fairlead.plan.draw.dot import render_dot
from fairlead.plan.draw.json import render_json
from fairlead.plan.draw.mermaid import render_mermaid
from fairlead.plan.draw.svg import render_svg
from fairlead.plan.draw.text import render_text
from fairlead.project.lock import Lock
from fairlead.project.model import Project
from fairlead.source.diagnostics import Diagnostic
from fairlead.source.nodes import plain
from fairlead.source.reader import read
from fairlead.source.render import render
from fairlead.spec.pipeline import Pipeline
from fairlead.workspace.plans import plans
from tests.laws.compiling import Result, compiled, shown
from tests.laws.consumers import understood, workflow
from tests.laws.generate import Estate, estates
from tests.laws.generate.positions import FREE, arms
from tests.laws.generate.sampling import bounded, sampled
from tests.laws.generate.twins import TOKEN, Twin, twin
from tests.rendered import containers
from tests.unit.output.trees import memory

DIGEST = re.compile(r"\b[0-9a-f]{8,64}\b")
SHELLS = ("sh", "bash", "/bin/sh", "/bin/bash", "dash", "zsh")
CODE = ("run", "uses", "if", "shell", "runs-on", "timeout-minutes")
"""Keys of a workflow that GitHub acts on: no text of a project may be in them."""


def masked(text: str) -> str:
    """A text without digests: what they are of differs."""
    return DIGEST.sub("#", text)


def differences(hostile: Any, calm: Any, of: Twin, where: str = "") -> Iterator[str]:
    """Where two trees differ in more than the texts that tokens stand for."""
    if isinstance(calm, Mapping) and isinstance(hostile, Mapping):
        keys = {masked(of.restored(key)): key for key in calm}
        if {masked(key) for key in hostile} != keys.keys():
            yield f"{where}: the keys {sorted(hostile)} and {sorted(keys)}"
            return
        for key, value in hostile.items():
            yield from differences(value, calm[keys[masked(key)]], of, f"{where}.{key}")
    elif isinstance(calm, list) and isinstance(hostile, list):
        if len(calm) != len(hostile):
            yield f"{where}: {len(hostile)} items and {len(calm)}"
        for position, (one, other) in enumerate(zip(hostile, calm, strict=False)):
            yield from differences(one, other, of, f"{where}[{position}]")
    elif isinstance(calm, str) and isinstance(hostile, str):
        trees = listed(hostile), listed(calm)
        if None not in trees:
            yield from differences(*trees, of, where)
        elif hostile != of.restored(calm) and masked(hostile) != masked(of.restored(calm)):
            yield f"{where}: {hostile!r} and not {of.restored(calm)!r}"
    elif calm != hostile or type(calm) is not type(hostile):
        yield f"{where}: {hostile!r} and {calm!r}"


def listed(text: str) -> Any:
    """The list that a text is in JSON, as a parameter that is a list reaches a step; None for any other text."""
    try:
        value = json.loads(text) if text.startswith("[") else None
    except ValueError:
        return None
    return value if isinstance(value, list) else None


def by_name(result: Result) -> dict[str, Mapping[str, Any]]:
    return {masked(f"{place} {found.identity}"): found.manifest for place, found in result.resources()}


def what_clusters_run_is_the_same(hostile: Result, calm: Result, of: Twin) -> None:
    manifests, expected = by_name(hostile), by_name(calm)
    assert manifests.keys() == expected.keys()
    for name, manifest in manifests.items():
        found = list(differences(understood(manifest), understood(expected[name]), of, name))
        assert not found, found[:5]


def no_shell_reads_a_text(hostile: Result, calm: Result, of: Twin) -> None:
    for manifest in calm.manifests():
        for _, container in containers(manifest):
            command = [*container.get("command", []), *container.get("args", [])]
            if command and command[0] in SHELLS and "-c" in command and not TOKEN.search(command[0]):
                assert not TOKEN.search(command[command.index("-c") + 1])
        for section in sections(manifest):
            assert not TOKEN.search(str(section.get("source", "")))


def what_prometheus_evaluates_is_the_same(hostile: Result, calm: Result, of: Twin) -> None:
    for one, other in zip(expressions(hostile), expressions(calm), strict=True):
        assert masked(one) == masked(other), "no free text is in a rule's expression"
        promql_parser.parse(one)


def what_github_evaluates_is_the_same(hostile: Result, calm: Result, of: Twin) -> None:
    files = [result.files() for result in (hostile, calm)]
    assert files[0].keys() == files[1].keys()
    for path in files[1]:
        if path.endswith(".md"):
            continue  # a page of prose, in which texts stand in the middle: test_card_injection.py holds it
        trees = [read_back(each[path].content) for each in files]
        found = list(differences(workflow(trees[0]), workflow(trees[1]), of, path))
        assert not found, found[:5]
        for section in sections(trees[1]):
            assert not any(TOKEN.search(str(section.get(key, ""))) for key in CODE)


def pictures_show_texts_and_obey_none(hostile: Result, calm: Result, of: Twin) -> None:
    for one, other in zip(plans(hostile.workspace).all(), plans(calm.workspace).all(), strict=True):
        assert render_mermaid(one) == render_mermaid(other)
        assert skeleton(render_dot(one)) == skeleton(render_dot(other))
        assert shape(json.loads(render_json(one))) == shape(json.loads(render_json(other)))
        assert vocabulary(render_svg(one)) <= vocabulary(render_svg(other)) | TEXT_ALONE
        shown = render_text(one, width=100_000, color=False)
        assert shown.count("\n") == render_text(other, width=100_000, color=False).count("\n")
        assert not UNSEEN & set(map(unicodedata.category, shown.replace("\n", ""))), "a terminal would obey it"


def terminals_and_logs_obey_no_text(hostile: Result, calm: Result, of: Twin) -> None:
    found = list(dict.fromkeys(hostile.compilation.diagnostics))
    hold_on_terminals(found, hostile)


def comments_are_the_same(hostile: Result, calm: Result, of: Twin) -> None:
    """Each file has the header that its twin has: no text ends a comment, or stands in one."""
    other = {masked(path): content for path, content in calm.bytes.items()}
    for path, content in hostile.bytes.items():
        assert heading(content) == heading(other[masked(path)]), path


JUDGES = (
    what_clusters_run_is_the_same,
    no_shell_reads_a_text,
    what_prometheus_evaluates_is_the_same,
    what_github_evaluates_is_the_same,
    pictures_show_texts_and_obey_none,
    terminals_and_logs_obey_no_text,
    comments_are_the_same,
)
UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
TEXT_ALONE = frozenset({"text.x", "text.y", "text.class", "text"})
"""What an SVG may have more of because a text is longer."""


def hold_on_terminals(found: list[Diagnostic], result: Result) -> None:
    """Findings as people and GitHub read them: nothing unseen, and nothing that is a command but the findings."""
    assert seen(render(found, result.workspace.text_of, "text"))
    lines = render(found, result.workspace.text_of, "github").split("\n")[:-1]
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) and seen(line) for line in lines)
    assert len(lines) <= len(found)


def hold(estate: Estate) -> bool:
    """Holds a project to its twin, and says whether it was valid."""
    of = twin(estate)
    with shown(estate):
        with tempfile.TemporaryDirectory(dir=memory()) as one, tempfile.TemporaryDirectory(dir=memory()) as other:
            hostile, calm = compiled(estate.write(Path(one))), compiled(of.estate.write(Path(other)))
        if hostile.refusals:
            # What is refused is not written, and what is said of it is the only thing that anybody reads.
            hold_on_terminals(hostile.refusals, hostile)
            return False
        assert not calm.refusals, [found.message for found in calm.refusals]
        for judge in JUDGES:
            judge(hostile, calm, of)
    return True


@bounded(6)
@given(estates(most=2))
def test_no_text_of_a_project_is_ever_code(estate: Estate) -> None:
    event("valid" if hold(estate) else "refused")


@pytest.mark.parametrize("start", range(0, 20, 5))
def test_no_text_is_code_in_projects_that_have_nothing_in_common(start: int) -> None:
    assert sum(hold(estate) for estate in sampled(estates(most=2), 5, start)) >= 3


def sections(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every mapping in a tree."""
    if isinstance(value, Mapping):
        yield value
        for item in value.values():
            yield from sections(item)
    elif isinstance(value, list):
        for item in value:
            yield from sections(item)


def expressions(result: Result) -> list[str]:
    """Every expression that Prometheus evaluates, but for those of people, in `scale_on`."""
    groups = [manifest["spec"] for manifest in result.manifests("PrometheusRule")]
    groups += [read_back(file.content) for file in result.files().values()]
    return [str(section["expr"]) for found in groups for section in sections(found) if "expr" in section]


def read_back(content: Any) -> Any:
    """A file as a reader of YAML finds it; a text that is no YAML as it is."""
    text = content if isinstance(content, str) else dump(content)
    document = read("it.yaml", text.encode())
    return plain(document.root) if document.root is not None else text


def shape(value: Any) -> Any:
    """A tree without its texts and numbers: where something stands in a file depends on the texts before it."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else type(value)


def skeleton(dot: str) -> str:
    """DOT without its texts."""
    return re.sub(r'"(?:[^"\\]|\\.)*"', '""', dot, flags=re.DOTALL)


def vocabulary(svg: str) -> set[str]:
    """The elements and attributes of an SVG."""
    found = set()
    for element in ET.fromstring(svg).iter():  # noqa: S314 - our own
        name = element.tag.rpartition("}")[2]
        found |= {name, *(f"{name}.{key}" for key in element.attrib)}
    return found


def seen(text: str) -> bool:
    """Whether every character of a text can be seen, but for the ends of lines."""
    return all(character.isprintable() or character == "\n" for character in text)


def heading(content: bytes) -> list[str]:
    """The comments at the start of a file."""
    return list(takewhile(lambda line: line.startswith("#"), content.decode().split("\n")))


SIGNS = ("{{", "${{", "$(", "`", '"', "'", "\n", "\u2028", "<", "|", "\\", ";", "&", "#", "\x1b", "\0")
"""What means something to somebody on the way."""
GRAMMARS = frozenset({"Gate", "QualityGate", "Expectation", "Objective", "Condition", "WebUrl"})
"""Units that take a sign: the first four are written out of their own parts, and the twins look at the last two."""
PATHS = frozenset(
    {
        "output",
        "specs[]",
        "platform.crds",
        "model.code.path",
        "data.sources.*.local",
        "patches[].json[].path",
        "patches[].json[].from",
    }
)
"""Places of paths: of files, which the workflows refuse where a sign is in them, and in a patch of the user's own."""


@pytest.mark.parametrize("model", [Pipeline, Project, Lock])
def test_where_text_is_not_free_no_sign_is_taken(model: type[BaseModel]) -> None:
    """A place of text is free and the twins look at it, or its alphabet has nothing in it that could be code."""
    narrow = {
        repr(arm): arm.adapter
        for place, arm in arms(model).items()
        if arm.kind not in FREE | GRAMMARS | {"literal"} and place not in PATHS
    }
    assert len(narrow) > 3
    for adapter in (make() for make in narrow.values()):
        for sign in SIGNS:
            for text in (sign, f"a{sign}a", f"s3://aaa/{sign}", f"a/{sign}"):
                with pytest.raises(ValidationError):
                    adapter.validate_python(text)


def test_a_text_that_is_read_as_code_would_be_seen() -> None:
    of = Twin(Estate({}), {"Zq0z": "{{workflow.uid}}"})
    container = {"image": "x", "name": "main", "command": ["Zq0z"], "env": []}

    def template(word: str) -> dict[str, Any]:
        spec = {"templates": [{"container": {**container, "command": [word]}}]}
        return {"kind": "WorkflowTemplate", "spec": spec}

    assert list(differences(understood(template("{{workflow.uid}}")), understood(template("Zq0z")), of)) != []
    escaped = [{"name": "FAIRLEAD_BRACE", "value": "{"}]
    good = template("$(FAIRLEAD_BRACE)$(FAIRLEAD_BRACE)workflow.uid}}")
    good["spec"]["templates"][0]["container"]["env"] = escaped
    assert list(differences(understood(good), understood(template("Zq0z")), of)) == []
    assert skeleton('a [label="x"]; b') != skeleton('a [label="x"]; c')
    assert vocabulary('<svg><a onclick="x"/></svg>') == {"svg", "a", "a.onclick"}
