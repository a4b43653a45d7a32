# SPDX-License-Identifier: GPL-2.0
# story: e1000e leaves its receive interrupt off while its NAPI is held
# kernel: trixie:amd64
# nic: model=e1000e

. words.sh
. masked.sh

eth1_armed_then_masked
releases=$(counter 1 releases)
masks eth1 eth1_pings
# A hold lasts 100 ms at most; the packet after it is announced, and no other. QEMU's e1000e announces a packet
# once or twice.
releases=$(($(counter 1 releases) - releases))
[ "$interrupts" -le $((2 * (releases + 2))) ] || fail "masked: $interrupts interrupts for 200 pings, $releases releases, armed: $armed"
unload
