# SPDX-License-Identifier: GPL-2.0
# story: masked: the interrupt stays off under traffic, and is armed whenever the core is given back

. words.sh

testnic
steer eth0 1
load
expect 0 kbpctl enable --cores 1 --irq masked
quiet 1 lossless host_echo
# few WHAT COUNT PACKETS [CHANCE]: one a release, which comes ten times a second, on kernels that throttle
# real-time tasks with every pause, too. Those of CHANCE come beside.
few() {
	releases=$(($(counter 1 releases) - releases))
	note "$2 $1 for $3 packets, $releases releases"
	[ "$2" -le $((releases + 2 + ${4-0})) ] || fail "$2 $1, but $releases releases"
	[ $(($2 * 5)) -lt "$3" ] || fail "$2 $1 for $3 packets"
}
before=$(interrupts)
releases=$(counter 1 releases)
quiet 1 lossless guest_echo 1000
# Each poll of virtio arms the interrupt, asks whether it may, and disarms it: a packet between the two
# brings one. On a busy host the virtual CPU may stand still just there.
few interrupts $(($(interrupts) - before)) 1000 150
for burst in 1 8 64; do
	releases=$(counter 1 releases)
	quiet 1 lossless tn_run cpu=1 period_ns=$((400000 + 100000 * burst)) burst=$burst count=8000
	few schedules "$(tn_stat scheduled)" 8000
done
[ "$(counter 1 held_polls)" -gt 1000 ] || fail 'hardly a poll of a held NAPI'
# Given back in each way there is, the interrupt works.
expect 0 kbpctl set --cores 1 --irq armed
quiet 1 lossless guest_echo 300
expect 0 kbpctl set --cores 1 --irq masked
quiet 1 lossless guest_echo 300
expect 0 kbpctl disable
busy 1 lossless guest_echo 300
expect 0 kbpctl enable --cores 1
quiet 1 lossless guest_echo 300
same 'configuration stays' masked "$(status_field cores.1.config.irq)"
unload
busy 1 lossless guest_echo 300
