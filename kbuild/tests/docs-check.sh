#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# docs-check.sh [FILE...]: do the documents (default: every .md of the repository) name what is
# there? A line has at most 100 columns. Links lead to files and headings. Paths, file names,
# functions of the module, options of kbpctl and kbp-vm, targets of make and stories exist.
# One line for each fault on stdout; code 1 if there was one.
set -euo pipefail
export LC_ALL=C.UTF-8
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."

readonly FOLDERS='docs|kbp-module|kbp-livepatch|kbpctl|kbuild|packaging|tests|vm-images|\.ci|\.github'
declare -A files functions targets options
faults=0

# fault PLACE TEXT
fault() {
	echo "$1: $2"
	faults=$((faults + 1))
}

# set_known LIST: each line of stdin is known in LIST.
set_known() {
	local -n list=$1
	local word
	while read -r word; do
		# shellcheck disable=SC2034,SC2004 # read by its own name; a key, no number
		list[$word]=1
	done
}

set_known files < <(git ls-files | sed 's#.*/##')
set_known functions < <(git grep -hoE '\bkbp_[a-z0-9_]+' -- '*.c' '*.h' '*.rs' '*.sh' | sort -u)
set_known targets < <(sed -nE 's/^([a-z][a-z-]*):.*/\1/p' Makefile)
# A field of the command line is an option by its name.
set_known options < <(
	printf 'help\nversion\n'
	git grep -hoE '^ +(pub\(crate\) )?[a-z_]+:' -- 'kbpctl/src/cli*' 'vm-images/kbp-vm/src/cli*' |
		sed -E 's/^ +(pub\(crate\) )?//; s/:$//; s/_/-/g'
)

# found FILE PATTERN: each match of an extended expression, as LINE:MATCH
found() { grep -noE -- "$2" "$1" || true; }

check_width() {
	local line
	while IFS=: read -r line _; do
		fault "$1:$line" "more than 100 columns: wrap it; a table of sentences becomes a list"
	done < <(grep -nE '^.{101,}' "$1" || true)
}

# anchors FILE: its headings as links name them: lower case, no punctuation, dashes for spaces.
anchors() {
	sed -nE 's/^#+ +//p' "$1" | tr '[:upper:]' '[:lower:]' | sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}

check_links() {
	local line link path
	while IFS=: read -r line link; do
		link=${link#](}
		link=${link%)}
		[[ $link != *://* ]] || continue
		path=${link%%#*}
		[ -z "$path" ] && path=$1 || path=$(dirname -- "$1")/$path
		if [ ! -e "$path" ]; then
			fault "$1:$line" "the link $link leads to no file"
		elif [[ $link == *'#'* ]] && ! anchors "$path" | grep -xF -- "${link#*#}" >/dev/null; then
			fault "$1:$line" "$path has no heading for the link $link"
		fi
	done < <(found "$1" '\]\([^)]+\)')
}

# From the top, or from the document's own folder. NAME, RELEASE and the like stand for many, * for
# any; what is built need not be there.
check_paths() {
	local line path
	while IFS=: read -r line path; do
		path=${path//\`/}
		[[ $path != *.ko && (! $path =~ [A-Z]{3} || $path =~ README|Cargo) ]] || continue
		compgen -G "$path" >/dev/null || compgen -G "${1%/*}/$path" >/dev/null ||
			fault "$1:$line" "there is no $path"
	done < <(found "$1" "\`($FOLDERS)/[^\` {|…]*\`")
	while IFS=: read -r line path; do
		[ -n "${files[${path//\`/}]-}" ] || fault "$1:$line" "no file is called ${path//\`/}"
	done < <(found "$1" "\`[a-z0-9_-]+\.(c|h|rs|sh|mk|py)\`")
}

check_functions() {
	local line name
	while IFS=: read -r line name; do
		name=${name//[\`()]/}
		[ -n "${functions[$name]-}" ] || fault "$1:$line" "no source has a function $name()"
	done < <(found "$1" "\`kbp_[a-z0-9_]+\(\)\`")
}

# In the pages of the two programs, and elsewhere on lines that call them.
check_options() {
	local line text option whole=0
	case $1 in docs/kbpctl.md | vm-images/README.md) whole=1 ;; esac
	while IFS=: read -r line text; do
		[[ $whole == 1 || $text =~ (kbpctl|kbp-vm)' ' ]] || continue
		[[ ! $text =~ cargo|kbp-bench ]] || continue
		while [[ $text =~ (^|[^a-z-])--([a-z][a-z-]+)(.*) ]]; do
			option=${BASH_REMATCH[2]} text=${BASH_REMATCH[3]}
			[ -n "${options[$option]-}" ] ||
				fault "$1:$line" "neither kbpctl nor kbp-vm has an option --$option"
		done
	done < <(grep -nE -- '--[a-z]' "$1" || true)
}

check_targets() {
	local line target
	while IFS=: read -r line target; do
		target=${target##*make }
		[ -n "${targets[$target]-}" ] || fault "$1:$line" "make has no target $target"
	done < <(found "$1" '(`|^ {4,})(KBP_[A-Z_]+=[^ ]+ )*make [a-z][a-z-]*')
}

# A name, or what some names have before a dash; `NAME` stands for any.
check_stories() {
	local line story
	while IFS=: read -r line story; do
		story=${story#stories::}
		[ -e "tests/vm/tests/$story.rs" ] || compgen -G "tests/vm/stories/$story.sh" >/dev/null ||
			compgen -G "tests/vm/stories/$story-*.sh" >/dev/null || fault "$1:$line" "there is no story $story"
	done < <(found "$1" 'stories::[a-z][a-z0-9-]*')
	while IFS=: read -r line story; do
		compgen -G "tests/vm/stories/*${story#NAME=}*.sh" >/dev/null ||
			fault "$1:$line" "no story's name contains ${story#NAME=}"
	done < <(found "$1" 'NAME=[a-z][a-z0-9-]*')
}

[ $# -gt 0 ] || mapfile -t documents < <(git ls-files '*.md')
for document in "${@:-${documents[@]}}"; do
	for what in width links paths functions options targets stories; do
		"check_$what" "$document"
	done
done
[ "$faults" -eq 0 ] || {
	echo "docs-check: $faults faults in the documents, named above" >&2
	exit 1
}
