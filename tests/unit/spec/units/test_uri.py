from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from fairlead.spec.units import ModelSource, Uri, WebUrl
from tests.unit.spec.refusals import at_fault, code, mended, refusal

SEGMENT = st.from_regex(r"[A-Za-z0-9_~+=,:@][A-Za-z0-9._~+=,:@-]{0,10}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "scheme", "bucket", "key"),
    [
        ("s3://acme-ml/biopsies/current/", "s3", "acme-ml", "biopsies/current/"),
        ("s3://acme-ml/dt=2026-01-01/part-0.csv", "s3", "acme-ml", "dt=2026-01-01/part-0.csv"),
        ("s3://acme-ml", "s3", "acme-ml", ""),
        ("gs://acme_ml/outcomes/", "gs", "acme_ml", "outcomes/"),
        ("abfs://raw@acme.dfs.core.windows.net/a.csv", "abfs", "raw@acme.dfs.core.windows.net", "a.csv"),
        ("abfs://raw/a.csv", "abfs", "raw", "a.csv"),
        ("https://data.acme.example:8443/a%20b.csv", "https", "data.acme.example:8443", "a%20b.csv"),
        ("hf://datasets/acme/biopsies", "hf", "datasets", "acme/biopsies"),
        ("file:///data/a.csv", "file", "", "data/a.csv"),
        ("file:///team@acme/a.csv", "file", "", "team@acme/a.csv"),
    ],
)
def test_an_address_has_a_scheme_a_bucket_and_a_key(text: str, scheme: str, bucket: str, key: str) -> None:
    uri = Uri.parse(text)
    assert (uri.scheme, uri.bucket, uri.key, str(uri)) == (scheme, bucket, key, text)
    assert uri.path == f"/{key}"


def test_a_slash_at_the_end_is_kept_and_means_a_folder() -> None:
    assert Uri.parse("s3://acme-ml/biopsies/").is_folder
    assert Uri.parse("s3://acme-ml").is_folder
    assert not Uri.parse("s3://acme-ml/biopsies").is_folder
    assert Uri.parse("s3://acme-ml/a/") != Uri.parse("s3://acme-ml/a")


def test_a_child_is_in_the_folder_and_nowhere_else() -> None:
    assert str(Uri.parse("s3://acme-ml/models/").child("a/b.json")) == "s3://acme-ml/models/a/b.json"
    assert str(Uri.parse("s3://acme-ml").child("models/")) == "s3://acme-ml/models/"
    with pytest.raises(ValueError, match="climbs"):
        Uri.parse("s3://acme-ml/models/").child("../secrets")


