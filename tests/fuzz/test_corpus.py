"""Every input that once found something finds nothing any more; and the judges that say so do judge."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from random import Random

import pytest

from fairlead.source.diagnostics import Diagnostic
from fairlead.source.places import Place
from fairlead.source.reader import EMPTY
from tests.fuzz.bundle import PIPE, Bundle
from tests.fuzz.campaign import attempt, campaign, input_of
from tests.fuzz.harnesses import Harness, harnesses
from tests.fuzz.oracle import Finding, TooSlow, bounded, check_characters, check_findings
from tests.fuzz.vocabulary import keys_at, values_at

CORPUS = Path(__file__).parent / "corpus"
HARNESSES, OTHERS = harnesses(), harnesses()
QUICK = [name for name in HARNESSES if name != "process"]


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.name)
def test_what_found_something_once_finds_nothing_now(path: Path) -> None:
    error = attempt(HARNESSES[path.name.partition("-")[0]], path.read_bytes())
    if error is not None:
        raise error


@pytest.mark.parametrize("name", QUICK)
def test_the_seeds_of_a_harness_find_nothing(name: str) -> None:
    for seed in HARNESSES[name].seeds[:3]:
        assert attempt(HARNESSES[name], seed) is None


@pytest.mark.parametrize("name", HARNESSES)
def test_an_input_is_the_same_each_time_and_not_its_seed(name: str) -> None:
    harness = HARNESSES[name]
    made = [input_of(harness, "seed", number) for number in range(40)]
    assert made == [input_of(OTHERS[name], "seed", number) for number in range(40)]
    assert len(set(made)) > 30
    assert len(set(made) - set(harness.seeds)) > 25


def test_a_campaign_finds_what_there_is_and_keeps_the_input(tmp_path: Path) -> None:
    def fails(data: bytes) -> None:
        if b"a" in data:
            raise ValueError("there is an a")

    def mutate(data: bytes, rng: Random, limit: int = 0) -> bytes:
        return rng.choice((b"a", b"b", b"c"))

    figures = campaign(Harness("made-up", fails, (b"x",), mutate, 1, 1), "seed", tmp_path, runs=50, seconds=None)
    assert figures.inputs == 50
    [(mark, name)] = figures.found.items()
    assert mark.startswith("ValueError at test_corpus.py")
    assert (tmp_path / name).read_bytes() == b"a"


def test_what_takes_too_long_is_a_finding() -> None:
    with pytest.raises(TooSlow), bounded(0.05, 0):
        sum(math.factorial(100) for _ in itertools.repeat(None))


def test_what_waits_for_ever_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.oracle.PATIENCE", 0.05)
    Bundle({"a": PIPE}).unpack(tmp_path / "folder")
    with pytest.raises(TooSlow), bounded(60, 0):
        (tmp_path / "folder" / "a").read_bytes()


def test_what_takes_too_much_memory_is_a_finding() -> None:
    with pytest.raises(Finding, match="MiB of memory"), bounded(60, 0):
        bytes(b"x" * 2**29)


@pytest.mark.parametrize("place", [(1, 1, 1, 9), (0, 1, 1, 1), (2, 1, 2, 1), (1, 2, 1, 1)])
def test_a_place_outside_of_its_file_is_a_finding(place: tuple[int, int, int, int]) -> None:
    with pytest.raises(Finding, match="outside of its file"):
        check_findings([Diagnostic(EMPTY, Place("a.yaml", *place), "nothing")], {"a.yaml": "abc"}.get)


@pytest.mark.parametrize("text", ["\x1b[31m", "a\tb", "\r", "\u202e", "\ud800"])
def test_what_a_terminal_obeys_is_a_finding(text: str) -> None:
    with pytest.raises(Finding, match="is printed"):
        check_characters(text)


def test_a_traceback_of_the_command_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.processes._PROGRAM", "raise SystemExit(3)")
    error = attempt(HARNESSES["process"], HARNESSES["process"].seeds[0])
    assert isinstance(error, Finding)
    assert "left with 3" in str(error)


def test_a_bundle_is_what_it_was_after_it_was_written_and_read() -> None:
    bundle = Bundle({"a/b.yaml": b"x: 1\n\ny: 2\n", "c\udcff": b"z\n"}, ("validate", "\x1b"))
    assert Bundle.decode(bundle.encode()) == bundle


def test_a_bundle_writes_nothing_outside_of_its_folder(tmp_path: Path) -> None:
    names = ("../out", "/out", "a/../../out", "", "in", "in/deeper", "x" * 300)
    Bundle(dict.fromkeys(names, b"a")).unpack(tmp_path / "folder")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["in"]


def test_keys_and_values_come_from_the_models() -> None:
    assert "metadata" in keys_at("Pipeline", ())
    assert "replicas" in keys_at("Pipeline", ("environments", "staging", "serving"))
    assert "36501d" in values_at("Pipeline", ("model", "train", "timeout"))
    assert "knative" in values_at("Pipeline", ("serving", "mode"))
    assert keys_at("Pipeline", ("data", "sources")) == []
