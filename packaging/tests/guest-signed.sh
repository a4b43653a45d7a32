#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# In a guest that takes signed modules only: the kernel reads the signature and misses the key alone,
# and kbpctl says so. Success says DONE.
set -eux

rm -rf /lib/kbp
code=0
kbpctl load 2>/tmp/said || code=$?
cat /tmp/said
[ "$code" -eq 4 ]
grep 'does not know the key' /tmp/said
dmesg | grep 'module with unavailable key is rejected'
echo DONE
