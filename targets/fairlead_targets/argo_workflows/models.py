"""hera's models, for type checkers; and what compiling fills in their place, without importing hera.

mypy knows every model and every field from hera, so that whatever is built here is held to hera's types before it ever
runs. Importing hera takes longer than compiling twenty pipelines, because it builds validators for all of Argo's API.
So what runs is an object for each model, with hera's fields in hera's order, and no validator. Tests hold the fields to
hera's, and have hera read and write again whatever is compiled. After a user's patches, of which mypy knows nothing,
hera itself judges (`shapes`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hera.workflows.models import *  # noqa: F403 - every name of it
else:
    from collections.abc import Mapping
    from typing import Any, ClassVar, Self

    from fairlead_targets.argo_workflows.fields import FIELDS, WRITTEN

    class _Model:
        """An object of Argo's API. A field that is not set is None."""

        written: ClassVar[Mapping[str, str]]
        """Field -> its key in a manifest, in the order in which they are written."""

        def __init__(self, **values: Any) -> None:
            for name, value in values.items():
                setattr(self, name, value)

        def __setattr__(self, name: str, value: Any) -> None:
            if name not in self.written:
                raise TypeError(f"{type(self).__name__} has no field `{name}`")
            self.__dict__[name] = value

        @classmethod
        def model_validate(cls, manifest: Mapping[str, Any]) -> Self:
            """The object that a part of a manifest is."""
            names = {key: name for name, key in cls.written.items()}
            return cls(**{names.get(key, key): value for key, value in manifest.items()})

        def model_dump(self, **_: Any) -> dict[str, Any]:
            """The object as a part of a manifest: what is set, under the names that it has there."""
            own = self.__dict__
            return {
                key: _plain(own[name]) for name, key in self.written.items() if name in own and own[name] is not None
            }

    def _plain(value: Any) -> Any:
        if isinstance(value, _Model):
            return value.model_dump()
        if isinstance(value, list | tuple):
            return [_plain(item) for item in value]
        if isinstance(value, Mapping):
            return {key: _plain(item) for key, item in value.items()}
        # A name of the language is a kind of text; what is written is the text.
        return str(value) if isinstance(value, str) else value

    def _model(name: str, fields: str) -> type[_Model]:
        written = {field: WRITTEN.get(field) or _camel(field) for field in fields.split()}
        return type(name, (_Model,), {"written": written, **dict.fromkeys(written)})

    def _camel(field: str) -> str:
        first, *others = field.split("_")
        return first + "".join(map(str.capitalize, others))

    globals().update({name: _model(name, fields) for name, fields in FIELDS.items()})

    def IntOrString(value: int | str) -> int | str:  # noqa: N802 - it stands for the model of this name
        """A number or a text, which are written as they are."""
        return value

    def Quantity(value: str) -> str:  # noqa: N802
        """An amount, which is written as it is."""
        return value
