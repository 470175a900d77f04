"""Reading: the values, their places, and every refusal with its place and its absence where all is well."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fairlead.source import structure
from fairlead.source.diagnostics import Diagnostic
from fairlead.source.nodes import Mapping, Node, Scalar, Sequence, find, plain
from fairlead.source.places import Place
from fairlead.source.reader import MAX_BYTES, Document, read, read_file


def reading(text: str) -> Document:
    return read("a.yaml", text.encode())


def value(text: str) -> object:
    """The plain value of a text that nothing is wrong with."""
    document = reading(text)
    assert document.diagnostics == []
    assert document.root is not None
    return plain(document.root)


def only(text: str | bytes) -> Diagnostic:
    """The one finding about `text`."""
    document = read("a.yaml", text if isinstance(text, bytes) else text.encode())
    assert len(document.diagnostics) == 1, document.diagnostics
    return document.diagnostics[0]


def spot(found: Diagnostic) -> tuple[str, int, int, int, int]:
    place = found.place
    return (found.code.id, place.line, place.column, place.end_line, place.end_column)


def scalar(text: str, *path: str | int) -> Scalar:
    root = reading(text).root
    assert root is not None
    node = find(root, path)
    assert isinstance(node, Scalar)
    return node


def span(node: Node) -> tuple[int, int, int, int]:
    return (node.place.line, node.place.column, node.place.end_line, node.place.end_column)


class TestValues:
    def test_plain_values_have_the_types_of_the_core_schema(self) -> None:
        assert value("{i: 4, n: -7, f: 0.25, t: true, z: null, s: text, q: '4'}") == {
            "i": 4, "n": -7, "f": 0.25, "t": True, "z": None, "s": "text", "q": "4",
        }  # fmt: skip

    def test_a_key_without_a_value_holds_null(self) -> None:
        assert value("a:\nb:\n") == {"a": None, "b": None}

    def test_dates_and_versions_are_text(self) -> None:
        assert value("[2027-03-31, 1.2.3, 10.0.0.1]") == ["2027-03-31", "1.2.3", "10.0.0.1"]

    def test_keys_are_always_text(self) -> None:
        assert value("{on: 1, 1: 2, true: 3, null: 4, 012: 5}") == {"on": 1, "1": 2, "true": 3, "null": 4, "012": 5}

    def test_addresses_stand_in_flow_collections_without_quotes(self) -> None:
        text = "{uri: s3://acme/x/, at: 'b:c', url: https://a.b:80/c?d=e&f, list: [a:b, hf://o/m]}"
        assert value(text) == {
            "uri": "s3://acme/x/",
            "at": "b:c",
            "url": "https://a.b:80/c?d=e&f",
            "list": ["a:b", "hf://o/m"],
        }

    def test_json_is_read(self) -> None:
        assert value('{"a":1,"b":[true,null,"c:d?"],"e":{"f":"\\/"}}') == {
            "a": 1,
            "b": [True, None, "c:d?"],
            "e": {"f": "/"},
        }

    def test_private_use_characters_of_the_file_survive(self) -> None:
        assert value("[a:b, '\ue000\ue001', c?d]") == ["a:b", "\ue000\ue001", "c?d"]

    def test_an_alias_shares_the_node_of_its_anchor(self) -> None:
        root = reading("a: &x {b: 1}\nc: *x\nd: &y 4\ne: *y\n").root
        assert isinstance(root, Mapping)
        assert root.get("c") is root.get("a")
        assert root.get("e") is root.get("d")

    def test_an_alias_of_text_may_be_a_key(self) -> None:
        document = reading("a: &x b\n*x : 1\n")
        assert document.diagnostics == []
        assert isinstance(document.root, Mapping)
        assert plain(document.root) == {"a": "b", "b": 1}
        assert document.root.entries["b"].key_place == Place("a.yaml", 2, 1, 2, 3)

    def test_an_anchor_may_be_defined_again(self) -> None:
        assert value("[&x 1, *x, &x 2, *x]") == [1, 1, 2, 2]

    def test_a_scalar_of_ten_megabytes_is_read(self) -> None:
        text = "a" * 10_000_000
        assert value(f"k: {text}\n") == {"k": text}


class TestPlaces:
    def test_a_plain_value_stands_at_its_characters(self) -> None:
        node = scalar("a:\n  b: text # note\n", "a", "b")
        assert (span(node), node.text, node.inline) == ((2, 6, 2, 10), "text", True)

    def test_a_quoted_value_includes_its_quotes_and_knows_its_text(self) -> None:
        node = scalar("a: 'text'\n", "a")
        assert (span(node), node.quoted, node.inline) == ((1, 4, 1, 10), True, True)
        assert node.text_place == Place("a.yaml", 1, 5, 1, 9)

    @pytest.mark.parametrize(
        "text", ["a: 'it''s'", 'a: "a\\tb"', "a: b\n  c", "a: 'b\n  c'", "a: |\n  b\n", "a: >-\n  b"]
    )
    def test_text_with_escapes_or_on_several_lines_is_not_inline(self, text: str) -> None:
        assert not scalar(text, "a").inline

    def test_columns_count_characters(self) -> None:
        assert span(scalar("日本: 😀 y\n", "日本")) == (1, 5, 1, 8)

    def test_a_byte_order_mark_takes_no_column(self) -> None:
        document = read("a.yaml", b"\xef\xbb\xbfa: 1\n")
        assert document.diagnostics == []
        assert document.text == "a: 1\n"
        assert document.root is not None
        assert span(document.root) == (1, 1, 1, 5)

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_every_line_end_counts_once(self, end: str) -> None:
        text = end.join(["a: b", "", "c: [d,", "  e]", "f: |", "  g", "  h", ""])
        document = reading(text)
        assert plain(document.root or Sequence((), Place.start_of(""))) == {"a": "b", "c": ["d", "e"], "f": "g\nh\n"}
        assert span(scalar(text, "c", 1)) == (4, 3, 4, 4)
        assert document.lines[3] == "  e]"

    def test_a_collection_ends_where_its_last_value_ends(self) -> None:
        root = reading("a:\n  b: 1\n\n# note\nc: [1, 2]  # note\n").root
        assert isinstance(root, Mapping)
        a, c = root.get("a"), root.get("c")
        assert a is not None
        assert c is not None
        assert (span(a), span(c), span(root)) == ((2, 3, 2, 7), (5, 4, 5, 10), (1, 1, 5, 10))

    def test_a_list_starts_at_its_first_dash(self) -> None:
        root = reading("a:\n- b\n- c\n").root
        assert root is not None
        node = find(root, ("a",))
        assert isinstance(node, Sequence)
        assert span(node) == (2, 1, 3, 4)

    def test_a_block_scalar_ends_with_its_last_line(self) -> None:
        assert span(scalar("a: |\n  b\n  c\n\n\nd: 1\n", "a")) == (1, 4, 3, 4)
        assert span(scalar("a: |\n  b\n  c", "a")) == (1, 4, 3, 4)

    def test_a_missing_value_stands_behind_its_colon(self) -> None:
        assert span(scalar("a:\nb: 1\n", "a")) == (1, 3, 1, 3)
        assert span(scalar("a:", "a")) == (1, 3, 1, 3)

    def test_an_anchor_belongs_to_no_value(self) -> None:
        text = "a: &x 'b'\nc: &y\n  d\ne: &z {f: 1}\ng: &w\n  h: 1\n"
        assert span(scalar(text, "a")) == (1, 7, 1, 10)
        assert span(scalar(text, "c")) == (3, 3, 3, 4)
        root = reading(text).root
        assert root is not None
        e, g = find(root, ("e",)), find(root, ("g",))
        assert e is not None
        assert g is not None
        assert (span(e), span(g)) == ((4, 7, 4, 13), (6, 3, 6, 7))


class TestMeaning:
    def test_a_duplicate_key_is_refused_and_shows_the_first(self) -> None:
        found = only("a: 1\nb: 2\na: 3\n")
        assert spot(found) == ("FL1012", 3, 1, 3, 2)
        assert found.related[0].place == Place("a.yaml", 1, 1, 1, 2)

    def test_the_first_of_two_keys_stays(self) -> None:
        root = reading("a: 1\na: 3\n").root
        assert root is not None
        assert plain(root) == {"a": 1}

    def test_keys_are_compared_as_text(self) -> None:
        assert only('{1: a, "1": b}').code is structure.DUPLICATE_KEY

    def test_the_same_key_in_two_mappings_is_fine(self) -> None:
        assert value("a: {b: 1}\nc: {b: 1}\n") == {"a": {"b": 1}, "c": {"b": 1}}

    @pytest.mark.parametrize(
        ("text", "tag"), [("a: !foo b", "!foo"), ("a: !!str 4", "!!str"), ("a: &x !<tag:x,1:y> {}", "!<tag:x,1:y>")]
    )
    def test_a_tag_is_refused_at_its_place(self, text: str, tag: str) -> None:
        found = only(text)
        column = text.index(tag) + 1
        assert spot(found) == ("FL1013", 1, column, 1, column + len(tag))
        assert f"`{tag}`" in found.message

    def test_an_exclamation_mark_in_text_is_no_tag(self) -> None:
        assert value("a: hello !world\nb: '!foo'\n") == {"a": "hello !world", "b": "!foo"}

    def test_a_merge_key_is_refused_and_merges_nothing(self) -> None:
        document = reading("a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n")
        assert [spot(found) for found in document.diagnostics] == [("FL1014", 3, 3, 3, 5)]
        assert document.root is not None
        assert plain(document.root) == {"a": {"x": 1}, "b": {"y": 2}}

    def test_a_quoted_merge_key_is_text(self) -> None:
        assert value("'<<': 1") == {"<<": 1}

    @pytest.mark.parametrize("text", ["? [a]\n: b", "{[a]: b}", "{{a: 1}: b}", "name: {{ x }}", ": b", "{? : b}"])
    def test_a_key_that_is_not_text_is_refused(self, text: str) -> None:
        codes = {found.code.id for found in reading(text).diagnostics}
        assert codes in ({"FL1015"}, {"FL1007"})
        assert codes == {"FL1015"} or text == ": b"

    def test_an_empty_quoted_key_is_text(self) -> None:
        assert value('"": 1') == {"": 1}

    def test_a_second_document_is_refused_and_the_first_is_kept(self) -> None:
        document = reading("a: 1\n---\nb: 2\n")
        assert [spot(found) for found in document.diagnostics] == [("FL1011", 2, 1, 2, 4)]
        assert document.root is not None
        assert plain(document.root) == {"a": 1}

    def test_markers_around_one_document_are_fine(self) -> None:
        assert value("%YAML 1.2\n---\na: 1\n...\n") == {"a": 1}

    @pytest.mark.parametrize("text", ["", "\n", "# note\n", "---\n", "---\n...\n", "\ufeff"])
    def test_an_empty_document_is_said_to_be_empty(self, text: str) -> None:
        document = reading(text)
        assert [spot(found) for found in document.diagnostics] == [("FL1010", 1, 1, 1, 1)]
        assert document.root is None

    @pytest.mark.parametrize("text", ["null", "''", "|\n", "[]", "{}"])
    def test_a_document_that_says_something_is_not_empty(self, text: str) -> None:
        assert reading(text).diagnostics == []

    def test_a_plain_value_that_readers_disagree_on_is_refused_and_reading_goes_on(self) -> None:
        document = reading("a: no\nb: 012\nc: !x y\na: 2\n")
        assert [spot(found)[:3] for found in document.diagnostics] == [
            ("FL1019", 1, 4),
            ("FL1019", 2, 4),
            ("FL1013", 3, 4),
            ("FL1012", 4, 1),
        ]
        assert document.root is not None


class TestBounds:
    def test_an_alias_without_an_anchor_names_the_nearest(self) -> None:
        found = only("a: &common 1\nb: *comon\n")
        assert spot(found) == ("FL1016", 2, 4, 2, 10)
        assert found.nearest == "*common"

    def test_an_alias_above_its_anchor_is_refused(self) -> None:
        assert only("a: *x\nb: &x 1\n").code is structure.UNKNOWN_ALIAS

    @pytest.mark.parametrize("text", ["a: &x\n  b: *x\n", "a: &x [1, [*x]]\n"])
    def test_a_value_that_contains_itself_is_refused(self, text: str) -> None:
        found = only(text)
        assert found.code is structure.CYCLE
        assert found.related

    def test_aliases_that_expand_to_billions_are_refused_at_once(self) -> None:
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
        document = reading("\n".join(lines))
        assert [found.code for found in document.diagnostics] == [structure.ALIAS_BOMB]
        assert document.root is None

    def test_ordinary_reuse_of_an_anchor_is_fine(self) -> None:
        text = "a: &a {x: [1, 2, 3]}\nb: [" + ", ".join(["*a"] * 1_000) + "]\n"
        assert reading(text).diagnostics == []

    @pytest.mark.parametrize("step", ["[", "{a: ", "- "])
    def test_nesting_is_bounded(self, step: str) -> None:
        document = reading(step * 100_000)
        assert [found.code for found in document.diagnostics] == [structure.TOO_DEEP]
        assert document.diagnostics[0].place.column == len(step) * structure.MAX_DEPTH + 1
        assert document.root is None

    def test_the_deepest_nesting_allowed_is_read(self) -> None:
        assert reading("[" * structure.MAX_DEPTH + "]" * structure.MAX_DEPTH).diagnostics == []

    def test_a_file_of_too_many_bytes_is_not_parsed(self) -> None:
        assert only(b"#" * (MAX_BYTES + 1)).code is structure.TOO_LARGE
        assert only(b"#" * MAX_BYTES).code.id == "FL1010"

    def test_a_document_of_too_many_values_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(structure, "MAX_NODES", 10)
        assert only("- 1\n" * 11).place.line == 11
        assert reading("- 1\n" * 9).diagnostics == []


class TestFiles:
    def test_a_file_is_read_below_its_root(self, tmp_path: Path) -> None:
        (tmp_path / "specs").mkdir()
        (tmp_path / "specs" / "a.yaml").write_bytes(b"a: 1\r\n")
        document = read_file(tmp_path, "specs/a.yaml")
        assert document.file == "specs/a.yaml"
        assert document.root is not None
        assert document.root.place.file == "specs/a.yaml"

    def test_a_file_that_is_not_there_is_a_finding(self, tmp_path: Path) -> None:
        found = read_file(tmp_path, "a.yaml").diagnostics
        assert [each.message for each in found] == ["`a.yaml` can't be read: no such file or directory"]

    def test_a_folder_and_a_name_that_cannot_be_are_findings(self, tmp_path: Path) -> None:
        assert [found.code.id for found in read_file(tmp_path, ".").diagnostics] == ["FL1001"]
        assert [found.code.id for found in read_file(tmp_path, "a\0b").diagnostics] == ["FL1001"]

    def test_a_huge_file_is_not_read_into_memory(self, tmp_path: Path) -> None:
        with (tmp_path / "a.yaml").open("wb") as stream:
            stream.truncate(10 * 2**30)
        assert [found.code for found in read_file(tmp_path, "a.yaml").diagnostics] == [structure.TOO_LARGE]


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    document = read_file(tmp_path, "a.yaml")
    assert [found.code.id for found in document.diagnostics] == ["FL1001"]
    assert "a device or a pipe" in document.diagnostics[0].message
