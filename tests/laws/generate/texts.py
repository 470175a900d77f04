r"""Names and texts, drawn by an adversary who knows every language that they will pass through.

`hostile` texts are made of what shells, Kubernetes, Argo, GitHub, Go's templates, PromQL, YAML, HTML, Mermaid, DOT and
terminals read as more than text. `calm` gives a harmless text of the same place, for laws that compare the two.
"""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

PIECES = (
    "plain words", "a", " ", "", "é", "日本", "\U0001f600",
    # Argo Workflows and Go's templates.
    "{{workflow.uid}}", "{{=1+1}}", "{{", "}}", "{{.Name}}", "{{inputs.parameters.x}}", "{{ $labels.namespace }}",
    "{", "}",
    "{{`{{`}}", "{{pod.name}}", "{{=sprig.env('HOME')}}", "{{item}}", "{{retries}}", "{%", "%}",
    # GitHub, shells and Kubernetes.
    "${{ secrets.KEY }}", "${{", "::set-output name=a::b", "$(id)", "$(HOME)", "$$(HOME)", "$", "$$", "${HOME}", "`id`",
    "; rm -rf /", "&& id", "| tee", "'", '"', "\\", "'\"'", "$(FAIRLEAD_BRACE)", "-", "--help", "!", "*", "~", "%s",
    "%0A",
    # Lines and what can't be seen.
    "\n", "\n\n", "\r\n", "\t", "\u2028", "\u2029", "\x85", "\x1b[31m", "\x07", "\x7f", "\u202e", "\ufeff", "\u200b",
    "\xa0",
    "\n---\n", "\n...\n", "\n# comment", "\nkey: value", "\n  - item",
    # YAML.
    "#", " #x", ": ", "- ", "? ", "|", ">", "&a", "*a", "!!python/object", "%YAML", "@", "no", "on", "y", "012", "1e3",
    "0x1F", "1_000", "12:30:45", "null", "~", "true", "2027-03-31", ".inf", "<<", "=", "[", "]", ",",
    # PromQL, HTML, Mermaid, DOT, Markdown.
    '"} or vector(1) #', "\\\"", "\\n", "<script>alert(1)</script>", "<b>", "&amp;", "]]>", "-->",
    '"]; end', "|label|", "%%{init}%%",
    "click a", "\\N", "\\l", "[x](javascript:alert(1))", "# heading", "**", "`", "```",
)  # fmt: skip
"""What hostile texts consist of."""
WORDS = ("no", "on", "y", "null", "true", "012", "1e3", "0x1F", "2027-03-31", "1.5", "~", "", " ", "-", "off", "1_000")
"""Texts that a reader of YAML could take for something else."""


def calm(text: str) -> str:
    """A harmless text instead of a hostile one: different for different texts, and as empty or not."""
    return f"text{sum(ord(character) * (place + 1) for place, character in enumerate(text)) % 99991}" if text else ""


@cache
def hostile(least: int = 0, most: int = 120) -> st.SearchStrategy[str]:
    """Any text, up to 120 characters; no NUL, which the language refuses, and no halves of surrogate pairs."""
    pieces = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)
    noise = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
    texts = st.one_of(st.just("plain words"), pieces, pieces, st.sampled_from(WORDS), noise)
    return texts.map(lambda text: text[:most]).filter(lambda text: len(text) >= least)


@cache
def one_line() -> st.SearchStrategy[str]:
    """A hostile text without line breaks, for what is one word on a command line."""
    return hostile(1).filter(lambda text: text.isprintable())


NAMES = (
    "churn", "a", "a-b", "b", "train", "a-train", "a-serve", "a-predictor", "a-watch", "a-champion", "a-retrain",
    "0a", "9",
    "gate", "evaluate", "register", "propose", "split", "pipeline", "model", "fairlead", "kustomization", "inventory",
    "con",
    "no", "on", "null", "true", "1e3", "012", "default", "default-gateway", "x" * 63, "x" * 62 + "y",
    "long-" + "n" * 31,
    "long-" + "n" * 32, "long-" + "n" * 47 + "-a", "a--b", "a-0", "v1", "staging", "production", "istio-mesh",
    "kube-system",
)  # fmt: skip
"""Names of pipelines, steps, datasets: of Fairlead's own parts, those that coincide when they are cut, words."""
STEP_NAMES = (
    "clean", "features", "join", "a-b", "a", "gate", "register", "propose", "split", "pipeline", "snapshot", "check",
    "choose",
    "champion", "main", "exit", "on-exit", "mlflow", "open", "run", "0", "x" * 63, "x" * 62 + "y", "check-a", "data-a",
    "prepare-a", "prepare", "evaluate-champion", "tune-score", "tune-trial", "trial", "score", "cooldown", "finish",
    "best",
)  # fmt: skip
DATASET_NAMES = (
    "customers", "a", "b", "a-b", "data", "features", "dataset", "approved", "report", "version", "verdict",
    "parameters",
    "gate", "split", "output", "0", "1e3", "no", "x" * 63, "x" * 62 + "y", "candidate", "evaluation", "best",
    "manifests",
)  # fmt: skip
IDENTIFIERS = (
    "tenure", "a", "b", "A", "a_b", "A_B", "_", "__", "x" * 63, "x" * 62 + "y", "no", "on", "null", "class",
    "prediction", "count",
    "label", "le", "job", "request_id", "params", "seed", "run_id", "e1", "by", "sum", "value", "_0", "constructor",
    "toString",
)  # fmt: skip
VARIABLES = (
    "OMP_NUM_THREADS", "A", "PATH", "HOME", "_", "A_B", "LD_PRELOAD", "AWS_ACCESS_KEY_ID", "X" * 63, "PYTHONPATH",
    "IFS", "BASH_ENV",
    "MLFLOW_TRACKING_TOKEN", "HF_TOKEN", "ARGO_TEMPLATE", "NO", "KUBERNETES_SERVICE_HOST", "MODEL_NAME",
    "PREDICT_PROBA", "TMPDIR",
)  # fmt: skip
LABEL_VALUES = (
    "crm",
    "",
    "no",
    "on",
    "012",
    "1e3",
    "0x1F",
    "null",
    "True",
    "A_b.c",
    "x" * 63,
    "1.5",
    "0",
    "2027-03-31",
    "a-b",
)
LABEL_KEYS = (
    "domain", "team", "acme.example/app", "acme.example/cost-center", "no", "null", "1", "A.b_c", "x" * 63,
    "a.b-c.example/name", "release", "y", "e3", "012", "True",
)  # fmt: skip


