"""What can keep a preview or a history from knowing what Git holds."""

from __future__ import annotations

from typing import Final

from fairlead.source.diagnostics import Code

NO_GIT: Final = Code(
    "FL2061",
    "no program `git`",
    """
    A preview and a history read earlier states from Git's objects, and `fairlead apply` asks whether the output is
    committed, all through the program `git`. That was not found on PATH or could not be started.

    Wrong, in an image without Git:

    ```console
    $ fairlead preview --base main
    ```

    Right: install Git, or run the preview where it is. `fairlead check` compares with what lies on disk and needs none.
    """,
)
NO_REPOSITORY: Final = Code(
    "FL2062",
    "not in a Git repository",
    """
    The folder of fairlead.yaml is in no Git repository with a working tree, so there is no earlier state to compare
    with, no history to tell, and nothing in it is committed. A copy of the files without `.git` is none, and neither is
    a bare repository: it has no files to look at.

    Wrong:

    ```console
    $ git clone --bare https://github.com/acme/ml-platform && cd ml-platform.git && fairlead preview --base main
    ```

    Right: clone it with its files.

    ```console
    $ git clone https://github.com/acme/ml-platform && cd ml-platform && fairlead preview --base v1.4
    ```
    """,
)
UNKNOWN_REVISION: Final = Code(
    "FL2063",
    "a commit that this repository does not have",
    """
    `--base` and `--head` take what Git takes for a commit: a branch, a tag, `origin/main`, `HEAD~2`, a commit's name.
    This one is none of them here. A branch that only the server has has to be fetched first, and a clone that CI made
    with a depth has only the newest commits.

    Wrong, where CI has fetched one commit:

    ```console
    $ fairlead preview --base origin/main
    ```

    Right:

    ```console
    $ git fetch --no-tags origin main:refs/remotes/origin/main
    $ fairlead preview --base origin/main
    ```

    In GitHub's workflows, `actions/checkout` takes `fetch-depth: 2`, and the base of a pull request is then `HEAD^1`.
    """,
)
NO_COMMON_HISTORY: Final = Code(
    "FL2064",
    "two commits without a common history",
    """
    A preview compares with the commit where head left base, as `git diff base...head` does, and these two have none in
    this repository. In a shallow clone it is usually beyond the depth; otherwise the histories really are two, as after
    an import.

    Wrong, in a clone of depth 1:

    ```console
    $ fairlead preview --base origin/main
    ```

    Right: fetch more of the history, or compare with base as it is now.

    ```console
    $ git fetch --unshallow
    $ fairlead preview --base origin/main --exact-base
    ```
    """,
)
UNREADABLE_OBJECTS: Final = Code(
    "FL2065",
    "what a commit holds can't be read",
    """
    The commit is known, and some of its files are not in this repository, or Git refuses to read it; the message has
    Git's own words. A partial clone (`--filter=blob:none`) fetches files when they are asked for, and neither a preview
    nor a history asks anybody on the network.

    Wrong, in a clone without the files of earlier commits:

    ```console
    $ git clone --filter=blob:none https://github.com/acme/ml-platform
    ```

    Right: fetch them first.

    ```console
    $ git fetch --refetch --no-filter origin
    ```
    """,
)