@pytest.mark.parametrize(
    ("text", "fault", "expected"),
    [
        ("acme-ml/biopsies/", "acme-ml/biopsies/", "FL1240"),
        ("", "", "FL1240"),
        ("s3:/acme-ml/a", "s3:/acme-ml/a", "FL1240"),
        ("s3://", "", "FL1240"),
        ("s3://Acme/a", "Acme", "FL1240"),
        ("s3://ab/a", "ab", "FL1240"),
        ("s3://acme..ml/a", "acme..ml", "FL1240"),
        ("s3://acme-ml/a b", " ", "FL1240"),
        ("s3://acme-ml/a\tb", "\t", "FL1240"),
        ("s3://acme-ml/*.csv", "*", "FL1240"),
        ("s3://acme-ml/{{inputs.x}}", "{", "FL1240"),
        ("s3://acme-ml/$(whoami)", "$", "FL1240"),
        ("s3://acme-ml/a?versionId=1", "?", "FL1240"),
        ("s3://acme-ml/a#b", "#", "FL1240"),
        ("s3://acme-ml/a%zz", "%", "FL1240"),
        ("s3://acme-ml//a", "//", "FL1240"),
        ("s3://acme-ml/a//b", "//", "FL1240"),
        ("file://data/a.csv", "data", "FL1240"),
        ("file:///", "file:///", "FL1240"),
        ("hf://acme", "hf://acme", "FL1240"),
        ("gcs://acme-ml/a", "gcs", "FL1241"),
        ("http://acme.example/a", "http", "FL1241"),
        ("ftp://acme.example/a", "ftp", "FL1241"),
        ("S3://acme-ml/a", "S3", "FL1241"),
        ("s3://acme-ml/../payroll/", "..", "FL1243"),
        ("s3://acme-ml/a/./b", ".", "FL1243"),
        ("https://acme.example/%2E%2e/a", "%2E%2e", "FL1243"),
    ],
)
def test_it_refuses_what_clients_read_differently(text: str, fault: str, expected: str) -> None:
    assert code(Uri, text) == expected
    assert at_fault(Uri, text) == fault


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("gcs://acme-ml/a", "gs://acme-ml/a"),
        ("s3a://acme-ml/a", "s3://acme-ml/a"),
        ("http://acme.example/a", "https://acme.example/a"),
        ("S3://acme-ml/a", "s3://acme-ml/a"),
        ("htps://acme.example/a", "https://acme.example/a"),
        ("carrier-pigeon://a/b", None),
    ],
)
def test_the_nearest_scheme_is_proposed(text: str, meant: str | None) -> None:
    assert mended(Uri, text) == meant


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("https://reader:hunter2@acme.example/a", "reader:hunter2"),
        ("https://reader@acme.example/a", "reader"),
        ("s3://AKIAABCDEFGHIJKLMNOP:hunter2@acme-ml/a", "AKIAABCDEFGHIJKLMNOP:hunter2"),
        ("abfs://raw:hunter2@acme.dfs.core.windows.net/a", "raw:hunter2"),
        ("https://acme.example/a?sv=2024&sig=hunter2", "sig=hunter2"),
        ("https://acme.example/a?X-Amz-Signature=hunter2", "X-Amz-Signature=hunter2"),
        ("https://acme.example/a?access_token=hunter2", "access_token=hunter2"),
        ("https://acme.example/hf_" + "a" * 34, "https://acme.example/hf_" + "a" * 34),
    ],
)
def test_credentials_are_refused_and_never_repeated(text: str, fault: str) -> None:
    for unit in (Uri, WebUrl) if text.startswith("https") else (Uri,):
        assert code(unit, text) == "FL1242"
        assert at_fault(unit, text) == fault
        error = refusal(unit, text)
        assert "hunter2" not in error.message + error.help
        assert "hf_" not in error.message + error.help


@given(st.lists(SEGMENT, min_size=1, max_size=5), st.booleans())
def test_any_key_of_plain_segments_is_kept_as_it_is(segments: list[str], folder: bool) -> None:
    text = "gs://acme-ml/" + "/".join(segments) + "/" * folder
    assert str(Uri.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "https://runbooks.acme.example/tumor-classifier",
        "http://mlflow.ml.svc:5000",
        "https://grafana.acme.example/d/abc?var-env=prod&from=now-6h#panel-2",
        "http://10.0.0.1/",
        "http://[::1]:8080/a",
        "https://acme.example/key?key=value",
    ],
)
def test_the_address_of_a_page_is_kept_as_it_is(text: str) -> None:
    assert WebUrl.parse(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("runbooks.acme.example", "FL1240"),
        ("https://", "FL1240"),
        ("https://a b/", "FL1240"),
        ("https://acme.example/{{x}}", "FL1240"),
        ("https://acme.example:0/", "FL1240"),
        ("https://acme.example:65536/", "FL1240"),
        ("https://acme.example/\n", "FL1240"),
        ("javascript:alert(1)", "FL1240"),
        ("ftp://acme.example/", "FL1241"),
        ("htps://acme.example/", "FL1241"),
    ],
)
def test_anything_else_is_no_address_of_a_page(text: str, expected: str) -> None:
    assert code(WebUrl, text) == expected


COMMIT = "8f4b1c2d9e0a7b6c5d4e3f2a1b0c9d8e7f6a5b4c"


def test_a_model_of_the_hub_has_a_revision() -> None:
    source = ModelSource.parse(f"hf://acme/summarizer:{COMMIT}")
    assert (source.repository, source.revision, source.pinned) == ("acme/summarizer", COMMIT, True)
    assert not ModelSource.parse("hf://acme/summarizer:main").pinned
    assert code(ModelSource, "hf://acme/summarizer") == "FL1252"
    assert code(ModelSource, "hf://acme/summarizer:") == "FL1252"
    assert code(ModelSource, "hf://summarizer:main") == "FL1253"
    assert code(ModelSource, "hf://acme/a/b:main") == "FL1253"
    assert code(ModelSource, "hf://user:hunter2@acme/a:main") == "FL1242"


def test_a_model_may_stand_in_a_bucket() -> None:
    source = ModelSource.parse("s3://acme-models/summarizer/")
    assert (source.uri, source.repository, source.revision) == (Uri.parse("s3://acme-models/summarizer/"), None, None)
    assert code(ModelSource, "acme/summarizer") == "FL1240"
