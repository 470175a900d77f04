"""Whatever a lock looks like, an edit makes it say what was asked for, and nothing else."""

from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st

from fairlead.project.lock import Lock, LockedImage, LockedModel, LockMetadata
from fairlead.source.reader import read
from fairlead.spec.units import Name, Percentage
from fairlead.spec.validate import validated
from fairlead.workspace.lockfile import (
    new_lock,
    with_canary,
    with_canary_served,
    with_image,
    with_model,
    with_previous_served,
    with_weight,
    without_rollout,
)
from tests.candidates import digest, model

OWNER = LockMetadata(pipeline=Name("churn"), environment=Name("staging"))
REMARK = st.text(alphabet="abc #:{}[]&*'\"-", max_size=20).map(lambda text: f"# {text}".rstrip())
TREE = st.text(alphabet="0123456789abcdef", min_size=40, max_size=40)
REFERENCE = st.from_regex(r"[a-z0-9]+(\.[a-z]{2,3})?/[a-z0-9]{1,8}(:[a-z0-9]{1,4})?", fullmatch=True)
PACKAGES = st.dictionaries(
    st.sampled_from(["python", "numpy", "torch"]), st.from_regex(r"[0-9]{1,3}(\.[0-9e]{1,3}){0,2}", fullmatch=True)
)
METRICS = st.dictionaries(
    st.sampled_from(["auc", "log_loss", "recall[under-40]"]), st.floats(allow_nan=False, allow_infinity=False)
)


def locked(text: str) -> Lock:
    document = read("lock", text.encode())
    assert document.root is not None
    assert document.diagnostics == []
    value, found = validated(Lock, document.root)
    assert found == []
    assert value is not None
    return value


@st.composite
def locks(draw: st.DrawFn) -> str:
    """A lock with comments and empty lines between its lines, where a person would put them."""
    text = new_lock(OWNER)
    for number, reference in enumerate(draw(st.lists(REFERENCE, max_size=3, unique=True))):
        text = with_image(text, reference, LockedImage(digest=digest(str(number)), tree=draw(TREE)))  # type: ignore[arg-type]
    if draw(st.booleans()):
        text = with_model(text, draw(models()))
    lines: list[str] = []
    for line in text.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        lines += [indent + remark if remark else "" for remark in draw(st.lists(st.just("") | REMARK, max_size=1))]
        lines.append(line)
    return "\n".join(lines) + draw(st.sampled_from(["\n", "", "\n\n", "\n# the end\n"]))


@st.composite
def models(draw: st.DrawFn) -> LockedModel:
    content: dict[str, Any] = model(draw(st.integers(1, 40)))
    return LockedModel.model_validate({**content, "packages": draw(PACKAGES), "metrics": draw(METRICS)})


@given(locks(), REFERENCE, TREE)
def test_an_image_is_locked_and_all_else_is_as_before(text: str, reference: str, tree: str) -> None:
    image = LockedImage(digest=digest("new"), tree=tree)  # type: ignore[arg-type]
    before, after = locked(text), with_image(text, reference, image)
    assert locked(after) == before.model_copy(update={"images": {**before.images, reference: image}})
    assert with_image(after, reference, image) is after


@given(locks(), models())
def test_a_model_is_locked_and_the_old_one_is_kept(text: str, new: LockedModel) -> None:
    before = locked(text)
    if before.model == new:
        return
    after = locked(with_model(text, new))
    assert after.model == new
    assert after.previous == before.model
    assert (after.images, after.data, after.rollout) == (before.images, before.data, before.rollout)


@given(locks(), models())
def test_no_comment_outside_the_model_is_lost(text: str, new: LockedModel) -> None:
    def remarks(lines: str) -> list[str]:
        head, _, rest = lines.partition("\nmodel:")
        return [line for line in (head if rest else lines).splitlines() if line.lstrip().startswith("#")]

    if "\nmodel:" in text:
        assert remarks(with_model(text, new)) == remarks(text)


def remarks(text: str) -> list[str]:
    return sorted(line.strip() for line in text.splitlines() if line.lstrip().startswith("#"))


@given(locks(), models())
def test_every_comment_survives_the_first_promotion_and_its_rollback(text: str, new: LockedModel) -> None:
    """What was said about a version goes with it, to `previous` and back."""
    before = locked(text)
    if before.model is None or before.model == new:
        return
    promoted = with_model(text, new)
    assert remarks(promoted) == remarks(text)
    back = with_previous_served(promoted)
    assert remarks(back) == remarks(text)
    assert (locked(back).model, locked(back).previous) == (before.model, new)
    assert locked(with_previous_served(back)) == locked(promoted)


@given(locks(), models(), st.integers(1, 99))
def test_a_canary_that_is_taken_back_leaves_the_lock_as_it_was(text: str, new: LockedModel, share: int) -> None:
    before = locked(text)
    if before.model is None:
        return
    tried = with_canary(text, new, Percentage.parse(f"{share}%"))
    assert remarks(tried) == remarks(text)
    assert locked(without_rollout(tried)) == before
    served = locked(with_canary_served(with_weight(tried, Percentage.parse("100%"))))
    assert (served.model, served.previous, served.rollout) == (new, before.model, None)
