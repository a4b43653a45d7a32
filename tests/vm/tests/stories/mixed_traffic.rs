// SPDX-License-Identifier: GPL-2.0
//! Everything a core can receive, in every mode: NICs, veth, a bridge, loopback, RPS.

use kbp_stories::Story;

/// Ways to serve a core, for a `for` of the script.
const MODES: &str = "'--irq armed --idle spin' '--irq masked --idle spin' \
                     '--irq armed --idle adaptive:200' '--irq masked --idle adaptive:200'";

#[test]
fn all_sources_at_once() {
    Story::new("virtio, the synthetic NIC, veth, a bridge and loopback at once, in every mode: no NET_RX, no loss")
        .tool("ip")
        .limit(300)
        .script(&format!(
            "
            steer eth0 1
            testnic
            far_side 0
            far_pair va vb 10.80.0
            far_bridge br0 ba bb 10.81.0
            echo_server
            everything() {{
                at_once 'guest_echo 300 300' 'tn_counted 3000 cpu=1 period_ns=1000000 burst=4' \\
                    'echo_from 1 10.80.0.2 150' 'echo_from 0 10.80.0.2 150' 'echo_from 1 10.81.0.2 150' \\
                    'echo_from 0 10.81.0.2 150' 'echo_from 1 127.0.0.1 150'
            }}
            busy 1 lossless everything
            load
            for mode in {MODES}; do
                expect 0 kbpctl enable --cores 1 $mode
                quiet 1 lossless polls_each 1 'eth0 ktn0 backlog' everything
                quiet 1 lossless host_echo
                served 1
            done
            unload
            "
        ))
        .run();
}

#[test]
fn packets_are_steered_to_and_from_the_core() {
    Story::new("RPS steers packets away from an enabled core and to it, in every mode: no NET_RX, no loss")
        .tool("ip")
        .limit(300)
        .script(&format!(
            "
            far_side 0
            far_pair va vb 10.80.0
            echo_server
            rps() {{
                echo $2 >/sys/class/net/$1/queues/rx-0/rps_cpus
                same \"RPS mask of $1\" $2 \"$(cat /sys/class/net/$1/queues/rx-0/rps_cpus)\"
            }}
            # away: what core 1 gets goes on to core 0; here: what core 0 gets comes to core 1.
            away() {{ at_once 'guest_echo 300 300' 'echo_from 1 10.80.0.2 150' 'echo_from 1 127.0.0.1 150'; }}
            here() {{ at_once 'guest_echo 300 300' 'echo_from 0 10.80.0.2 150' 'echo_from 0 127.0.0.1 150'; }}
            load
            for mode in {MODES}; do
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
            "
        ))
        .run();
}
