// SPDX-License-Identifier: GPL-2.0
//! Devices that stop, and that go away for good, while KBP holds or polls their NAPIs.

use kbp_stories::Story;

#[test]
fn a_masked_interface_goes_down_and_its_driver_away_under_load() {
    Story::new("a driver can be stopped and removed while KBP keeps its interrupt off")
        .script(
            "
            load
            for idle in spin adaptive:200; do
                expect 0 kbpctl enable --cores 1 --irq masked --idle $idle
                for round in 1 2; do
                    testnic
                    # Hardly a packet, so that it is the poller who keeps the NAPI scheduled; then many.
                    for load in 'period_ns=2000000 burst=1 cost_ns=0' 'period_ns=1000000 burst=8 cost_ns=110000'; do
                        tn_start cpu=1 $load count=0
                        held=$(counter 1 held_polls)
                        usleep 300000
                        [ $(counter 1 held_polls) -gt $held ] || fail 'nothing was held'
                        expect 0 timeout 30 ip link set ktn0 down
                        expect 0 timeout 30 ip link set ktn0 up
                        tn_stop
                    done
                    quiet 1 tn_run cpu=1 period_ns=200000 burst=2 cost_ns=0 count=2000
                    tn_start cpu=1 period_ns=1000000 burst=8 cost_ns=110000 count=0
                    usleep 300000
                    expect 0 timeout 30 rmmod kbp_testnic
                done
                served 1
            done
            unload
            ",
        )
        .run();
}

#[test]
fn a_virtio_nic_is_unbound_and_bound_again() {
    Story::new("the driver of a NIC that KBP polls is unbound under traffic, bound again, and polled again")
        .script(
            "
            driver=/sys/bus/virtio/drivers/virtio_net
            virtio=$(basename $(readlink -f /sys/class/net/eth0/device))
            steer eth0 1
            load
            for mode in armed masked; do
                expect 0 kbpctl enable --cores 1 --irq $mode
                for round in 1 2; do
                    quiet 1 lossless guest_echo 300
                    storm 10.77.0.1 0
                    quiet 1 polls_each 1 eth0 usleep 300000
                    expect 0 timeout 30 sh -c \"echo $virtio >$driver/unbind\"
                    [ ! -e /sys/class/net/eth0 ] || fail 'eth0 is still there'
                    expect 0 timeout 30 sh -c \"echo $virtio >$driver/bind\"
                    storm_over
                    # As the guest's init has set it up.
                    echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6
                    echo 10000 >/sys/class/net/eth0/tx_queue_len
                    ip addr add 10.77.0.2/24 dev eth0
                    ip link set eth0 up
                    steer eth0 1
                done
                quiet 1 lossless polls_each 1 eth0 host_echo
                served 1
            done
            unload
            ",
        )
        .run();
}

#[test]
fn veth_and_bridge_are_deleted_under_load() {
    Story::new("deleting devices waits for a worker on every core: the poller lets it come, under load")
        .tool("ip")
        .limit(240)
        .script(
            "
            # A storm rests while it waits for answers that were dropped: what counts begins with it.
            storms() {
                storm 10.80.0.2 0
                storm 10.81.0.2 1
                usleep 500000
            }
            testnic
            far_side 0
            load
            for mode in armed masked; do
                expect 0 kbpctl enable --cores 1 --irq $mode
                # With the storms it is more than the core can do: the poller has no rest, and NICs drop.
                tn_start cpu=1 period_ns=1000000 burst=8 cost_ns=100000 count=0
                for round in 1 2; do
                    far_pair va vb 10.80.0
                    far_bridge br0 ba bb 10.81.0
                    # To core 1 with all of it: its backlog is what a deletion has to flush.
                    for device in va ba br0; do echo 2 >/sys/class/net/$device/queues/rx-0/rps_cpus; done
                    quiet 1 polls_each 1 'backlog ktn0' storms
                    for device in va br0 ba; do expect 0 timeout 30 /bin/ip link del $device; done
                    storm_over
                done
                tn_stop
                far_pair va vb 10.80.0
                quiet 1 lossless echo_from 1 10.80.0.2 200
                expect 0 timeout 30 /bin/ip link del va
                served 1
            done
            unload
            ",
        )
        .run();
}

#[test]
fn stopping_takes_no_longer_than_with_softirq() {
    Story::new(
        "stopping an interface and removing its driver take as long under KBP as under softirq",
    )
    .script(
        "
            load
            for round in 1 2 3 4 5 6 7; do
                for receiver in softirq armed masked; do
                    [ $receiver = softirq ] || kbpctl enable --cores 1 --irq $receiver >/dev/null
                    testnic
                    tn_start cpu=1 period_ns=1000000 burst=8 cost_ns=80000 count=0
                    usleep 200000
                    time_of down-$receiver ip link set ktn0 down
                    ip link set ktn0 up
                    usleep 100000
                    time_of rmmod-$receiver rmmod kbp_testnic
                    [ $receiver = softirq ] || kbpctl disable >/dev/null
                done
            done
            for what in down rmmod; do
                for receiver in armed masked; do no_longer $what-$receiver $what-softirq; done
            done
            unload
            ",
    )
    .run();
}
