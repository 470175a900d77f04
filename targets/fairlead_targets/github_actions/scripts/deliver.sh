# shellcheck shell=bash
# A folder as it is committed here becomes a folder there: what is gone here is gone there. Nothing is forced.
source=$(git rev-parse HEAD)
there="$RUNNER_TEMP/there"

remote() {
  # shellcheck disable=SC2016
  git -C "$there" -c credential.helper= \
    -c credential.helper='!f() { echo username=x-access-token; echo "password=$TOKEN"; }; f' "$@"
}

if ! [ -d "$FOLDER" ]; then
  echo "There is no \`$FOLDER\` yet, so nothing is delivered." >> "$GITHUB_STEP_SUMMARY"
  exit 0
fi
git init --quiet "$there"
git -C "$there" remote add origin "$SERVER/$REPOSITORY.git"
# Somebody else may push in between, to another folder of the same branch.
for attempt in 1 2 3 4 5; do
  if remote ls-remote --exit-code origin "refs/heads/$BRANCH" > /dev/null; then
    remote fetch --quiet origin "refs/heads/$BRANCH"
    git -C "$there" checkout --quiet --force -B delivery FETCH_HEAD
  elif [ $? -eq 2 ]; then
    git -C "$there" checkout --quiet --orphan delivery
  else
    exit 1
  fi
  last=$(git -C "$there" log -1 --format='%(trailers:key=Source,valueonly,separator=%x20)' -- "$TARGET" 2> /dev/null || true)
  if git cat-file -e "$last^{commit}" 2> /dev/null && ! git merge-base --is-ancestor "$last" "$source"; then
    echo "::error::$last was delivered before, and $source does not come after it: run this for a newer commit"
    exit 1
  fi
  rm -rf -- "${there:?}/$TARGET"
  mkdir -p "$there/$TARGET"
  cp -R -- "$FOLDER/." "$there/$TARGET/"
  git -C "$there" add --all --force -- "$TARGET"
  if git -C "$there" diff --cached --quiet; then
    echo "\`$TARGET\` of $REPOSITORY is as \`$FOLDER\` is, on \`$BRANCH\`." >> "$GITHUB_STEP_SUMMARY"
    exit 0
  fi
  git -C "$there" commit --quiet --message "Deliver $FOLDER" --message "Source: $source"
  if remote push --quiet origin "HEAD:refs/heads/$BRANCH"; then
    echo "\`$FOLDER\` was delivered to \`$TARGET\` of $REPOSITORY, on \`$BRANCH\`." >> "$GITHUB_STEP_SUMMARY"
    exit 0
  fi
  sleep "$attempt"
done
echo "::error::$BRANCH of $REPOSITORY takes no push"
exit 1
