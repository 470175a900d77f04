# shellcheck shell=bash
python -m pip --disable-pip-version-check install --no-input --no-deps --no-build-isolation .
