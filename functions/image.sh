#!/bin/bash
# image.sh container|wasm FILE NAME:TAG OUT.tar: an OCI image of one file, without a container engine; the same bytes every time.
#   container  FROM scratch, a static binary as entrypoint, run as 65532
#   wasm       an OCI Wasm artifact, which containerd's Wasm shims compile once and keep compiled
set -euo pipefail
[ $# = 4 ] || { sed -n 2,4p "$0" >&2; exit 2; }
kind=$1 file=$2 name=$3 out=$4
case $name in *.*/*) ;; *) name=docker.io/$name ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
blobs=$work/oci/blobs/sha256
mkdir -p "$blobs"

pack() { tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=ustar "$@"; }
digest() { sha256sum "$1" | cut -d' ' -f1; }
add() { mv "$1" "$blobs/$(digest "$1")"; }
entry() { printf '{"mediaType":"%s","digest":"sha256:%s","size":%d%s}' "$2" "$(digest "$1")" "$(stat -c %s "$1")" "${3:-}"; }

architecture=$(dpkg --print-architecture 2>/dev/null || uname -m)
case $architecture in x86_64) architecture=amd64 ;; aarch64) architecture=arm64 ;; esac
oci=application/vnd.oci.image
case $kind in
  container)
    platform="\"architecture\":\"$architecture\",\"os\":\"linux\""
    mkdir "$work/root"
    install -m755 "$file" "$work/root/work"
    pack -C "$work/root" -cf "$work/layer" work
    layer=$(entry "$work/layer" $oci.layer.v1.tar)
    config="{$platform,\"config\":{\"User\":\"65532:65532\",\"Env\":[\"PATH=/\"],\"Entrypoint\":[\"/work\"],\"ExposedPorts\":{\"8080/tcp\":{}}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:$(digest "$work/layer")\"]}}"
    ;;
  wasm)
    platform='"architecture":"wasm","os":"wasip1"'
    cp "$file" "$work/layer"
    layer=$(entry "$work/layer" application/vnd.bytecodealliance.wasm.component.layer.v0+wasm ',"annotations":{"org.opencontainers.image.title":"work.wasm"}')
    config="{$platform,\"config\":{\"Entrypoint\":[\"/work.wasm\"],\"Labels\":{\"containerd.runwasi.layers\":\"$(digest "$work/layer")\"}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"
    ;;
  *) echo "image.sh: \"$kind\" is neither container nor wasm" >&2; exit 2 ;;
esac
printf %s "$config" >"$work/config"
printf '{"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}' $oci.manifest.v1+json "$(entry "$work/config" $oci.config.v1+json)" "$layer" >"$work/manifest"
names="\"io.containerd.image.name\":\"$name\",\"org.opencontainers.image.ref.name\":\"${name##*:}\""
printf '{"schemaVersion":2,"mediaType":"%s","manifests":[%s]}' $oci.index.v1+json "$(entry "$work/manifest" $oci.manifest.v1+json ",\"annotations\":{$names},\"platform\":{$platform}")" >"$work/oci/index.json"
printf '{"imageLayoutVersion":"1.0.0"}' >"$work/oci/oci-layout"
add "$work/layer"
add "$work/config"
add "$work/manifest"
pack -C "$work/oci" -cf "$out" oci-layout index.json blobs
echo "$name $(digest "$out")"
