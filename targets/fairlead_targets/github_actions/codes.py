"""What can be wrong with a project's workflows."""

from __future__ import annotations

from fairlead.source.diagnostics import Code, Severity

EXPRESSION = Code(
    "FL4401",
    "text that GitHub would evaluate",
    """
    GitHub replaces `${{ … }}` in a workflow before anything runs. A text of the project with it in would become code
    with the rights of the job, so no workflow is written with it.

    Wrong, in fairlead.yaml:

    ```yaml
    output: rendered/${{ github.ref_name }}
    ```

    Right: text that means itself.

    ```yaml
    output: rendered
    ```
    """,
)
UNSAFE_PATH = Code(
    "FL4402",
    "a path that a workflow can't name",
    """
    A workflow names folders of the repository in its filters, where `*`, `?`, `[`, `!` and others make a pattern, and
    hands them to programs. A path therefore has letters, digits, `.`, `_` and `-` between its slashes, no part that
    starts with `-` or is `..`, and starts at the root of the repository.

    Wrong:

    ```yaml
    model:
      code: {path: models/churn [old]}
    ```

    Right:

    ```yaml
    model:
      code: {path: models/churn-old}
    ```
    """,
)
NO_CANDIDATES = Code(
    "FL4403",
    "candidates that cannot be read",
    """
    The workflow `candidates` reads the records that training runs leave below `artifacts`, with a role that it takes on
    by OpenID Connect. It can do that in S3, or in a store that speaks its protocol, and needs to know the role.

    Wrong:

    ```yaml
    targets:
      - github-actions: {workflows: [candidates]}
    ```

    Right:

    ```yaml
    targets:
      - github-actions:
          workflows: [candidates]
          candidates: {role: "arn:aws:iam::123456789012:role/fairlead-candidates"}
    artifacts: {uri: s3://acme-ml-artifacts, region: eu-central-1}
    ```

    Records in another store are taken by hand, with `fairlead lock --candidate FILE`.
    """,
)
NO_CLUSTER = Code(
    "FL4404",
    "an environment without a cluster to apply to",
    """
    The workflow `apply` brings every environment to its cluster, in order of promotion, and has to know where each
    of them is. A cluster for an environment that fairlead.yaml does not have is a mistake too.

    Wrong, with the environments staging and production:

    ```yaml
    targets:
      - github-actions:
          workflows: [apply]
          clusters: {staging: {server: "https://staging.k8s.acme.example"}}
    ```

    Right: a cluster for each, or no `apply` where Argo CD or Flux reconciles.

    ```yaml
    targets:
      - github-actions:
          workflows: [apply]
          clusters:
            staging: {server: "https://staging.k8s.acme.example"}
            production: {server: "https://production.k8s.acme.example"}
    ```
    """,
)
OTHER_REGISTRY = Code(
    "FL4405",
    "an image in a registry that the workflow does not log in to",
    """
    The workflow `build` pushes images to one registry: GitHub's own, or the one in its options. This image's name
    begins with another, and pushing it would fail.

    Wrong:

    ```yaml
    model:
      code: {image: registry.acme.example/ml/churn}
    ```

    Right: say how to log in, or name an image in ghcr.io.

    ```yaml
    targets:
      - github-actions:
          workflows: [build]
          registry: {host: registry.acme.example}
    ```

    An image that is built elsewhere has a tag or a digest in the specification, and is left alone.
    """,
)
NOTHING_TO_DO = Code(
    "FL4406",
    "a workflow that would have nothing to do",
    """
    `build` builds the images of the pipelines that train with code of their own, and `candidates` takes what training
    leaves. No pipeline of this project does either, so the workflow is not written.

    Wrong, in a project that only serves models of others:

    ```yaml
    targets:
      - github-actions: {workflows: [validate, build]}
    ```

    Right:

    ```yaml
    targets:
      - github-actions: {workflows: [validate]}
    ```
    """,
    Severity.WARNING,
)
NOWHERE = Code(
    "FL4407",
    "a delivery with nowhere to go",
    """
    The workflow `deliver` copies the output to where Argo CD or Flux reads it: another repository, or branches. Where
    fairlead.yaml names neither, it is read where it is committed, and there is nothing to copy.

    Wrong:

    ```yaml
    targets:
      - github-actions: {workflows: [validate, preview, check, deliver]}
    git: {repository: acme/ml-platform}
    ```

    Right:

    ```yaml
    targets:
      - github-actions: {workflows: [validate, preview, check, deliver]}
    git: {repository: acme/ml-platform, deploy: {repository: acme/ml-deploy}}
    ```
    """,
)
