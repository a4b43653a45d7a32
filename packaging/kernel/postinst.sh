#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# postinst RELEASE [IMAGE]: says in one line whether KBP can be used on a kernel that is being installed, and
# remembers it for 'kbpctl load'. Installed as /etc/kernel/postinst.d/kbp. It never fails: a kernel without KBP is
# better than none.
release=${1-}
image=${2:-/boot/vmlinuz-$release}
kbpctl=${KBPCTL:-/usr/sbin/kbpctl}

# The package may be removed, and this file of configuration still be there.
[ -n "$release" ] && [ -x "$kbpctl" ] && [ -r "$image" ] || exit 0
config=/boot/config-$release
[ -r "$config" ] || config=${image%/*}/config
set --
[ ! -r "$config" ] || set -- --config "$config"
# It takes seconds; an installation must not wait for ever.
said=$(timeout 120 "$kbpctl" verify --image "$image" "$@" --record 2>&1)
verdict=$?
# The first reason, or the error.
why=$(echo "$said" | sed -n 's/^ \{10\}//p' | head -n 1)
[ -n "$why" ] || why=$(echo "$said" | tail -n 1)
case $verdict in
0) echo "kbp: KBP can be used on kernel $release" ;;
5) echo "kbp: KBP cannot be used on kernel $release: $why" ;;
*) echo "kbp: it is not known whether KBP can be used on kernel $release: ${why:-no answer}" ;;
esac
exit 0
