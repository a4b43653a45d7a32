# SPDX-License-Identifier: GPL-2.0
# story: a foreign livepatch goes in and out while the poller has no rest
# limit: 400
# long-limit: 1380

. words.sh

# The longest a transition may take, in milliseconds: a promise of the product, not a measure of this
# machine.
limit=5000
rounds=$(often 5 100)
testnic
load
# No rescue, should the host stand still: with softirq on the overloaded core it is ksoftirqd
# that the kernel's looks find running, with or without KBP.
expect 0 kbpctl enable --cores 1 --rescue 60000
hog 1
round=0
while [ $round -lt "$rounds" ]; do
	# More than the core can do: the poller never runs dry.
	tn_start cpu=1 period_ns=1000000 burst=4 cost_ns=300000 count=0
	foreign_in $limit
	foreign_out $limit
	echo 0 >$tn/run
	tn_drain
	round=$((round + 1))
done
hog_over
served 1
quiet 1 tn_run cpu=1 period_ns=200000 burst=1 cost_ns=0 count=2000
unload
