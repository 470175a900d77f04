from __future__ import annotations

import pytest

from fairlead.spec.units import SecretRef, ServiceAccountRef
from tests.unit.spec.refusals import at_fault, code, refusal

TOKEN = "ghp_" + "a1B2" * 9


def test_a_secret_is_a_name_and_a_key() -> None:
    reference = SecretRef.parse("feature-store/token")
    assert (reference.name, reference.key) == ("feature-store", "token")
    assert SecretRef.parse("a.b/tls.crt").key == "tls.crt"
    assert SecretRef.parse("a/.dockerconfigjson").key == ".dockerconfigjson"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("feature-store", "feature-store"),
        ("Feature/token", "Feature"),
        ("/token", ""),
        ("a/", ""),
        ("a/b/c", "b/c"),
        ("a/..", ".."),
        ("a/b c", "b c"),
    ],
)
def test_anything_else_is_no_reference_to_a_secret(text: str, fault: str) -> None:
    assert code(SecretRef, text) == "FL1265"
    assert at_fault(SecretRef, text) == fault


@pytest.mark.parametrize("text", [TOKEN, f"github/{TOKEN}", "hunter2", "Hunter/2!", "AKIA" + "ABCDEFGHIJKLMNOP"])
def test_no_message_repeats_what_may_be_a_secret(text: str) -> None:
    error = refusal(SecretRef, text)
    assert text not in error.message + error.help


def test_the_value_of_a_secret_is_told_from_a_reference() -> None:
    assert code(SecretRef, f"github/{TOKEN}") == "FL1266"
    assert refusal(SecretRef, TOKEN).message == "this looks like a GitHub token, and not like a reference to one"


def test_a_service_account_has_a_namespace() -> None:
    reference = ServiceAccountRef.parse("triage/ui")
    assert (reference.namespace, reference.name) == ("triage", "ui")
    assert code(ServiceAccountRef, "ui") == "FL1267"
    assert at_fault(ServiceAccountRef, "triage/UI") == "UI"
    assert code(ServiceAccountRef, "Triage/ui") == "FL1260"
    assert code(ServiceAccountRef, "*/ui") == "FL1260"
    assert code(ServiceAccountRef, "triage/*") == "FL1267"
