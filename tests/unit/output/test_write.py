"""Compiling onto disk: what is written, what is left alone, and what is refused."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from fairlead.output.changes import BLOCKED
from fairlead.output.claims import OUTSIDE, SAME_RESOURCE, TWICE
from fairlead.output.desired import Selection
from fairlead.output.edits import EDITED
from fairlead.output.emptiness import ALL_GONE, NOTHING
from fairlead.output.files import LINKED
from fairlead.output.known import CORRUPTED
from fairlead.output.write import write
from fairlead.resources.resource import Deferred, Root
from fairlead.source.diagnostics import Code, Diagnostic, Refused
from tests.unit.output.trees import (
    ALL,
    ENVIRONMENTS,
    compile_to,
    config_map,
    origin,
    pipeline,
    shared,
    targets,
    text_file,
    times,
    tree,
    workflow,
)

CHURN = "rendered/staging/churn/kserve/configmap-churn.yaml"


def refusal(root: Path, *wanted: Any, **options: Any) -> list[Diagnostic]:
    """The diagnostics of a compile that is refused, and that left the tree as it was."""
    before = times(root)
    with pytest.raises(Refused) as refused:
        compile_to(root, *wanted, **options)
    assert times(root) == before
    return refused.value.diagnostics


def refusal_codes(root: Path, *wanted: Any, **options: Any) -> set[Code]:
    return {found.code for found in refusal(root, *wanted, **options)}


def listed(root: Path, path: str) -> list[str]:
    content = yaml.safe_load((root / path).read_text())
    assert content["kind"] == "Kustomization"
    return list(content["resources"])


class TestWriting:
    def test_every_owner_gets_its_files_a_kustomization_and_an_inventory(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), pipeline("fraud"), shared(None, files=[workflow()]), shared("staging"))
        assert list(tree(tmp_path)) == [
            ".github/workflows/fairlead-check.yaml",
            "rendered/_project/inventory.json",
            "rendered/staging/_project/inventory.json",
            "rendered/staging/churn/inventory.json",
            CHURN,
            "rendered/staging/churn/kustomization.yaml",
            "rendered/staging/fraud/inventory.json",
            "rendered/staging/fraud/kserve/configmap-fraud.yaml",
            "rendered/staging/fraud/kustomization.yaml",
            "rendered/staging/kustomization.yaml",
        ]
        assert listed(tmp_path, "rendered/staging/kustomization.yaml") == ["churn", "fraud"]
        assert listed(tmp_path, "rendered/staging/churn/kustomization.yaml") == ["kserve/configmap-churn.yaml"]

    def test_an_inventory_lists_every_file_of_its_owner_but_itself(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), shared(None, files=[workflow()]), shared("staging", config_map("bus")))
        inventories = [path for path in tree(tmp_path) if path.endswith("inventory.json")]
        lists = [json.loads((tmp_path / path).read_text())["files"] for path in inventories]
        paths = sorted(file["path"] for files in lists for file in files)
        assert paths == sorted(set(tree(tmp_path)) - set(inventories))

    def test_shared_resources_are_listed_beside_the_pipelines(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), shared("staging", config_map("bus")))
        assert listed(tmp_path, "rendered/staging/kustomization.yaml") == ["_project", "churn"]
        assert listed(tmp_path, "rendered/staging/_project/kustomization.yaml") == ["github-actions/configmap-bus.yaml"]

    def test_a_kustomization_lists_resources_and_no_other_files(self, tmp_path: Path) -> None:
        compile_to(
            tmp_path,
            pipeline(files=[text_file("rules.yaml")]),
            pipeline("fraud", resources=[], files=[text_file("x.txt")]),
        )
        assert listed(tmp_path, "rendered/staging/churn/kustomization.yaml") == ["kserve/configmap-churn.yaml"]
        assert listed(tmp_path, "rendered/staging/kustomization.yaml") == ["churn"]
        assert not (tmp_path / "rendered/staging/fraud/kustomization.yaml").exists()

    def test_the_version_stands_in_inventories_only(self, tmp_path: Path) -> None:
        wanted = [pipeline(), shared("staging", config_map("bus")), shared(None, files=[workflow()])]
        compile_to(tmp_path, *wanted)
        changes = write(tmp_path, PurePosixPath("rendered"), wanted, ALL, compiler="2.0")
        assert {path.rpartition("/")[2] for path in changes.changed} == {"inventory.json"}
        assert (changes.added, changes.removes) == ((), ())

    def test_compiling_again_touches_nothing(self, tmp_path: Path) -> None:
        wanted = [pipeline(), pipeline(environment="production"), shared("staging"), shared(None, files=[workflow()])]
        assert not compile_to(tmp_path, *wanted).is_empty
        before = times(tmp_path)
        changes = compile_to(tmp_path, *wanted)
        assert changes.is_empty
        assert changes.unchanged == len(tree(tmp_path))
        assert times(tmp_path) == before

    def test_what_did_not_change_keeps_its_inode_and_time(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), pipeline("fraud"))
        (tmp_path / "rendered/staging/churn/NOTES.md").write_text("mine\n")
        before = times(tmp_path)
        changes = compile_to(tmp_path, pipeline(resources=[config_map("churn", {"b": "2"})]), pipeline("fraud"))
        assert changes.changed == ("rendered/staging/churn/inventory.json", CHURN)
        after = times(tmp_path)
        moved = {path for path in before if before[path] != after[path] and (tmp_path / path).is_file()}
        assert moved == {"rendered/staging/churn/inventory.json", CHURN}

    def test_the_order_of_pipelines_does_not_matter(self, tmp_path: Path) -> None:
        wanted = [pipeline(), pipeline("fraud"), shared("staging", config_map("bus")), pipeline("a", "production")]
        for name in ("one", "other"):
            (tmp_path / name).mkdir()
        compile_to(tmp_path / "one", *wanted)
        compile_to(tmp_path / "other", *reversed(wanted))
        assert tree(tmp_path / "one") == tree(tmp_path / "other")

    def test_the_output_may_be_the_root_itself(self, tmp_path: Path) -> None:
        from fairlead.output.assemble import assemble
        from fairlead.output.desired import Owner
        from fairlead.target import Compiled

        (tmp_path / "README.md").write_text("mine\n")
        here = PurePosixPath(".")
        for data in ("1", "2"):
            made = Compiled([config_map("churn", {"a": data})])
            write(tmp_path, here, [assemble(Owner("staging", "churn"), "s", {"kserve": made}, here)], ALL, compiler="1")
        assert {"staging/churn/kserve/configmap-churn.yaml", "staging/kustomization.yaml", "README.md"} < set(
            tree(tmp_path)
        )

    def test_git_ignores_what_is_in_progress(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline())
        assert sorted(path.name for path in (tmp_path / ".fairlead").iterdir()) == [".gitignore", "lock"]
        assert (tmp_path / ".fairlead/.gitignore").read_text() == "*\n"


class TestRemoving:
    def test_what_is_no_longer_wanted_goes_and_empty_folders_with_it(self, tmp_path: Path) -> None:
        compile_to(tmp_path, targets("churn", "staging", kserve=[config_map("churn")], argo=[config_map("churn-b")]))
        changes = compile_to(tmp_path, targets("churn", "staging", argo=[config_map("churn-b")]))
        assert changes.removes == (CHURN,)
        assert not (tmp_path / "rendered/staging/churn/kserve").exists()

    def test_what_no_inventory_lists_stays(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), pipeline("fraud"))
        mine = tmp_path / "rendered/staging/fraud/kserve/mine.yaml"
        mine.write_text("a: 1\n")
        (tmp_path / "rendered/staging/fraud/link").symlink_to("/nowhere")
        (tmp_path / "rendered/staging/fraud/empty").mkdir()
        compile_to(tmp_path, pipeline())
        assert sorted(path.name for path in (tmp_path / "rendered/staging/fraud").rglob("*")) == [
            *("empty", "kserve", "link", "mine.yaml"),
        ]
        assert (tmp_path / "rendered/staging/fraud/link").is_symlink()

    def test_a_pipeline_whose_spec_is_gone_goes_when_all_specs_are_compiled(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), pipeline("fraud"), shared("staging"))
        compile_to(tmp_path, pipeline(), shared("staging"))
        assert not (tmp_path / "rendered/staging/fraud").exists()
        assert listed(tmp_path, "rendered/staging/kustomization.yaml") == ["churn"]

    def test_an_environment_that_the_project_no_longer_has_goes(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), pipeline(environment="production"), shared("production", config_map("bus")))
        compile_to(tmp_path, pipeline(), selection=Selection(frozenset({"staging"})))
        assert not (tmp_path / "rendered/production").exists()
        assert (tmp_path / CHURN).exists()

    def test_a_workflow_that_is_no_longer_wanted_goes(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), shared(None, files=[workflow()]))
        compile_to(tmp_path, pipeline(), shared(None))
        assert not (tmp_path / ".github").exists()
        assert not (tmp_path / "rendered/_project").exists()

    def test_a_path_may_pass_from_one_owner_to_another(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(files=[workflow(content="a: 1\n")]), shared(None))
        compile_to(tmp_path, pipeline(), shared(None, files=[workflow(content="a: 2\n")]))
        assert (tmp_path / ".github/workflows/fairlead-check.yaml").read_text() == "a: 2\n"
        compile_to(tmp_path, pipeline(files=[workflow(content="a: 2\n")]), shared(None))
        assert (tmp_path / ".github/workflows/fairlead-check.yaml").read_text() == "a: 2\n"


class TestSelections:
    def test_one_spec_leaves_the_others_as_they_are(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), pipeline("fraud"), shared("staging", config_map("bus")))
        before = tree(tmp_path)
        selection = Selection(ENVIRONMENTS, pipelines=frozenset({"churn"}))
        changes = compile_to(tmp_path, pipeline(resources=[config_map("churn", {"b": "2"})]), selection=selection)
        assert changes.changed == ("rendered/staging/churn/inventory.json", CHURN)
        assert {path for path in before if before[path] != tree(tmp_path)[path]} == set(changes.changed)

    def test_a_new_spec_alone_joins_the_environments_list(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), shared("staging", config_map("bus")))
        compile_to(tmp_path, pipeline("fraud"), selection=Selection(ENVIRONMENTS, pipelines=frozenset({"fraud"})))
        assert listed(tmp_path, "rendered/staging/kustomization.yaml") == ["_project", "churn", "fraud"]
        partial = tree(tmp_path)
        assert compile_to(tmp_path, pipeline(), pipeline("fraud"), shared("staging", config_map("bus"))).is_empty
        assert tree(tmp_path) == partial

    def test_one_environment_leaves_the_others_as_they_are(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), pipeline(environment="production"), pipeline("fraud", "production"))
        selection = Selection(ENVIRONMENTS, environments=frozenset({"production"}))
        changes = compile_to(tmp_path, pipeline(environment="production"), selection=selection)
        assert all(path.startswith("rendered/production/") for path in (*changes.changed, *changes.removes))
        assert not (tmp_path / "rendered/production/fraud").exists()
        assert (tmp_path / CHURN).exists()

    def test_one_target_leaves_the_others_as_they_are(self, tmp_path: Path) -> None:
        one, two = config_map("churn"), config_map("churn-b")
        compile_to(tmp_path, targets("churn", "staging", kserve=[one], argo=[two]), shared("staging"))
        only = Selection(ENVIRONMENTS, targets=frozenset({"argo"}))
        three = config_map("churn-c")
        changes = compile_to(tmp_path, targets("churn", "staging", argo=[three]), selection=only)
        assert changes.removes == ("rendered/staging/churn/argo/configmap-churn-b.yaml",)
        assert listed(tmp_path, "rendered/staging/churn/kustomization.yaml") == [
            "argo/configmap-churn-c.yaml",
            "kserve/configmap-churn.yaml",
        ]
        assert compile_to(tmp_path, targets("churn", "staging", kserve=[one], argo=[three]), shared("staging")).is_empty

    def test_a_selection_prunes_nothing_that_it_does_not_cover(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), pipeline("fraud"), pipeline("old", "gone"))
        for selection in (
            Selection(ENVIRONMENTS, pipelines=frozenset({"churn"})),
            Selection(ENVIRONMENTS, targets=frozenset({"kserve"})),
            Selection(ENVIRONMENTS, environments=frozenset({"production"})),
        ):
            wanted = [] if selection.environments else [pipeline()]
            assert compile_to(tmp_path, *wanted, selection=selection).removes == ()

    def test_a_resource_of_a_spec_that_was_not_compiled_still_counts(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline())
        clash = pipeline("fraud", resources=[config_map("churn")])
        [found] = refusal(tmp_path, clash, selection=Selection(ENVIRONMENTS, pipelines=frozenset({"fraud"})))
        assert found.code is SAME_RESOURCE


class TestEdits:
    def test_a_changed_file_is_not_overwritten(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline())
        file = tmp_path / CHURN
        file.write_text(file.read_text().replace('a: "1"', 'a: "2"'))
        [found] = refusal(tmp_path, pipeline())
        assert found.code is EDITED
        assert found.place.file == CHURN
        assert found.place.line == 9
        assert "1 line differs" in found.message
        assert [related.message for related in found.related] == ['generated `a: "1"`, and now `a: "2"`']
        assert found.help == (
            f"restore it with `git checkout -- {CHURN}`, and write the change into specs/churn.yaml as this patch:\n\n"
            "patches:\n"
            "- why: (say why)\n"
            "  target:\n"
            "    kind: ConfigMap\n"
            "    name: churn\n"
            "  merge:\n"
            "    data:\n"
            '      a: "2"\n'
        )

    def test_nothing_else_is_written_beside_an_edit(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), pipeline("fraud"))
        (tmp_path / CHURN).write_text("a: 1\n")
        assert refusal_codes(tmp_path, pipeline(), pipeline("fraud", resources=[config_map("fraud", {"b": "2"})])) == {
            EDITED
        }

    def test_an_edit_that_compiling_gives_by_now_is_taken_over(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline())
        file = tmp_path / CHURN
        file.write_text("# my comment\n" + file.read_text().replace('a: "1"', 'b: two\n  a: "2"'))
        compile_to(tmp_path, pipeline(resources=[config_map("churn", {"a": "2", "b": "two"})]))
        assert "my comment" not in file.read_text()

    def test_a_value_of_another_type_is_an_edit(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline())
        file = tmp_path / CHURN
        file.write_text(file.read_text().replace('a: "1"', "a: 1"))
        assert refusal_codes(tmp_path, pipeline()) == {EDITED}

    def test_a_changed_file_is_not_deleted(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), pipeline("fraud"))
        file = tmp_path / CHURN
        file.write_text(file.read_text() + "# mine\n")
        [found] = refusal(tmp_path, pipeline("fraud"))
        assert found.code is EDITED
        assert "would be deleted" in found.message

    def test_edits_are_given_up_where_that_is_asked_for(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), pipeline("fraud"), pipeline("old"))
        before = tree(tmp_path)
        for path in (CHURN, "rendered/staging/old/kserve/configmap-old.yaml", "rendered/staging/kustomization.yaml"):
            (tmp_path / path).write_text("edited: true\n")
        compile_to(tmp_path, pipeline(), pipeline("fraud"), pipeline("old"), overwrite_edits=True)
        assert tree(tmp_path) == before
        (tmp_path / "rendered/staging/old/kserve/configmap-old.yaml").write_text("edited: true\n")
        compile_to(tmp_path, pipeline(), pipeline("fraud"), overwrite_edits=True)
        assert not (tmp_path / "rendered/staging/old").exists()

    def test_a_deleted_file_comes_back(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline())
        (tmp_path / CHURN).unlink()
        assert compile_to(tmp_path, pipeline()).added == (CHURN,)
        shutil.rmtree(tmp_path / "rendered/staging")
        compile_to(tmp_path, pipeline())
        assert (tmp_path / CHURN).exists()

    def test_a_foreign_file_is_not_overwritten(self, tmp_path: Path) -> None:
        file = tmp_path / CHURN
        file.parent.mkdir(parents=True)
        file.write_text("mine\n")
        [found] = refusal(tmp_path, pipeline())
        assert found.code is BLOCKED
        assert "a file that no inventory lists stands there" in found.message
        assert refusal_codes(tmp_path, pipeline(), overwrite_edits=True) == {BLOCKED}

    def test_a_foreign_file_with_the_very_content_is_taken_over(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline())
        (tmp_path / "rendered/staging/churn/inventory.json").unlink()
        assert compile_to(tmp_path, pipeline()).added == ("rendered/staging/churn/inventory.json",)

    @pytest.mark.parametrize("obstacle", ["folder", "link", "pipe", "file above"])
    def test_something_that_is_no_file_is_not_overwritten(self, tmp_path: Path, obstacle: str) -> None:
        file = tmp_path / CHURN
        file.parent.mkdir(parents=True)
        if obstacle == "folder":
            file.mkdir()
        elif obstacle == "link":
            (tmp_path / "elsewhere").write_text("x")
            file.symlink_to(tmp_path / "elsewhere")
        elif obstacle == "pipe":
            os.mkfifo(file)
        else:
            file.parent.rmdir()
            file.parent.write_text("a file")
        assert refusal_codes(tmp_path, pipeline()) == {BLOCKED}


class TestClaims:
    def test_two_specs_with_one_resource_are_refused_with_both_named(self, tmp_path: Path) -> None:
        [found] = refusal(tmp_path, pipeline(), pipeline("fraud", resources=[config_map("churn")]))
        assert found.code is SAME_RESOURCE
        [found] = refusal(
            tmp_path, pipeline("a", resources=[config_map("x-1")]), pipeline("b", resources=[config_map("x-1")])
        )
        assert "ConfigMap x-1 in ml is defined" in found.message

    def test_the_message_names_both_specs(self, tmp_path: Path) -> None:
        other = pipeline("fraud", resources=[config_map("fraud"), config_map("churn")])
        [found] = refusal(tmp_path, other, pipeline("churn", resources=[config_map("churn", line=9)]))
        assert found.place.line == 9
        assert found.related[0].place.line == 3

    def test_one_resource_in_two_environments_is_fine(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), pipeline(environment="production"))

    def test_kinds_of_two_groups_and_two_namespaces_are_fine(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(resources=[config_map("churn"), config_map("churn", namespace="other")]))

    def test_one_path_of_two_owners_is_refused(self, tmp_path: Path) -> None:
        wanted = [pipeline(files=[workflow()]), pipeline("fraud", files=[workflow()])]
        [found] = refusal(tmp_path, *wanted)
        assert found.code is TWICE
        assert "by fraud in staging and by churn in staging" in found.message

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("a.txt", "A.txt"),
            ("d/a.txt", "D/b.txt"),
            ("é.txt", "É.txt"),
            ("é.txt", "e\u0301.txt"),
            ("a", "a/b"),
            ("a/b", "A"),
        ],
    )
    def test_paths_that_meet_where_case_does_not_count_are_refused(self, tmp_path: Path, one: str, other: str) -> None:
        assert refusal_codes(tmp_path, pipeline(files=[text_file(one), text_file(other)])) == {TWICE}
        at_root = [shared(None, files=[text_file(path, root=Root.REPOSITORY)]) for path in (one,)]
        mine = pipeline(files=[text_file(other, root=Root.REPOSITORY)])
        assert refusal_codes(tmp_path, mine, *at_root) == {TWICE}

    @pytest.mark.parametrize(
        "path", ["../x", "a/../../x", "/etc/x", ".git/hooks/x", ".fairlead/x", "rendered/staging/x"]
    )
    def test_a_file_in_a_place_of_others_is_refused(self, tmp_path: Path, path: str) -> None:
        assert refusal_codes(tmp_path, pipeline(files=[text_file(path, root=Root.REPOSITORY)])) == {OUTSIDE}

    def test_a_file_that_leaves_its_targets_folder_is_refused(self, tmp_path: Path) -> None:
        assert refusal_codes(tmp_path, pipeline(files=[text_file("../../fraud/x")])) == {OUTSIDE}

    @pytest.mark.parametrize("output", ["../out", "/out", ".git/x", "a/../../b"])
    def test_an_output_outside_the_repository_is_refused(self, tmp_path: Path, output: str) -> None:
        with pytest.raises(Refused) as refused:
            write(tmp_path, PurePosixPath(output), [], ALL)
        assert [found.code for found in refused.value.diagnostics] == [OUTSIDE]

    @pytest.mark.parametrize("link", ["rendered", "rendered/staging", "rendered/staging/churn/kserve"])
    def test_a_symbolic_link_on_the_way_is_refused(self, tmp_path: Path, link: str) -> None:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        (tmp_path / link).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / link).symlink_to(elsewhere)
        assert refusal_codes(tmp_path, pipeline()) == {LINKED}
        assert list(elsewhere.iterdir()) == []


class TestEmptiness:
    def test_a_spec_that_gives_nothing_is_refused(self, tmp_path: Path) -> None:
        [found] = refusal(tmp_path, pipeline(), pipeline("fraud", resources=[]))
        assert found.code is NOTHING
        assert found.place.file == "specs/fraud.yaml"

    def test_a_spec_that_gives_something_in_one_environment_is_fine(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), pipeline(environment="production", resources=[]))

    @pytest.mark.parametrize("reason", ["deferred", "retired"])
    def test_nothing_is_fine_where_it_is_explained(self, tmp_path: Path, reason: str) -> None:
        compile_to(tmp_path, pipeline())
        waiting = [Deferred("InferenceService", "churn", "awaiting-first-version", "none yet", origin())]
        empty = (
            pipeline(resources=[], deferred=waiting)
            if reason == "deferred"
            else pipeline(resources=[], explained=("retired",))
        )
        compile_to(tmp_path, empty)
        assert tree(tmp_path) == {}

    def test_one_environment_alone_may_give_nothing(self, tmp_path: Path) -> None:
        selection = Selection(ENVIRONMENTS, environments=frozenset({"production"}))
        compile_to(tmp_path, pipeline(environment="production", resources=[]), selection=selection)

    def test_an_environment_does_not_lose_everything_by_mistake(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), pipeline("fraud"), pipeline(environment="production"))
        [found] = refusal(tmp_path, pipeline(environment="production"))
        assert found.code is ALL_GONE
        assert "all 2 pipelines of staging" in found.message
        assert len(refusal(tmp_path)) == 2

    def test_unless_that_is_asked_for(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), pipeline("fraud"), pipeline(environment="production"))
        compile_to(tmp_path, pipeline(environment="production"), allow_empty=True)
        assert not (tmp_path / "rendered/staging").exists()


class TestInventories:
    def test_a_damaged_inventory_stops_everything(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline(), pipeline("fraud"))
        inventory = tmp_path / "rendered/staging/churn/inventory.json"
        inventory.write_text("<<<<<<< HEAD\n" + inventory.read_text())
        [found] = refusal(tmp_path, pipeline(), pipeline("fraud"))
        assert found.code is CORRUPTED
        assert found.place.file == "rendered/staging/churn/inventory.json"
        assert refusal_codes(tmp_path, pipeline("fraud")) == {CORRUPTED}

    def test_a_folder_in_its_place_does_too(self, tmp_path: Path) -> None:
        (tmp_path / "rendered/staging/churn/inventory.json").mkdir(parents=True)
        assert refusal_codes(tmp_path, pipeline()) == {CORRUPTED}

    def test_it_cannot_make_fairlead_delete_what_differs_from_its_digest(self, tmp_path: Path) -> None:
        compile_to(tmp_path, pipeline())
        (tmp_path / "precious.txt").write_text("mine\n")
        inventory = tmp_path / "rendered/staging/churn/inventory.json"
        inventory.write_text(inventory.read_text().replace(CHURN, "precious.txt"))
        assert BLOCKED in refusal_codes(tmp_path, pipeline())


def test_all_findings_come_at_once_and_in_order(tmp_path: Path) -> None:
    compile_to(tmp_path, pipeline(), pipeline("old"))
    (tmp_path / CHURN).write_text("edited: true\n")
    (tmp_path / "rendered/staging/old/inventory.json").write_text("{}")
    found = refusal(tmp_path, pipeline(), pipeline("fraud", resources=[]), pipeline("x", files=[text_file("../../y")]))
    assert {one.code for one in found} == {EDITED, CORRUPTED, NOTHING, OUTSIDE}
    assert found == sorted(found, key=lambda one: one.sort_key)


def test_one_owner_is_assembled_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="assembled twice"):
        compile_to(tmp_path, pipeline(), pipeline())
