"""The journal of an interrupted swap: what can't be understood is said to be damaged, whatever it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.output import journal
from fairlead.output.lock import JOURNAL, WORK


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"version": 2}', '{"version": 1, "moves": [1]}', "[" * 100_000, '{"version": 1, "moves": null}'],
)
def test_what_is_no_journal_is_damaged_and_not_a_crash(tmp_path: Path, content: str) -> None:
    (tmp_path / WORK).mkdir()
    (tmp_path / WORK / JOURNAL).write_text(content)
    with pytest.raises(journal.Damaged):
        journal.read(tmp_path)


def test_without_a_journal_nothing_was_interrupted(tmp_path: Path) -> None:
    assert journal.read(tmp_path) is None
