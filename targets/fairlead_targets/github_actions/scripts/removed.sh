# shellcheck shell=bash
# Nothing is pruned: what is no longer rendered is named, and a person deletes it.
if ! git cat-file -e "$BEFORE^{commit}" 2> /dev/null; then
  echo "The commit before this push is not known here, so what it removed can't be named." >> "$GITHUB_STEP_SUMMARY"
  exit 0
fi
git diff --no-renames --diff-filter=D --name-only -z "$BEFORE" HEAD -- "$FOLDER" > "$RUNNER_TEMP/removed"
if [ -s "$RUNNER_TEMP/removed" ]; then
  {
    printf 'No longer rendered, and still in the cluster until somebody deletes it:\n\n'
    while IFS= read -r -d '' file; do
      printf -- '- <code>%s</code>\n' "$file"
    done < "$RUNNER_TEMP/removed"
  } >> "$GITHUB_STEP_SUMMARY"
fi
