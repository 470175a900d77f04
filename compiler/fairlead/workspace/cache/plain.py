"""What was made for an owner as plain data and back, without the contents of its files: those have their digests."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from fairlead.output.desired import Assembled, Desired, Owner, ResourceRef
from fairlead.resources.resource import Deferred, Folder, Origin
from fairlead.source.diagnostics import Code, Diagnostic, Related, Severity, code_of
from fairlead.source.places import Place
from fairlead.workspace.work import Made


class Unsayable(Exception):
    """Raised for what can't be said as plain data, or can't be understood any more."""


def said(made: Made) -> dict[str, Any]:
    """What was made as plain data. Raises Unsayable."""
    assembled = made.assembled
    return {
        "owner": list(assembled.owner),
        "source": assembled.source,
        "explained": list(assembled.explained),
        "files": [
            [
                file.path,
                file.sha256,
                file.target,
                _origin(file.origin),
                None if file.resource is None else list(file.resource),
                None if file.only_with is None else list(file.only_with),
            ]
            for file in assembled.files
        ],
        "deferred": [[each.kind, each.name, each.reason, each.detail, _origin(each.origin)] for each in made.deferred],
        "diagnostics": [_diagnostic(found) for found in made.diagnostics],
        "unmatched": [
            [_place(place), None if found is None else _diagnostic(found)] for place, found in made.unmatched.items()
        ],
    }


def understood(entry: Mapping[str, Any], content: Callable[[str], Callable[[], bytes]]) -> Made:
    """What was made, from plain data; `content` gives for a path what makes its content. Raises Unsayable."""
    files = tuple(
        Desired(
            path,
            content(path),
            target,
            _origin_of(origin),
            None if resource is None else ResourceRef(*resource),
            sha256,
            None if only_with is None else Folder(*only_with),
        )
        for path, sha256, target, origin, resource, only_with in entry["files"]
    )
    return Made(
        Assembled(Owner(*entry["owner"]), entry["source"], files, tuple(entry["explained"])),
        tuple(
            Deferred(kind, name, reason, detail, _origin_of(origin))
            for kind, name, reason, detail, origin in entry["deferred"]
        ),
        tuple(_diagnostic_of(found) for found in entry["diagnostics"]),
        {_place_of(place): None if found is None else _diagnostic_of(found) for place, found in entry["unmatched"]},
    )


def _place(place: Place) -> list[Any]:
    return [place.file, place.line, place.column, place.end_line, place.end_column]


def _place_of(words: list[Any]) -> Place:
    return Place(*words)


def _origin(origin: Origin) -> list[Any]:
    return [origin.node, _place(origin.place), origin.why]


def _origin_of(words: list[Any]) -> Origin:
    node, place, why = words
    return Origin(node, _place_of(place), why)


def _diagnostic(found: Diagnostic) -> list[Any]:
    related = [[_place(each.place), each.message] for each in found.related]
    where = [found.code.id, _module_of(found.code), _place(found.place)]
    return [*where, found.message, found.help, found.nearest, related, found.severity]


def _diagnostic_of(words: list[Any]) -> Diagnostic:
    id_, module, place, message, help_, nearest, related, severity = words
    return Diagnostic(
        _code_of(id_, module),
        _place_of(place),
        message,
        help_,
        nearest,
        tuple(Related(_place_of(there), why) for there, why in related),
        None if severity is None else Severity(severity),
    )


@cache
def _module_of(code: Code) -> str:
    """A module that knows a code, so that who reads of the code can import its definition."""
    for name, module in list(sys.modules.items()):
        # What stands among the modules may be anything: None, where an import is to fail.
        if any(value is code for value in list(getattr(module, "__dict__", {}).values())):
            return name
    raise Unsayable


def _code_of(id_: str, module: str) -> Code:
    code = code_of(id_)
    if code is None:
        try:
            import_module(module)
        except ImportError as error:
            raise Unsayable from error
        code = code_of(id_)
    if code is None:
        raise Unsayable
    return code
