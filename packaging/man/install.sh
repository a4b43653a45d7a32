#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# install.sh KBPCTL FOLDER: the manual in FOLDER (.../share/man): the pages that KBPCTL prints, and those beside
# this script. With PACK=1 they are packed, as Debian wants it.
set -eu

[ $# -eq 2 ] || { echo "usage: install.sh KBPCTL FOLDER" >&2; exit 2; }
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
mkdir -p "$2/man5" "$2/man7" "$2/man8"
cp "$here"/*.5 "$2/man5/"
cp "$here"/*.7 "$2/man7/"
for page in $("$1" manual --list); do
	# The page of "kbpctl irq pin" is called kbpctl-irq-pin.
	verb=$(echo "${page#kbpctl}" | tr - ' ')
	# shellcheck disable=SC2086 # words are meant
	"$1" manual $verb >"$2/man8/$page.8"
done
chmod 644 "$2"/man*/kbp*
[ "${PACK-}" != 1 ] || gzip -9n "$2"/man*/kbp*
