# shellcheck shell=bash
# The checkout is the merge of the pull request into its base, so HEAD^1 is the base as it is now. Both are compiled from
# Git's objects. GitHub drops a summary above 1 MiB, and takes no comment above 65,536 characters.
fairlead preview --base 'HEAD^1' --head HEAD --format markdown --limit 1000000 \
  --also "json=$RUNNER_TEMP/preview.json" --also "markdown=$RUNNER_TEMP/preview.md" \
  --also "html=$RUNNER_TEMP/preview.html" >> "$GITHUB_STEP_SUMMARY"
