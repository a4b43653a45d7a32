#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# install.sh KBPCTL FOLDER: what lets bash, zsh and fish complete the command line, in FOLDER (.../share), as
# KBPCTL prints it. With PACK=1 that of zsh is where Debian wants it of a package.
set -eu

[ $# -eq 2 ] || { echo "usage: install.sh KBPCTL FOLDER" >&2; exit 2; }
[ "${PACK-}" = 1 ] && zsh=vendor-completions || zsh=site-functions

# put SHELL FILE
put() {
	mkdir -p "${2%/*}"
	"$program" completion "$1" >"$2"
	chmod 644 "$2"
}

program=$1
put bash "$2/bash-completion/completions/kbpctl"
put zsh "$2/zsh/$zsh/_kbpctl"
put fish "$2/fish/vendor_completions.d/kbpctl.fish"
