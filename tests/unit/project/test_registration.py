"""A registered version's tags say all that a lock holds of it, and nothing else becomes a lock's section."""

from __future__ import annotations

import pytest

from fairlead.project.lock import LockedModel
from fairlead.project.registration import DIGEST, METRICS, PACKAGES, URI, model_of, tags_of
from tests.candidates import digest, model

REFERENCE = {"uri": "s3://acme-ml-artifacts/models/churn/reference.json", "digest": digest("reference")}


USAGE = {"train": {"memory": "2660Mi", "cpu": "14m50s"}, "data/rows": {"memory": "64Mi", "measured": "process"}}


@pytest.mark.parametrize(
    "more", [{}, {"reference": REFERENCE}, {"metrics": {}, "packages": {}}, {"usage": USAGE}], ids=str
)
def test_what_the_tags_say_is_the_version_again(more: dict[str, object]) -> None:
    version = LockedModel.model_validate({**model(16), **more})
    assert model_of(16, version.run, tags_of("churn", version)) == version


@pytest.mark.parametrize("tag", [URI, DIGEST])
def test_a_version_that_something_else_registered_lacks_a_tag(tag: str) -> None:
    tags = tags_of("churn", LockedModel.model_validate(model(16)))
    del tags[tag]
    with pytest.raises(ValueError, match=f"no tag `{tag}`"):
        model_of(16, None, tags)


def test_a_tag_that_was_edited_by_hand_is_named() -> None:
    tags = tags_of("churn", LockedModel.model_validate(model(16)))
    with pytest.raises(ValueError, match=r"`fairlead\.packages` is no JSON"):
        model_of(16, None, {**tags, PACKAGES: "{"})
    with pytest.raises(ValueError, match=r"`fairlead\.metrics\.roc_auc` is not as Fairlead writes it"):
        model_of(16, None, {**tags, METRICS: '{"roc_auc": "high"}'})


def test_a_folder_that_is_not_addressed_by_the_digest_is_refused() -> None:
    tags = tags_of("churn", LockedModel.model_validate(model(16)))
    with pytest.raises(ValueError, match="not addressed by its digest"):
        model_of(16, None, {**tags, DIGEST: digest("another model")})
