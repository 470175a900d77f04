"""An inventory is read as it was written, or refused."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest

from fairlead.apply.inventory import Inventory, Owner, manifest, read
from fairlead.output.desired import ResourceRef
from fairlead.resources.resource import SHARED
from fairlead.source.diagnostics import Refused

OWNER = Owner("acme-ml", "production", "churn")
ENTRIES = {ResourceRef("v1", "Secret", "ml", "b"): "", ResourceRef("apps/v1", "Deployment", "ml", "a"): "uid-1"}


def stored(owner: Owner = OWNER, **more: Any) -> dict[str, Any]:
    """An inventory as the server shows it."""
    found = manifest(Inventory(owner, ENTRIES), "ml", "0123abc")
    found["metadata"] |= {"resourceVersion": "7", "uid": "uid-of-it", **more}
    return found


def rewritten(**change: Any) -> dict[str, Any]:
    """An inventory of another content whose checksum is right, as another Fairlead might write it."""
    found = stored()
    text = json.dumps({**json.loads(found["data"]["inventory.json"]), **change})
    found["data"]["inventory.json"] = text
    found["metadata"]["annotations"]["fairlead.dev/sha256"] = sha256(text.encode()).hexdigest()
    return found


def test_it_is_read_as_it_was_written() -> None:
    assert read([stored()]) == [Inventory(OWNER, ENTRIES, "7", "uid-of-it")]


def test_names_of_parts_do_not_meet() -> None:
    assert OWNER.name == "fairlead.acme-ml.production.churn"
    assert OWNER._replace(part=SHARED).name == "fairlead.acme-ml.production"
    assert len(Owner("p" * 120, "e" * 120, "n" * 120).name) <= 253


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (stored(annotations={}), "it was changed by hand"),
        (stored(name="fairlead.acme-ml.production.fraud"), "has another name, fairlead.acme-ml.production.churn"),
        ({**stored(), "data": {}}, "'inventory.json' is missing"),
        ({**stored(), "data": None}, "'inventory.json' is missing"),
        ({**stored(), "data": {"inventory.json": "[]"}}, "the list is no mapping"),
        (rewritten(version=2), "its version is 2, and this Fairlead knows 1"),
        (rewritten(resources={}), "resources is no list"),
        (rewritten(resources=["churn"]), "a resource is no mapping"),
        (rewritten(resources=[{"kind": "Secret"}]), "'apiVersion' is missing"),
        (rewritten(part=7), "part is no text"),
        (
            rewritten(resources=[{"apiVersion": "v1", "kind": "Pod", "namespace": "ml", "name": "a", "uid": "1"}] * 2),
            "lists Pod a in ml twice",
        ),
    ],
)
def test_what_cannot_be_relied_on_is_refused(found: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read([stored(Owner("acme-ml", "staging", "churn")), found])
    (diagnostic,) = refused.value.diagnostics
    assert diagnostic.code.id == "FL8208"
    assert reason in diagnostic.message
