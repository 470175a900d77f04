# shellcheck shell=bash
# What is built: every image whose source tree is not the one that the lock names. A dispatch may name a pipeline, whose
# image is then built again although nothing changed, for a newer base image.
jq --raw-output '.[] | select(.image) | [.pipeline, .image.code, .spec, .environment] | @tsv' "$TABLE" \
  > "$RUNNER_TEMP/pipelines"
chosen="$RUNNER_TEMP/chosen"
: > "$chosen"
known=0
while IFS=$'\t' read -r pipeline code spec environment; do
  if [ -n "$ONLY" ] && [ "$ONLY" != "$pipeline" ]; then
    continue
  fi
  known=1
  if [ ! -f "$code/Dockerfile" ]; then
    echo "::warning::$pipeline is not built, because there is no $code/Dockerfile"
    continue
  fi
  tree=$(git rev-parse "HEAD:$code")
  lock="${spec%.*}.$environment.lock.yaml"
  if [ -z "$ONLY" ] && [ -f "$lock" ] && grep --quiet --fixed-strings --regexp="$tree" "$lock"; then
    continue
  fi
  jq --compact-output --arg pipeline "$pipeline" --arg tree "$tree" \
    '.[] | select(.pipeline == $pipeline) | {pipeline, spec, environment, $tree} + .image' "$TABLE" >> "$chosen"
done < "$RUNNER_TEMP/pipelines"

if [ "$known" -eq 0 ]; then
  echo "::error::no pipeline of that name has an image that is built here"
  exit 1
fi
count=$(wc -l < "$chosen")
if [ "$count" -gt 256 ]; then
  echo "::error::$count images are to be built, and one run builds 256 at the most; dispatch them by name"
  exit 1
fi
{
  echo "count=$count"
  echo "matrix=$(jq --compact-output --slurp '{include: .}' "$chosen")"
} >> "$GITHUB_OUTPUT"
