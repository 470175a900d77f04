"""Graphs with marks, whatever base and head are to each other."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given, strategies as st

from fairlead.plan.artifacts import Artifact, ArtifactType
from fairlead.plan.draw.drawing import Drawing, Flow, Kind, Link, Stage, Vertex
from fairlead.preview.html.pictures import picture
from fairlead.preview.model import Change, Graph, GraphLink, GraphNode
from tests.pages import drawing_of, graph_of

STAGES = list(Stage)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Graphs of two states together: with circles, ways back, two loops, and ways from and to nothing."""
    count = draw(st.integers(1, 7))
    kind = st.sampled_from(list(Kind))
    vertices = tuple(
        Vertex(
            f"v{i}",
            draw(kind),
            draw(st.sampled_from(STAGES)),
            f"node {i}",
            (),
            (Artifact(f"v{i}/x", ArtifactType.DATASET),),
        )
        for i in range(count)
    )
    names = st.sampled_from([*(vertex.id for vertex in vertices), "nowhere"])
    flows = st.sampled_from([Flow.ARTIFACT, Flow.ARTIFACT, Flow.LOOP, Flow.COMMIT])
    ways = draw(st.lists(st.tuples(names, names, flows), max_size=12, unique_by=lambda way: way[:2]))
    links = tuple(
        Link(giver, reader, "again" if flow is Flow.LOOP else f"{giver}/x", flow, why="so")
        for giver, reader, flow in ways
    )
    change = st.sampled_from(list(Change))
    return Graph(
        tuple(GraphNode(v.id, v.kind, v.stage, v.title, v.details, draw(change)) for v in vertices),
        tuple(GraphLink(link.giver, link.reader, link.label, draw(change)) for link in links),
        "",
        Drawing("any", "staging", "team", "", vertices, links),
    )


@given(graphs())
def test_every_graph_can_be_drawn(graph: Graph) -> None:
    text = picture(graph, "graph/any")
    root = ET.fromstring(text)  # noqa: S314 - made from our own output
    marked = [
        node for node in graph.nodes if node.change in (Change.ADDED, Change.REMOVED, Change.CHANGED, Change.REPLACED)
    ]
    badges = [element for element in root.iter("rect") if element.attrib.get("class", "").startswith("badge")]
    assert len(badges) == len(marked)
    assert picture(graph, "graph/any") == text


def test_a_mark_is_more_than_a_colour() -> None:
    text = picture(graph_of(drawing_of("churn", "staging")), "g")
    for word in ("+ added", "− removed", "≠ changed"):
        assert f">{word}</text>" in text
    assert text.count('<g class="gone"') == 2
    assert "removed: drift of weight, alert on drift" in text
    assert "changed: split by group customer_id, serve" in text


def test_ids_begin_with_the_name_of_the_figure() -> None:
    text = picture(graph_of(drawing_of("churn", "staging")), "graph/churn/staging")
    ids = [element.attrib["id"] for element in ET.fromstring(text).iter() if "id" in element.attrib]  # noqa: S314
    assert ids == ["graph/churn/staging-title", "graph/churn/staging-words"]


def test_ways_of_head_come_before_those_of_base() -> None:
    vertices = tuple(
        Vertex(name, Kind.PREPARE, Stage.DATA, name, (), (Artifact(name, ArtifactType.DATASET),)) for name in "ab"
    )
    links = (Link("a", "b", "a"), Link("b", "a", "b"))
    shown = Drawing("any", "staging", "team", "", vertices, links)
    nodes = tuple(GraphNode(v.id, v.kind, v.stage, v.title, (), Change.SAME) for v in vertices)
    changes = (GraphLink("a", "b", "a", Change.REMOVED), GraphLink("b", "a", "b", Change.ADDED))
    text = picture(Graph(nodes, changes, "", shown), "g")
    assert "w-added" in text
    assert 'class="way w-removed" d="M' not in text.replace('d="M0 0H30"', "")
