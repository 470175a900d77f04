"""Coverage-guided fuzzing with atheris: which lines of Fairlead an input reaches decides what is mutated next.

`python -m tests.fuzz.guided HARNESS [options of libFuzzer] FOLDER`: FOLDER keeps the inputs that reached something new.
An input that finds something is written below `-artifact_prefix`, and the process leaves with another code than 0.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import atheris

# To instrument a module takes a tenth of a second, so it is done to those that a harness is about.
ABOUT = {
    "reader": ["fairlead.source"],
    "format": ["fairlead.source", "fairlead.workspace.format"],
    "notations": ["fairlead.spec"],
    "validate": [
        "fairlead.source",
        "fairlead.spec",
        "fairlead.project",
        "fairlead.plan.checks",
        "fairlead.plan.stages",
    ],
}
with atheris.instrument_imports(include=ABOUT.get(sys.argv[1], ["fairlead", "fairlead_targets"])):
    from fairlead.cli.explain import all_codes
    from tests.fuzz.campaign import attempt
    from tests.fuzz.harnesses import harnesses

    all_codes()  # imports every module: those that are imported late would not be instrumented

SLOWER: float = 20
"""By this factor instrumented code may take longer."""


def main() -> None:
    """Fuzzes one harness until libFuzzer has enough."""
    name, *options = sys.argv[1:]
    harness = harnesses()[name]
    folder = Path(options[-1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(harness.seeds):
        (folder / f"seed-{number}").write_bytes(seed)
    slow = replace(harness, seconds=harness.seconds * SLOWER, per_kilobyte=harness.per_kilobyte * SLOWER)

    def one_input(data: bytes) -> None:
        error = attempt(slow, data)
        if error is not None:
            raise error

    def mutated(data: bytes, most: int, seed: int) -> bytes:
        rng = Random(seed)
        # libFuzzer's own mutations know what the comparisons in the code were with.
        if rng.random() < 0.2:
            return bytes(atheris.Mutate(data, most))
        return harness.mutate(data, rng, most)[:most]

    atheris.Setup([sys.argv[0], *options], one_input, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
