# shellcheck shell=bash
mkdir -p "$RECORDS"
jq --null-input --arg pipeline "$PIPELINE" --arg spec "$SPEC" --arg environment "$ENVIRONMENT" \
  --arg image "$IMAGE" --arg digest "$DIGEST" --arg tree "$TREE" \
  '{$pipeline, $spec, $environment, images: {($image): {$digest, $tree}}}' > "$RECORDS/$PIPELINE.json"
printf 'Built <code>%s@%s</code> from the tree <code>%s</code>.\n' "$IMAGE" "$DIGEST" "$TREE" >> "$GITHUB_STEP_SUMMARY"
