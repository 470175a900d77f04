# shellcheck shell=bash
# It edits the comment that an earlier run made. With -P no module of the repository is taken for one of Fairlead's, or of
# Python's own, in the one step that has a token.
python -P -m fairlead.preview.github --body "$RUNNER_TEMP/preview.md" --preview "$RUNNER_TEMP/preview.json"
