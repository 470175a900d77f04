# shellcheck shell=bash
# Every file has hashes, so what is installed is what was reviewed, wherever it is fetched from.
arguments=()
while IFS= read -r file; do
  arguments+=(--requirement "$file")
done <<< "$REQUIREMENTS"
python -m pip --disable-pip-version-check install --no-input --require-hashes --only-binary :all: "${arguments[@]}"
