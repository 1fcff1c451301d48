#!/bin/bash
# Builds functions/wasm/work.wasm from source and checks it against its recorded SHA-256; `--record` writes a new one.
# Needs a Debian machine: its Rust has no WebAssembly core library built in, so cargo builds `core` from Debian's source.
set -euo pipefail
cd "$(dirname "$0")"

packages="rustc-web cargo-web rust-web-src lld-22"
if ! dpkg -s $packages >/dev/null 2>&1; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
fi

# RUSTC_BOOTSTRAP lets a stable compiler take -Zbuild-std; a rustup toolchain on PATH must not shadow Debian's.
export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
unset RUSTUP_TOOLCHAIN RUSTFLAGS CARGO_ENCODED_RUSTFLAGS || true
target=${CARGO_TARGET_DIR:-$PWD/target}
link="-Clinker=wasm-ld-22 -Clink-arg=-zstack-size=16384 -Clink-arg=--initial-memory=65536"
# Paths of the machine must not reach the module, or its hash would differ from place to place.
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="$link --remap-path-prefix=$PWD=functions --remap-path-prefix=$(/usr/bin/rustc --print sysroot)=sysroot"
/usr/bin/cargo build --quiet --release --locked --package wasm --target wasm32-unknown-unknown \
  -Zbuild-std=core,panic_abort --target-dir "$target"

cp "$target/wasm32-unknown-unknown/release/wasm.wasm" wasm/work.wasm
if [ "${1:-}" = --record ]; then (cd wasm && sha256sum work.wasm >work.wasm.sha256); fi
(cd wasm && sha256sum --check work.wasm.sha256)
