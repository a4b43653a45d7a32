# SPDX-License-Identifier: GPL-2.0
# What a core's poller tells of each NAPI, and of its own time.

# napi_lines CORE: one line for each record: DEVICE HELD POLLS PACKETS DELAYS ARMS; DEVICE is `backlog` for
# the core's own, `-` for one without a name. DELAYS is the sum of its histogram; HELD and ARMS are true or
# false.
napi_lines() {
	kbpctl status --pretty | awk -v core="$1" '
		function value() { sub(/^[^:]*: /, ""); gsub(/[",]/, ""); return $0 }
		/^      "core":/ { here = value() == core }
		/^      "napis":/ { inside = here; next }
		/^      \]/ { inside = 0 }
		!inside { next }
		/^          "device":/ { device = value(); if (device == "null") device = "-" }
		/^          "held":/ { held = value() }
		/^          "backlog":/ { if (value() == "true") device = "backlog" }
		/^          "arms":/ { arms = value() }
		/^          "polls":/ { polls = value() }
		/^          "packets":/ { packets = value() }
		/^            "count":/ { print device, held, polls, packets, value(), arms }'
}

# napi_packets CORE DEVICE: packets of all NAPIs of the device there.
napi_packets() { napi_lines "$1" | awk -v device="$2" '$1 == device { sum += $4 } END { print sum + 0 }'; }

# napi_held CORE DEVICE, napi_arms CORE DEVICE: whether the interrupt of the device's NAPI there that got the most
# packets is off; whether its driver arms it whatever it is told. (Which queue a flow comes to is a NIC's dice.)
napi_held() { busiest_napi "$@" | awk '{ print $2 }'; }
napi_arms() { busiest_napi "$@" | awk '{ print $6 }'; }
busiest_napi() { napi_lines "$1" | awk -v device="$2" '$1 == device && $4 >= most { most = $4; line = $0 } END { print line }'; }

# polls_each CORE 'DEVICE...' COMMAND...: the poller of the core receives from each of them meanwhile.
polls_each() {
	local core=$1 devices=$2 device before=""
	shift 2
	for device in $devices; do before="$before $(napi_packets "$core" "$device")"; done
	"$@"
	for device in $devices; do
		# shellcheck disable=SC2086 # the first of several
		set -- $before
		before=${before#* "$1"}
		[ "$(napi_packets "$core" "$device")" -gt "$1" ] ||
			fail "kbp/$core polled no packet of $device: $(napi_lines "$core")"
	done
	ok "kbp/$core polled packets of each of: $devices"
}

# soon_polls CORE 'DEVICE...': the same from now on, without a COMMAND; on a busy host that takes its time.
soon_polls() {
	local device
	for device in $2; do
		polled=$(napi_packets "$1" "$device")
		until_true 20 "kbp/$1 polls packets of $device" has_polled "$1" "$device"
	done
	ok "kbp/$1 polls packets of each of: $2"
}
has_polled() { [ "$(napi_packets "$1" "$2")" -gt "$polled" ]; }

# books_agree CORE: the counters of a core that is off agree with each other.
books_agree() {
	local core=$1 lines
	off "$core"
	lines=$(napi_lines "$core")
	echo "$lines" | sed 's/^/    /'
	same "polls without a record" 0 "$(counter "$core" untracked_polls)"
	same "packets of all NAPIs" "$(counter "$core" packets)" "$(echo "$lines" | column 4)"
	same "polls with work, by NAPI" "$(status_field "cores.$core.delay.count")" "$(echo "$lines" | column 3)"
	same "delays of all NAPIs" "$(status_field "cores.$core.delay.count")" "$(echo "$lines" | column 5)"
	same "rounds with work" $(($(counter "$core" cycles) - $(counter "$core" empty_cycles))) \
		"$(status_field "cores.$core.guard.count")"
}
# column N: its sum.
column() { awk -v n="$1" '{ sum += $n } END { print sum + 0 }'; }

# accounted CORE: the sum of all times in which a core was served, in ms.
accounted() {
	status_lines | awk -F= -v core="$1" '
		BEGIN { split("busy idle window sleep yielded", names, " ")
			for (i in names) wanted["cores." core ".counters." names[i] "_ns"] }
		$1 in wanted { sum += $2 } END { printf "%d", sum / 1000000 }'
}

# end_sleep CORE: a sleep of its poller, which counts once it is over, is over now: control ends it to have a
# change followed.
spacing=500
end_sleep() {
	spacing=$((1001 - spacing))
	kbpctl set --cores "$1" --spacing "$spacing" >/dev/null
	usleep 20000
}

# time_adds_up CORE COMMAND...: the times of the core add up to the time that passes meanwhile, within
# 5 %; what it took to ask is allowed for.
time_adds_up() {
	local core=$1 outer inner start end sum
	shift
	outer=$(milliseconds)
	end_sleep "$core"
	start=$(accounted "$core")
	inner=$(milliseconds)
	"$@"
	end=$(milliseconds)
	end_sleep "$core"
	sum=$(accounted "$core")
	inner=$((end - inner))
	outer=$(($(milliseconds) - outer))
	sum=$((sum - start))
	{ [ $((sum * 100)) -ge $((inner * 95)) ] && [ $((sum * 100)) -le $((outer * 105)) ]; } ||
		fail "core $core accounts for $sum ms of $inner to $outer ms"
	[ "$inner" -ge 2000 ] || fail "$inner ms are too short to compare times"
	ok "core $core accounts for its time"
	note "$sum ms of $inner to $outer ms"
}
