#!/usr/bin/env bash
# Find Chromium or Chrome; where there is neither, install the system's with apt: if it has it, the
# one without windows, which spends a fourth of the processor time on a page.
set -euo pipefail
for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
  if command -v "$name"; then exit 0; fi
done
if ! command -v apt-get >/dev/null; then
  echo "The browser test needs Chromium or Chrome in the PATH; please install one." >&2
  exit 1
fi
if [ "$(id -u)" = 0 ]; then
  as_root=()
elif sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  echo "The browser test needs Chromium or Chrome: sudo apt-get install chromium" >&2
  exit 1
fi
"${as_root[@]}" apt-get update -qq
install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends)
"${install[@]}" chromium-headless-shell || "${install[@]}" chromium
command -v chromium-headless-shell || command -v chromium
