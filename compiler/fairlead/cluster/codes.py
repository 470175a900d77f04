"""What kubectl and a cluster may say to what they are asked."""

from __future__ import annotations

from typing import Final

from fairlead.source.diagnostics import Code

NO_KUBECTL: Final = Code(
    "FL8201",
    "no program `kubectl`",
    """
    `fairlead apply` speaks to a cluster through kubectl, so that it has the same credentials, proxies and plugins as
    its user, and kubectl was not found on PATH or could not be started.

    Wrong, in an image without kubectl:

    ```console
    $ fairlead apply --environment staging
    ```

    Right: install kubectl, of a version within one minor of the cluster's.
    """,
)
UNREACHABLE: Final = Code(
    "FL8202",
    "the cluster does not answer",
    """
    kubectl could not reach the API server, or was not let in: no context is chosen, the server is down, its certificate
    is unknown, or the credentials have expired. Nothing was changed by the request that failed.

    ```console
    $ kubectl --context staging version      # has to answer first
    $ fairlead apply --environment staging --context staging
    ```
    """,
)
FORBIDDEN: Final = Code(
    "FL8203",
    "the cluster permits it not",
    """
    The account that kubectl uses lacks a right. Applying an environment needs, in its namespace, the rights to get,
    create and patch every kind that is in the output and to delete what is pruned, and to get, list, create, update and
    delete ConfigMaps, in which the inventories are.

    ```yaml
    rules:
      - apiGroups: [serving.kserve.io]
        resources: [inferenceservices, servingruntimes]
        verbs: [get, list, create, patch, delete]
    ```
    """,
)
CONFLICT: Final = Code(
    "FL8204",
    "somebody else owns a field",
    """
    Server-side apply keeps, for every field, who set it. A field that the output sets to another value belongs to
    another manager: a person with `kubectl edit`, an autoscaler, a reconciler. To take it over would undo what they do,
    and they may undo it in turn.

    Wrong: someone has set it by hand

    ```console
    $ kubectl scale --replicas 5 deployment/churn
    ```

    Right: say the same in the specification and compile; or leave the field out of the output; or, where the other one
    is wrong, take the field over.

    ```console
    $ fairlead apply --environment staging --force-conflicts
    ```
    """,
)
UNKNOWN_KIND: Final = Code(
    "FL8205",
    "a kind that the cluster does not have",
    """
    The output has a resource of a kind, in a version, that the cluster does not serve: the platform is not installed,
    or is older or newer than fairlead.yaml says. Nothing was applied, because half of a pipeline is worth nothing.

    ```yaml
    platform: {kserve: "0.20"}       # and the cluster has no KServe
    ```

    Right: install it, or take it out of `platform`.
    """,
)
DENIED: Final = Code(
    "FL8206",
    "the cluster refuses a resource",
    """
    The API server, an admission policy or a webhook does not take a resource; the message has its own words. What is
    `immutable` can't be changed in place: such a resource has to be deleted first, by a person who knows what stops
    with it.

    All resources are tried in a dry run before the first is applied, so nothing was changed where this comes from
    planning.
    """,
)
NO_NAMESPACE: Final = Code(
    "FL8207",
    "the environment's namespace is not there",
    """
    Fairlead writes nothing that belongs to a cluster as a whole, and so creates no namespace. It may also be the wrong
    cluster.

    ```console
    $ kubectl config current-context
    $ kubectl create namespace ml-staging
    ```
    """,
)
STALE: Final = Code(
    "FL8211",
    "the plan is not what would happen now",
    """
    Between planning and applying, the output or the cluster has changed: what somebody looked at and agreed to is not
    what would be done. A plan names the digest of the output, and of each resource its uid and the state in which it
    was. What was changed before this was noticed is said in the message.

    Right: plan again, look again.

    ```console
    $ fairlead apply --environment production --dry-run --out plan.json
    $ fairlead apply --environment production --plan plan.json --yes
    ```
    """,
)
KUBECTL_FAILED: Final = Code(
    "FL8216",
    "kubectl has failed",
    """
    kubectl ended with an error that Fairlead does not know, or answered with something that is not JSON; the message
    has its words. The same command by hand, with `-v 6`, says more.
    """,
)
