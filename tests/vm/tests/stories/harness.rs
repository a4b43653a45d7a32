// SPDX-License-Identifier: GPL-2.0
//! Stories that must fail: an assertion that cannot fail proves nothing.

use kbp_stories::Story;

#[test]
#[should_panic(expected = "the kernel complained: <3>")]
fn a_complaint_in_the_kernels_log_is_seen() {
    Story::new("a kernel that complains of a wrong key")
        .script(
            "
            testnic
            echo nonsense=1 >$tn/config || true
            ",
        )
        .run();
}

#[test]
#[should_panic(expected = "packets the kernel dropped during 'unread_run'")]
fn a_lost_packet_is_seen() {
    Story::new("a program that does not read its socket")
        .script(
            "
            testnic
            killall -STOP kbp-bench
            unread_run() {
                tn_start cpu=1 period_ns=1000000 burst=64 payload=1400 count=30000
                until_true 30 'the run is over' tn_idle
            }
            lossless unread_run
            ",
        )
        .run();
}

#[test]
#[should_panic(expected = "kbp/1 polled no packet")]
fn traffic_that_passes_by_is_seen() {
    Story::new("traffic that does not arrive on the enabled core")
        .script(
            "
            steer eth0 0
            load
            expect 0 kbpctl enable --cores 1
            quiet 1 guest_echo 100
            ",
        )
        .run();
}

#[test]
#[should_panic(expected = "kbp/1 polled no packet of ktn0")]
fn a_device_that_stays_silent_is_seen() {
    Story::new("two NICs, of which one receives nothing")
        .script(
            "
            testnic
            steer eth0 1
            load
            expect 0 kbpctl enable --cores 1
            polls_each 1 'eth0 ktn0' guest_echo 100
            ",
        )
        .run();
}

#[test]
#[should_panic(expected = "core 1 accounts for")]
fn time_that_nobody_accounts_for_is_seen() {
    Story::new("a core that is off while the time passes")
        .script(
            "
            load
            expect 0 kbpctl enable --cores 1
            expect 0 kbpctl disable
            time_adds_up 1 sleep 3
            ",
        )
        .run();
}
