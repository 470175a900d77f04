"""What can be wrong with a pipeline that is compiled to Argo Workflows."""

from __future__ import annotations

from fairlead.source.diagnostics import Code, Severity

NO_STORE = Code(
    "FL4101",
    "no object store for what steps hand on",
    """
    Steps run in Pods that share no disk: what one gives, the next reads from the project's object store. fairlead.yaml
    names none, or one that Argo Workflows cannot write to.

    ```yaml
    artifacts: {uri: https://files.acme.example/}     # FL4101: https can't be written to
    ```

    ```yaml
    artifacts: {uri: s3://acme-ml-artifacts, region: eu-central-1}      # s3, gs or abfs
    ```
    """,
)
NO_LAUNCHER = Code(
    "FL4102",
    "a launcher that does not run under Restricted Pod Security",
    """
    `mpirun` reaches the other nodes by SSH: every Pod has to run an SSH server, which the image must bring with keys
    and a configuration of its own, and which most images run as root. Fairlead emits no Pod that breaks the
    Restricted profile.

    ```yaml
    model: {train: {distributed: {framework: mpi, nodes: 4}}}           # FL4102
    model: {train: {distributed: {framework: pytorch, nodes: 4}}}       # torchrun needs no SSH
    ```
    """,
)
TOO_LARGE = Code(
    "FL4103",
    "a workflow that Kubernetes would refuse",
    """
    An object in Kubernetes has at most about 1 MB. A workflow's object holds its template and the state of every node,
    and a node's state is there for each attempt of each step of each trial. Beyond the limit the controller can no
    longer write down what happened, and the run fails in its middle.

    The message shows the sum. Fewer trials, fewer retries or shorter parameters make it smaller; so does splitting a
    large search into two pipelines.
    """,
)
MANY_NODES = Code(
    "FL4104",
    "a workflow with very many nodes",
    """
    Argo Workflows' controller reads all nodes of a workflow each time that one changes. From about 500 on this takes
    noticeable time, and from about 2,000 on controllers have been seen to fall behind for all workflows of a cluster.
    The message shows how the number comes about, in the worst case with every retry.
    """,
    Severity.WARNING,
)
NO_SCHEDULE = Code(
    "FL4105",
    "an interval that no schedule keeps",
    """
    What runs every so often is a CronWorkflow, whose schedule is told by a clock: it repeats every day, or every
    week. An interval that does not divide a day would be longer or shorter once a day.

    ```yaml
    monitoring: {drift: {every: 5h}}      # FL4105: 24h is no multiple of 5h
    monitoring: {drift: {every: 4h}}
    ```

    Possible are the divisors of a day in whole minutes, from 1m to 24h, and 7d.
    """,
)
