from __future__ import annotations

import re
from typing import get_args

import pytest

from fairlead.catalogue.runtimes import NAMES, protocol_for, runtime, runtime_for
from fairlead.catalogue.shipped import KSERVE_VERSIONS
from fairlead.catalogue.versions import satisfies
from fairlead.project.model import Platform
from fairlead.spec.model import Framework, Task
from fairlead.spec.serving import Protocol, RuntimeName

EVERY = [(name, kserve) for name in NAMES for kserve in KSERVE_VERSIONS]


def test_the_runtimes_are_those_of_the_language() -> None:
    assert get_args(RuntimeName) == NAMES


def test_the_versions_of_kserve_are_those_of_the_language() -> None:
    annotation = Platform.model_fields["kserve"].annotation
    assert {version for part in get_args(annotation) for version in get_args(part)} == set(KSERVE_VERSIONS)


@pytest.mark.parametrize(("name", "kserve"), EVERY)
def test_a_runtime_knows_itself(name: str, kserve: str) -> None:
    facts = runtime(name, kserve)
    assert (facts.name, facts.kserve) == (name, kserve)
    assert set(facts.protocols) <= set(get_args(Protocol))
    assert facts.default_protocol in facts.protocols
    assert (facts.metrics_port is None) == (facts.metrics_path is None)


@pytest.mark.parametrize(("name", "kserve"), [pair for pair in EVERY if pair[0] != "custom"])
def test_every_image_names_its_registry_and_a_version(name: str, kserve: str) -> None:
    image = runtime(name, kserve).image
    assert image is not None
    assert re.fullmatch(r"[a-z.]+\.[a-z]+/[a-z0-9/-]+:v?[0-9][0-9a-z.-]+", image)


@pytest.mark.parametrize("kserve", KSERVE_VERSIONS)
def test_a_custom_server_has_no_image_and_no_metrics(kserve: str) -> None:
    facts = runtime("custom", kserve)
    assert facts.image is None
    assert facts.metrics_port is None


@pytest.mark.parametrize(("name", "kserve"), EVERY)
def test_every_pin_is_a_specifier_that_can_be_read(name: str, kserve: str) -> None:
    for specifier in runtime(name, kserve).packages.values():
        assert not satisfies("0.0.1", specifier) or "<" in specifier


@pytest.mark.parametrize("kserve", KSERVE_VERSIONS)
def test_no_volume_hides_the_wrapper_that_torchserve_starts(kserve: str) -> None:
    wrapper = "/home/model-server/kserve_wrapper/__main__.py"
    facts = runtime("torchserve", kserve)
    assert facts.writable
    assert [folder for folder in facts.writable if wrapper.startswith(f"{folder.rstrip('/')}/")] == []


def test_a_model_of_another_scikit_learn_is_rejected_with_the_pin() -> None:
    facts = runtime("sklearn", "0.20")
    assert facts.rejects({"scikit-learn": "1.6.1", "joblib": "1.4.2"}) == (("scikit-learn", "1.6.1", "~=1.5.1"),)


def test_a_model_of_the_pinned_versions_is_taken() -> None:
    assert runtime("sklearn", "0.20").rejects({"scikit-learn": "1.5.2", "joblib": "1.4.2", "numpy": "2.2.0"}) == ()


def test_packages_are_known_by_any_spelling_of_their_name() -> None:
    assert runtime("sklearn", "0.20").rejects({"Scikit_Learn": "1.4.2"}) == (("scikit-learn", "1.4.2", "~=1.5.1"),)


def test_what_a_release_pins_is_told_apart() -> None:
    assert runtime("lightgbm", "0.15").rejects({"lightgbm": "4.6.0"})
    assert not runtime("lightgbm", "0.20").rejects({"lightgbm": "4.6.0"})


def test_formats_follow_the_release() -> None:
    assert runtime("xgboost", "0.15").format_version == "1"
    assert runtime("xgboost", "0.20").format_version == "2"


def test_scikit_learn_answers_probabilities_by_a_switch_and_lightgbm_nothing_else() -> None:
    assert dict(runtime("sklearn", "0.20").probability_env) == {"PREDICT_PROBA": "true"}
    assert runtime("lightgbm", "0.20").answers == ("probability",)


def test_only_vllm_cannot_do_without_a_gpu() -> None:
    assert [name for name in NAMES if runtime(name, "0.20").gpu == "required"] == ["vllm"]


def test_what_runs_as_root_says_so() -> None:
    assert [name for name in NAMES if runtime(name, "0.20").uid == 0] == ["vllm"]


def test_an_unknown_runtime_or_release_is_refused() -> None:
    with pytest.raises(KeyError):
        runtime("seldon", "0.20")
    with pytest.raises(KeyError):
        runtime("sklearn", "0.13")


@pytest.mark.parametrize("framework", [name for name in get_args(Framework) if name != "custom"])
@pytest.mark.parametrize("task", get_args(Task))
def test_every_framework_but_one_has_a_runtime(framework: str, task: str) -> None:
    assert runtime_for(framework, task) in NAMES


def test_no_runtime_fits_a_framework_of_ones_own() -> None:
    assert runtime_for("custom", "regression") is None


def test_a_language_model_is_served_by_vllm_and_a_text_classifier_is_not() -> None:
    assert runtime_for("huggingface", "text-generation") == "vllm"
    assert runtime_for("huggingface", "multiclass-classification") == "huggingface"


def test_the_protocol_follows_the_runtime_and_the_task() -> None:
    assert protocol_for("tensorflow", "regression", "0.20") == "v1"
    assert protocol_for("huggingface", "text-generation", "0.20") == "openai"
    assert protocol_for("huggingface", "embedding", "0.20") == "v2"
