#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# kbp.ko and kbp_livepatch.ko for one kernel, on a machine with its headers, a C and a Rust compiler:
# what DKMS and 'make install' run.
#
#   build.sh KDIR OUT
#
# KDIR  the kernel's build folder (/lib/modules/<release>/build)
# OUT   a new folder for the result: OUT/kbp.ko, OUT/kbp_livepatch.ko; sources are built in OUT/build
#
# KLP_RELOC, CC, KBP_RUST, KBP_RUSTC: see module.sh.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
source=$(CDPATH='' cd -- "$here/../.." && pwd)
[ $# -eq 2 ] || { echo "usage: build.sh KDIR OUT" >&2; exit 2; }
kdir=$1

sh "$here/suits.sh" "$kdir"
rm -rf "$2"
mkdir -p "$2/build"
out=$(CDPATH='' cd -- "$2" && pwd)

# Kbuild writes among the sources, so it gets a copy.
for folder in kbp-module kbp-livepatch; do
	mkdir "$out/build/$folder"
	tar -C "$source/$folder" --exclude=./target --exclude='./*/tests' -c . | tar -C "$out/build/$folder" -x
done
# Debug information is nine tenths of a module; 'make modules' keeps it.
export KBP_STRIP=1
sh "$here/module.sh" "$kdir" "$out/build/kbp-module" kbp
sh "$here/module.sh" "$kdir" "$out/build/kbp-livepatch" kbp_livepatch "$out/build/kbp-module"
mv "$out/build/kbp-module/kbp.ko" "$out/build/kbp-livepatch/kbp_livepatch.ko" "$out"
