# shellcheck shell=bash disable=SC2034,SC2154
# What is locked and compiled goes on a branch of its own, from the commit that was checked out.
start=$(git rev-parse HEAD)
body="$RUNNER_TEMP/body.md"

# The number of the open pull request from the branch $1; nothing where there is none.
number_of() {
  gh pr list --head "$1" --base "$BRANCH" --state open --json number --jq '.[0].number // empty'
}

# Opens a pull request from the branch $1 with the title $2, or brings the one that is open up to date.
propose() {
  local number
  number=$(number_of "$1")
  if [ -z "$number" ]; then
    if gh pr create --head "$1" --base "$BRANCH" --title "$2" --body-file "$body"; then
      return
    fi
    # Another run may have opened it in the same moment.
    number=$(number_of "$1")
  fi
  gh pr edit "$number" --title "$2" --body-file "$body"
}
