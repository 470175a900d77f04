"""The bucket boundaries of the histograms that latency objectives are measured with.

An objective "99 % below 250 ms" is exact only where 250 ms is a boundary: between two boundaries there is nothing but
a guess. A boundary is kept with its text as the exporter prints it, because `le` is a label and compared as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

Matcher = tuple[str, str, str]
"""A label, an operator of PromQL (`=`, `!=`, `=~`, `!~`) and a value; none needs a backslash when it is quoted."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One boundary of a histogram."""

    seconds: Decimal
    """What the boundary means: requests that took at most this long."""
    le: str
    """The label's value as the exporter prints it."""

    @property
    def stored(self) -> str:
        """The label's value as Prometheus 3 stores it, whatever the exporter printed.

        It writes floats as OpenMetrics does: `1.0` for 1, `1.8e+06` for 1800000 (Prometheus 3, migration guide, "le
        and quantile label values"; `normalizeFloatsInLabelValues` in model/textparse).
        """
        return canonical(self.le)

    @property
    def matcher(self) -> Matcher:
        """Selects the bucket in Prometheus 2, which keeps the exporter's text, and in Prometheus 3."""
        if self.le == self.stored:
            return ("le", "=", self.le)
        return ("le", "=~", "|".join(text.replace(".", "[.]").replace("+", "[+]") for text in (self.le, self.stored)))


def canonical(le: str) -> str:
    """A boundary as OpenMetrics writes a float: Go's shortest `%g`, with `.0` where that looks like an integer."""
    if le == "+Inf":
        return le
    value = Decimal(le).normalize()
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(f"`{le}` is not a bucket boundary")
    power = len(digits) + exponent - 1
    if value and not -4 <= power < 6:
        mantissa = "".join(map(str, digits))
        point = f"{mantissa[0]}.{mantissa[1:]}" if mantissa[1:] else mantissa
        return f"{point}e{'-' if power < 0 else '+'}{abs(power):02d}"
    text = format(value, "f")
    return text if "." in text else f"{text}.0"


def _seconds(*boundaries: str) -> tuple[Bucket, ...]:
    return tuple(Bucket(Decimal(le), le) for le in boundaries)


def _milliseconds(*boundaries: str) -> tuple[Bucket, ...]:
    return tuple(Bucket(Decimal(le) / 1000, le) for le in boundaries)


PROMETHEUS_CLIENT = _seconds(
    "0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75", "1.0", "2.5", "5.0", "7.5", "10.0"
)
"""The defaults of Python's prometheus_client (`Histogram.DEFAULT_BUCKETS`), which prints floats with their `.0`.
KServe's servers (kserve/metrics.py) and MLServer's REST middleware (starlette_exporter) take them as they are."""

OTEL_HTTP = _seconds(
    "0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75", "1", "2.5", "5", "7.5", "10"
)
"""otelhttp v0.62.0, internal/semconv: the boundaries of `http.server.request.duration`, printed by Go's client."""

KNATIVE_OPENCENSUS = _milliseconds(
    "5", "10", "20", "40", "60", "80", "100", "150", "200", "250", "300", "350", "400", "450", "500", "600", "700",
    "800", "900", "1000", "2000", "5000", "10000", "20000", "50000", "100000",
)  # fmt: skip
"""Knative Serving v0.45 (1.18), pkg/queue/request_metric.go: `defaultLatencyDistribution`."""

ENVOY = _milliseconds(
    "0.5", "1", "5", "10", "25", "50", "100", "250", "500", "1000", "2500", "5000", "10000", "30000", "60000",
    "300000", "600000", "1800000", "3600000",
)  # fmt: skip
"""Envoy, source/common/stats/histogram_impl.cc: `defaultBuckets`. Istio's histograms are Envoy's, and take these
where no `sidecar.istio.io/statsHistogramBuckets` says otherwise."""

VLLM_REQUEST = _seconds(
    "0.3", "0.5", "0.8", "1.0", "1.5", "2.0", "2.5", "5.0", "10.0", "15.0", "20.0", "30.0", "40.0", "50.0", "60.0",
    "120.0", "240.0", "480.0", "960.0", "1920.0", "7680.0",
)  # fmt: skip
"""vLLM, vllm/v1/metrics/loggers.py (later buckets.py): `request_latency_buckets`."""

VLLM_FIRST_TOKEN = _seconds(
    "0.001", "0.005", "0.01", "0.02", "0.04", "0.06", "0.08", "0.1", "0.25", "0.5", "0.75", "1.0", "2.5", "5.0",
    "7.5", "10.0", "20.0", "40.0", "80.0", "160.0", "640.0", "2560.0",
)  # fmt: skip
"""vLLM, the same file: the boundaries of `vllm:time_to_first_token_seconds`."""

VLLM_NEXT_TOKEN = _seconds(
    "0.01", "0.025", "0.05", "0.075", "0.1", "0.15", "0.2", "0.3", "0.4", "0.5", "0.75", "1.0", "2.5", "5.0", "7.5",
    "10.0", "20.0", "40.0", "80.0",
)  # fmt: skip
"""vLLM, the same file: the boundaries of the time between tokens."""
