"""What can be wrong with a project that Flux reconciles."""

from __future__ import annotations

from fairlead.source.diagnostics import Code

SAME_NAME = Code(
    "FL4601",
    "two Kustomizations of one name",
    """
    An environment `eu` with a pipeline `staging-churn` and an environment `eu-staging` with a pipeline `churn` would
    both have the Kustomization `acme-ml-eu-staging-churn`, and there would only be the one that is applied last.

    Wrong:

    ```yaml
    environments:
      eu: {namespace: ml-eu, trains: true}
      eu-staging: {namespace: ml-eu-staging}
    ```

    Right: environments of which none begins with another's name and a hyphen, or one Kustomization for each
    environment.

    ```yaml
    environments:
      europe: {namespace: ml-eu, trains: true}
      eu-staging: {namespace: ml-eu-staging}
    ```
    """,
)
TWO_SOURCES = Code(
    "FL4602",
    "an artifact and a repository to deploy from",
    """
    Flux fetches the output from one place: an OCI artifact that CI pushes, or a repository. With both, it would not be
    said which of them holds.

    Wrong:

    ```yaml
    targets:
      - flux: {artifact: {url: "oci://ghcr.io/acme/ml-rendered"}}
    git: {repository: acme/ml-platform, deploy: {repository: acme/ml-deploy}}
    ```

    Right:

    ```yaml
    targets:
      - flux: {artifact: {url: "oci://ghcr.io/acme/ml-rendered"}}
    git: {repository: acme/ml-platform}
    ```
    """,
)
