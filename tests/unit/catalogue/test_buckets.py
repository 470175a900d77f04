from __future__ import annotations

import re
from decimal import Decimal

import pytest

from fairlead.catalogue import buckets
from fairlead.catalogue.buckets import Bucket, canonical

TABLES = [
    buckets.PROMETHEUS_CLIENT,
    buckets.OTEL_HTTP,
    buckets.KNATIVE_OPENCENSUS,
    buckets.ENVOY,
    buckets.VLLM_REQUEST,
    buckets.VLLM_FIRST_TOKEN,
    buckets.VLLM_NEXT_TOKEN,
]


@pytest.mark.parametrize("table", TABLES)
def test_boundaries_rise_and_stand_once(table: tuple[Bucket, ...]) -> None:
    seconds = [bucket.seconds for bucket in table]
    assert seconds == sorted(set(seconds))
    assert seconds[0] > 0


@pytest.mark.parametrize("table", [table for table in TABLES if table[-1].le.endswith(".0")])
def test_python_exporters_print_floats_as_python_does(table: tuple[Bucket, ...]) -> None:
    assert [bucket.le for bucket in table] == [repr(float(bucket.le)) for bucket in table]


@pytest.mark.parametrize("table", [buckets.OTEL_HTTP, buckets.KNATIVE_OPENCENSUS, buckets.ENVOY])
def test_exporters_in_go_and_envoy_print_whole_numbers_without_a_point(table: tuple[Bucket, ...]) -> None:
    whole = [bucket.le for bucket in table if float(bucket.le).is_integer()]
    assert whole == [str(int(float(le))) for le in whole]


def test_boundaries_in_milliseconds_mean_seconds() -> None:
    assert {bucket.le: bucket.seconds for bucket in buckets.ENVOY}["250"] == Decimal("0.25")


@pytest.mark.parametrize(
    ("printed", "stored"),
    [
        ("1", "1.0"),
        ("1.0", "1.0"),
        ("250", "250.0"),
        ("0.25", "0.25"),
        ("0.005", "0.005"),
        ("0.00001", "1e-05"),
        ("100000", "100000.0"),
        ("600000", "600000.0"),
        ("1000000", "1e+06"),
        ("1800000", "1.8e+06"),
        ("+Inf", "+Inf"),
        ("0", "0.0"),
    ],
)
def test_prometheus_stores_boundaries_as_openmetrics_writes_them(printed: str, stored: str) -> None:
    assert canonical(printed) == stored


def test_what_is_no_number_is_no_boundary() -> None:
    with pytest.raises(ValueError, match="is not a bucket boundary"):
        canonical("NaN")


@pytest.mark.parametrize("bucket", [bucket for table in TABLES for bucket in table])
def test_a_matcher_finds_the_boundary_however_it_was_stored_and_no_other(bucket: Bucket) -> None:
    label, operator, value = bucket.matcher
    assert label == "le"
    assert "\\" not in value

    def found(text: str) -> bool:
        return re.fullmatch(value, text) is not None if operator == "=~" else text == value

    assert found(bucket.le)
    assert found(bucket.stored)
    others = {text for table in TABLES for other in table for text in (other.le, other.stored)}
    assert [text for text in others if found(text) and canonical(text) != bucket.stored] == []
