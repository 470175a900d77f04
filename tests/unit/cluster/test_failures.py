"""What kubectl says is understood by its words, as kubectl 1.36 has them."""

from __future__ import annotations

import pytest

from fairlead.cluster.failures import diagnostic
from fairlead.cluster.kubectl import Failed
from fairlead.source.places import Place


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("error: You must be logged in to the server (Unauthorized)", "FL8202"),
        ("Error in configuration: context was not found for specified context: no-such", "FL8202"),
        ("Unable to connect to the server: dial tcp 10.0.0.1:443: i/o timeout", "FL8202"),
        ('Error from server (Forbidden): roles "a" is forbidden: User "b" cannot patch resource "roles"', "FL8203"),
        ('error: Apply failed with 2 conflicts: conflicts with "hpa" using apps/v1:\n- .spec.replicas', "FL8204"),
        ('error: resource mapping not found for name: "a": no matches for kind "Sensor"', "FL8205"),
        ('Error from server (Forbidden): admission webhook "x" denied the request: no owner', "FL8206"),
        ('Error from server (InternalError): failed calling webhook "x": connect: connection refused', "FL8206"),
        ("Error from server (Forbidden): exceeded quota: gpu, requested: requests.nvidia.com/gpu=1", "FL8206"),
        ('The ConfigMap "fixed" is invalid: data: Forbidden: field is immutable when `immutable` is set', "FL8206"),
        ('Error from server (NotFound): namespaces "ml" not found', "FL8207"),
        ('Error from server (Conflict): Operation cannot be fulfilled on configmaps "a"', "FL8211"),
        ("something new", "FL8216"),
    ],
)
def test_a_failure_has_the_code_of_what_it_means(said: str, code: str) -> None:
    assert diagnostic(Failed(said), Place.start_of("a.yaml")).code.id == code


def test_it_is_told_on_one_line_without_advice_and_without_secrets() -> None:
    said = 'error: Apply failed with 1 conflict: conflict with "a": .data.x\nPlease review the fields above--they\nmay'
    found = diagnostic(Failed(said), Place.start_of("a.yaml"), "ConfigMap a in ml")
    assert found.message == 'ConfigMap a in ml: Apply failed with 1 conflict: conflict with "a": .data.x'
    leak = diagnostic(Failed("getting credentials: https://me:hunter2@cluster.acme.example"), Place.start_of("a.yaml"))
    assert "hunter2" not in leak.message
