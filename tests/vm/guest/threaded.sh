# SPDX-License-Identifier: GPL-2.0
# NAPIs that get threads of their own, and lose them again. Switching waits in the kernel until the NAPI has come
# to rest once.

stands_still() { n=$(napi_packets 1 "$1"); usleep 300000; [ "$n" = "$(napi_packets 1 "$1")" ]; }
has_received() { [ "$(cat "/sys/class/net/$1/statistics/rx_packets")" -gt "$received" ]; }
threaded() { expect 0 timeout 20 sh -c "echo $2 >/sys/class/net/$1/threaded"; }
# left_alone DEVICE: its own thread polls it, KBP does not, and says so.
left_alone() {
	# A NAPI stays with who polls it until it has run dry once, so on a slow host that takes a while.
	until_true 20 "KBP leaves $1 alone" stands_still "$1"
	expect 0 kbpctl status
	says "note: $1 has threaded NAPIs" "echo 0 > /sys/class/net/$1/threaded"
	before=$(napi_packets 1 "$1") received=$(cat "/sys/class/net/$1/statistics/rx_packets")
	usleep 500000
	until_true 20 "$1 receives" has_received "$1"
	same "packets of $1 that KBP polled" 0 $(($(napi_packets 1 "$1") - before))
}
