"""The files of a new project, by their paths."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from random import Random
from typing import Final

from fairlead.output.scalars import one_line
from fairlead.workspace.scaffold.answers import Answers

ROWS: Final = 600
KSERVE: Final = "0.20"
"""The version of KServe in the template of fairlead.yaml; its server says with which libraries a model is made."""
_TEMPLATES: Final = "fairlead.workspace.scaffold"


def project_files(answers: Answers) -> dict[str, str]:
    """The text of every file of a new project but .gitignore, which may be there already."""
    code = f"models/{answers.name}"
    words = {
        "name": answers.name,
        "owner": answers.owner,
        "project": answers.project,
        "repository": answers.repository,
        "namespace": answers.namespace,
        "staging": f"{answers.namespace}-staging",
        "artifacts": f"{answers.bucket}/artifacts",
        "data": f"{answers.bucket}/{answers.name}/customers.csv",
        "local": f"data/{answers.name}.csv",
        "code": code,
        "image": f"{answers.registry}/{answers.name}",
        "runner": f"{answers.registry}/fairlead-runner",
    }
    return {
        "fairlead.yaml": filled("fairlead.yaml", words),
        f"specs/{answers.name}.yaml": filled("pipeline.yaml", words),
        f"{code}/train.py": _for_people("train.py.j2", words),
        f"{code}/requirements.txt": _requirements(),
        f"{code}/Dockerfile": _for_people("Dockerfile.j2", words),
        f"{code}/README.md": _for_people("README.md.j2", words),
        f"data/{answers.name}.csv": sample(),
        "pipeline.schema.json": _schema("pipeline"),
        "project.schema.json": _schema("project"),
    }


def ignoring(present: str | None) -> str:
    """The text of .gitignore with a line for what Fairlead leaves behind; unchanged where it has one."""
    lines = (present or "").splitlines()
    if {".fairlead", ".fairlead/", "/.fairlead", "/.fairlead/"} & {line.strip() for line in lines}:
        return present or ""
    before = f"{present.rstrip()}\n\n" if present and present.strip() else ""
    return f"{before}# What a run on this machine leaves behind\n/.fairlead/\n"


def filled(template: str, words: Mapping[str, str]) -> str:
    """A YAML template with its `<<words>>`, each written so that every reader reads the same text."""
    return re.sub(r"<<([a-z]+)>>", lambda found: one_line(words[found[1]]), _template(template))


def sample() -> str:
    """Rows to train on from the first minute: made up, the same on every machine, and with something to learn."""
    draw = Random(20).random  # noqa: S311 - an example, not a secret
    lines = ["customer_id,months,visits,calls,outcome"]
    for number in range(ROWS):
        months, visits, calls = int(1 + draw() * 60), round(draw() * 12, 1), int(draw() * 7)
        # A logistic law without the logistic function: a sum of draws decides, so that no library's last bit can show.
        leaves = 1.6 * calls - 0.9 * visits - 0.06 * months + 3.2 + 4 * (draw() + draw() + draw() - 1.5) > 0
        lines.append(f"c{number:04d},{months},{visits},{calls},{'left' if leaves else 'stayed'}")
    return "\n".join(lines) + "\n"


def _requirements() -> str:
    from fairlead.catalogue.shipped import packages

    head = f"# What the model server of KServe {KSERVE} loads models with.\n"
    return head + "".join(f"{name}{version}\n" for name, version in packages("sklearn", KSERVE).items())


def _for_people(template: str, words: Mapping[str, str]) -> str:
    from jinja2 import Environment, StrictUndefined

    # Markdown, a Dockerfile and a program are not HTML, and every word in them has been held to the language.
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701
    return environment.from_string(_template(template)).render(words)


def _schema(name: str) -> str:
    from fairlead.project.model import Project
    from fairlead.spec.pipeline import Pipeline
    from fairlead.spec.schema import json_schema

    model = Project if name == "project" else Pipeline
    return json.dumps(json_schema(model, name), indent=2, ensure_ascii=False) + "\n"


def _template(name: str) -> str:
    return (files(_TEMPLATES) / "templates" / name).read_text(encoding="utf-8")
