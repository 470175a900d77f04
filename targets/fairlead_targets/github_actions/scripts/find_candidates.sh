# shellcheck shell=bash
# The newest record of each pipeline, where it is neither locked nor proposed yet.
umask 077
curl --fail --silent --show-error --retry 3 --header "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
  "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com" |
  jq --exit-status --raw-output .value > "$AWS_WEB_IDENTITY_TOKEN_FILE"

aws s3api list-objects-v2 --bucket "$BUCKET" --prefix "$PREFIX" --output json > "$RUNNER_TEMP/listing.json"
jq --null-input --raw-output --arg prefix "$PREFIX" '
  [inputs.Contents // [] | .[]
   | {modified: .LastModified} + (.Key | ltrimstr($prefix)
      | capture("^(?<pipeline>[a-z0-9-]+)/(?<name>sha256-[0-9a-f]{64}[.]json)$"))]
  | group_by(.pipeline) | map(max_by([.modified, .name])) | .[] | [.pipeline, .name] | @tsv
' "$RUNNER_TEMP/listing.json" > "$RUNNER_TEMP/newest"

mkdir -p "$RECORDS"
count=0
while IFS=$'\t' read -r pipeline name; do
  row=$(jq --compact-output --arg pipeline "$pipeline" '.[] | select(.pipeline == $pipeline)' "$TABLE")
  if [ -z "$row" ]; then
    echo "::warning::there are candidates of $pipeline, and no such pipeline trains here"
    continue
  fi
  record="$RUNNER_TEMP/$name"
  aws s3 cp --quiet --no-progress "s3://$BUCKET/$PREFIX$pipeline/$name" "$record"
  lock=$(jq --raw-output '(.spec | sub("[.][^.]*$"; "")) + "." + .environment + ".lock.yaml"' <<< "$row")
  digest=$(jq --raw-output '.model.digest // empty' "$record")
  if [ -f "$lock" ] && [ -n "$digest" ] && grep --quiet --fixed-strings --regexp="$digest" "$lock"; then
    continue
  fi
  served=$([ ! -f "$lock" ] || sed -n '/^model:/,/^[^ ]/ s/^  version: *\([0-9]*\)$/\1/p' "$lock")
  if [ "$(jq '.model.version // 0' "$record")" -lt "${served:-0}" ]; then
    echo "The newest candidate of $pipeline is older than version $served, which is served." >> "$GITHUB_STEP_SUMMARY"
    continue
  fi
  if [ -f "$lock" ] && grep --quiet '^rollout:' "$lock"; then
    echo "A candidate of $pipeline waits until the rollout in its environment has ended." >> "$GITHUB_STEP_SUMMARY"
    continue
  fi
  short=${name#sha256-}
  proposed=$(gh pr list --head "fairlead/candidate/$pipeline-${short:0:12}" --state all --json number --jq length)
  if [ "$proposed" -ne 0 ]; then
    continue
  fi
  mkdir -p "$RECORDS/$pipeline"
  mv "$record" "$RECORDS/$pipeline/$name"
  count=$((count + 1))
done < "$RUNNER_TEMP/newest"
echo "count=$count" >> "$GITHUB_OUTPUT"
echo "$count new candidates" >> "$GITHUB_STEP_SUMMARY"
