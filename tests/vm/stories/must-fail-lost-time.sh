# SPDX-License-Identifier: GPL-2.0
# story: a core that is off while the time passes
# fails: core 1 accounts for

. words.sh

load
expect 0 kbpctl enable --cores 1
expect 0 kbpctl disable
time_adds_up 1 sleep 3
