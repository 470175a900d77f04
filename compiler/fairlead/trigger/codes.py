"""What can keep a run from being started, and how one may end."""

from __future__ import annotations

from typing import Final

from fairlead.source.diagnostics import Code

NOT_HERE: Final = Code(
    "FL8401",
    "nothing of the kind to start here",
    """
    The pipeline has no workflow of that kind in this environment: only one environment trains, and drift, quality and
    batch scoring are there where `monitoring` and `serving.batch` ask for them and a version is locked. The message
    says what there is.

    ```console
    $ fairlead trigger churn --in production      # FL8401: training happens in staging
    ```

    Right:

    ```console
    $ fairlead trigger churn --in staging
    $ fairlead trigger churn --in production --what drift
    ```
    """,
)
PAUSED: Final = Code(
    "FL8402",
    "a pipeline that is paused",
    """
    `suspend` pauses everything that is scheduled, for a reason that somebody had. A run that is started by hand would
    do what was to be stopped.

    Right: take `suspend` out, compile and apply. Where this one run is meant, say so:

    ```console
    $ fairlead trigger churn --in staging --force
    ```
    """,
)
OTHER_TEMPLATE: Final = Code(
    "FL8403",
    "the cluster would run something else",
    """
    A run is started from the WorkflowTemplate in the cluster, and that is not what compiling gives now: it was not
    applied yet, is still being applied, or somebody changed it. The message says where they differ.

    Right: merge and wait for Argo CD or Flux, or apply it. To run what the cluster has, say so:

    ```console
    $ fairlead apply --environment staging
    $ fairlead trigger churn --in staging --force
    ```
    """,
)
UNDER_WAY: Final = Code(
    "FL8404",
    "another run is under way",
    """
    Runs of one template exclude each other by a mutex, so this one would wait until the other has ended, and do the
    same again.

    Right: follow the one that runs. `--force` starts another one all the same, which waits.

    ```console
    $ kubectl --namespace ml-staging get workflow churn-train-x7k2p --watch
    ```
    """,
)
NOT_APPLIED: Final = Code(
    "FL8405",
    "a template that the cluster does not have",
    """
    A run is started from the WorkflowTemplate in the cluster, and it is not there: the output was never applied, or
    this is another cluster.

    ```console
    $ fairlead apply --environment staging --context staging
    ```
    """,
)
RUN_FAILED: Final = Code(
    "FL8406",
    "a run that did not succeed",
    """
    The run that was started and waited for has ended in another way than well; the message has the steps and their
    words. Exit code 10 means that the gate refused the model, 11 that data is not as its contract says, and 1 anything
    else.

    ```console
    $ kubectl --namespace ml-staging get workflow churn-train-x7k2p --output yaml
    $ argo --namespace ml-staging logs churn-train-x7k2p
    ```
    """,
)
LOST: Final = Code(
    "FL8407",
    "a run that can't be followed any more",
    """
    The run was started, and waiting for it has ended before the run did: the time was over, the cluster stopped
    answering, or somebody deleted it. As long as it is there it goes on.

    ```console
    $ kubectl --namespace ml-staging get workflow churn-train-x7k2p --watch
    ```
    """,
)
