# SPDX-License-Identifier: GPL-2.0
# story: unload while polling, sleeping, offline, yielded and masked: softirq goes on
# packed: yes

. words.sh

steer eth0 1
for how in '--irq armed --idle spin' '--irq masked --idle spin' '--irq masked --idle adaptive:50' \
	'--irq armed --idle adaptive --away softirq'; do
	load
	# shellcheck disable=SC2086 # options
	expect 0 kbpctl enable --cores 1 $how
	case $how in
	*softirq*) busy 1 lossless_traffic ;;
	*) lossless_traffic 1 ;;
	esac
	unload
	busy 1 guest_echo 100
	lossless_traffic_over
done
load
expect 0 kbpctl enable --cores 1
echo 0 >/sys/devices/system/cpu/cpu1/online
yielded 1 'core offline'
unload
echo 1 >/sys/devices/system/cpu/cpu1/online
steer eth0 1
load
expect 0 kbpctl enable --cores 1
insmod /lib/kbp/tests/kbp_foreign.ko replace=1
until_true 30 'the foreign livepatch is in' foreign_is_in
yielded 1 'hooks replaced'
unload
busy 1 lossless guest_echo 300
foreign_out 10000
