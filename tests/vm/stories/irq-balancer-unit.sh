# SPDX-License-Identifier: GPL-2.0
# story: Debian's irqbalance, locked in as its unit has it, can be told by kbpctl, and has all back after irq restore
# kernel: trixie-backports
# debian: yes
# smp: 4
# nic: queues=4
# tool: irqbalance
# host: cp "${KBP_CACHE:-.kbp-cache}/root/usr/lib/systemd/system/irqbalance.service" "$tmp"
# copy: $tmp/irqbalance.service /etc/systemd/system/irqbalance.service
# limit: 420

. words.sh

unit=irqbalance.service
vectors=$(vectors_of eth1)
places() {
	local irq
	for irq in $vectors; do cat "/proc/irq/$irq/smp_affinity_list"; done | in_a_line
}
are_moved() {
	seen=$(places)
	[ "$seen" != "$want" ]
}

# What the unit starts is the program of the same package.
ln -s "$(command -v irqbalance)" /usr/sbin/irqbalance
echo 'IRQBALANCE_ARGS="--interval=2"' >/etc/default/irqbalance
expect 0 systemctl daemon-reload
expect 0 systemctl start $unit
same 'PrivateUsers' yes "$(systemctl show --property PrivateUsers --value $unit)"
for irq in $vectors; do echo 3 >"/proc/irq/$irq/smp_affinity_list"; done
want='3 3 3 3'
until_true 60 'it moves what is only written' are_moved
ok 'it moves what is only written'

expect 0 kbpctl irq pin eth1 --cores 1
says 'irqbalance was told to leave them alone'
expect 0 kbpctl doctor --only irqbalance --cores 1
says 'ok: irqbalance: it runs, and leaves them alone'
ping -q -i 0.05 10.77.1.1 >/dev/null &
pinger=$!
for _ in 1 2 3 4 5; do
	sleep 3
	same 'they go to' '1 1 1 1' "$(places)"
done
kill $pinger

expect 0 kbpctl irq restore
for irq in $vectors; do echo 3 >"/proc/irq/$irq/smp_affinity_list"; done
until_true 60 'it moves them again' are_moved
ok 'it moves them again'
same "$unit" active "$(systemctl is-active $unit)"
