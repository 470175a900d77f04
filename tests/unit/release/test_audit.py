"""What pip-audit's report means: good news only where every package was answered for."""

from __future__ import annotations

from typing import Any

import pytest

from release.audit import Unreachable, verdict

REQUIREMENTS = """\
a-package==1.0 \\
    --hash=sha256:00
other[extra]==2.0 ; sys_platform == 'win32' \\
    --hash=sha256:00
"""
CLEAN: dict[str, Any] = {"name": "A_Package", "version": "1.0", "vulns": []}
SKIPPED: dict[str, Any] = {"name": "a-package", "skip_reason": "not found"}
OTHER: dict[str, Any] = {"name": "other", "version": "2.0", "vulns": []}


def test_all_packages_answered_for_is_good() -> None:
    found = verdict({"dependencies": [CLEAN, OTHER]}, REQUIREMENTS)
    assert found.good
    assert found.audited == 2


def test_what_is_only_for_another_system_need_not_be_answered_for() -> None:
    assert verdict({"dependencies": [CLEAN]}, REQUIREMENTS).good


def test_a_package_that_is_skipped_is_no_good_news() -> None:
    found = verdict({"dependencies": [SKIPPED, OTHER]}, REQUIREMENTS)
    assert not found.good
    assert found.unanswered == ("a-package: not found",)


def test_a_report_that_skips_everything_says_nothing() -> None:
    with pytest.raises(Unreachable, match="not one of 1 packages"):
        verdict({"dependencies": [SKIPPED]}, REQUIREMENTS)


def test_a_package_that_is_missing_from_the_report_is_no_good_news() -> None:
    assert verdict({"dependencies": [OTHER]}, REQUIREMENTS).unanswered == ("a-package: it is not in the report",)


def test_an_answer_about_another_version_is_no_good_news() -> None:
    found = verdict({"dependencies": [{**CLEAN, "version": "1.1"}]}, REQUIREMENTS)
    assert found.unanswered == ("a-package: the report is about 1.1, not 1.0",)


def test_a_vulnerability_is_said_with_what_fixes_it() -> None:
    vulns = [{"id": "ACME-1", "fix_versions": ["1.1"]}, {"id": "ACME-2", "fix_versions": []}]
    found = verdict({"dependencies": [{**CLEAN, "vulns": vulns}]}, REQUIREMENTS)
    assert not found.good
    assert found.known == (
        "a-package 1.0: ACME-1, fixed in 1.1",
        "a-package 1.0: ACME-2, fixed in no version yet",
    )
