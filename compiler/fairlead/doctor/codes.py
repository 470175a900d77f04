"""What a cluster may lack for what is compiled."""

from __future__ import annotations

from typing import Final

from fairlead.source.diagnostics import Code, Severity

NOT_SERVED: Final = Code(
    "FL8301",
    "a kind that the cluster does not serve",
    """
    The output has resources of a kind, or makes a controller create some, that the cluster does not serve in this
    version: the platform is not installed, or is older or newer than fairlead.yaml says. The message names the versions
    that the cluster does serve.

    ```yaml
    platform: {kserve: "0.20"}       # and the cluster has no InferenceService in serving.kserve.io/v1beta1
    ```

    Right: install the platform's definitions and its controller, or say in `platform` what is there.
    """,
)
UNANSWERED: Final = Code(
    "FL8302",
    "something that the cluster did not say",
    """
    A question was refused or not understood, mostly because the account may not read something. So it is not known
    whether the cluster lacks what was asked about; it may well.

    ```console
    $ kubectl auth can-i list nodes
    no
    ```

    Right: ask as somebody who may read it, or have them look. `fairlead doctor --strict` leaves with 1 where anything
    is not known.
    """,
    Severity.WARNING,
)
OTHER_VERSION: Final = Code(
    "FL8303",
    "another version than fairlead.yaml says",
    """
    The output is made for the versions under `platform` in fairlead.yaml. A controller in the cluster is of another
    one, by the tag of its image or the labels of its definitions: it may refuse what is written, or silently ignore it.

    ```yaml
    platform: {kserve: "0.20"}       # and the controller is kserve/kserve-controller:v0.15.2
    ```

    Right: say the version that runs, and compile. Where Fairlead knows no such version, it is a warning: compare the
    release notes.
    """,
)
NO_CONTROLLER: Final = Code(
    "FL8304",
    "nobody works on what is applied",
    """
    The definitions of a platform are there, and the controller that acts on them is not found, or none of its Pods is
    available. What is applied is then stored, and nothing comes of it.

    ```console
    $ kubectl get deployments --all-namespaces | grep kserve-controller
    kserve   kserve-controller-manager   0/1
    ```

    Controllers are known by their images. One that was built under another name is not found: then this is a warning.
    """,
)
MISSING: Final = Code(
    "FL8305",
    "something that the output refers to and nobody has made",
    """
    The output refers by name to something that it does not bring: a Secret with credentials, an account, a volume, a
    class. It is not in the cluster, so what refers to it will wait or fail.

    ```yaml
    secrets: {FEATURE_STORE_TOKEN: feature-store/token}
    ```

    Right: make it, in the namespace of the environment; secrets by whatever brings your secrets there.

    ```console
    $ kubectl --namespace ml-staging create secret generic feature-store --from-file token
    ```
    """,
)
MISSING_KEY: Final = Code(
    "FL8306",
    "a Secret or ConfigMap without a key",
    """
    The Secret or ConfigMap is there, and the key that the output refers to is not in it: a container that needs it does
    not start (`CreateContainerConfigError`). Only the names of keys were read.

    Right: add the key, or name the one that it has.

    ```console
    $ kubectl --namespace ml-staging describe secret feature-store      # lists keys, with no values
    ```
    """,
)
NO_NODE: Final = Code(
    "FL8307",
    "no node could hold a Pod",
    """
    No node of the cluster has the labels that are asked for, takes the Pod in spite of its taints, and has as much to
    give (`allocatable`) as it requests, even if it were empty. The Pod would stay pending. The message says where it
    ends.

    Where the cluster adds nodes by itself (Karpenter, the cluster autoscaler), such a node may still come, so that is a
    warning.

    ```yaml
    hardware:
      gpu-l4: {cpu: 8, memory: 32Gi, gpu: {count: 1, resource: nvidia.com/gpu}, nodes: {cloud.example/gpu: l4}}
    ```

    Right: correct the profile in `hardware`, or add nodes of that kind.
    """,
)
OVER_QUOTA: Final = Code(
    "FL8308",
    "more than a quota of the namespace",
    """
    A ResourceQuota of the namespace is smaller than what one Pod requests (an error: it can never be created), or has
    too little left beside what is used now (a warning: it waits or fails until something ends).

    ```console
    $ kubectl --namespace ml-staging describe resourcequota
    ```
    """,
)
NOT_ADMITTED: Final = Code(
    "FL8309",
    "a Pod that the cluster would not let in",
    """
    The API server was asked, in a dry run, to create Pods as the output describes them, and refused one: by Pod
    Security, a LimitRange, a quota, or a policy of a webhook. The message has its words. The controllers of Argo and
    KServe would be refused in the same way, and say so only in events.

    ```console
    $ kubectl label namespace ml-staging pod-security.kubernetes.io/enforce=restricted    # Fairlead's Pods comply
    ```

    Right: mend the patch that weakens the Pod, or the policy.
    """,
)
NOT_SELECTED: Final = Code(
    "FL8310",
    "rules that no Prometheus reads",
    """
    The Prometheus operator reads only what the selectors of a Prometheus, ThanosRuler or Alertmanager resource select,
    by the labels of the object and of its namespace. None selects this, so no alert would ever fire, and nobody would
    see why.

    ```yaml
    kind: Prometheus
    spec:
      ruleSelector: {matchLabels: {release: monitoring}}      # and the rules have no such label
    ```

    Right: give the specifications that label (`metadata.labels`, or `defaults` in fairlead.yaml), or widen the
    selector; without a namespace selector only the namespace of the Prometheus itself is looked at.
    """,
)
KSERVE_CONFIG: Final = Code(
    "FL8311",
    "a configuration of KServe that does not fit",
    """
    The ConfigMap `inferenceservice-config` beside KServe's controller says how services become reachable. What the
    output needs is off there: a canary in Standard mode is split by the weights of an HTTPRoute, which KServe only
    makes with `enableGatewayApi`, and on the gateway that it is told.

    ```yaml
    data:
      ingress: '{"enableGatewayApi": true, "kserveIngressGateway": "gateways/ml-private"}'
    ```
    """,
)
NOT_WATCHED: Final = Code(
    "FL8312",
    "a controller that does not look into the namespace",
    """
    The controller of Argo Workflows or Argo Events is there, and was told to look after another namespace
    (`--namespaced`, `--managed-namespace`, `namespace` in its ConfigMap) or only after workflows with an instance id
    (`instanceID`), which generated ones don't have. Nothing that is started would run.

    Right: install a controller that watches the environment's namespace, or choose that namespace for the environment.
    """,
)
GATEWAY: Final = Code(
    "FL8313",
    "a gateway that does not take the routes",
    """
    The Gateway that routes are attached to is not ready, is of a class that is not there, or takes no routes from the
    environment's namespace: a listener takes those of its own namespace only, unless `allowedRoutes` says otherwise.

    ```yaml
    listeners:
      - name: https
        allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {team: ml}}}}
    ```
    """,
)
NO_RIGHT: Final = Code(
    "FL8314",
    "the account may not apply",
    """
    `fairlead apply` would be refused: the account that kubectl uses lacks a right in the environment's namespace. This
    is not asked where Argo CD or Flux applies.

    ```yaml
    rules:
      - apiGroups: [serving.kserve.io]
        resources: [inferenceservices, servingruntimes]
        verbs: [get, list, create, patch, delete]
    ```
    """,
)
KNATIVE_FEATURES: Final = Code(
    "FL8317",
    "fields that Knative refuses here",
    """
    Knative takes node selectors, tolerations, priorities, affinity and spreading only where its ConfigMap
    `config-features` enables each of them. A service in Knative mode uses one that is not enabled: KServe makes a
    Service of Knative's of it, which Knative's webhook refuses.

    ```yaml
    # knative-serving/config-features
    data:
      kubernetes.podspec-tolerations: enabled
      kubernetes.podspec-nodeselector: enabled
    ```
    """,
)
HIDDEN_METRICS: Final = Code(
    "FL8315",
    "rules that can't see the metrics of workflows",
    """
    With `enforcedNamespaceLabel`, Prometheus sets that label to the namespace of a rule in every expression of it. The
    metrics of runs and of drift are those of Argo's workflow controller, and carry its namespace, so the rules find
    nothing.

    Right: take this namespace's rules out (`excludedFromEnforcement`), or set the label on those metrics as well.
    """,
    Severity.WARNING,
)
EVENT_BUS: Final = Code(
    "FL8316",
    "a version of NATS that Argo Events does not offer",
    """
    An EventBus names a version of NATS JetStream, and Argo Events' controller runs only those in its configuration
    (`argo-events-controller-config`). The EventBus would never be deployed, and no alert would start a training.

    ```yaml
    targets:
      - argo-workflows: {nats: 2.10.10}
    ```
    """,
)
