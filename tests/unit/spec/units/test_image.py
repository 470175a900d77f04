from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from fairlead.spec.units import Digest, ImageRef
from tests.unit.spec.refusals import at_fault, code, mended, refusal

DIGEST = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("text", "repository", "tag", "digest"),
    [
        ("python", "python", None, None),
        ("ghcr.io/acme/tumor-classifier", "ghcr.io/acme/tumor-classifier", None, None),
        ("ghcr.io/acme/tumor:1.4", "ghcr.io/acme/tumor", "1.4", None),
        ("localhost:5000/a", "localhost:5000/a", None, None),
        ("localhost:5000/a:b", "localhost:5000/a", "b", None),
        (f"ghcr.io/acme/tumor@{DIGEST}", "ghcr.io/acme/tumor", None, DIGEST),
        (f"Registry.acme.example/a__b/c--d:V_1@{DIGEST}", "Registry.acme.example/a__b/c--d", "V_1", DIGEST),
    ],
)
def test_an_image_has_a_repository_a_tag_and_a_digest(
    text: str, repository: str, tag: str | None, digest: str | None
) -> None:
    image = ImageRef.parse(text)
    assert (image.repository, image.tag, image.digest, str(image)) == (repository, tag, digest, text)


def test_the_registry_is_that_of_docker_where_none_is_named() -> None:
    images = ("python", "acme/a", "ghcr.io/acme/a", "localhost/a", "registry:5000/a")
    registries = ["docker.io", "docker.io", "ghcr.io", "localhost", "registry:5000"]
    assert [ImageRef.parse(image).registry for image in images] == registries


def test_pinning_keeps_the_tag_and_a_new_tag_drops_the_pin() -> None:
    pinned = ImageRef.parse("ghcr.io/acme/tumor:1.4").with_digest(Digest.parse(DIGEST))
    assert str(pinned) == f"ghcr.io/acme/tumor:1.4@{DIGEST}"
    assert str(pinned.with_tag("1.5")) == "ghcr.io/acme/tumor:1.5"


@pytest.mark.parametrize(
    ("text", "fault", "expected"),
    [
        ("", "", "FL1250"),
        ("ghcr.io/Acme/tumor", "ghcr.io/Acme/tumor", "FL1250"),
        ("ghcr.io/acme/tumor:", "", "FL1250"),
        ("ghcr.io/acme/tumor:a b", "a b", "FL1250"),
        ("ghcr.io/acme//tumor", "ghcr.io/acme//tumor", "FL1250"),
        ("ghcr.io/acme/{{x}}", "ghcr.io/acme/{{x}}", "FL1250"),
        ("docker://ghcr.io/acme/tumor", "docker://ghcr.io/acme/tumor", "FL1250"),
        ("ghcr.io/" + "a" * 300, "ghcr.io/" + "a" * 300, "FL1250"),
        ("ghcr.io/acme/tumor@sha256:abc", "sha256:abc", "FL1251"),
        ("ghcr.io/acme/tumor@", "", "FL1251"),
        ("ghcr.io/acme/tumor@md5:abc", "md5:abc", "FL1251"),
    ],
)
def test_anything_else_is_no_image(text: str, fault: str, expected: str) -> None:
    assert code(ImageRef, text) == expected
    assert at_fault(ImageRef, text) == fault


@pytest.mark.parametrize(
    ("text", "meant"),
    [("ghcr.io/Acme/Tumor:V1", "ghcr.io/acme/tumor:V1"), ("https://ghcr.io/acme/tumor", "ghcr.io/acme/tumor")],
)
def test_an_image_is_mended(text: str, meant: str) -> None:
    assert mended(ImageRef, text) == meant


def test_a_digest_is_64_hexadecimal_digits() -> None:
    assert Digest.parse(DIGEST).hex == DIGEST[7:]
    assert refusal(Digest, "sha256:4f2a19c0").message == "`sha256:4f2a19c0` has 8 digits, and a SHA-256 digest 64"
    assert mended(Digest, DIGEST.upper().replace("SHA", "sha")) == DIGEST
    assert {code(Digest, text) for text in ("", "e3b0", DIGEST[7:], DIGEST + "0", "sha512:" + "0" * 128)} == {"FL1251"}


@given(st.binary(min_size=32, max_size=32))
def test_any_digest_pins_an_image(digest: bytes) -> None:
    pinned = ImageRef.parse("ghcr.io/acme/a").with_digest(Digest.parse(f"sha256:{digest.hex()}"))
    assert ImageRef.parse(str(pinned)) == pinned
