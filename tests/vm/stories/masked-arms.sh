# SPDX-License-Identifier: GPL-2.0
# story: a driver that arms its interrupt whatever NAPI answers is noticed, and no longer held
# nic: model=vmxnet3

. words.sh

# arms DEVICE: its driver does, and status says what that means.
arms() {
	same "$1 arms" true "$(napi_arms 1 "$1")"
	same "$1 is held" false "$(napi_held 1 "$1")"
	expect 0 kbpctl status
	says "of $1: its driver arms the interrupt"
}
# masks DEVICE COMMAND...: its driver leaves the interrupt off while packets come.
masks() {
	local device=$1 held
	shift
	held=$(counter 1 held_polls)
	quiet 1 lossless "$@"
	same "$device arms" false "$(napi_arms 1 "$device")"
	[ "$(counter 1 held_polls)" -gt $((held + 1000)) ] || fail "$device was hardly ever held"
}

testnic
steer eth0 1
for irq in /sys/class/net/eth1/device/msi_irqs/*; do echo 1 >"/proc/irq/${irq##*/}/smp_affinity_list"; done
ping -q -c 3 10.77.1.1 >/dev/null
load
expect 0 kbpctl enable --cores 1 --irq masked

# As vmxnet3 does, at an exact rhythm, and as a NIC should.
quiet 1 lossless tn_run cpu=1 period_ns=1000000 burst=1 cost_ns=0 count=500 arms=1
arms ktn0
rmmod kbp_testnic
testnic
masks ktn0 tn_run cpu=1 period_ns=1000000 burst=1 cost_ns=0 count=500 arms=0

# The real one; and virtio, which arms for a moment only.
quiet 1 expect 0 ping -q -c 200 -i 0.01 10.77.1.1
says ' 0% packet loss'
arms eth1
masks eth0 guest_echo 500
unload
