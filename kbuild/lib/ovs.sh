# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The verb ovs: Open vSwitch with DPDK, for the benchmark's rows ovs-*. A Debian root of its own,
# so that only who wants these rows fetches it; its programs run outside of it, as QEMU does.

OVS_PACKAGES=(
	openvswitch-switch-dpdk
	# DPDK's plugins: memory pools, and a port on an interface of the kernel. Their names end in DPDK's number.
	'^librte-mempool-ring[0-9]+$'
	'^librte-net-af-packet[0-9]+$'
)

verb_ovs() {
	root_make root-ovs "$ROOT_SUITE" \
		'/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk --version; ovsdb-server --version; ovs-vsctl --version' \
		"${OVS_PACKAGES[@]}"
	say "Open vSwitch: complete"
}
