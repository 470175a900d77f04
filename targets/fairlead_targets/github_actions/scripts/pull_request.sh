# shellcheck shell=bash disable=SC2034,SC2154
# What is locked and compiled goes on a branch of its own, from the commit that was checked out.
start=$(git rev-parse HEAD)
body="$RUNNER_TEMP/body.md"

# The tree as it was checked out, whatever was locked before.
begin() {
  git reset --quiet --hard "$start"
  git clean --quiet -d --force
}

# Pushes the branch $1 with the message $2, and says in `pushed` whether there was something to commit.
push() {
  pushed=false
  git add --all -- "${spec%.*}.$environment.lock.yaml" "$OUTPUT"
  if git diff --cached --quiet; then
    return
  fi
  git commit --quiet --message "$2"
  git -c credential.helper= -c credential.helper='!gh auth git-credential' \
    push --quiet --force origin "HEAD:refs/heads/$1"
  pushed=true
}

# Opens a pull request from the branch $1 with the title $2, or brings the one that is open up to date.
propose() {
  local number
  number=$(gh pr list --head "$1" --base "$BRANCH" --state open --json number --jq '.[0].number // empty')
  if [ -n "$number" ]; then
    gh pr edit "$number" --title "$2" --body-file "$body"
  else
    gh pr create --head "$1" --base "$BRANCH" --title "$2" --body-file "$body"
  fi
}
