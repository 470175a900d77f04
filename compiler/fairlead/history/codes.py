"""What can keep a history from being told."""

from __future__ import annotations

from typing import Final

from fairlead.source.diagnostics import Code

UNKNOWN_PIPELINE: Final = Code(
    "FL2066",
    "a pipeline that this history does not know",
    """
    `fairlead history` takes a specification's file or a pipeline's name: one of now, one that was removed, or one that
    a pipeline had before it was renamed (`metadata.renamed_from`). No commit of this branch that is in this clone has a
    specification like that. The branch is followed by first parents, as `git log --first-parent` does.

    Wrong, for a pipeline whose name is churn:

    ```console
    $ fairlead history chrun
    ```

    Right:

    ```console
    $ fairlead history churn
    $ fairlead history specs/churn.yaml
    ```

    In a shallow clone the commits may be beyond its end: `git fetch --unshallow` brings them.
    """,
)
