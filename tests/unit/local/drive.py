"""`python drive.py FOLDER`: a run of the project there in a process of its own, for tests that interrupt it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from fairlead.local.events import Event, as_json
from fairlead.local.run import run
from fairlead.workspace.load import load
from fairlead.workspace.plans import plans
from tests.unit.local.ran import OWN, PLENTY


def tell(event: Event) -> None:
    sys.stdout.write(json.dumps(as_json(event)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    root = Path(sys.argv[1])
    plan = plans(load(root)).of("staging")[0]
    sys.exit(run(plan, root, tell, own=OWN, whole=PLENTY, tracking_uri="sqlite://").exit_code)
