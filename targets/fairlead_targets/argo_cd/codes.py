"""What can be wrong with a project that Argo CD reconciles."""

from __future__ import annotations

from fairlead.source.diagnostics import Code

TWO_ADDRESSES = Code(
    "FL4501",
    "a cluster with two addresses",
    """
    Argo CD finds an environment's cluster by the name that it has there, or by the address of its API server. With
    both, it refuses the Application.

    Wrong:

    ```yaml
    targets:
      - argo-cd:
          environments:
            production: {cluster: ml-production, server: "https://production.k8s.acme.example"}
    ```

    Right: one of them.

    ```yaml
    targets:
      - argo-cd:
          environments:
            production: {cluster: ml-production}
    ```
    """,
)
LONG_NAME = Code(
    "FL4502",
    "an Application whose name is too long",
    """
    An Application is named after the project, the environment and the pipeline. Argo CD can mark what belongs to it
    with a label of that name, and a label has at most 63 characters.

    Wrong, in a project `acme-machine-learning-platform` with an environment `production` and a pipeline
    `long-term-energy-forecast`:

    ```yaml
    targets: [argo-cd]
    ```

    Right: a shorter beginning, instead of the project's name.

    ```yaml
    targets:
      - argo-cd: {prefix: acme-ml}
    ```
    """,
)
SAME_NAME = Code(
    "FL4503",
    "two Applications of one name",
    """
    An environment `eu` with a pipeline `staging-churn` and an environment `eu-staging` with a pipeline `churn` would
    both have the Application `acme-ml-eu-staging-churn`, and Argo CD would apply now the one and now the other.

    Wrong:

    ```yaml
    environments:
      eu: {namespace: ml-eu, trains: true}
      eu-staging: {namespace: ml-eu-staging}
    ```

    Right: environments of which none begins with another's name and a hyphen, or one Application for each environment.

    ```yaml
    environments:
      europe: {namespace: ml-eu, trains: true}
      eu-staging: {namespace: ml-eu-staging}
    ```
    """,
)
TWO_RECONCILERS = Code(
    "FL4504",
    "two reconcilers for the same resources",
    """
    Argo CD and Flux would both apply everything, each with marks of its own, and each would prune what the other one
    is the last to know of. A project is reconciled by one of them.

    Wrong:

    ```yaml
    targets: [argo-workflows, kserve, argo-cd, flux]
    ```

    Right:

    ```yaml
    targets: [argo-workflows, kserve, argo-cd]
    ```
    """,
)
NO_FIELDS = Code(
    "FL4505",
    "fields to ignore, and none named",
    """
    An entry of `ignore_differences` names fields, by JSON pointers or by who manages them. One without either would
    ignore nothing, and Argo CD refuses it.

    Wrong:

    ```yaml
    targets:
      - argo-cd:
          ignore_differences: [{kind: serving.kserve.io/InferenceService}]
    ```

    Right:

    ```yaml
    targets:
      - argo-cd:
          ignore_differences:
            - {kind: serving.kserve.io/InferenceService, pointers: [/spec/predictor/minReplicas]}
    ```
    """,
)
