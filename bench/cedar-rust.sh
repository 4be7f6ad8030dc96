#!/usr/bin/env bash
# Builds the official engine's harness (bench/cedar-rust, crate cedar-policy from crates.io) in a
# folder outside the tree and prints the path of the program; a message and status 3 where cargo or
# the crates cannot be had. Takes minutes the first time.
#   bench/cedar-rust.sh [FOLDER]      /tmp/sifara-cedar-rust-$UID unless told
set -euo pipefail
folder=${1:-${TMPDIR:-/tmp}/sifara-cedar-rust-$UID}
command -v cargo >/dev/null || { echo "skipped: no cargo" >&2; exit 3; }
mkdir -p "$folder"
cp -r "$(dirname "$0")/cedar-rust/." "$folder"
if ! (cd "$folder" && cargo build --quiet --release -j2) > "$folder/log" 2>&1; then
  echo "skipped: cargo could not build the crate ($(grep -m1 . "$folder/log"))" >&2
  exit 3
fi
echo "$folder/target/release/cedar-peer"
