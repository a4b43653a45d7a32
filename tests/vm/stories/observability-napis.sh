# SPDX-License-Identifier: GPL-2.0
# story: NAPIs that are gone do not hide living ones, on a core that sleeps, too

. words.sh

steer eth0 1
load
expect 0 kbpctl enable --cores 1 --idle adaptive:200
for n in $(seq 40); do
	testnic
	tn_start cpu=1 period_ns=1000000 burst=1 cost_ns=0 count=2 arms=0
	tn_drain
	rmmod kbp_testnic
done
same 'records' 32 "$(napi_lines 1 | wc -l)"
usleep 1100000
quiet 1 lossless guest_echo 100
[ "$(napi_packets 1 eth0)" -ge 100 ] || fail "eth0 has no record: $(napi_lines 1)"
unload
