# shellcheck shell=bash
# The checkout is the merge of the pull request into its base, so HEAD^1 is the base as it is now.
paths=("$OUTPUT" ':(glob).github/workflows/fairlead-*.yml' ':(exclude,glob)**/inventory.json')
git add --intent-to-add --all -- "${paths[@]}"
git diff --no-color --no-ext-diff --no-renames HEAD^1 -- "${paths[@]}" > "$RUNNER_TEMP/preview.diff"
git diff --no-renames --name-only -z HEAD^1 -- "${paths[@]}" > "$RUNNER_TEMP/files"

total=$(tr -cd '\0' < "$RUNNER_TEMP/files" | wc -c)
if [ "$total" -eq 0 ]; then
  echo "This change leaves everything that is compiled as it is." >> "$GITHUB_STEP_SUMMARY"
  exit 0
fi

# GitHub drops a summary above 1 MiB. A file is shown whole or not at all; the artifact has all of them.
limit=1000000
size=0
left=()
shown="$RUNNER_TEMP/shown.html"
: > "$shown"
while IFS= read -r -d '' file; do
  {
    printf '<details><summary><code>%s</code></summary>\n\n<pre lang="diff">\n' "$file"
    git diff --no-color --no-ext-diff --no-renames HEAD^1 -- "$file" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'
    printf '</pre>\n\n</details>\n\n'
  } > "$RUNNER_TEMP/one.html"
  bytes=$(wc -c < "$RUNNER_TEMP/one.html")
  if [ $((size + bytes)) -gt "$limit" ]; then
    left+=("$file")
    continue
  fi
  size=$((size + bytes))
  cat "$RUNNER_TEMP/one.html" >> "$shown"
done < "$RUNNER_TEMP/files"

{
  printf '### What this change does to what is compiled\n\n'
  git diff --no-renames --shortstat HEAD^1 -- "${paths[@]}"
  printf '\n'
  cat "$shown"
  if [ "${#left[@]}" -gt 0 ]; then
    printf '%d of %d files are too long to be shown here; the artifact fairlead-preview has them:\n\n' \
      "${#left[@]}" "$total"
    printf -- '- <code>%s</code>\n' "${left[@]:0:50}"
    if [ "${#left[@]}" -gt 50 ]; then
      printf -- '- and %d more\n' $((${#left[@]} - 50))
    fi
  fi
} >> "$GITHUB_STEP_SUMMARY"
