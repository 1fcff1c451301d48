#!/bin/bash
# Builds the redirects on a bare Debian machine (root, for the packages): `build.sh [RULES]`. In ../target/out lie then
#   redirects              the tool: generates, builds, serves natively, checks and times (tool/src/main.rs names its verbs)
#   redirects-guest.wasm   the core module without redirects
# and with RULES (a redirects.txt) as well
#   redirects.wasm         the wasi:http component with the rules indexed in its memory
#   redirects.index        the same index for `redirects serve`
set -euo pipefail
[ $# = 0 ] || rules=$(readlink -f "$1")
cd "$(dirname "$0")/.."
. ./toolchain.sh
use_rust
cd redirects
# `fst` needs `std`, which is built for a target without an operating system here: nothing of it is called that needs one.
CARGO_PROFILE_RELEASE_LTO=true core_module redirects-component 65536 -Zbuild-std=std,panic_abort
cp "$built" "$out/redirects-guest.wasm"
cargo build --package redirects-tool
cp "$target/release/redirects" "$out/redirects"
cd ..
[ -n "${rules:-}" ] || exit 0
"$out/redirects" build "$rules" "$out/redirects-guest.wasm" "$out/redirects-core.wasm"
mv "$out/redirects-core.index" "$out/redirects.index"
"$(find_wasm_tools)" component new "$out/redirects-core.wasm" -o "$out/redirects.wasm"
"$(find_wasm_tools)" validate "$out/redirects.wasm"
rm "$out/redirects-core.wasm"
