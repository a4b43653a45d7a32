#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# install.sh PROGRAM FOLDER: the units in FOLDER, for kbpctl at PROGRAM.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
mkdir -p "$2"
for unit in "$here"/kbp*.service "$here"/kbp*.timer; do
	sed "s|@PROGRAM@|$1|" "$unit" >"$2/${unit##*/}"
	chmod 644 "$2/${unit##*/}"
done