@cache
def names() -> st.SearchStrategy[str]:
    """A name of RFC 1123, up to 63 characters."""
    free = st.from_regex(r"\A[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\Z").filter(lambda name: "\n" not in name)
    return st.one_of(st.sampled_from(NAMES), st.sampled_from(NAMES), free)


@cache
def identifiers() -> st.SearchStrategy[str]:
    """The name of a column, a parameter or a metric."""
    return st.sampled_from(IDENTIFIERS) | st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_]{0,12}\Z").map(str.strip)


@cache
def variables() -> st.SearchStrategy[str]:
    """The name of an environment variable that is nobody's yet."""
    return st.sampled_from(VARIABLES) | st.from_regex(r"\A[A-Z_][A-Z0-9_]{0,12}\Z").map(str.strip).filter(_is_free)


def _is_free(name: str) -> bool:
    return not name.startswith(("FAIRLEAD_", "MLFLOW_"))


@cache
def labels() -> st.SearchStrategy[dict[str, str]]:
    """Labels of Kubernetes."""
    return st.dictionaries(st.sampled_from(LABEL_KEYS), st.sampled_from(LABEL_VALUES), max_size=3)


@cache
def secrets() -> st.SearchStrategy[str]:
    """A reference to a key of a Secret."""
    return st.sampled_from(["features/token", "a.b/c", "a/.dot", "no/on", "0/1e3", f"{'x' * 63}/{'K' * 60}", "a/_-."])


@cache
def uris(*schemes: str, folder: bool | None = None, ending: str = "") -> st.SearchStrategy[str]:
    """The address of data, with every sign that one may have."""
    segments = [
        "data",
        "a-b",
        "A_b",
        "x~y",
        "100%25",
        "k=v",
        "a,b",
        "c:d",
        "e@f",
        "+",
        "2027-03-31",
        "no",
        "%7B%7B",
        "%24%28id%29",
    ]
    path = st.lists(st.sampled_from(segments), min_size=1, max_size=3).map("/".join)
    ends = {True: "/", False: ""}
    buckets = {"s3": ("acme-ml", "a.b-c", "123"), "gs": ("acme_ml", "acme"), "https": ("files.acme.example", "h:8443")}

    def build(parts: tuple[str, str, bool]) -> str:
        scheme, tail, is_folder = parts
        bucket = buckets.get(scheme, ("acme",))
        if scheme == "https":  # What stands before the sign could be a password.
            tail = tail.replace("@", "_")
        end = ending or ends[is_folder if folder is None else folder]
        return f"{scheme}://{bucket[len(tail) % len(bucket)] if scheme != 'file' else ''}/{tail}{end}"

    return st.tuples(st.sampled_from(schemes or ("s3", "gs", "https")), path, st.booleans()).map(build)


@cache
def pages() -> st.SearchStrategy[str]:
    """The address of a page, with every sign that one may have."""
    tails = [
        "",
        "/",
        "/a",
        "/$(id)",
        "/a?b=c&d='e'",
        "/a;b,c!*'()",
        "/%7B%7Bworkflow.uid%7D%7D",
        "/a#b",
        "/$$",
        "/~x/@y:z",
    ]
    hosts = ["https://runbooks.acme.example", "http://a", "https://h:8443"]
    return st.tuples(st.sampled_from(hosts), st.sampled_from(tails)).map("".join)


@cache
def parameters() -> st.SearchStrategy[object]:
    """A value for a step: a scalar, or a flat list of scalars."""
    scalar = st.one_of(
        st.integers(-9, 9),
        hostile(most=40),
        st.booleans(),
        st.none(),
        st.sampled_from([0.1, 1e-7, -0.0, 1e22, 2**53 + 1, 2**63 - 1]),
    )
    return scalar | st.lists(scalar, max_size=3)


@cache
def images() -> st.SearchStrategy[str]:
    """A reference to an image."""
    return st.sampled_from(
        ("ghcr.io/acme/churn", "ghcr.io/acme/a__b--c.d", "localhost:5000/x:1e3", "acme/x:no",
        f"ghcr.io/acme/x@sha256:{'0' * 64}",
         "ghcr.io/acme/churn:v1", "Registry.acme.example:443/a/b/c/d")
    )  # fmt: skip
