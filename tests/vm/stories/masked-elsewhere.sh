# SPDX-License-Identifier: GPL-2.0
# story: a NAPI is not held on a core to which its interrupt does not go, where the kernel knows that
# kernel: trixie trixie-backports

. words.sh

# The synthetic NIC interrupts core 1 whatever happens, and says that one of eth0's interrupts is its own.
irq=$(sed -n 's/^ *\([0-9]*\):.*virtio.*-input\.0.*/\1/p' /proc/interrupts)

# goes CORES: that interrupt may.
goes() {
	echo "$1" >"/proc/irq/$irq/smp_affinity_list"
	note "interrupt $irq: affinity $1, effective $(cat "/proc/irq/$irq/effective_affinity_list")"
	# A hold that has begun is over after 100 ms.
	usleep 200000
}
held() {
	until_true 10 "ktn0 is held on core 1" is_held
	ok "ktn0 is held on core 1"
}
is_held() { [ "$(napi_held 1 ktn0)" = true ]; }
not_held() {
	local before sample=0
	before=$(napi_packets 1 ktn0)
	while [ $sample -lt 10 ]; do
		same "ktn0 is held on core 1" false "$(napi_held 1 ktn0)"
		sample=$((sample + 1))
	done
	[ "$(napi_packets 1 ktn0)" -gt "$before" ] || fail "kbp/1 polled no packet of ktn0"
}

steer eth0 0
testnic
ip link set ktn0 down
echo "irq=$irq" >$tn/config
ip link set ktn0 up
load
expect 0 kbpctl enable --cores 1 --irq masked
tn_start cpu=1 period_ns=1000000 burst=1 count=0
not_held
# It comes when it interrupts the next time.
goes 1
held
steer eth0 0
usleep 200000
not_held
# The kernel has chosen one of two.
goes 0-1
not_held
tn_stop
unload
