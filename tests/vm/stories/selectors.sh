# SPDX-License-Identifier: GPL-2.0
# story: irq-of finds the cores by another name, through what stands on the NIC, and before an affinity takes effect
# module: veth bridge 8021q macvlan bonding vxlan
# tool: ip
# nic: queues=1

. words.sh

# names SELECTOR CORES: what enable would do.
names() {
	expect 0 kbpctl enable --dry-run --cores "irq-of:$1"
	says "would serve the packets for $2"
}
# no_core SELECTOR WORDS...
no_core() {
	expect 1 kbpctl enable --dry-run --cores "irq-of:$1"
	shift
	says "$@"
}

# pin DEVICE CORE: its interrupts are to go there; with the next of them, they do.
pin() {
	# shellcheck disable=SC2045 # numbers
	for irq in $(ls "/sys/class/net/$1/device/../msi_irqs"); do
		echo "$2" >"/proc/irq/$irq/smp_affinity_list"
		note "$(cat "/sys/kernel/irq/$irq/actions"): effective $(cat "/proc/irq/$irq/effective_affinity_list")"
	done
}

load
steer eth0 1
pin eth1 1
names eth0 'core 1'

/bin/ip link property add dev eth0 altname enp0s2
/bin/ip link property add dev eth0 altname a-name-longer-than-sixteen
names enp0s2 'core 1'
names a-name-longer-than-sixteen 'core 1'

/bin/ip link add link eth0 name eth0.100 type vlan id 100
/bin/ip link add link eth0 name mv0 type macvlan
/bin/ip link add vx0 type vxlan id 7 dev eth0 dstport 4789 remote 10.77.0.1
/bin/ip link add br0 type bridge
/bin/ip link set eth0.100 master br0
/bin/ip link add veth0 type veth peer name veth1
/bin/ip link set veth0 master br0
/bin/ip link add bond7 type bond
/bin/ip link set eth1 down
/bin/ip link set eth1 master bond7
for up in eth0.100 mv0 vx0 br0 veth0 veth1 bond7; do /bin/ip link set $up up; done
for interface in eth0.100 mv0 vx0 br0 bond7; do names $interface 'core 1'; done

[ -e /sys/class/net/bonding_masters ] || fail 'bonding has no file of its own among the interfaces'
no_core nope 'there is no interface "nope" here' 'name an interface from ip link'
case $said in *bonding_masters*) fail 'bonding_masters is no interface' ;; esac
no_core lo 'lo is a virtual device, and no NIC is below it' RPS
no_core veth1 'veth1 is a virtual device, and no NIC is below it' RPS

# An affinity that takes effect with the next interrupt. The link is quiet.
pin eth1 0
expect 1 kbpctl enable --dry-run --cores irq-of:eth1
says 'core 0 runs work'
pin eth1 1
names eth1 'core 1'

# Nothing is kept free here.
for word in isolated nohz; do
	expect 1 kbpctl enable --cores $word
	says "cannot use $word" 'boot with'
done

# Served by the name of what has the address.
steer eth0 1
expect 0 kbpctl enable --cores irq-of:br0
quiet 1 lossless host_echo
expect 0 kbpctl disable --cores irq-of:enp0s2
off 1
unload
