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

# The commands of docs/deploy.md, below a root of their own: every file that a unit names is there then.
readonly page=../../docs/deploy.md
root=$scratch/root clone=$scratch/clone
mkdir -p "$root"/{etc/systemd/system,usr/bin,usr/lib/sysusers.d} "$clone"
ln -s "$PWD/../../deploy" "$PWD/../../.env.example" "$clone"
touch "$clone"/{siltgate,database-url}
commands=$(sed -n '/held by deploy.systemd.check.sh/,/^```$/p' "$page" | sed '1,2d;$d')
[[ $(wc -l <<<"$commands") -gt 5 ]]
# The group is made in that root, and no system runs there.
commands=$(sed -E "s# /(usr|etc)/# $root/\1/#g; s# -g siltgate # #; s#systemd-sysusers#& --root=$root#
  s#^systemctl daemon-reload##; s#^systemctl enable --now#systemctl --quiet --root=$root enable#" <<<"$commands")
beyond=${commands//"$root/"/} && beyond=${beyond//"--root=$root"/}
[[ $beyond != *[^[:alnum:]*._-]/* ]] # nothing is written beyond that root
(cd "$clone" && bash -euo pipefail -c "$commands")
grep -q '^siltgate:' "$root/etc/passwd"
[[ -L $root/etc/systemd/system/multi-user.target.wants/siltgate.service ]]
while read -r file; do
  [[ -e $root$file ]] || {
    printf 'the units name %s, which %s does not install\n' "$file" "$page" >&2
    exit 1
  }
done < <(grep -hoE '[=-]/(usr|etc)/[^ ]*siltgate[^ ]*' ./*.service | sed 's/^[=-]*//' | sort -u)
