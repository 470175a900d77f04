from __future__ import annotations

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from fairlead.catalogue.versions import at_least, satisfies

VERSIONS = [
    "0.9", "1.4.9", "1.5", "1.5.0", "1.5.0rc1", "1.5.0.dev3", "1.5.1", "1.5.1.post1", "1.5.2", "1.6.0a2", "1.6",
    "1.15.0", "2.0", "2.1.1+cu121", "2.1.1", "3.0.0", "2024.3.1", "1.5.post1.dev2", "1.5b2.post1",
]  # fmt: skip
SPECIFIERS = [
    "==1.5", "==1.5.0", "==1.5.*", "!=1.5.1", "!=1.5.*", "~=1.5", "~=1.5.1", ">=1.5", ">1.5", "<1.5", "<=1.5.1",
    "<1.5.0rc1", ">=1.4.0,<2", ">=2.1,<3", "==2.1.1", "==2.1.1+cu121", "~=2.1.1", "", " >= 1.5 , < 1.6 ",
    ">1.5.0.dev3", "~=1.5.0rc1",
]  # fmt: skip


@pytest.mark.parametrize("specifier", SPECIFIERS)
@pytest.mark.parametrize("version", VERSIONS)
def test_it_agrees_with_the_reference_implementation(version: str, specifier: str) -> None:
    assert satisfies(version, specifier) == SpecifierSet(specifier).contains(version, prereleases=True)


@pytest.mark.parametrize("bound", VERSIONS)
@pytest.mark.parametrize("version", VERSIONS)
def test_versions_are_ordered_as_the_reference_orders_them(version: str, bound: str) -> None:
    # A local label stands outside the order here: 2.1.1+cu121 is that release, built for a device.
    expected = Version(version.partition("+")[0]) >= Version(bound.partition("+")[0])
    assert at_least(version, bound) == expected


def test_compatible_releases_end_with_the_minor_version() -> None:
    assert satisfies("1.5.2", "~=1.5.1")
    assert not satisfies("1.6.0", "~=1.5.1")


@pytest.mark.parametrize("version", ["", "latest", "1.5.x", "1..5"])
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="is not a version"):
        satisfies(version, ">=1")


@pytest.mark.parametrize("specifier", ["1.5", "=>1.5", "~=1", ">=1.*", ">=1,,<2", "^1.5"])
def test_what_is_no_specifier_is_refused(specifier: str) -> None:
    with pytest.raises(ValueError, match="`"):
        satisfies("1.5", specifier)


def test_a_broken_clause_is_found_behind_one_that_fails() -> None:
    with pytest.raises(ValueError, match="is not a version specifier"):
        satisfies("1.5", ">=2,nonsense")
