# SPDX-License-Identifier: GPL-2.0
# story: a driver can be stopped and removed while KBP polls it at high load

. words.sh

load
expect 0 kbpctl enable --cores 1
for round in 1 2 3; do
	testnic
	tn_busy
	tn_restarts
	tn_goes_while_busy
done
served 1
unload
