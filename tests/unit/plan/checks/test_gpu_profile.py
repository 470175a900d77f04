from __future__ import annotations

from pathlib import Path

from fairlead.plan.checks.gpu_profile import (
    IDLE_GPU,
    NEEDS_GPU,
    NO_GPU_TO_FOLLOW,
    OTHER_COUNT,
    SHM_TOO_LARGE,
    SPOT_SERVER,
)
from fairlead.source.diagnostics import Severity
from tests.unit.plan.specs import ASSISTANT, FAIRLEAD, TUMOR, edit, examine


def test_a_gpu_runtime_needs_a_gpu(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(ASSISTANT, ("serving: gpu-h100x2", "serving: cpu-serving")))
    assert found.places(NEEDS_GPU) == [found.where("cpu-serving")]
    related = [str(each.place) for each in found.one(NEEDS_GPU).related]
    assert related == [
        found.where("vllm", "runtime: vllm"),
        found.where(
            "{cpu: 2, memory: 4Gi, price: 0.09/h}", "cpu-serving: {cpu: 2, memory: 4Gi, price: 0.09/h}", "fairlead.yaml"
        ),
    ]


def test_without_any_hardware_the_section_is_pointed_at(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(ASSISTANT, ("hardware: {serving: gpu-h100x2}\n", "")))
    assert found.places(NEEDS_GPU) == [found.where("serving")]


def test_the_model_is_split_over_all_gpus(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(ASSISTANT, ("tensor_parallel: 2", "tensor_parallel: 4")))
    assert found.places(OTHER_COUNT) == [found.where("4", "parallel: 4")]
    assert "split over 4 GPUs, and a replica has 2: so the server can't start" in found.one(OTHER_COUNT).message
    found = examine(tmp_path, edit(ASSISTANT, ("tensor_parallel: 2", "tensor_parallel: 1")))
    assert "so 1 would be idle" in found.one(OTHER_COUNT).message


def test_without_a_word_the_model_is_on_one_gpu(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(ASSISTANT, ("  llm: {tensor_parallel: 2}\n", "")))
    assert found.places(OTHER_COUNT) == [found.where("gpu-h100x2")]
    one = edit(ASSISTANT, ("  llm: {tensor_parallel: 2}\n", ""), ("gpu-h100x2", "gpu-l4"))
    assert examine(tmp_path, one).codes == []


def test_a_cpu_runtime_leaves_a_gpu_idle(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("serving: cpu-serving", "serving: gpu-l4")))
    assert found.places(IDLE_GPU) == [found.where("gpu-l4")]
    assert found.one(IDLE_GPU).level is Severity.WARNING
    assert found.codes == [IDLE_GPU.id]


def test_spot_nodes_are_not_for_servers(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("serving: cpu-serving", "serving: cpu-spot")))
    assert found.places(SPOT_SERVER) == [found.where("cpu-spot", "serving: cpu-spot")]
    assert found.codes == [SPOT_SERVER.id]


def test_spot_nodes_are_fine_for_training(tmp_path: Path) -> None:
    train = ("train: {cpu: 4, memory: 8Gi, disk: 20Gi}", "train: cpu-spot")
    assert examine(tmp_path, edit(TUMOR, train)).codes == []


def test_replicas_follow_only_gpus_that_there_are(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("cpu: 70%", "gpu: 60%")))
    assert found.places(NO_GPU_TO_FOLLOW) == [found.where("60%")]
    fits = edit(ASSISTANT, ("{query: 'sum(vllm:num_requests_waiting)', target: 8}", "{gpu: 60%}"))
    assert examine(tmp_path, fits).codes == []


def test_shared_memory_leaves_some(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("memory: 8Gi, disk: 20Gi", "memory: 8Gi, shm: 8Gi")))
    assert found.places(SHM_TOO_LARGE) == [found.where("8Gi", "shm: 8Gi")]
    assert examine(tmp_path, edit(TUMOR, ("memory: 8Gi, disk: 20Gi", "memory: 8Gi, shm: 7Gi"))).codes == []


def test_shared_memory_of_a_profile_is_pointed_at_where_the_profile_is(tmp_path: Path) -> None:
    fairlead = edit(FAIRLEAD, ("shm: 16Gi", "shm: 192Gi"))
    found = examine(tmp_path, ASSISTANT, fairlead=fairlead)
    assert found.places(SHM_TOO_LARGE) == [found.where("192Gi", "shm: 192Gi", "fairlead.yaml")]
