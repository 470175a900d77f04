# shellcheck shell=bash disable=SC2154
# A record that is refused doesn't keep the others waiting; the job fails in the end.
shopt -s nullglob
refused=0
for record in "$RECORDS"/*/sha256-*.json; do
  pipeline=$(basename -- "$(dirname -- "$record")")
  name=$(basename -- "$record" .json)
  short=${name#sha256-}
  branch="fairlead/candidate/$pipeline-${short:0:12}"
  spec=$(jq --raw-output --arg pipeline "$pipeline" '.[] | select(.pipeline == $pipeline).spec' "$TABLE")
  environment=$(jq --raw-output --arg pipeline "$pipeline" '.[] | select(.pipeline == $pipeline).environment' "$TABLE")
  begin
  if ! fairlead lock "$spec" --environment "$environment" --candidate "$record" || ! fairlead compile; then
    echo "::error::the candidate $name of $pipeline can't be locked and compiled"
    refused=1
    continue
  fi
  version=$(jq --raw-output .model.version "$record")
  title="Promote version $version of $pipeline to $environment"
  push "$branch" "$title"
  if [ "$pushed" = false ]; then
    continue
  fi
  {
    printf 'A training run proposes version %s of <code>%s</code>. The gate let it through.\n\n' "$version" "$pipeline"
    jq --raw-output '
      "- model: `\(.model.digest)`", "- run: `\(.model.run // "unknown")`", "", "| metric | value |", "| --- | --- |",
      (.model.metrics // {} | to_entries[] | "| `\(.key)` | \(.value) |"), "",
      (.verdict.clauses // [] | .[] | "- `\(.clause | gsub("`"; ""))`: \(.value)")' "$record"
    jq --raw-output --arg pipeline "$pipeline" --arg owner "$GITHUB_REPOSITORY_OWNER" '
      .[] | select(.pipeline == $pipeline and (.approval | length) > 0)
      | "\nReleased by a person of: " + (.approval | map("@\($owner)/\(.)") | join(", "))' "$TABLE"
    printf '\nThe lock and what it compiles to are changed together.\n'
  } > "$body"
  propose "$branch" "$title"
  # Where a person must release it, nothing merges by itself, whatever the branch's own rules say.
  automatic=$(jq --arg pipeline "$pipeline" '
    .[] | select(.pipeline == $pipeline) | .promote == "automatic" and .approval == []' "$TABLE")
  if [ "$automatic" = true ]; then
    gh pr merge "$branch" --auto "--$MERGE"
  fi
done
exit "$refused"
