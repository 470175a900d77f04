"""What can keep output from being applied to a cluster."""

from __future__ import annotations

from typing import Final

from fairlead.source.diagnostics import Code

BAD_INVENTORY: Final = Code(
    "FL8208",
    "an inventory in the cluster can't be relied on",
    """
    What an environment has in a cluster is listed in ConfigMaps, one for each pipeline, labelled
    `fairlead.dev/inventory`. Only what they list is ever deleted. One of them was changed by hand, is damaged, or comes
    from a newer Fairlead, so nothing is applied and nothing is deleted.

    Right: restore the ConfigMap from a backup, or delete it. Then nothing that only it listed is deleted by Fairlead
    any more, and the next apply writes it again from what is in the output.

    ```console
    $ kubectl --namespace ml-staging delete configmap fairlead.acme-ml.staging.churn
    ```
    """,
)
NOT_OURS: Final = Code(
    "FL8209",
    "a resource belongs to somebody else",
    """
    Something of this kind and name is in the cluster already, and it was not applied by this environment: another
    project or environment lists it in its inventory, or it was made by a person or a tool. To overwrite it could break
    what it is there for, and would later delete it.

    Right: rename one of the two. If it is meant to become this environment's own, say so once; what another inventory
    lists is never taken.

    ```console
    $ fairlead apply --environment staging --adopt
    ```
    """,
)
DESTROYS: Final = Code(
    "FL8210",
    "applying would delete something",
    """
    The plan deletes resources that the output no longer has. That stops what they serve, route or guard, so a person
    has to want it. Nothing was applied.

    ```console
    $ fairlead apply --environment staging --dry-run     # what it would do
    $ fairlead apply --environment staging --yes
    ```
    """,
)
BAD_PLAN: Final = Code(
    "FL8212",
    "a plan that can't be read",
    """
    The file of `--plan` is not there, is not what `--out` writes, or is the plan of another project, environment or
    version of Fairlead.

    ```console
    $ fairlead apply --environment production --dry-run --out plan.json
    ```
    """,
)
NOT_COMMITTED: Final = Code(
    "FL8213",
    "output that is not committed",
    """
    What runs should be what a commit says, so that it was reviewed and can be gone back to. Files of the output differ
    from the commit that is checked out.

    Right: commit first. To try something out in a cluster that only you use:

    ```console
    $ fairlead apply --environment staging --allow-dirty
    ```
    """,
)
NOT_COMPILED: Final = Code(
    "FL8214",
    "output that is not what compiling gives",
    """
    A file of the output was changed by hand, or the specifications changed after compiling. Nothing is applied that
    `fairlead check` objects to.

    ```console
    $ fairlead compile && git add rendered && git commit
    ```
    """,
)
NOT_HEALTHY: Final = Code(
    "FL8215",
    "what was applied does not become ready",
    """
    Fairlead applies in waves and waits until each is ready: guards and accounts, schedules and rules, servers, routes.
    A resource has failed or was not ready in time, so the later waves were not applied and nothing was deleted. What
    was applied stays; another apply goes on from there.

    ```console
    $ kubectl --namespace ml-staging describe inferenceservice churn
    $ fairlead apply --environment staging --timeout 30m
    ```
    """,
)
TOO_LARGE: Final = Code(
    "FL8217",
    "more resources than an inventory can list",
    """
    What a pipeline has in a cluster is listed in one ConfigMap, of at most a mebibyte: some thousands of resources.
    This one would have more, and without a list of them nothing could be deleted safely, so nothing was applied.

    Right: divide the pipeline, or let a reconciler apply it, which keeps its own lists.
    """,
)
IMMUTABLE: Final = Code(
    "FL8218",
    "a field that can't be changed in place",
    """
    The output sets a field to another value, and the API server lets nobody change that field of an object that is
    there: it has to be deleted and made anew. In between it is not there, and what it serves, guards or holds is not
    either. Nothing was applied.

    Right: look at what would be replaced, and say that it may be.

    ```console
    $ fairlead apply --environment staging --replace --dry-run
    $ fairlead apply --environment staging --replace --yes
    ```
    """,
)
