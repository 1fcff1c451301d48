#!/bin/bash
# image.sh container|wasm|artifact FILE NAME:TAG OUT.tar: an OCI image of one file, without a container engine; the same
# bytes every time.
#   container  FROM scratch, a static binary as entrypoint, run as 65532
#   wasm       a Wasm image, which containerd's Wasm shims compile once and keep compiled
#   artifact   the component as CNCF's Wasm OCI artifact: application/vnd.wasm.config.v0+json and application/wasm
set -euo pipefail
[ $# = 4 ] || { sed -n 2,6p "$0" >&2; exit 2; }
kind=$1 file=$2 name=$3 out=$4 program=$(basename "$2")
case $name in *.*/*) ;; *) name=docker.io/$name ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
blobs=$work/oci/blobs/sha256
mkdir -p "$blobs"

pack() { tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=ustar "$@"; }
digest() { sha256sum "$1" | cut -d' ' -f1; }
add() { mv "$1" "$blobs/$(digest "$1")"; }
entry() { printf '{"mediaType":"%s","digest":"sha256:%s","size":%d%s}' "$2" "$(digest "$1")" "$(stat -c %s "$1")" "${3:-}"; }
# What a component's world imports or exports, as JSON texts.
interfaces() {
  ${WASM_TOOLS:-wasm-tools} component wit "$file" | sed -nE '/^world root/,/^}/s/^  '"$1"' ([^ ;{]+);$/"\1"/p' | paste -sd,
}

architecture=$(dpkg --print-architecture 2>/dev/null || uname -m)
case $architecture in x86_64) architecture=amd64 ;; aarch64) architecture=arm64 ;; esac
oci=application/vnd.oci.image
config_type=$oci.config.v1+json
case $kind in
  container)
    platform="\"architecture\":\"$architecture\",\"os\":\"linux\""
    mkdir "$work/root"
    install -m755 "$file" "$work/root/$program"
    pack -C "$work/root" -cf "$work/layer" "$program"
    layer=$(entry "$work/layer" $oci.layer.v1.tar)
    config="{$platform,\"config\":{\"User\":\"65532:65532\",\"Env\":[\"PATH=/\"],\"Entrypoint\":[\"/$program\"],\"ExposedPorts\":{\"8080/tcp\":{}}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:$(digest "$work/layer")\"]}}"
    ;;
  wasm)
    platform='"architecture":"wasm","os":"wasip1"'
    cp "$file" "$work/layer"
    layer=$(entry "$work/layer" application/vnd.bytecodealliance.wasm.component.layer.v0+wasm ',"annotations":{"org.opencontainers.image.title":"'$program'"}')
    config="{$platform,\"config\":{\"Entrypoint\":[\"/$program\"],\"Labels\":{\"containerd.runwasi.layers\":\"$(digest "$work/layer")\"}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"
    ;;
  artifact)
    platform='"architecture":"wasm","os":"wasip2"'
    config_type=application/vnd.wasm.config.v0+json
    cp "$file" "$work/layer"
    layer=$(entry "$work/layer" application/wasm ',"annotations":{"org.opencontainers.image.title":"'$program'"}')
    config="{\"created\":\"1970-01-01T00:00:00Z\",$platform,\"layerDigests\":[\"sha256:$(digest "$work/layer")\"],\"component\":{\"exports\":[$(interfaces export)],\"imports\":[$(interfaces import)],\"target\":null}}"
    ;;
  *) echo "image.sh: \"$kind\" is none of container, wasm, artifact" >&2; exit 2 ;;
esac
printf %s "$config" >"$work/config"
printf '{"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}' $oci.manifest.v1+json "$(entry "$work/config" $config_type)" "$layer" >"$work/manifest"
names="\"io.containerd.image.name\":\"$name\",\"org.opencontainers.image.ref.name\":\"${name##*:}\""
printf '{"schemaVersion":2,"mediaType":"%s","manifests":[%s]}' $oci.index.v1+json "$(entry "$work/manifest" $oci.manifest.v1+json ",\"annotations\":{$names},\"platform\":{$platform}")" >"$work/oci/index.json"
printf '{"imageLayoutVersion":"1.0.0"}' >"$work/oci/oci-layout"
add "$work/layer"
add "$work/config"
add "$work/manifest"
pack -C "$work/oci" -cf "$out" oci-layout index.json blobs
echo "$name $(digest "$out")"
