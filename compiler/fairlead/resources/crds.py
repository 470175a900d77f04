"""The clusters' own CustomResourceDefinitions, applied to everything that is written, strictly.

Strict means as `kubectl apply --validate=strict`: a field that a structural schema does not list is an error. Rules in
CEL (`x-kubernetes-validations`) are the API server's, and are not evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fairlead.resources.resource import Resource
from fairlead.source.diagnostics import Code, Diagnostic

REFUSED = Code(
    "FL5008",
    "a resource that the clusters' CRDs refuse",
    """
    `platform.crds` in fairlead.yaml names a folder with the CustomResourceDefinitions of the clusters, and a
    generated resource
    does not fit the one of its kind. The place is the line of the specification that the resource comes from.

    Where a patch set the field, mend the patch. Otherwise the clusters run another version of the platform than
    fairlead.yaml says: compare `platform` with what is installed.
    """,
)
UNREADABLE_CRDS = Code(
    "FL5009",
    "CRDs that cannot be read",
    """
    The folder in `platform.crds` is missing, has no CustomResourceDefinition in it, or has a file that is not YAML.
    Without
    them nothing can be checked, so nothing is compiled.

    The CRDs of a cluster come from `kubectl get crds -o yaml`, or from the release pages of the platforms.
    """,
)

_ANNOTATIONS = frozenset({"description", "example", "default", "format", "nullable", "externalDocs"})
_COMBINED = frozenset({"allOf", "anyOf", "oneOf"})
_GROUP = re.compile(r"""\bgroup: *["']?([^\s"',}]+)""")
_KIND = re.compile(r"""\bkind: *["']?([^\s"',}]+)""")
_OF_EVERY_RESOURCE: Mapping[str, Any] = {"apiVersion": {}, "kind": {}, "metadata": {}}


class Unreadable(Exception):
    """A folder of CRDs that can't be used."""


class Definitions:
    """The CustomResourceDefinitions below a folder. A file is only parsed when a kind that it names is asked for:
    those of one platform alone can have a hundred thousand lines. Raises Unreadable, then too.
    """

    def __init__(self, folder: Path) -> None:
        self._texts: dict[Path, tuple[frozenset[str], frozenset[str]]] = {}
        self._schemas: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._parsed: set[Path] = set()
        try:
            for path in sorted(folder.rglob("*.y*ml")):
                if not path.is_file():
                    continue  # a folder with such a name, or a pipe that nobody writes to
                text = path.read_text(encoding="utf-8")
                if "CustomResourceDefinition" in text:
                    self._texts[path] = (frozenset(_GROUP.findall(text)), frozenset(_KIND.findall(text)))
        except (OSError, UnicodeDecodeError) as error:
            raise Unreadable(f"{type(error).__name__}: {error}") from error
        if not self._texts:
            raise Unreadable("it has no CustomResourceDefinition")

    def has_group(self, group: str) -> bool:
        """Whether the folder defines kinds of an API group."""
        return any(group in groups for groups, _ in self._texts.values())

    def schema(self, version: str, kind: str) -> Mapping[str, Any] | None:
        """The strict JSON Schema of a kind in a version, `group/version`; None where the folder has none."""
        group = version.rpartition("/")[0]
        for path, (groups, kinds) in self._texts.items():
            if path not in self._parsed and group in groups and kind in kinds:
                self._parse(path)
        return self._schemas.get((version, kind))

    def _parse(self, path: Path) -> None:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError

        reader = YAML(typ="safe", pure=False)
        # A bare equals sign is text to Go's readers, and not YAML 1.1's default value.
        reader.constructor.add_constructor("tag:yaml.org,2002:value", lambda _, node: node.value)
        try:
            for document in reader.load_all(path.read_text(encoding="utf-8")):
                self._schemas.update(_definitions(document))
        except (OSError, YAMLError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            # What is no definition at all, is nested without end, or holds a date that the calendar has not.
            raise Unreadable(f"{path.name}: {type(error).__name__}: {error}") from error
        self._parsed.add(path)


def _definitions(document: Any) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    items = document.get("items", [document]) if isinstance(document, Mapping) else []
    for item in items:
        if isinstance(item, Mapping) and item.get("kind") == "CustomResourceDefinition":
            spec = item["spec"]
            for version in spec["versions"]:
                schema = strict(version["schema"]["openAPIV3Schema"])
                schema.setdefault("properties", {}).update(_OF_EVERY_RESOURCE)
                yield (f"{spec['group']}/{version['name']}", spec["names"]["kind"]), schema


def strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A structural schema (apiextensions.k8s.io/v1) as a JSON Schema that refuses what it does not list."""
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"]}
    result: dict[str, Any] = {}
    for key, value in schema.items():
        if key.startswith("x-kubernetes") or key in _ANNOTATIONS or (key == "pattern" and "(?i)" in value):
            continue  # Go's inline flags are no regular expressions of JSON Schema
        if key == "properties":
            result[key] = {name: strict(part) for name, part in value.items()}
        elif key in ("items", "not", "additionalProperties") and isinstance(value, Mapping):
            result[key] = strict(value)
        elif key in _COMBINED:
            result[key] = [_partial(part) for part in value]  # they refine, and never list all properties
        else:
            result[key] = value
    closed = "properties" in result and "additionalProperties" not in result
    if closed and not schema.get("x-kubernetes-preserve-unknown-fields"):
        if schema.get("x-kubernetes-embedded-resource"):
            result["properties"] |= dict(_OF_EVERY_RESOURCE)
        result["additionalProperties"] = False
    if schema.get("nullable") and "type" in result:
        result["type"] = [result["type"], "null"]
    return result


def _partial(schema: Any) -> Any:
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: {name: _partial(part) for name, part in value.items()} if key == "properties" else value
        for key, value in schema.items()
        if not key.startswith("x-kubernetes") and key not in _ANNOTATIONS
    }


class Judge:
    """Holds resources to a folder's definitions, compiling the schema of a kind when it first meets one."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._validators: dict[tuple[str, str], Any] = {}

    def judge(self, resource: Resource) -> Iterator[Diagnostic]:
        """What the definition of its kind refuses in a resource; nothing for a kind whose group the folder lacks."""
        version, kind = str(resource.manifest["apiVersion"]), str(resource.manifest["kind"])
        schema = self._definitions.schema(version, kind)
        if schema is None:
            group, _, _ = version.rpartition("/")
            if group and self._definitions.has_group(group):
                message = f"the CRDs have no {kind} in {version}"
                yield Diagnostic(REFUSED, resource.origin.place, message, "compare `platform` with what is installed")
            return
        if (version, kind) not in self._validators:
            self._validators[version, kind] = _validator(schema)
        errors = _errors(self._validators[version, kind], resource.manifest)
        for error in sorted(errors, key=lambda each: [str(step) for step in each.absolute_path]):
            path = tuple(error.absolute_path)
            dotted = ".".join(map(str, path)) or "the whole"
            message = f"{resource.identity}: `{dotted}`: {error.message[:200]}"
            place = resource.origin_at(path).place
            yield Diagnostic(REFUSED, place, message, "the CRDs of `platform.crds` do not allow it")


def _validator(schema: Mapping[str, Any]) -> Any:
    """The validator of a schema. Structural schemas refer to nothing, so what one refers to is looked for nowhere."""
    from jsonschema import Draft7Validator
    from referencing import Registry

    return Draft7Validator(schema, registry=Registry())


def _errors(validator: Any, manifest: Mapping[str, Any]) -> list[Any]:
    """What a schema refuses in a manifest. Raises Unreadable where the schema is none, which shows in its use alone:
    to check those of a platform beforehand takes longer than all else.
    """
    from jsonschema.exceptions import UnknownType
    from referencing.exceptions import Unresolvable

    try:
        return list(validator.iter_errors(manifest))
    except (
        UnknownType,
        Unresolvable,
        re.error,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        why = str(error).partition("\n")[0]
        kind = f"{manifest['kind']} in {manifest['apiVersion']}"
        raise Unreadable(f"the schema of {kind} is none: {type(error).__name__}: {why[:200]}") from error
