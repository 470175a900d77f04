"""What `fairlead run` finds. A step's own failures are told by its exit code; these are the engine's words for them."""

from __future__ import annotations

from fairlead.source.diagnostics import Code

NOTHING_TO_RUN = Code(
    "FL8101",
    "a pipeline that has no training to run",
    """
    `fairlead run` runs the training of a pipeline: from its data to the candidate. This one has none: it serves a
    model that exists already, combines other pipelines' models, or is retired.

    Run a pipeline that has `model.train`, or look at this one with `fairlead graph`.
    """,
)
NO_CODE = Code(
    "FL8102",
    "the training code's folder is not there",
    """
    Steps run with the folder `model.code.path` as their working directory, as in the image that is built from it;
    `models/<name>` where nothing is said.

    ```yaml
    model:
      code: {path: models/tumor}     # FL8102: there is no such folder
    ```

    Create the folder, or mend the path.
    """,
)
NO_DATA = Code(
    "FL8103",
    "a source's local data is not there",
    """
    A run on this machine reads `local` instead of the source's `uri`, and nothing is at that path.

    ```yaml
    data:
      sources:
        biopsies:
          uri: s3://acme-ml/biopsies/current/
          local: data/biopsies.csv       # FL8103: there is no such file
    ```

    Put the file there, or remove `local`: then the source itself is read, with your credentials.
    """,
)
NO_SECRET = Code(
    "FL8104",
    "a step's secret is not in the environment",
    """
    In a cluster a step's `secrets` come from Kubernetes Secrets. Here they come from variables of the same names in
    the environment of `fairlead run`, and never from a file.

    ```yaml
    model:
      train:
        secrets: {FEATURE_STORE_TOKEN: feature-store/token}
    ```

    ```console
    $ FEATURE_STORE_TOKEN=… fairlead run specs/tumor-classifier.yaml
    ```
    """,
)
NO_COMMAND = Code(
    "FL8105",
    "a step's command is not there",
    """
    The first word of a step's `command` is a program: one on `PATH`, or a path from the folder of the code. No shell
    reads the command, so aliases, pipes and variables mean nothing in it.

    ```yaml
    model:
      train: {command: [pyhton, -m, churn.train]}      # FL8105
    ```

    `python` is the Python that Fairlead itself runs on.
    """,
)
FAILED = Code(
    "FL8106",
    "a step failed",
    """
    The step's program ended with an exit code other than 0, 10 (refused) and 11 (bad data). Such a failure is final:
    only what was killed from outside is tried again, at most `retries` times.

    Nothing after the step was run: no model is registered, promoted or overwritten after a failure. What had finished
    before is kept, so the next run continues with the step that failed.

    The end of the step's log follows the message, and the whole is in the file that it names.
    """,
)
NO_OUTPUT = Code(
    "FL8107",
    "a step wrote nothing",
    """
    A step that ends with exit code 0 has written all of its outputs: each to the path in `FAIRLEAD_OUTPUT_<NAME>`. This
    one did not, or it wrote an empty folder, or a file where a model's folder is expected.

    ```python
    model = Path(os.environ["FAIRLEAD_OUTPUT_MODEL"])
    model.mkdir(parents=True, exist_ok=True)
    joblib.dump(classifier, model / "model.joblib")
    ```
    """,
)
REFUSED = Code(
    "FL8108",
    "the gate refused the model",
    """
    A clause of `model.evaluate.gates` does not hold, so the model is not registered. The message says by how much, and
    on how many rows. `fairlead run` leaves with exit code 10.

    A clause that can't be judged does not hold either: a metric that was not measured or is NaN, a slice with fewer
    rows than `min_support`, or a champion that was scored on other rows.

    Train a better model, or change the gate in review.
    """,
)
BAD_DATA = Code(
    "FL8109",
    "data is not as its contract says",
    """
    A check found data that `columns` or `expect` rules out, or a step of the user's own said so by exit code 11.
    `fairlead run` leaves with that code, and nothing after the check has read the data.

    Mend the data, or change what the specification says about it.
    """,
)
TIMED_OUT = Code(
    "FL8110",
    "a step took longer than its timeout",
    """
    The step was stopped after its `timeout`. It is not tried again, because it would take as long again.

    ```yaml
    model:
      train:
        timeout: 4h
    ```
    """,
)
KILLED = Code(
    "FL8111",
    "a step was killed from outside",
    """
    Something ended the step's process: a person, the system, or what it ran under. That counts as a failure of the
    infrastructure and is tried again, at most `retries` times; this was the last attempt.

    Where the system killed it because memory ran out, it is not tried again, as it would need as much again. Give the
    step less to do at once, or run it on a larger machine.
    """,
)
NOT_KNOWN = Code(
    "FL8112",
    "a step before the only one has not been run",
    """
    `--only STEP` runs that step alone, with what the steps before it gave when they last ran. One of them has not run
    with the present code, parameters and data, so there is nothing to give.

    Run `fairlead run SPEC` first, or `fairlead run SPEC --from STEP`, which runs what is missing too.
    """,
)
NOT_INSTALLED = Code(
    "FL8113",
    "what a run needs is not installed",
    """
    Running a pipeline needs libraries that compiling does not: MLflow, DuckDB, scikit-learn. They are an extra of the
    package.

    ```console
    $ pip install 'fairlead[run]'
    ```
    """,
)
