# SPDX-License-Identifier: GPL-2.0
# story: eight served cores, and four that spin: each polls what comes to it, and no other's counters move
# smp: 9

. words.sh

packets() { status_lines | sed -n 's/^cores\.\([0-9]*\)\.counters\.packets=/\1 /p' | sort -n; }

# only CORE COUNT: so many more packets on that core since $before, and none on any other.
only() { packets | awk -v core="$1" -v count="$2" '{ print $1, $2 - ($1 == core ? count : 0) }'; }

testnic
load
for way in '1-8 adaptive:100 1 5 8' '1-4 spin 2 4'; do
	# shellcheck disable=SC2086 # words
	set -- $way
	expect 0 kbpctl enable --cores "$1" --idle "$2"
	shift 2
	for core; do
		before=$(packets)
		quiet "$core" lossless tn_run cpu="$core" period_ns=500000 burst=4 count=400
		same "packets by core, without 400 of core $core" "$before" "$(only "$core" 400)"
	done
	expect 0 kbpctl disable
done
unload
