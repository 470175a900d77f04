"""A small sign for each kind, drawn with a pen on a square of 14."""

from __future__ import annotations

from typing import Final

from fairlead.plan.draw.drawing import Kind

ICONS: Final[dict[Kind, str]] = {
    Kind.SNAPSHOT: "M2 3.5c0-2 10-2 10 0v7c0 2-10 2-10 0zM2 3.5c0 2 10 2 10 0M2 7c0 2 10 2 10 0",
    Kind.CHECK: "M1.8 7.6l3.4 3.4L12.2 3.4",
    Kind.PREPARE: "M1.5 2.2h11l-4.2 5v3.6l-2.6 1.4V7.2z",
    Kind.SPLIT: "M1 7h3.5l4-4.2h4M4.5 7l4 4.2h4",
    Kind.TUNE: "M1.5 4h3M7.5 4h5M1.5 10h5M9.5 10h3M4.5 2.4v3.2h3V2.4zM6.5 8.4v3.2h3V8.4z",
    Kind.TRAIN: "M7 1.2l5.6 2.9L7 7 1.4 4.1zM1.4 7L7 9.9 12.6 7M1.4 9.9L7 12.8l5.6-2.9",
    Kind.EVALUATE: "M1.5 11a5.5 5.8 0 0 1 11 0zM7 11l2.7-4",
    Kind.GATE: "M7 1.2l5.8 5.8L7 12.8 1.2 7zM4.8 7.1l1.6 1.6 2.9-3.1",
    Kind.REGISTER: "M1.6 1.6h5.2l5.7 5.7-5.2 5.2-5.7-5.7zM4.3 4.3h.01",
    Kind.PROPOSE: (
        "M2 3a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0M2 11a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0"
        "M9 11a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0M3.5 4.5v5M10.5 9.5V6Q10.5 3.5 8 3.5H6.6M8.2 1.8L6.5 3.5l1.7 1.7"
    ),
    Kind.LOCK: "M2.8 6.3h8.4v6H2.8zM4.6 6.3V4.2a2.4 2.4 0 0 1 4.8 0v2.1M7 8.6v1.6",
    Kind.ENVIRONMENT: "M1.5 2h11v10h-11zM1.5 5h11M3.6 3.5h.01M5.4 3.5h.01",
    Kind.SERVE: "M1.5 2h11v4h-11zM1.5 8h11v4h-11zM4 4h.01M4 10h.01M6.5 4h3.5M6.5 10h3.5",
    Kind.BATCH: "M1.5 7a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0M7 3.8V7l2.4 1.6",
    Kind.GRAPH: "M1 7h5M6 7l5-4.4M6 7h6.5M6 7l5 4.4M5 7a1 1 0 1 0 2 0a1 1 0 1 0-2 0",
    Kind.MEMBER: "M7 1.2l5.2 2.9v5.8L7 12.8 1.8 9.9V4.1zM1.8 4.1L7 7l5.2-2.9M7 7v5.8",
    Kind.SLO: "M1.5 7a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0M4.5 7a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M7 7h.01",
    Kind.DRIFT: "M1 5.2c2-3.4 4-3.4 6 0s4 3.4 6 0M1 10c2-3.4 4-3.4 6 0s4 3.4 6 0",
    Kind.SCORE: "M2.6 10.4h8.8C10.2 9.2 10 8 10 6a3 3 0 0 0-6 0c0 2-.2 3.2-1.4 4.4zM5.8 12.4h2.4",
    Kind.QUALITY: "M2 12.2V8.4M5.3 12.2V5.6M8.7 12.2V7.4M12 12.2V2",
    Kind.RETRAIN: "M12 8.4A5.2 5.2 0 1 1 11.2 3.6M11.7 1.2v3H8.7",
}
