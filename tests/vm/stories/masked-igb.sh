# SPDX-License-Identifier: GPL-2.0
# story: QEMU's igb knows no automatic mask, on which its driver relies: that is noticed, and no packet is lost
# kernel: trixie:amd64
# nic: model=igb

. words.sh
. masked.sh

eth1_armed_then_masked
quiet 1 lossless eth1_pings
arms eth1
unload
