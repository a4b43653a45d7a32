# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# How the tests beside this file count.

# shellcheck disable=SC2034 # the tests print them
PASSED=0 FAILED=0

# is NAME WANTED GOT
is() {
	if [ "$2" = "$3" ]; then
		PASSED=$((PASSED + 1))
	else
		FAILED=$((FAILED + 1))
		printf 'FAILED %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"
	fi
}
