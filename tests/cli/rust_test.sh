#!/usr/bin/env bash
# The Rust crate: its tests, against the library of this build. Needs cargo, and no network.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
if [[ ${HONE_TEST_FULL:-} != 1 ]]; then
    echo "takes half a minute: HONE_TEST_FULL=1"
    exit 77
fi
if ! command -v cargo >/dev/null; then
    echo "cargo is not here (Debian: cargo)"
    exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -r "$root/rust/." "$folder"
"$HONE_COMMAND" schema --json >"$folder/schema.json"
cd "$folder"
HONE_SCHEMA=$folder/schema.json HONE_LIBRARY_DIR=$(cd "$root" && realpath "$HONE_BUILD_DIR") RUSTFLAGS="-D warnings" \
    cargo test --offline --quiet --target-dir "$folder/target"
