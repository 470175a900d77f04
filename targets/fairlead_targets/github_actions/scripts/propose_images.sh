# shellcheck shell=bash disable=SC2154
shopt -s nullglob
for record in "$RECORDS"/*.json; do
  pipeline=$(jq --raw-output .pipeline "$record")
  spec=$(jq --raw-output .spec "$record")
  environment=$(jq --raw-output .environment "$record")
  image=$(jq --raw-output '.images | keys[0]' "$record")
  digest=$(jq --raw-output '.images[].digest' "$record")
  tree=$(jq --raw-output '.images[].tree' "$record")
  branch="fairlead/image/$pipeline"
  title="Lock the image of $pipeline in $environment"
  begin
  fairlead lock "$spec" --environment "$environment" --image "$image@$digest" --tree "$tree"
  fairlead compile
  push "$branch" "$title"
  if [ "$pushed" = false ]; then
    echo "$pipeline: the lock has this digest already" >> "$GITHUB_STEP_SUMMARY"
    continue
  fi
  {
    printf 'The image of <code>%s</code> was built from %s.\n\n' "$pipeline" "$start"
    printf -- '- image: <code>%s@%s</code>\n- source tree: <code>%s</code>\n\n' "$image" "$digest" "$tree"
    printf 'The lock and what it compiles to are changed together.\n'
  } > "$body"
  propose "$branch" "$title"
done
