# SPDX-License-Identifier: GPL-2.0
# story: not one NET_RX softirq on an enabled core, whichever way a driver schedules

. words.sh

testnic
busy 1 lossless tn_run cpu=1 period_ns=200000 burst=4 count=4000
load
expect 0 kbpctl enable --cores 1
for hook in irqoff plain both; do
	quiet 1 lossless tn_run cpu=1 period_ns=200000 burst=4 count=8000 hook=$hook
done
# Now a timer of the kernel schedules (napi_watchdog).
echo 100000 >/sys/class/net/ktn0/gro_flush_timeout
echo 10 >/sys/class/net/ktn0/napi_defer_hard_irqs
for how in '--irq armed' '--irq masked' '--idle adaptive:50'; do
	# shellcheck disable=SC2086 # options
	expect 0 kbpctl set --cores 1 $how
	quiet 1 lossless tn_run cpu=1 period_ns=200000 burst=4 count=4000 hook=irqoff
done
echo 0 >/sys/class/net/ktn0/napi_defer_hard_irqs
echo 0 >/sys/class/net/ktn0/gro_flush_timeout
expect 0 kbpctl disable
busy 1 lossless tn_run cpu=1 period_ns=200000 burst=4 count=4000
unload
