// SPDX-License-Identifier: GPL-2.0
//! NAPIs that get threads of their own, and lose them again, while KBP serves their core.

use kbp_stories::Story;

/// Switching waits in the kernel until the NAPI has come to rest once.
const WORDS: &str = "
    stands_still() { n=$(napi_packets 1 $1); usleep 300000; [ $n = $(napi_packets 1 $1) ]; }
    threaded() { expect 0 timeout 20 sh -c \"echo $2 >/sys/class/net/$1/threaded\"; }
    # left_alone DEVICE: its own thread polls it, KBP does not, and says so.
    left_alone() {
        # A NAPI stays with who polls it until it has run dry once, so on a slow host that takes a while.
        until_true 20 \"KBP leaves $1 alone\" stands_still $1
        expect 0 kbpctl status
        says \"note: $1 has threaded NAPIs\" \"echo 0 > /sys/class/net/$1/threaded\"
        before=$(napi_packets 1 $1) received=$(cat /sys/class/net/$1/statistics/rx_packets)
        usleep 500000
        [ $(cat /sys/class/net/$1/statistics/rx_packets) -gt $received ] || fail \"$1 received nothing\"
        same \"packets of $1 that KBP polled\" 0 $(($(napi_packets 1 $1) - before))
    }
";

#[test]
fn a_nic_is_threaded_and_back_under_traffic() {
    Story::new("a threaded NIC is left alone and named, nothing is lost, and KBP polls it again afterwards")
        .script(&format!(
            "{WORDS}
            steer eth0 1
            load
            for mode in armed masked; do
                expect 0 kbpctl enable --cores 1 --irq $mode
                lossless_traffic 1
                for round in 1 2 3; do
                    threaded eth0 1
                    left_alone eth0
                    threaded eth0 0
                    quiet 1 polls_each 1 eth0 usleep 500000
                done
                lossless_traffic_over
                ! kbpctl status | grep threaded || fail 'the status still names threaded NAPIs'
            done
            unload
            "
        ))
        .run();
}

#[test]
fn the_synthetic_nic_is_threaded_and_back_under_load() {
    Story::new("a NIC under load is threaded and back: within seconds, without loss")
        .script(&format!(
            "{WORDS}
            testnic
            load
            for mode in armed masked; do
                expect 0 kbpctl enable --cores 1 --irq $mode
                tn_start cpu=1 period_ns=2000000 burst=4 cost_ns=50000 count=0
                for round in 1 2 3; do
                    quiet 1 polls_each 1 ktn0 usleep 300000
                    threaded ktn0 1
                    left_alone ktn0
                    threaded ktn0 0
                done
                quiet 1 polls_each 1 ktn0 usleep 300000
                tn_stop
                same 'packets the synthetic NIC dropped' 0 $(tn_stat dropped)
                quiet 1 tn_run cpu=1 period_ns=200000 burst=2 cost_ns=0 count=2000
            done
            unload
            "
        ))
        .run();
}
