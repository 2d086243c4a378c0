#!/usr/bin/env bash
# Checks the units as systemd reads them, and that they give away little of the machine: the
# score that `systemd-analyze security` has for them goes from 0 to 10, the best to the worst.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly most_exposure=15 # in tenths
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cp ./*.service ./*.timer "$scratch"
# The program need not be installed here.
sed -i 's|^ExecStart=/usr/bin/siltgate|ExecStart=/bin/true|' "$scratch"/*.service
# It only warns of a line that it does not understand.
said=$(systemd-analyze verify --man=no "$scratch"/*.service "$scratch"/*.timer 2>&1)
[[ -z $said ]] || {
  printf '%s\n' "$said" >&2
  exit 1
}
for unit in "$scratch"/*.service; do
  systemd-analyze security --no-pager --offline=true --threshold=$most_exposure "$unit" | tail -1
done

mkdir -p "$scratch/root/etc"
systemd-sysusers --root="$scratch/root" "$PWD/siltgate.sysusers"
grep -q '^siltgate:' "$scratch/root/etc/passwd"
