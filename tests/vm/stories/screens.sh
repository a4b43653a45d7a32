# SPDX-License-Identifier: GPL-2.0
# story: what status, top and doctor show while packets come; docs/screens.md has this story's screens
# kernel: trixie-backports
# smp: 4
# nic: queues=4

. words.sh

load_plain
expect 0 kbpctl enable --cores 2-3 --from eth1 --channels 2 --xps --save
expect 0 kbpctl set --cores 2 --idle spin --save
for core in 0 1; do
	taskset -c $core ping -q -i 0.01 10.77.1.1 >/dev/null &
	pingers="${pingers-} $!"
done
ping -q -c 20 -i 0.05 10.77.1.1 >/dev/null
expect 0 kbpctl status --napis
says 'hooks live' '2 enabled' 'eth1' 'softirq receives'
expect 0 kbpctl top --once
says 'over 1.' 'recv/s' 'receive interrupts a second'
# A busy host steals, which is bad.
code=0
said=$(kbpctl doctor) || code=$?
echo '$ kbpctl doctor'
printf '%s\n' "$said" | sed 's/^/    /'
case $code in 0 | 5) ;; *) fail "doctor ended with code $code" ;; esac
says 'cores 2-3 (enabled), watched for 1.' 'network layer' 'ok: core-served'
# shellcheck disable=SC2086 # words are meant
kill $pingers
expect 0 kbpctl disable
expect 0 kbpctl irq restore
unload
