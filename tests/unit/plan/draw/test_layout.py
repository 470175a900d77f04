"""The poster's layout: nothing overlaps, whatever the graph."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

from hypothesis import given, strategies as st

from fairlead.plan.artifacts import Artifact, ArtifactType
from fairlead.plan.draw.drawing import Drawing, Flow, Kind, Link, Stage, Vertex, drawing
from fairlead.plan.draw.svg.cards import PADDING, SIZE, TITLE_SIZE, WIDTH
from fairlead.plan.draw.svg.layers import layered
from fairlead.plan.draw.svg.measure import fitted, width, wrapped
from fairlead.plan.draw.svg.order import crossings, ordered
from fairlead.plan.draw.svg.places import LANE_FOOT, LANE_HEAD, Placed, placed
from fairlead.plan.draw.svg.routes import routes
from fairlead.plan.draw.svg.spread import spread
from tests.unit.plan.draw.example import plan_of

STAGES = list(Stage)


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    """Acyclic graphs whose stages follow each other, with texts of any length."""
    count = draw(st.integers(1, 14))
    stages = sorted(draw(st.lists(st.integers(0, 5), min_size=count, max_size=count)))
    words = st.text("ab W日", max_size=60)
    vertices, links = [], []
    for index, stage in enumerate(stages):
        names = [f"x{index}/{part}" for part in range(draw(st.integers(0, 3)))]
        gives = tuple(Artifact(name, ArtifactType.DATASET) for name in names)
        details = tuple(draw(st.lists(words, max_size=7)))
        vertices.append(Vertex(f"v{index}", Kind.CHECK, STAGES[stage], draw(words), details, gives))
        for giver in draw(st.sets(st.integers(0, index - 1), max_size=3)) if index else ():
            given_ = vertices[giver].gives
            links += [Link(f"v{giver}", f"v{index}", artifact.id, type=artifact.type) for artifact in given_]
    if count > 1 and draw(st.booleans()):
        links.append(Link(f"v{count - 1}", "v0", "again", Flow.LOOP, why="because"))
    return Drawing("any", "staging", "team", "", tuple(vertices), tuple(links))


def boxes(geometry: Placed) -> dict[str, tuple[float, float, float, float]]:
    found = {}
    for item in geometry.column_of:
        card = geometry.card(item)
        if card:
            x, y = geometry.x(item), geometry.y[item]
            found[item] = (x, y, x + WIDTH, y + card.height)
    return found


def apart(a: tuple[float, float, float, float], b: tuple[float, float, float, float], least: float = 0) -> bool:
    return a[2] + least <= b[0] or b[2] + least <= a[0] or a[3] + least <= b[1] or b[3] + least <= a[1]


@given(drawings())
def test_no_two_cards_touch(shown: Drawing) -> None:
    found = boxes(placed(shown))
    assert len(found) == len(shown.vertices)
    assert [(a, b) for a, b in combinations(found, 2) if not apart(found[a], found[b], least=8)] == []


@given(drawings())
def test_no_way_crosses_a_card(shown: Drawing) -> None:
    geometry = placed(shown)
    found = boxes(geometry)
    for bend in set(geometry.column_of) - set(found):
        left = geometry.x(bend)
        line = (left, geometry.y[bend], left + WIDTH, geometry.y[bend])
        assert [name for name, box in found.items() if not apart(line, box)] == []


@given(drawings())
def test_a_way_leads_from_every_giver_to_every_reader(shown: Drawing) -> None:
    geometry = placed(shown)
    after: dict[tuple[str, tuple[str, int]], list[str]] = {}
    for piece in geometry.layers.pieces:
        after.setdefault((piece.start, piece.trunk), []).append(piece.end)
        assert geometry.column_of[piece.end] == geometry.column_of[piece.start] + 1
    for name, card in geometry.layers.cards.items():
        for position, port in enumerate(card.ports):
            if port.links and port.flow is not Flow.LOOP:
                open_, reached = [name], set[str]()
                while open_:
                    for end in after.get((open_.pop(), (name, position)), []):
                        (reached.add if end in geometry.layers.cards else open_.append)(end)
                assert reached == set(port.readers)


@given(drawings())
def test_ways_end_beside_the_bands_of_their_cards_and_apart(shown: Drawing) -> None:
    geometry = placed(shown)
    ends: dict[str, list[float]] = {}
    for line, piece in zip(routes(geometry).lines, geometry.layers.pieces, strict=True):
        if line.arrow:
            ends.setdefault(piece.end, []).append(line.arrow[1] - geometry.y[piece.end])
    for item, heights in ends.items():
        card = geometry.card(item)
        assert card
        assert min(heights) >= card.height - card.band
        assert max(heights) <= card.height
        assert all(below - above > 6 for above, below in pairwise(sorted(heights)))


@given(drawings())
def test_lanes_hold_their_cards_and_do_not_overlap(shown: Drawing) -> None:
    geometry = placed(shown)
    lanes = {
        stage: (left - 16, row.top, right + 16, row.top + row.height) for stage, row, left, right in geometry.lanes()
    }
    assert [(a, b) for a, b in combinations(lanes, 2) if not apart(lanes[a], lanes[b])] == []
    for name, box in boxes(geometry).items():
        lane = lanes[geometry.layers.cards[name].vertex.stage]
        assert lane[0] < box[0] < box[2] < lane[2]
        assert lane[1] + LANE_HEAD <= box[1] < box[3] <= lane[3] - LANE_FOOT


@given(drawings())
def test_text_fits_its_card(shown: Drawing) -> None:
    room = WIDTH - 2 * PADDING
    for card in layered(shown).cards.values():
        assert all(width(line, TITLE_SIZE, bold=True) <= room for line in card.title)
        assert all(width(line, SIZE) <= room for line in (*card.details, *card.waiting))
        assert all(width(f"{port.type} {port.names}", SIZE) <= room + width(" ", SIZE) for port in card.ports)


@given(drawings())
def test_ordering_never_adds_crossings(shown: Drawing) -> None:
    layers = layered(shown)
    graph = layers.graph()
    better = ordered(graph, layers.columns)
    assert crossings(graph, better) <= crossings(graph, layers.columns)
    assert [sorted(column) for column in better] == [sorted(column) for column in layers.columns]


def test_a_crossing_that_need_not_be_is_undone() -> None:
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph([("a", "d"), ("b", "c")])
    columns = [["a", "b"], ["c", "d"]]
    assert crossings(graph, columns) == 1
    assert crossings(graph, ordered(graph, columns)) == 0


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(0.5, 9), st.floats(0, 50)), min_size=1, max_size=12))
def test_spreading_keeps_the_order_and_the_distances(items: list[tuple[float, float, float]]) -> None:
    wanted, weights, distances = zip(*items, strict=True)
    found = spread(wanted, weights, distances[1:])
    assert all(
        below - above >= least - 1e-6 for (above, below), least in zip(pairwise(found), distances[1:], strict=True)
    )


def test_spreading_moves_nothing_that_has_room_and_shares_what_has_none() -> None:
    assert spread([0, 10, 20], [1, 1, 1], [5, 5]) == [0, 10, 20]
    assert spread([0, 0], [1, 1], [10]) == [-5, 5]
    assert spread([0, 0], [3, 1], [8]) == [-2, 6]


def test_a_life_with_a_loop_turns_back(tmp_path: Path) -> None:
    geometry = placed(drawing(plan_of(tmp_path)))
    assert [row.backwards for row in geometry.rows] == [False, True]
    assert geometry.x("retrain") <= geometry.x("serve") < geometry.x("lock") < geometry.x("propose")
    loop = routes(geometry).loop
    assert loop is not None
    assert loop.arrow is not None
    assert (loop.arrow[0], loop.arrow[2]) == (geometry.x("data/scans"), 1)


def test_a_long_word_is_cut_and_marked() -> None:
    assert fitted("abc", 10, 100) == "abc"
    cut = fitted("a" * 100, 10, 100)
    assert cut.endswith("…")
    assert width(cut, 10) <= 100


def test_words_are_wrapped_and_the_last_line_is_cut() -> None:
    assert wrapped("one two", 10, 1000, 2) == ["one two"]
    assert wrapped("one two three four", 10, 40, 2) == ["one two"[:3], fitted("two three four", 10, 40)]
