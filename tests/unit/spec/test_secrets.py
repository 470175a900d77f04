from __future__ import annotations

import base64
import hashlib
import json
import uuid

import pytest
from hypothesis import given, strategies as st

from fairlead.spec.secrets import looks_like_secret, masked


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


# Put together here, so that no scanner takes this file for a leak.
JWT = f"{_encoded({'alg': 'HS256', 'typ': 'JWT'})}.{_encoded({'sub': 'reader', 'iat': 1})}.{'a1B2c3' * 7}"
SECRETS = {
    "AKIA" + "IOSFODNN7EXAMPLE": "an AWS access key",
    "ASIA" + "Y34FZKBOKMUTVV7A": "an AWS access key",
    "ghp_" + "a1B2" * 9: "a GitHub token",
    "github_pat_" + "a" * 22 + "_" + "b" * 59: "a GitHub token",
    "glpat-" + "aB3_" * 6: "a GitLab token",
    "hf_" + "aBcDeFgH" * 4 + "iJ": "a Hugging Face token",
    "xoxb-" + "123456789012-123456789012-aBcDeFgHiJkLmNoP": "a Slack token",
    "https://hooks.slack.com/" + "services/T0AAAAAAA/B0BBBBBBB/" + "c" * 24: "a Slack webhook",
    "AIza" + "SyA1234567890_abcdefghijklmnopqrstu": "a Google API key",
    "sk-ant-" + "api03-" + "a1" * 20: "an OpenAI or Anthropic key",
    "sk_live_" + "a1" * 12: "a Stripe key",
    "pypi-" + "AgE" + "a1" * 40: "a PyPI token",
    "npm_" + "a1B2" * 9: "an npm token",
    "-----BEGIN " + "PRIVATE KEY-----\nMIIE": "a private key",
    "-----BEGIN " + "OPENSSH PRIVATE KEY-----": "a private key",
    JWT: "a JSON Web Token",
    "Authorization: Bearer " + "a1B2" * 8: "a bearer token",
    "DefaultEndpointsProtocol=https;AccountKey=" + "a1B2" * 21 + "==": "an Azure storage key",
    "postgresql://reader:hunter2@db/features": "a password in a URL",
    "--password=hunter2": "the value of `password`",
    "API_KEY: 9f8e7d6c5b": "the value of `api_key`",
    'client_secret="tr0ub4dor&3"': "the value of `client_secret`",
    "DB_PASSWORD=correct-horse": "the value of `db_password`",
}
HARMLESS = [
    "",
    "password",
    "the password is in the vault",
    "--password-file=/run/secrets/db",
    "password=$DB_PASSWORD",
    "--password=${DB_PASSWORD}",
    "password=$(DB_PASSWORD)",
    "token={{ .Values.token }}",
    "password: database/password",
    "api_key=API_KEY",
    "password=<your password>",
    "secret=***",
    "secret/token",
    "secretary: jones",
    "hf_hub_download",
    "hf_model_name",
    "hf://acme/summarizer:8f4b1c2d9e0a7b6c5d4e3f2a1b0c9d8e7f6a5b4c",
    "sk-learn",
    "sk-learn-contrib-something-very-long",
    "AKIA",
    "task_ghp_metrics",
    "s3://acme-ml/biopsies/current/",
    "https://acme.example:8443/a@b",
    "http://localhost:5000/path:with@signs",
    "https://$USER:$PASSWORD@acme.example/",
    "git@github.com:acme/ml-platform.git",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "ghcr.io/acme/tumor:1.4@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "arn:aws:iam::123456789012:role/reader",
    "roc_auc >= champion - 0.005",
    "a basic understanding of something-that-is-not-a-token",
    "basic gradient-boosting-classifier",
    "sk-proj-acme-tumor-classifier-staging",
    "max_tokens=4096",
    "tokenizer: sentencepiece",
    "pad_token: <pad>",
    "access_key: required",
    "-----BEGIN CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----",
    "xoxo-kisses",
    "/opt/models/tumor-classifier/features.py",
    "2026-01-01T00:00:00Z",
]


@pytest.mark.parametrize(("text", "reason"), SECRETS.items(), ids=range(len(SECRETS)))
def test_a_secret_is_recognised_alone_and_in_a_text(text: str, reason: str) -> None:
    assert looks_like_secret(text) == reason
    assert looks_like_secret(f'run --with "{text}" now') is not None


@pytest.mark.parametrize(("text", "reason"), SECRETS.items(), ids=range(len(SECRETS)))
def test_the_reason_never_repeats_the_secret(text: str, reason: str) -> None:
    assert text not in reason
    assert len(reason) < 40


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    assert looks_like_secret(text) is None


@given(st.binary(max_size=64), st.uuids())
def test_digests_and_identifiers_are_no_secrets(content: bytes, identifier: uuid.UUID) -> None:
    for digest in (hashlib.sha256(content).hexdigest(), hashlib.sha1(content, usedforsecurity=False).hexdigest()):
        assert looks_like_secret(digest) is None
        assert looks_like_secret(f"s3://acme-ml/models/sha256-{digest}/") is None
    assert looks_like_secret(str(identifier)) is None


@given(st.from_regex(r"[a-z]{1,12}([-_/. ][a-z]{1,12}){0,8}", fullmatch=True))
def test_ordinary_words_and_paths_are_no_secrets(text: str) -> None:
    assert looks_like_secret(text) is None


@given(st.text(max_size=200))
def test_any_text_is_judged(text: str) -> None:
    assert looks_like_secret(text) is None or isinstance(looks_like_secret(text), str)


@pytest.mark.parametrize("piece", ["a", "a_", "a.", "eyJ", "password_", "://", "-----BEGIN ", "xox", "A1 "])
def test_a_long_text_is_judged_in_proportion_to_its_length(piece: str) -> None:
    assert looks_like_secret(piece * 30_000) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("url: postgresql://reader:hunter2hunter@db/features", "url: postgresql://reader:***@db/features"),
        ('password: "correct-horse"', 'password: "***"'),
        ("token ghp_" + "a1B2" * 9 + " and more", "token *** and more"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nafter", "***\nafter"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\nno end", "***"),
        ("password: feature-store/token", "password: feature-store/token"),
        ("nothing here", "nothing here"),
    ],
)
def test_a_text_is_shown_without_its_secrets(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert looks_like_secret(masked(text)) is None
