# SPDX-License-Identifier: GPL-2.0
# story: RPS steers packets away from an enabled core and to it, in every mode: no NET_RX, no loss
# tool: ip
# limit: 450

. words.sh

far_side 0
far_pair va vb 10.80.0
echo_server
rps() {
	echo "$2" >"/sys/class/net/$1/queues/rx-0/rps_cpus"
	same "RPS mask of $1" "$2" "$(cat "/sys/class/net/$1/queues/rx-0/rps_cpus")"
}
# away: what core 1 gets goes on to core 0; here: what core 0 gets comes to core 1.
away() { at_once 'guest_echo 300 300' 'echo_from 1 10.80.0.2 150' 'echo_from 1 127.0.0.1 150'; }
here() { at_once 'guest_echo 300 300' 'echo_from 0 10.80.0.2 150' 'echo_from 0 127.0.0.1 150'; }
load
for mode in '--irq armed --idle spin' '--irq masked --idle spin' \
	'--irq armed --idle adaptive:200' '--irq masked --idle adaptive:200'; do
	# shellcheck disable=SC2086 # options
	expect 0 kbpctl enable --cores 1 $mode
	steer eth0 1
	for device in eth0 va lo; do rps $device 1; done
	quiet 1 busy 0 lossless polls_each 1 eth0 away
	steer eth0 0
	for device in eth0 va lo; do rps $device 2; done
	quiet 1 lossless polls_each 1 backlog here
	served 1
done
unload
