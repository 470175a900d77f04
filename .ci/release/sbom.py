"""Writes the bill of materials of a release, as CycloneDX: what `pip install` of the wheel puts on a machine.

`cyclonedx-py` is asked twice, because no one source knows everything: the hashed requirements have every package with
the digests of its files, and an environment that they were installed into has licences and who needs whom. Run it with
the Python of requirements/release.txt:

    python .ci/release/sbom.py --wheel dist/fairlead-1.0.0-py3-none-any.whl --environment VENV --out fairlead.cdx.json

The same wheel and requirements give the same bytes: nothing is random, and the only time is that of SOURCE_DATE_EPOCH.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
NAME: Final = "fairlead"
SPEC_VERSION: Final = "1.6"
UNDECLARED: Final = {
    # Its wheel has the text of the MIT licence and no field that says so.
    "promql-parser": "MIT",
}
"""Licences of packages whose metadata declares none, read from the licence text in their wheels."""

Json = dict[str, Any]


class Incomplete(Exception):
    """The bill would leave something out."""


def merged(listed: Json, installed: Json, wheel: Path) -> Json:
    """One bill out of what the requirements list and what is installed, with the wheel as its subject.

    Raises Incomplete where a package is not installed in the version that is listed, or has no licence or no digest.
    """
    known = {_key(component): component for component in installed["components"]}
    subject = known.get(NAME)
    if subject is None:
        raise Incomplete(f"{NAME} is not installed in the environment")
    purls = {NAME: f"pkg:pypi/{NAME}@{subject['version']}"}
    purls |= {_key(component): component["purl"] for component in listed["components"]}
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPEC_VERSION}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC_VERSION,
        "version": 1,
        "metadata": {
            **listed["metadata"],
            "component": {
                "type": "application",
                "bom-ref": purls[NAME],
                "name": NAME,
                "version": subject["version"],
                "description": subject["description"],
                "licenses": subject["licenses"],
                "purl": purls[NAME],
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(wheel.read_bytes()).hexdigest()}],
            },
        },
        "components": [_component(component, known) for component in sorted(listed["components"], key=_key)],
        "dependencies": _dependencies(installed, purls),
    }


def _component(component: Json, known: Mapping[str, Json]) -> Json:
    name = _key(component)
    found = known.get(name)
    if found is None or found["version"] != component["version"]:
        raise Incomplete(f"{name} {component['version']} is listed and not installed")
    licenses = found.get("licenses")
    if not licenses and name in UNDECLARED:
        licenses = [{"license": {"id": UNDECLARED[name], "acknowledgement": "concluded"}}]
    if not licenses:
        raise Incomplete(f"{name} declares no licence: read it and add it to UNDECLARED")
    files = [item for item in component.get("externalReferences", ()) if item["type"] == "distribution"]
    if not any(item.get("hashes") for item in files):
        raise Incomplete(f"{name} has no digest")
    return {
        "type": "library",
        "bom-ref": component["purl"],
        "name": component["name"],
        "version": component["version"],
        **({"description": found["description"]} if found.get("description") else {}),
        "scope": "required",
        "licenses": licenses,
        "purl": component["purl"],
        "externalReferences": files,
    }


def _dependencies(installed: Json, purls: Mapping[str, str]) -> list[Json]:
    """Who needs whom, among what is listed. Raises Incomplete where something is listed that nothing needs."""
    named = {component["bom-ref"]: _key(component) for component in installed["components"]}
    needs = {
        named[item["ref"]]: {named[other] for other in item.get("dependsOn", ())} & set(purls)
        for item in installed["dependencies"]
        if named.get(item["ref"]) in purls
    }
    reached: set[str] = set()
    waiting = [NAME]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += needs[name]
    idle = sorted(set(purls) - reached)
    if idle:
        raise Incomplete(f"nothing that {NAME} needs needs {', '.join(idle)}: run `make lock`")
    return [{"ref": purls[name], "dependsOn": sorted(purls[other] for other in needs[name])} for name in sorted(purls)]


def _key(component: Json) -> str:
    """A package's name as requirements spell it; its authors may spell it otherwise."""
    return re.sub(r"[-_.]+", "-", component["name"]).lower()


def text(bill: Json) -> str:
    """The bill as it is written: keys in order, so that two tools' orders give the same bytes."""
    return json.dumps(bill, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def problems(written: str) -> list[str]:
    """What CycloneDX's own schema, strictly applied, has against a bill."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    found = JsonStrictValidator(SchemaVersion.from_version(SPEC_VERSION)).validate_str(written, all_errors=True)
    return [str(problem) for problem in found or ()]


def _asked(*arguments: str | Path) -> Json:
    program = Path(sys.executable).parent / "cyclonedx-py"
    command = [program, *arguments, "--output-reproducible", "--spec-version", SPEC_VERSION]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    bill: Json = json.loads(done.stdout)
    return bill


def main() -> int:
    """Writes the bill, or says why it can't."""
    parser = argparse.ArgumentParser(description="Write the bill of materials of a release.")
    parser.add_argument("--wheel", type=Path, required=True)
    parser.add_argument("--environment", type=Path, required=True, help="where wheel and requirements are installed")
    parser.add_argument("--requirements", type=Path, default=ROOT / "requirements/runtime.txt")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    try:
        bill = merged(
            _asked("requirements", given.requirements),
            _asked("environment", given.environment / "bin/python"),
            given.wheel,
        )
    except Incomplete as error:
        sys.stderr.write(f"no bill of materials: {error}\n")
        return 1
    written = text(bill)
    wrong = problems(written)
    if wrong:
        sys.stderr.write("the bill of materials is not CycloneDX:\n" + "\n".join(wrong) + "\n")
        return 1
    given.out.write_text(written, encoding="utf-8")
    sys.stdout.write(f"{given.out}: {len(bill['components'])} packages\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
