"""What can be wrong with a section, key by key."""

from __future__ import annotations

from fairlead.source.diagnostics import Code

UNKNOWN_KEY = Code(
    "FL1101",
    "a key that the language does not know",
    """
    The section has no such key. Fairlead never skips what it does not understand: a typo in `retires: 2` would
    otherwise leave the default in force, and nobody would notice before the first outage.

    ```yaml
    model:
      train:
        command: [python, -m, train]
        retires: 2        # FL1101: did you mean `retries`?
    ```

    Write the key that was meant, or remove it. The language reference lists the keys of every section; an editor
    that knows `pipeline.schema.json` offers them.
    """,
)
MISSING_KEY = Code(
    "FL1102",
    "a required key is missing",
    """
    The section cannot do without this key, and there is no default that would be safe.

    ```yaml
    metadata:
      name: churn         # FL1102: `owner` is missing
    ```

    Mended:

    ```yaml
    metadata:
      name: churn
      owner: growth-ml
    ```
    """,
)
WRONG_TYPE = Code(
    "FL1103",
    "a value of the wrong type",
    """
    The value is of another type than the key takes: text where a number belongs, a list where a mapping belongs,
    or nothing at all. Values are never converted, because a guess that is right on most days is wrong on the others.

    ```yaml
    model:
      train:
        command: python -m train      # FL1103: an argument vector is a list
    ```

    Mended:

    ```yaml
    model:
      train:
        command: [python, -m, train]
    ```

    A key with nothing behind it holds null. For a section with all its defaults, write `{}`: `serving: {}`.
    """,
)
NOT_A_CHOICE = Code(
    "FL1104",
    "a word that is not one of the choices",
    """
    The key takes one of a few words, and this is none of them. The message lists them.

    ```yaml
    data:
      split: {method: hashed}     # FL1104: did you mean `hash`?
    ```
    """,
)
OUT_OF_BOUNDS = Code(
    "FL1105",
    "a value out of bounds",
    """
    The value has the right type, but is too small, too large, too short, too long, or not of the form that the key
    takes. The message gives the bound.

    ```yaml
    data:
      split: {test: 1.2}          # FL1105: less than 1
    ```
    """,
)
NOT_A_MAPPING = Code(
    "FL1106",
    "a file that is not a mapping",
    """
    A file of Fairlead's is a mapping that starts with `apiVersion` and `kind`. This one is a list or a single value.

    ```yaml
    apiVersion: fairlead.dev/v1
    kind: Pipeline
    metadata: {name: churn, owner: growth-ml}
    ```
    """,
)
