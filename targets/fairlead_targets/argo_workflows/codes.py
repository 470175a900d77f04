"""What can be wrong with a pipeline that is compiled to Argo Workflows."""

from __future__ import annotations

from fairlead.source.diagnostics import Code, Severity

NO_ARGO = Code(
    "FL4101",
    "the platform has no Argo Workflows",
    """
    Training, drift, quality and batch scoring are compiled to Argo Workflows, and fairlead.yaml does not say that the
    clusters have it. What is not listed is not there.

    ```yaml
    platform:
      argo-workflows: "4.1"
    ```

    A project whose clusters run no workflows takes `argo-workflows` out of `targets`.
    """,
)
NO_STORE = Code(
    "FL4102",
    "no object store for what steps hand on",
    """
    Steps run in Pods that share no disk: what one gives, the next reads from the project's object store. fairlead.yaml
    names none, or one that Argo Workflows cannot write to.

    ```yaml
    artifacts: {uri: https://files.acme.example/}     # FL4102: https can't be written to
    ```

    ```yaml
    artifacts: {uri: s3://acme-ml-artifacts, region: eu-central-1}      # s3, gs or abfs
    ```
    """,
)
NO_TRACKING = Code(
    "FL4103",
    "training without MLflow",
    """
    A training opens a run in MLflow before its first step, logs to it, and registers its model there. fairlead.yaml
    does not say where MLflow answers.

    ```yaml
    mlflow: {tracking_uri: http://mlflow.ml.svc:5000}
    ```
    """,
)
NO_EVENTS = Code(
    "FL4104",
    "retraining on an alert without Argo Events",
    """
    `retraining.on` lists `drift` or `quality`: an alert then starts the training. In the cluster, that is a Sensor of
    Argo Events, which fairlead.yaml does not list.

    ```yaml
    retraining: {on: [drift]}
    ```

    ```yaml
    # fairlead.yaml
    platform:
      argo-events: "1.9"
    ```

    Without it, a schedule or `new-data` can start a training.
    """,
)
NO_QUEUE = Code(
    "FL4105",
    "a hardware profile with a queue, and no Kueue",
    """
    A profile's `queue` is a LocalQueue of Kueue, which admits the Pods. fairlead.yaml does not list Kueue, so the label
    would be ignored, and the Pods would run without waiting for a quota.

    ```yaml
    platform:
      kueue: "0.20"
    ```
    """,
)
NO_TRAINER = Code(
    "FL4106",
    "training on several nodes without Kubeflow Trainer",
    """
    `model.train.distributed` starts all nodes together or none. Argo Workflows cannot do that: it is handed to a
    TrainJob of Kubeflow Trainer, which fairlead.yaml does not list.

    ```yaml
    platform:
      kubeflow-trainer: "2.1"
    ```
    """,
)
NO_LAUNCHER = Code(
    "FL4107",
    "a launcher that does not run under Restricted Pod Security",
    """
    `mpirun` reaches the other nodes by SSH: every Pod has to run an SSH server, which the image must bring with keys
    and a configuration of its own, and which most images run as root. Fairlead emits no Pod that breaks the
    Restricted profile.

    ```yaml
    model: {train: {distributed: {framework: mpi, nodes: 4}}}           # FL4107
    model: {train: {distributed: {framework: pytorch, nodes: 4}}}       # torchrun needs no SSH
    ```
    """,
)
TOO_LARGE = Code(
    "FL4108",
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
    "FL4109",
    "a workflow with very many nodes",
    """
    Argo Workflows' controller reads all nodes of a workflow each time that one changes. From about 500 on this takes
    noticeable time, and from about 2,000 on controllers have been seen to fall behind for all workflows of a cluster.
    The message shows how the number comes about, in the worst case with every retry.
    """,
    Severity.WARNING,
)
NO_SCHEDULE = Code(
    "FL4110",
    "an interval that no schedule keeps",
    """
    What runs every so often is a CronWorkflow, whose schedule is told by a clock: it repeats every day, or every
    week. An interval that does not divide a day would be longer or shorter once a day.

    ```yaml
    monitoring: {drift: {every: 5h}}      # FL4110: 24h is no multiple of 5h
    monitoring: {drift: {every: 4h}}
    ```

    Possible are the divisors of a day in whole minutes, from 1m to 24h, and 7d.
    """,
)
