"""Asks whether anything that the requirements pin has a known vulnerability, by pip-audit.

pip-audit says "no known vulnerabilities" and leaves with 0 where its service knows none of the packages, as behind a
mirror that has the files alone. Here a package counts as audited when the report says so, and what nobody answered for
is no good news. Run it with the Python of requirements/release.txt:

    python .ci/release/audit.py                    every file in requirements/, each package answered for
    python .ci/release/audit.py --if-reachable     the same, but only says so where the service can't be reached

Leaves with 0 where nothing is known, 1 where something is or a package was not answered for, 2 where the service could
not be reached.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
_UNREACHED: Final = re.compile(
    r"could not connect|connection ?error|timed? ?out|max retries|proxy ?error", re.IGNORECASE
)
_PINNED: Final = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[\w.!+-]+)(?P<marker> *;)?", re.MULTILINE
)


class Unreachable(Exception):
    """The service that knows vulnerabilities does not answer from here."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one requirements file was found to hold."""

    audited: int
    known: tuple[str, ...]
    """A line for each vulnerability."""
    unanswered: tuple[str, ...]
    """A line for each package that nobody answered for."""

    @property
    def good(self) -> bool:
        """Whether every package was answered for and has no known vulnerability."""
        return not self.known and not self.unanswered


def verdict(report: dict[str, Any], requirements: str) -> Verdict:
    """What pip-audit's report means for the text of a requirements file. Raises Unreachable where it means nothing."""
    answers = {_key(item["name"]): item for item in report["dependencies"]}
    skipped = {name: str(item["skip_reason"]) for name, item in answers.items() if "skip_reason" in item}
    if answers and len(skipped) == len(answers):
        raise Unreachable(f"not one of {len(answers)} packages is known there: {next(iter(skipped.values()))}")
    known: list[str] = []
    unanswered = [f"{name}: {reason}" for name, reason in skipped.items()]
    for pinned in _PINNED.finditer(requirements):
        name = _key(pinned["name"])
        answer = answers.get(name)
        if answer is None:
            # What is only for another system is not asked for.
            if not pinned["marker"]:
                unanswered.append(f"{name}: it is not in the report")
        elif name not in skipped and answer["version"] != pinned["version"]:
            unanswered.append(f"{name}: the report is about {answer['version']}, not {pinned['version']}")
    for name, answer in answers.items():
        for found in answer.get("vulns", ()):
            fixed = ", ".join(found["fix_versions"]) or "no version yet"
            known.append(f"{name} {answer['version']}: {found['id']}, fixed in {fixed}")
    return Verdict(len(answers) - len(skipped), tuple(known), tuple(unanswered))


def ask(file: Path, options: Sequence[str]) -> dict[str, Any]:
    """pip-audit's report on a requirements file. Raises Unreachable, and RuntimeError where it failed otherwise."""
    program = Path(sys.executable).parent / "pip-audit"
    command = [str(program), "--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run([*command, *options, "--requirement", str(file)], check=False, capture_output=True, text=True)
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise (Unreachable if _UNREACHED.search(done.stderr) else RuntimeError)(last[:300]) from None
    return report


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> int:
    """Asks about every file, and says what was found."""
    parser = argparse.ArgumentParser(description="Ask whether pinned requirements have known vulnerabilities.")
    parser.add_argument("files", nargs="*", type=Path, default=sorted((ROOT / "requirements").glob("*.txt")))
    parser.add_argument("--if-reachable", action="store_true", help="leave with 0 where the service can't be reached")
    parser.add_argument("--osv-url", help="ask this OSV service instead of the package index")
    given = parser.parse_args()
    options = ["--vulnerability-service", "osv", "--osv-url", given.osv_url] if given.osv_url else []
    good = True
    for file in given.files:
        try:
            found = verdict(ask(file, options), file.read_text(encoding="utf-8"))
        except Unreachable as error:
            sys.stdout.write(f"NOT AUDITED: no service that knows vulnerabilities can be reached from here ({error})\n")
            return 0 if given.if_reachable else 2
        except RuntimeError as error:
            sys.stderr.write(f"{file.name}: pip-audit failed: {error}\n")
            return 1
        good = good and found.good
        for line in (*found.known, *found.unanswered):
            sys.stdout.write(f"{file.name}: {line}\n")
        sys.stdout.write(f"{file.name}: {found.audited} packages audited, {len(found.known)} vulnerabilities known\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
