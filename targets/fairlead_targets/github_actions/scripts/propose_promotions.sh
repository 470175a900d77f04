# shellcheck shell=bash disable=SC2154
# What may move on is proposed, each step on a branch of its own, which Fairlead makes and pushes. A step that can't be
# made doesn't keep the others waiting; the job fails in the end.
export GIT_CONFIG_COUNT=2
export GIT_CONFIG_KEY_0=credential.helper GIT_CONFIG_VALUE_0=
export GIT_CONFIG_KEY_1=credential.helper GIT_CONFIG_VALUE_1='!gh auth git-credential'
refused=0
fairlead promote --due --format json > "$RUNNER_TEMP/due.json"
jq --raw-output '.steps[] | "- \(.state): \(.pipeline) in \(.environment): \(.title // .message)"' \
  "$RUNNER_TEMP/due.json" >> "$GITHUB_STEP_SUMMARY"
jq --compact-output '.steps[] | select(.state == "due")' "$RUNNER_TEMP/due.json" > "$RUNNER_TEMP/due"
while IFS= read -r step <&3; do
  branch=$(jq --raw-output .branch <<< "$step")
  title=$(jq --raw-output .title <<< "$step")
  spec=$(jq --raw-output .spec <<< "$step")
  environment=$(jq --raw-output .environment <<< "$step")
  # What was proposed is open, merged, or was closed by somebody: in no case is it proposed again.
  proposed=$(gh pr list --head "$branch" --state all --json number --jq length)
  if [ "$proposed" -ne 0 ]; then
    continue
  fi
  if ! fairlead promote "$spec" --to "$environment" --push --base "$start" --branch "$branch"; then
    echo "::error::$title: it can't be proposed"
    refused=1
    continue
  fi
  jq --raw-output --arg owner "$GITHUB_REPOSITORY_OWNER" '
    (.message | gsub("`"; "")) + ".",
    if .starts then "" else "\nNo alert was asked: look at those of both versions before you merge." end,
    if (.approval | length) > 0
    then "\nReleased by a person of: " + (.approval | map("@\($owner)/\(.)") | join(", ")) else empty end,
    "\nThe lock and what it compiles to are changed together."' <<< "$step" > "$body"
  propose "$branch" "$title"
  merges=$(jq --arg shares "$SHARES" '.automatic and (.starts or $shares == "automatic")' <<< "$step")
  if [ "$merges" = true ]; then
    gh pr merge "$branch" --auto "--$MERGE"
  fi
done 3< "$RUNNER_TEMP/due"
exit "$refused"
