# SPDX-License-Identifier: GPL-2.0
# story: doctor says what drivers tell of coalescing and rings, of virtio and of QEMU's igb, and what it names as a cure cures it
# kernel: trixie:amd64
# nic: model=igb
# tool: ethtool

. words.sh

asked() { expect 0 kbpctl doctor --cores 0-1 --only coalescing,ring-sizes; }
# cured CHECK: what it says is to be run works.
cured() {
	kbpctl doctor --cores 0-1 --only "$1" --fix-plan >/tmp/plan
	grep '^ethtool' /tmp/plan >/tmp/commands || fail "no command for $1: $(cat /tmp/plan)"
	note "$(cat /tmp/commands)"
	sh -e /tmp/commands || fail 'a command of the plan fails'
}
size() { ethtool -g eth1 | sed -n 's/^RX:[^0-9]*//p' | tail -n 1; }

note "$(ethtool -c eth1 | in_a_line)"
note "$(ethtool -c eth0 | in_a_line)"
asked
says 'hint: coalescing: eth1 as long as its driver chooses' 'hint: ring-sizes: eth1 256 of 4096'
case $said in *watched*) fail 'nothing of this is counted' ;; esac

expect 0 ethtool -C eth1 rx-usecs 100
asked
says 'warning: coalescing: eth1 up to 100 us'
cured coalescing
asked
says 'ok: coalescing: no, as their drivers say'
cured ring-sizes
same 'receive ring of eth1' 4096 "$(size)"
asked
says 'ok: ring-sizes: eth0 1024, eth1 4096'
