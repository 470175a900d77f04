"""The clusters' own CRDs are applied strictly."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from fairlead.resources.crds import Definitions, Judge, Unreadable
from fairlead.resources.resource import Origin, Resource
from fairlead.source.places import Place

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions:
    - name: v1
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [size]
              properties:
                size: {type: integer, minimum: 1}
                port: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}
                free: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {a: {type: string}}}
                note: {type: string, nullable: true, pattern: "(?i)^a"}
"""
SPEC = Origin("train", Place("specs/a.yaml", 3, 1, 3, 5), "training")
SIZE = Origin("serve", Place("specs/a.yaml", 9, 1, 9, 5), "serving")


def judge(folder: Path) -> Judge:
    (folder / "crd.yaml").write_text(CRD)
    return Judge(Definitions(folder))


def widget(version: str = "v1", **spec: Any) -> Resource:
    manifest = {"apiVersion": f"example.com/{version}", "kind": "Widget", "metadata": {"name": "w"}, "spec": spec}
    return Resource(manifest, SPEC, {("spec", "size"): SIZE})


def test_what_fits_is_accepted(tmp_path: Path) -> None:
    fitting = widget(size=2, port="http", free={"a": "x", "anything": 1}, note=None)
    assert list(judge(tmp_path).judge(fitting)) == []


@pytest.mark.parametrize(
    ("spec", "words", "line"),
    [
        ({"size": 0}, "less than the minimum", 9),
        ({"size": "1"}, "not of type", 9),
        ({}, "required", 3),
        ({"size": 1, "sise": 2}, "sise", 3),
        ({"size": 1, "port": 1.5}, "not of type", 3),
        ({"size": 1, "free": {"a": 1}}, "not of type", 3),
    ],
)
def test_what_does_not_fit_is_refused_at_the_line_it_came_from(
    tmp_path: Path, spec: dict[str, Any], words: str, line: int
) -> None:
    (found,) = judge(tmp_path).judge(widget(**spec))
    assert found.code.id == "FL5008"
    assert words in found.message
    assert found.place.line == line


def test_a_version_that_the_group_lacks_is_refused(tmp_path: Path) -> None:
    (found,) = judge(tmp_path).judge(widget("v2", size=1))
    assert "no Widget in example.com/v2" in found.message


def test_a_group_that_the_folder_lacks_is_not_judged(tmp_path: Path) -> None:
    other = Resource({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}, SPEC)
    assert list(judge(tmp_path).judge(other)) == []


@pytest.mark.parametrize("text", ["", "kind: [", "kind: ConfigMap\n"])
def test_a_folder_without_definitions_is_unreadable(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(Unreadable):
        Definitions(tmp_path)


def test_a_file_that_is_not_yaml_is_unreadable_when_it_is_needed(tmp_path: Path) -> None:
    (tmp_path / "crd.yaml").write_text(CRD + "  broken: [")
    with pytest.raises(Unreadable, match=r"crd\.yaml"):
        list(Judge(Definitions(tmp_path)).judge(widget(size=1)))


def test_an_equals_sign_is_text(tmp_path: Path) -> None:
    (tmp_path / "crd.yaml").write_text(CRD.replace("size: {type: integer, minimum: 1}", "size: {enum: [=, '!=']}"))
    assert list(Judge(Definitions(tmp_path)).judge(widget(size="="))) == []


@pytest.mark.parametrize(
    ("definition", "other"),
    [
        ("size: {type: integer, minimum: 1}", "size: 5"),
        ("size: {type: integer, minimum: 1}", "size: {properties: [a]}"),
        ("size: {type: integer, minimum: 1}", "size: {default: 2027-13-45}"),
        ("size: {type: integer, minimum: 1}", "size: &size {items: *size}"),
        ("size: {type: integer, minimum: 1}", "size: {type: nothing}"),
        ("size: {type: integer, minimum: 1}", "size: {minimum: many}"),
        ("size: {type: integer, minimum: 1}", "size: {multipleOf: 0}"),
        ("size: {type: integer, minimum: 1}", "size: {$ref: 'http://127.0.0.1:9/schema.json'}"),
        ("size: {type: integer, minimum: 1}", "size: {$ref: '#/properties/spec/properties/size'}"),
        ('pattern: "(?i)^a"', 'pattern: "["'),
        ("versions:", "versions: 5\n  other:"),
        ("schema:", "schema: []\n      other:"),
    ],
)
def test_a_definition_that_is_none_is_unreadable(tmp_path: Path, definition: str, other: str) -> None:
    (tmp_path / "crd.yaml").write_text(CRD.replace(definition, other))
    with pytest.raises(Unreadable):
        list(Judge(Definitions(tmp_path)).judge(widget(size=1, note="a")))


def test_a_folder_and_a_pipe_with_the_name_of_a_file_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    assert list(judge(tmp_path).judge(widget(size=1))) == []


def test_an_address_in_a_definition_is_asked_for_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("urllib.request.urlopen", lambda request, *_, **__: asked.append(request))
    elsewhere = "size: {$ref: 'http://schemas.example/size.json'}"
    (tmp_path / "crd.yaml").write_text(CRD.replace("size: {type: integer, minimum: 1}", elsewhere))
    with pytest.raises(Unreadable, match=r"schemas\.example"):
        list(Judge(Definitions(tmp_path)).judge(widget(size=1)))
    assert asked == []
