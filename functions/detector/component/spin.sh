#!/bin/bash
# spin.sh up|push IMAGE|deploy: the detector as a Spin application. Needs Spin (and for `deploy` its plugin aka), which is
# not to be had as a package; never run here.
#   up           builds it and serves it on 127.0.0.1:3000, then sends it one frame
#   push IMAGE   builds it and pushes it as an OCI artifact, for a SpinApp's `image` (docs/cluster.md)
#   deploy       builds it and deploys it to Akamai's points of presence; `spin aka login` first
set -euo pipefail
cd "$(dirname "$0")"
command -v spin >/dev/null || { echo "spin.sh: no spin on PATH; https://spinframework.dev tells how to install it" >&2; exit 1; }
case ${1:-} in
  up)
    spin build
    spin up --listen 127.0.0.1:3000 &
    server=$!
    trap 'kill $server' EXIT
    curl --retry 20 --retry-connrefused --retry-delay 1 --fail --silent http://127.0.0.1:3000/coldcast/ready
    curl --fail --include http://127.0.0.1:3000/ --json \
      '{"id":"e","device":"camera-000","frameSeconds":0,"workSeconds":0.001,"detections":[{"label":"person","confidence":0.9,"box":[0.8,0.6,0.1,0.2],"track":"t1"}]}'
    wait $server
    ;;
  push) spin registry push --build "${2:?an image, such as ttl.sh/coldcast-detector:1h}" ;;
  deploy) spin build && spin aka deploy --no-confirm ;;
  *) sed -n 2,6p "$0" >&2; exit 2 ;;
esac
