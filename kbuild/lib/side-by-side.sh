#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# side-by-side.sh FIRST SECOND: runs two commands (one shell line each) at once, for what one of them computes
# while the other fetches and unpacks. What FIRST says is shown when both are done, or as soon as one has
# failed, which ends the other. Exit code: that of who failed first, or 0.
set -uo pipefail

said=$(mktemp) || exit 1
# In a group of its own each, so that all that it has started ends with it.
set -m
bash -c "$1" >"$said" 2>&1 </dev/null &
first=$!
bash -c "$2" </dev/null &
second=$!
set +m
trap 'kill -- -"$first" -"$second" 2>/dev/null; cat "$said"; rm -f "$said"' EXIT

# Not by "wait -n": it knows nothing of a command that had ended before it was asked. "wait PID" does.
both_run() { kill -0 "$first" && kill -0 "$second"; } 2>/dev/null
while both_run; do sleep 0.05; done
sooner=$first later=$second
! kill -0 "$first" 2>/dev/null || { sooner=$second later=$first; }
for side in "$sooner" "$later"; do
	wait "$side" && continue
	code=$?
	command=$1
	[ "$side" = "$first" ] || command=$2
	echo "side-by-side: '$command' ended with code $code" >&2
	exit "$code"
done
