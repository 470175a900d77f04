"""What may not stand in a document although it is good YAML, and how large a document may be."""

from __future__ import annotations

from typing import Final

from fairlead.source.diagnostics import Code

MAX_DEPTH: Final = 64
"""Collections within collections. The language itself needs about ten."""
MAX_NODES: Final = 200_000
"""Values of a document, those behind aliases counted each time. A specification has some hundreds."""
MAX_ALIASED_NODES: Final = 100_000
"""Values that the aliases of a document stand for, all together."""

TOO_LARGE: Final = Code(
    "FL1002",
    "file too large",
    """
    A file has more than 16 MiB, or holds more than 200,000 values. Specifications have some hundreds of lines; a file
    of that size is data that came under the wrong name, and reading it would use up the machine's memory.

    Wrong: reference data, pasted below `model.train.parameters`.

    Right: the data in a source of its own, of which the specification has the address.

    ```yaml
    data:
      sources:
        reference: {uri: s3://acme-ml/reference/}
    ```
    """,
)

TOO_DEEP: Final = Code(
    "FL1009",
    "nesting too deep",
    """
    More than 64 lists and mappings stand within each other. No part of the language needs that, and the time to read
    such a document grows with the square of its depth; reading stops here.

    Wrong: `a: [[[[[…]]]]]`, a hundred times over; mostly it is the output of a program that went round in circles.

    Right: a document with fewer levels.

    ```yaml
    a: [1, 2, 3]
    ```
    """,
)

SEVERAL_DOCUMENTS: Final = Code(
    "FL1011",
    "several documents in one file",
    """
    The file has a second document, after a line `---`. One file describes one pipeline, so that a file's name, its
    history and its lock belong to exactly one thing. What stands below the marker was not read.

    Wrong:

    ```yaml
    kind: Pipeline
    metadata: {name: one}
    ---
    kind: Pipeline
    metadata: {name: two}
    ```

    Right: two files. A single `---` before the first document is fine, and so is a `...` after it.
    """,
)

DUPLICATE_KEY: Final = Code(
    "FL1012",
    "duplicate key",
    """
    A key stands twice in the same mapping. Most readers of YAML silently take the last value, some the first, and so
    one of the two lines has no effect, although it looks as if it had.

    Wrong:

    ```yaml
    replicas:
      min: 2
      max: 10
      min: 4
    ```

    Right:

    ```yaml
    replicas:
      min: 4
      max: 10
    ```

    Keys are compared as text, so `1:` and `"1":` are the same key.
    """,
)

TAG: Final = Code(
    "FL1013",
    "explicit tag",
    """
    A value carries a YAML tag, such as `!!str` or `!Ref`. Tags make readers build objects of their own, which is where
    most of YAML's security holes were, and one that a reader doesn't know makes it fail. Nothing in a specification
    needs one.

    Wrong:

    ```yaml
    version: !!str 1.10
    ```

    Right:

    ```yaml
    version: "1.10"
    ```
    """,
)

MERGE_KEY: Final = Code(
    "FL1014",
    "merge key",
    """
    The merge key `<<` was an optional part of YAML 1.1 and is not in YAML 1.2. Readers differ in whether they know it,
    and those that do differ in which value wins.

    Wrong:

    ```yaml
    train:
      <<: *common
      timeout: 2h
    ```

    Right: write out the keys. What all pipelines of a project share stands in `defaults` of fairlead.yaml, and is
    merged under every specification:

    ```yaml
    defaults:
      model: {train: {retries: 2}}
    ```

    Anchors and aliases for whole values (`*common` as a value) are fine.
    """,
)

COMPLEX_KEY: Final = Code(
    "FL1015",
    "key that is not text",
    """
    A key is a list, a mapping, or nothing at all. Keys are text: every plain key is taken as it is written, so that
    `on:` and `1:` need no quotes.

    An accidental one comes from a template's braces that were not filled in, because `{{ name }}` is a mapping as the
    key of a mapping.

    Wrong:

    ```yaml
    metadata: {name: {{ name }}}
    ```

    Right:

    ```yaml
    metadata: {name: tumor-classifier}
    ```
    """,
)

UNKNOWN_ALIAS: Final = Code(
    "FL1016",
    "alias without an anchor",
    """
    An alias `*name` stands for the value that the anchor `&name` marks, and no such anchor stands above it. An anchor
    has to come before its aliases, in the same file.

    A glob or a bold word is an alias by accident: text that begins with `*` needs quotes.

    Wrong:

    ```yaml
    include: *.csv
    ```

    Right:

    ```yaml
    include: "*.csv"
    ```
    """,
)

CYCLE: Final = Code(
    "FL1017",
    "value that contains itself",
    """
    An alias stands inside the very value that it stands for. Written out, the document would have no end, and JSON,
    which everything that is generated has to fit into, has no way to say it. In the wrong example the name of an anchor
    was taken for the name of a step.

    Wrong:

    ```yaml
    step: &step
      inputs: [*step]
    ```

    Right: the name of what is meant.

    ```yaml
    step:
      inputs: [features]
    ```
    """,
)

ALIAS_BOMB: Final = Code(
    "FL1018",
    "aliases that expand to too much",
    """
    The aliases of the document, written out, stand for more than 100,000 values. A few lines of aliases to aliases can
    mean billions ("billion laughs"), which would take all memory of whatever reads the output.

    Wrong:

    ```yaml
    a: &a [x, x, x, x, x, x, x, x, x, x]
    b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
    c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
    # and so on
    ```

    Right: values written out where they are needed, and what pipelines share in `defaults` of fairlead.yaml.
    """,
)
