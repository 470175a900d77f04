# shellcheck shell=bash
# Exit code 1 says that there are findings; the next step shows them and decides.
fairlead validate --format sarif > "$RUNNER_TEMP/findings.sarif" || [ "$?" -eq 1 ]
