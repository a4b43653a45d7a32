#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# sum-tests.sh COMMAND...: runs each COMMAND (one shell line each), lets its output
# through, says how long it took, and closes with one line "N passed, N failed" over all of them;
# before it, what failed and how that test's message begins. Counted are cargo's "test result:" lines and
# plain "N passed, N failed" lines. Exit 1 if anything failed, also a command that fails
# without saying which test.
set -uo pipefail

out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT
broken=0
for command in "$@"; do
	SECONDS=0
	bash -c "$command" 2>&1 | tee -a "$out"
	code=${PIPESTATUS[0]}
	echo "sum-tests: '$command' took $SECONDS s"
	if [ "$code" -ne 0 ]; then
		echo "sum-tests: '$command' ended with code $code" | tee -a "$out"
		broken=1
	fi
done

# A command that broke before or after its tests is a failure of its own.
read -r passed failed ignored < <(awk '
	/^test result:/ { for (i = 2; i <= NF; i++) {
		if ($i ~ /^passed/) p += $(i - 1)
		if ($i ~ /^failed/) f += $(i - 1)
		if ($i ~ /^ignored/) g += $(i - 1) } }
	/^[0-9]+ passed, [0-9]+ failed$/ { p += $1; f += $3 }
	END { print p + 0, f + 0, g + 0 }' "$out")
[ "$broken" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
[ "$ignored" -eq 0 ] || echo "$ignored ignored"
# Of a long log people keep the end.
awk -v lines=3 '
	/^---- .* ----$/ { print "failed: " $2; left = lines; next }
	/^FAILED / { print "failed: " substr($0, 8); left = lines - 1; next }
	/^[0-9]+ passed, [0-9]+ failed$/ { left = 0 }
	left > 0 && NF { print "    " substr($0, 1, 300); left-- }' "$out"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
