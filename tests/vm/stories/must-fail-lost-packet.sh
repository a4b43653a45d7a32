# SPDX-License-Identifier: GPL-2.0
# story: a program that does not read its socket
# fails: drop counters that moved during 'unread_run'

. words.sh

testnic
killall -STOP kbp-bench
unread_run() {
	tn_start cpu=1 period_ns=1000000 burst=64 payload=1400 count=30000
	until_true 30 'the run is over' tn_idle
}
lossless unread_run
