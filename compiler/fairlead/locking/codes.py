"""What can be wrong when a lock is filled from outside, and when a version moves on or back."""

from __future__ import annotations

from typing import NoReturn

from fairlead.remote.failures import RemoteFailure
from fairlead.source.diagnostics import Code, Diagnostic, Refused, Severity
from fairlead.source.places import Place

IMAGE_UNKNOWN = Code(
    "FL2030",
    "the registry does not say which digest an image has",
    """
    `fairlead lock` asks the registry which digest a tag has now. It has no such image, wants a login, or can't be
    reached from here.

    Nothing is written: a lock with some of the digests would compile to a deployment that nobody has seen.

    Wrong: to lock before the image has been pushed for the first time.

    Right: push it, or log in, and lock again.

    ```console
    $ docker login ghcr.io
    $ fairlead lock churn -e staging
    ```
    """,
)
DATA_UNKNOWN = Code(
    "FL2031",
    "the object store does not say what pinned data is",
    """
    A pinned source is locked by the digest of a manifest of all its objects. The store has nothing at the address,
    refuses to read it, or can't be reached from here; or the manifest can't be kept below `artifacts`.

    Nothing is written.

    Wrong:

    ```yaml
    data: {sources: {customers: {uri: s3://acme-ml/custommers/, snapshot: pinned}}}
    ```

    Right: an address that there is, and credentials that may read it (for S3, as `aws s3 ls` takes them).
    """,
)
REGISTRY_UNKNOWN = Code(
    "FL2032",
    "a registry that does not say which versions it has",
    """
    The version that is served first, and every later one, comes from MLflow's registry. The server can't be reached
    from here, refuses, or a version's tags are not as Fairlead writes them.

    Nothing is written. `mlflow.tracking_uri` is where steps in the cluster reach MLflow; from elsewhere it may have
    another address:

    ```console
    $ kubectl port-forward service/mlflow 5000 &
    $ fairlead lock churn --tracking-uri http://localhost:5000
    ```
    """,
)
MODEL_GONE = Code(
    "FL2033",
    "a registered version whose model is not in the store",
    """
    The registry names a folder of the object store for the version, or a file with the statistics of its training
    data. Nothing is there, or something else: a server that is told to load it would not start.

    Wrong: to lock it nevertheless.

    Right: find out who deletes below `models/`, restore it, or train again.
    """,
)
NOTHING_TO_PROMOTE = Code(
    "FL2034",
    "no version to promote",
    """
    A version comes into the environment that trains from a candidate record, and into every other one from the lock of
    the environment that `after` names. There is none yet, or it is still being tried there.

    Wrong: to promote into production before staging serves a version.

    Right: in order of promotion.

    ```console
    $ fairlead promote churn --to staging
    $ fairlead promote churn --to production
    ```
    """,
)
TOO_EARLY = Code(
    "FL2035",
    "it is too early to promote",
    """
    `soak` in fairlead.yaml says how long a version must have served in the environment before, and `rollout.hold` in
    the specification how long a canary is watched at each share of the traffic. The time counts from the commit that
    brought it into the lock, on the branch that is checked out: what is not committed serves nowhere.

    ```yaml
    environments:
      production: {namespace: ml, after: staging, protected: true, soak: 24h}
    ```

    Wrong: to promote earlier, unless what is served now is worse than what might be.

    Right: wait. In an emergency, `--now` goes on without waiting, and says so.
    """,
)
UNDATED = Code(
    "FL2036",
    "nobody can say since when a version is served",
    """
    How long a version has served is read from Git's history of the lock, because a lock has no dates. Here is no
    repository, Git is not installed, the lock is not committed, or the clone is too shallow to know.

    Wrong, in CI:

    ```yaml
    - uses: actions/checkout
    ```

    Right: commit the lock, and fetch its history (`fetch-depth: 0`). `--now` promotes without asking.
    """,
)
NO_WAY_BACK = Code(
    "FL2037",
    "no version to go back to",
    """
    `fairlead rollback` serves the version again that the lock has as `previous`, or takes back the canary of a rollout
    that is under way. This lock has neither: its first version is served.

    Wrong: to roll back the first version.

    Right: to serve nothing, set `metadata.retired: true`, or take the lock's `model` out, in review.
    """,
)
ALIAS = Code(
    "FL2038",
    "an alias in MLflow that does not follow the lock",
    """
    MLflow's aliases show which version each environment serves, for people who look there. They are a projection of the
    locks and nothing reads them, so the lock is written first, and stands whatever becomes of them.

    `fairlead lock --aliases` sets them again from the locks as they are:

    ```console
    $ fairlead lock churn -e staging --aliases
    ```
    """,
    Severity.WARNING,
)
NOT_LOCKED_YET = Code(
    "FL2039",
    "a registered version that is not locked",
    """
    The registry has a newer version than the lock, and it is not taken: a rollout is under way, it was rolled back, or
    something else than a training run of this pipeline registered it, so that it passed no gate.

    Right: finish the rollout, train again, or leave it.
    """,
    Severity.WARNING,
)


def refuse(code: Code, place: Place, message: str, help_: str) -> NoReturn:
    """Raises Refused with one finding."""
    raise Refused([Diagnostic(code, place, message, help_)])


def finding(code: Code, place: Place, failure: RemoteFailure) -> Diagnostic:
    """What the other side said, as a finding."""
    return Diagnostic(code, place, failure.message, failure.help)
