"""Why a model can't be served on this machine."""

from __future__ import annotations

from fairlead.source.diagnostics import Code

NOTHING_TO_SERVE = Code(
    "FL2050",
    "no version to serve",
    """
    `fairlead serve` serves what a lock holds: that of this machine, or with `--in` that of an environment. The lock has
    no version yet, or the specification has no server.

    Wrong: to serve before anything was trained.

    Right:

    ```console
    $ fairlead run specs/churn.yaml
    $ fairlead lock --local specs/churn.yaml
    $ fairlead serve specs/churn.yaml
    ```
    """,
)
NOT_HERE = Code(
    "FL2051",
    "a runtime that this machine does not have",
    """
    KServe's own Python server is what runs here, with models of scikit-learn, XGBoost, LightGBM and MLflow, and with
    those of Triton that are networks of ONNX. TorchServe, TensorFlow Serving, vLLM and servers of your own are programs
    that come in images, and a language model needs a GPU as well.

    Wrong: `fairlead serve support-assistant`, whose runtime is `vllm`.

    Right: run the image of `serving` in a container, or try the pipeline in an environment that has the hardware.
    """,
)
OTHER_BYTES = Code(
    "FL2052",
    "a model that is not what the lock says",
    """
    The folder in the store has another digest than the version in the lock. Somebody wrote to it after it was
    registered, or what arrived is not whole. It is not loaded: most models are pickles, and loading one runs it.

    Wrong: to change the digest in the lock.

    Right: find out who can write below `models/`, and train again. Where the network is at fault, serve again.
    """,
)
UNLOADABLE = Code(
    "FL2053",
    "a model that can't be loaded",
    """
    The runtime looks for one kind of file and finds none or several, or the library that reads it refuses. KServe's
    server in a cluster would do the same, and its Pod would never be ready.

    Right: write what the runtime expects from the training step, with versions of the libraries that it has.

    ```python
    joblib.dump(model, Path(os.environ["FAIRLEAD_OUTPUT_MODEL"]) / "model.joblib")
    ```
    """,
)
PORT_TAKEN = Code(
    "FL2054",
    "a port that can't be used",
    """
    Another program answers on the port already, this user may not use it, or the machine has no such address.

    Right: stop the other one, or serve on another port; 0 takes a free one.

    ```console
    $ fairlead serve churn --port 0
    ```
    """,
)
