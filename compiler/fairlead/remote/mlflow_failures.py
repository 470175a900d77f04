"""What MLflow and the libraries below it raise, as one sentence that names the address and one that says what to do."""

from __future__ import annotations

import re

from fairlead.remote.failures import Missing, RemoteFailure


def failure_of(error: Exception, failed: str, address: str) -> RemoteFailure:
    """What `error` comes to; `failed` says what could not be done, and `address` is MLflow's."""
    text = str(error)
    code = getattr(error, "error_code", "")
    if code == "RESOURCE_DOES_NOT_EXIST":
        return Missing(f"{failed}: MLflow at {address} has none: {_first_line(text)}", "look it up in MLflow")
    if code in ("UNAUTHENTICATED", "PERMISSION_DENIED", "CUSTOMER_UNAUTHORIZED") or re.search(
        r"\b40[13]\b", text[:300]
    ):
        help_ = "give the step credentials: MLFLOW_TRACKING_USERNAME and _PASSWORD, or MLFLOW_TRACKING_TOKEN"
        return RemoteFailure(f"{failed}: MLflow at {address} refuses it: {_first_line(text)}", help_)
    if _is_silence(error):
        help_ = "start it, or correct `mlflow.tracking_uri` in fairlead.yaml; then run this again"
        return RemoteFailure(f"{failed}: MLflow at {address} does not answer", help_)
    return RemoteFailure(f"{failed}: MLflow at {address} says: {_first_line(text) or type(error).__name__}")


def _is_silence(error: BaseException) -> bool:
    """Whether the failure is that nobody answers: refused, timed out, or no such host."""
    text = f"{type(error).__name__} {error}"
    if re.search(r"Max retries exceeded|NewConnectionError|timed out|Timeout|ConnectionError|Connection refused", text):
        return True
    return error.__cause__ is not None and _is_silence(error.__cause__)


def _first_line(text: str) -> str:
    line = text.strip().partition("\n")[0].strip()
    return line if len(line) <= 300 else f"{line[:297]}…"
