"""What a difference of texts shows, and what it never does."""

from __future__ import annotations

from fairlead.output.yaml import dump
from fairlead.preview.compare import under, without_values

SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "a", "annotations": {"data": "kept"}},
    "data": {"token": "aGVsbG8=", "odd key: x": "c2VjcmV0", "block": "first\nsecond\n", "empty": ""},
    "stringData": {"plain": "hunter2"},
    "type": "Opaque",
}


def test_of_a_secret_only_the_keys_are_shown() -> None:
    shown = without_values(dump(SECRET))
    assert all(value not in shown for value in ("aGVsbG8=", "c2VjcmV0", "first", "second", "hunter2"))
    assert "  token: '***'\n" in shown
    assert "  plain: '***'\n" in shown
    assert "    data: kept\n" in shown
    assert shown.endswith("type: Opaque\n")


def test_a_renamed_pipeline_is_compared_under_its_new_name() -> None:
    text = "name: churn-train\nother: churner\nhost: churn.example\n"
    assert under(text, "churn", "leavers") == "name: leavers-train\nother: churner\nhost: leavers.example\n"
    assert under(text, "churn", "churn") == text
    assert under(text, None, "x") == text
