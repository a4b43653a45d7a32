# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What the build tells a person: progress, one-line errors, logs.

# say TEXT...: one stage begins; the time is counted from the start of the verb.
say() {
	printf '==> [%3ds] %s\n' "$SECONDS" "$*" >&2
}

# die TEXT...: value, rule and cure in one line.
die() {
	printf 'kbuild: %s\n' "$*" >&2
	exit 1
}

# logged NAME COMMAND...: keeps the output in the cache's log/NAME.log. A failure
# shows the last lines and returns the command's code.
logged() {
	local name=$1 code=0
	shift
	local log=$KBP_CACHE/log/$name.log
	mkdir -p "${log%/*}"
	"$@" >"$log" 2>&1 </dev/null || code=$?
	if [ "$code" -ne 0 ]; then
		printf -- '--- last lines of %s\n' "$log" >&2
		tail -n 20 -- "$log" >&2
		printf -- '---\n' >&2
	fi
	return "$code"
}
