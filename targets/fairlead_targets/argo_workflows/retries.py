"""Trying again after failures of the infrastructure, and never after those of the user's code.

What Argo Workflows tells about an attempt that failed (workflow/controller/operator.go, `inferFailedReason`, 3.7 and
4.1):

- `lastRetry.status` is `Error` where the Pod was deleted, where an image could not be pulled, and where the
  executor's own containers failed, as they do when the object store does not answer;
- `lastRetry.message` is the Pod's own message after an eviction, a preemption, the shutdown of a node, and a deadline;
- `lastRetry.exitCode` is that of the step's container, or `-1` where it has none.

So an attempt is repeated after an error of the executor, after a kill from outside (137 and 143) and after what the
message names. A container that was killed for its own use of memory is not repeated: requests equal limits, so it would
meet the same limit again. Neither is one that ran into its timeout, as it would again.
"""

from __future__ import annotations

from typing import Final

from fairlead.plan.nodes import Run
from fairlead_targets.argo_workflows import models

EXPRESSION: Final = (
    "lastRetry.status == 'Error'"
    " || (lastRetry.exitCode in ['-1', '137', '143']"
    " && !(lastRetry.message contains 'OOMKilled')"
    " && !(lastRetry.message contains 'longer than the specified deadline'))"
    " || lastRetry.message matches '(?i)(imminent node shutdown|low on resource|preempt|evict|pod deleted)'"
)
WAIT: Final = "30s"
FACTOR: Final = 2
LONGEST_WAIT: Final = "10m"


def strategy(run: Run) -> models.RetryStrategy | None:
    """How a run is tried again, or None where it is not."""
    if run.retries == 0:
        return None
    return models.RetryStrategy(
        limit=models.IntOrString(run.retries),
        retry_policy="Always",
        expression=EXPRESSION,
        backoff=models.Backoff(duration=WAIT, factor=models.IntOrString(FACTOR), cap=LONGEST_WAIT),
    )
