# SPDX-License-Identifier: GPL-2.0
# story: a virtual CPU that its host stalls or caps stays served, and nothing is lost: masked
# long-limit: 1200
# warning: hogged CPU for|transmit queue . timed out|TX timeout on queue

. words.sh
. stall.sh

steer eth0 1
load
expect 0 kbpctl enable --cores 1 --irq masked
stalled
unload
