"""`monitoring`: what is promised, and what is watched."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fairlead.spec.base import Items, Section
from fairlead.spec.expressions import QualityGate
from fairlead.spec.units import Duration, Identifier, Name, Percentage, Uri, WebUrl

DriftMethod = Literal["psi", "ks", "wasserstein", "jensen-shannon", "chi2"]


class LatencyObjective(Section):
    """A share of requests that must be faster than a bound."""

    objective: Percentage
    """The share."""
    below: Duration
    """The bound: a bucket boundary of the histogram that measures it."""


class Latency(LatencyObjective):
    """A share of requests that must be faster than a bound, and where that is measured."""

    at: Literal["server", "edge"] = "server"
    """server: the model server's histogram, blind to queueing. edge: the queue-proxy in Knative mode, the platform's
    gateway in Standard."""


class Slos(Section):
    """Service level objectives, each with an error budget over the window."""

    window: Duration = Duration.parse("30d")
    """The window of the error budget."""
    availability: Percentage | None = None
    """The share of requests that must be answered without a server error."""
    latency: Latency | None = None
    """The share of requests that must be fast."""
    time_to_first_token: LatencyObjective | None = None
    """For language models: the share of requests whose first token comes in time."""
    inter_token_latency: LatencyObjective | None = None
    """For language models: the share of tokens that follow the one before in time."""


class FeatureDrift(Section):
    """What differs for one feature."""

    threshold: Annotated[float, Field(gt=0)] | None = None
    """The score from which this feature counts as drifted."""
    method: DriftMethod | None = None
    """How this feature's drift is measured."""


class Drift(Section):
    """A scheduled comparison of what the model is asked with what it was trained on. It reads logged payloads."""

    every: Duration = Duration.parse("1h")
    """How often."""
    window: Duration = Duration.parse("24h")
    """How far back payloads are read."""
    method: DriftMethod = "psi"
    """psi: population stability index. ks: the Kolmogorov-Smirnov statistic. wasserstein: the distance in standard
    deviations of the reference. jensen-shannon: the distance, base 2. chi2: one minus the p-value. More is worse."""
    threshold: Annotated[float, Field(gt=0)] | None = None
    """The score from which a feature counts as drifted; 0.25 for psi, 0.1 for ks, wasserstein and jensen-shannon, 0.95
    for chi2 where nothing is said."""
    features: dict[Identifier, FeatureDrift] = Field(default_factory=dict)
    """Features that differ from the default; the rest take it."""
    prediction: bool = False
    """Whether the distribution of predictions is watched as well."""


class Labels(Section):
    """Where ground truth arrives, and how it finds its prediction."""

    uri: Uri
    """Where labels are."""
    format: Literal["csv", "parquet", "jsonl"] | None = None
    """The format; the ending of the URI tells where nothing is said."""
    join: Identifier = Identifier.parse("request_id")
    """The field that a label and a logged request share: `request_id`, or an id column."""
    column: Identifier | None = None
    """The column that holds the truth; the label's name where nothing is said."""
    delay: Duration | None = None
    """How long after the request the truth arrives."""


class Quality(Section):
    """Metrics on real traffic, once ground truth arrives. It reads logged payloads and labels."""

    labels: Labels
    """Where ground truth arrives."""
    window: Duration = Duration.parse("14d")
    """How far back predictions are judged."""
    every: Duration = Duration.parse("24h")
    """How often."""
    expect: Annotated[Items[QualityGate], Field(min_length=1)]
    """What must hold, as `recall >= 0.85`."""


class Alerts(Section):
    """Who is told. The names become the label `receiver`; the platform owns the routes."""

    page: Name | None = None
    """Who is woken; the owner where nothing is said."""
    ticket: Name | None = None
    """Whose queue gets it; the owner where nothing is said."""


class Monitoring(Section):
    """What is promised, and what is watched."""

    slos: Slos | None = None
    """Service level objectives."""
    drift: Drift | None = None
    """Whether the model is still asked what it was trained on."""
    quality: Quality | None = None
    """Whether the model is still right."""
    alerts: Alerts = Alerts()
    """Who is told."""
    runbook: WebUrl | None = None
    """The page that says what to do; alerts link to it."""
    dashboard: WebUrl | None = None
    """The dashboard that alerts link to."""
