# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The packages of one kernel: which they are, their download, their unpacking.

# fetch_closure SUITE VERSION PACKAGE...: the packages named and all kernel packages they
# depend on. How a kernel is split differs from series to series: the packages tell.
fetch_closure() {
	local suite=$1 version=$2 p d
	shift 2
	local -A seen=()
	local -a queue=("$@")
	while [ ${#queue[@]} -gt 0 ]; do
		p=${queue[0]}
		queue=("${queue[@]:1}")
		[ -z "${seen[$p]-}" ] || continue
		seen[$p]=1
		echo "$p"
		d=$({ suite_field "$suite" "$p=$version" Depends || true; suite_field "$suite" "$p" Depends; } |
			grep -oE '\blinux-(image|binary|modules|base|headers|kbuild)-[0-9][^ ,)]*' | sort -u) || true
		# shellcheck disable=SC2206 # package names have no blanks
		queue+=($d)
	done
}

# fetch_debs SUITE FOLDER PACKAGE...: all at once; what is there already is kept.
fetch_debs() {
	local suite=$1 dir=$2
	shift 2
	mkdir -p "$dir"
	(cd "$dir" && logged "fetch-$suite" suite_apt "$suite" apt-get -o Acquire::Queue-Mode=access download "$@")
}

# deb_unpack DEB FOLDER: without manuals.
deb_unpack() {
	dpkg-deb --fsys-tarfile "$1" | tar -C "$2" -x --exclude='./usr/share/*'
}

# source_unpack DEB FOLDER: the kernel source into FOLDER/build.
source_unpack() {
	local deb=$1 dir=$2 tarball
	rm -rf "$dir/source" "$dir/build"
	mkdir -p "$dir/source" "$dir/build"
	deb_unpack "$deb" "$dir/source"
	tarball=$(find "$dir/source/usr/src" -maxdepth 1 -name 'linux-source-*.tar.xz' -print -quit)
	[ -n "$tarball" ] || die "${deb##*/} contains no linux-source-*.tar.xz: report this kernel"
	xz -T0 -dc "$tarball" | tar -C "$dir/build" -x --strip-components=1
	rm -rf "$dir/source"
}
