# shellcheck shell=bash disable=SC2034,SC2154
# The tree as it was checked out, whatever was locked before.
begin() {
  git reset --quiet --hard "$start"
  git clean --quiet -d --force
}

# Git with the App's token for the remote.
remote() {
  git -c credential.helper= -c credential.helper='!gh auth git-credential' "$@"
}

# Pushes the branch $1 with the message $2, and says in `pushed` whether there is something to propose.
push() {
  local there now
  pushed=false
  git add --all -- "${spec%.*}.$environment.lock.yaml" "$OUTPUT"
  if git diff --cached --quiet; then
    return
  fi
  git commit --quiet --message "$2"
  there=$(remote ls-remote origin "refs/heads/$1" | cut -f 1)
  if [ -n "$there" ]; then
    remote fetch --quiet --no-tags origin "refs/heads/$1"
    if git diff --quiet "$there" HEAD; then
      pushed=true
      return
    fi
    if [ "$(git log -1 --format=%ce "$there")" != "$GIT_COMMITTER_EMAIL" ]; then
      echo "::warning::somebody has committed to $1, which is left as it is"
      return
    fi
  fi
  # Of two runs at once, the second finds the branch of the first and not the one that it saw.
  if ! remote push --quiet --force-with-lease="refs/heads/$1:$there" origin "HEAD:refs/heads/$1"; then
    now=$(remote ls-remote origin "refs/heads/$1" | cut -f 1)
    if [ "$now" = "$there" ]; then
      exit 1
    fi
    echo "::notice::another run was faster and has pushed $1"
    return
  fi
  pushed=true
}
