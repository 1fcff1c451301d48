#!/bin/bash
# image.sh NAME:TAG OUT.tar: an image of coldcast for Jobs, without a container engine: this machine's Node with its shared
# libraries, the built package and its dependencies. For test clusters; Dockerfile makes the one for a registry.
set -euo pipefail
[ $# = 2 ] || { sed -n 2,3p "$0" >&2; exit 2; }
name=$1 out=$(realpath -m "$2")
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root"/{app/functions/wasm,usr/bin,tmp,out,scenario}
chmod 1777 "$root/tmp"

node=$(realpath node_modules/.bin/node)
cp "$node" "$root/usr/bin/node"
# Names are looked up by a library that no binary lists.
for library in $(ldd "$node" | grep -o '/[^ ]*') $(ls /lib/*/libresolv.so.2 /lib/*/libnss_dns.so.2 2>/dev/null); do
  install -D "$library" "$root$library"
done
node_modules/.bin/tsc -p tsconfig.build.json --outDir "$root/app/dist"
cp -r bin package.json "$root/app/"
cp functions/wasm/work.wasm "$root/app/functions/wasm/"
npm ls --omit=dev --all --parseable 2>/dev/null | tail -n +2 | sort -u | while read -r folder; do
  into=$root/app/${folder#"$PWD"/}
  mkdir -p "$(dirname "$into")"
  cp -r "$folder" "$(dirname "$into")/"
done

mkdir "$work/image"
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$root" -cf "$work/image/layer.tar" .
architecture=$(dpkg --print-architecture 2>/dev/null || uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
cat >"$work/image/config.json" <<J
{"architecture":"$architecture","os":"linux","config":{"User":"65532:65532","Env":["PATH=/usr/bin","HOME=/tmp"],"Entrypoint":["/usr/bin/node","/app/bin/coldcast.js"],"WorkingDir":"/app"},"rootfs":{"type":"layers","diff_ids":["sha256:$(sha256sum "$work/image/layer.tar" | cut -d' ' -f1)"]}}
J
printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$name" >"$work/image/manifest.json"
tar -C "$work/image" -cf "$out" manifest.json config.json layer.tar
echo "$name in $out"
