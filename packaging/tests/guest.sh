#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# In a guest: the installed modules serve a core and go again. What fails ends it; success says DONE.
#
#   guest.sh RELEASE
set -eux

# Only what the package installed may be found.
rm -rf /lib/kbp
[ "$(uname -r)" = "$1" ]
ls -l "/lib/modules/$1/updates/dkms"

net_rx() { awk '/NET_RX/ { print $3 }' /proc/softirqs; }
# Backlog of core 1: a program there talks to itself.
talk() { taskset 2 ping -q -c "$1" -i 0.01 127.0.0.1 | grep "$1 packets transmitted, $1 packets received"; }

ip link set lo up || ifconfig lo up
kbpctl load
# Where the poller has the core alone, no NET_RX runs.
kbpctl enable --cores 1 --idle spin
before=$(net_rx)
talk 100
[ "$(net_rx)" -eq "$before" ]
kbpctl status
kbpctl --json status | grep -E '"packets": ?[1-9]'
kbpctl disable
before=$(net_rx)
talk 20
[ "$(net_rx)" -gt "$before" ]
kbpctl unload
[ ! -e /sys/module/kbp ]
if dmesg | grep -E 'WARNING|BUG:|Oops|Call Trace'; then exit 1; fi
echo DONE
