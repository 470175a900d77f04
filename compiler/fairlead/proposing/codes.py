"""What can keep a proposal from becoming a commit on a branch."""

from __future__ import annotations

from typing import Final

from fairlead.source.diagnostics import Code

NOT_MADE: Final = Code(
    "FL2080",
    "a commit that Git does not make",
    """
    Fairlead makes the commit of a proposal from Git's objects, and Git refused: nobody says who the author is, the
    repository can't be written to, the disk is full, or the key that commits are signed with is not to be had. The
    message has Git's own words.

    No branch was made, and the working tree is as it was.

    Wrong, on a machine where Git knows nobody:

    ```console
    $ fairlead promote churn --to production --commit
    ```

    Right:

    ```console
    $ git config user.name "Ada" && git config user.email ada@acme.example
    ```
    """,
)
BRANCH_EXISTS: Final = Code(
    "FL2081",
    "a branch that is there already and says something else",
    """
    A proposal has a branch of its own, and Fairlead neither moves nor overwrites one that is there: it may be
    somebody's work, or what is checked out.

    Wrong:

    ```console
    $ fairlead promote churn --to production --commit --branch main
    ```

    Right: give it another name, or delete the branch that is no longer needed.

    ```console
    $ fairlead promote churn --to production --commit --branch churn-16
    ```
    """,
)
NOT_FETCHED: Final = Code(
    "FL2082",
    "a remote branch that can't be fetched",
    """
    With `--push` a proposal begins where the remote's branch is now, so that it is about what is served and not about
    what this clone knew last. The remote can't be reached, refuses, or has no such branch (`git.branch` in
    fairlead.yaml, `main` where it says nothing). The message has Git's own words.

    Nothing was written.

    Right: name the remote, or say where to begin.

    ```console
    $ fairlead promote churn --to production --push --remote upstream
    $ fairlead promote churn --to production --push --base HEAD
    ```
    """,
)
NOT_PUSHED: Final = Code(
    "FL2083",
    "a proposal that the remote does not take",
    """
    The commit was made, and the remote refused to take it: it can't be reached, this account may not push, the branch
    is protected, or a hook said no. The message has the remote's own words.

    The commit is kept on a local branch, which the message names, and can be pushed later as it is.

    Wrong, where `main` is changed by pull requests alone:

    ```console
    $ fairlead promote churn --to production --push --branch main
    ```

    Right: on a branch of its own, which is what `--push` does where no branch is named.
    """,
)
OVERTAKEN: Final = Code(
    "FL2084",
    "somebody else was faster",
    """
    Two promotions, or a promotion and another change, began at the same commit and were pushed to the same branch. The
    first is there. The second would undo it or stand beside it, so it was not forced; the message says what the first
    did.

    Nothing is lost: the commit is kept on a local branch, which the message names.

    Wrong: `git push --force`.

    Right: look at what is there now, and run the command again. It begins at the new state, and promotes what comes
    next from there, or says that there is nothing to do.

    ```console
    $ fairlead history churn --in production --head origin/main
    $ fairlead promote churn --to production --push
    ```
    """,
)
