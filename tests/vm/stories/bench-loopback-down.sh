# SPDX-License-Identifier: GPL-2.0
# story: where the loopback interface is down, kbpctl bench says so
# tool: ip

. words.sh

expect 1 unshare -n kbpctl bench --peer 127.0.0.1 --duration 1s
says 'lo is down' 'ip link set lo up'
# With a way to the peer it is our own noise floor that lacks the interface.
/bin/ip link add va type dummy
/bin/ip netns add alone
/bin/ip link set va netns alone
/bin/ip -n alone addr add 10.80.0.1/24 dev va
/bin/ip -n alone link set va up
expect 1 /bin/ip netns exec alone kbpctl bench --peer 10.80.0.2 --duration 1s
says 'lo is down' 'ip link set lo up'
