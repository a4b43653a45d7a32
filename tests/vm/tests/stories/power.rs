// SPDX-License-Identifier: GPL-2.0
//! The system goes to sleep and wakes up.

use kbp_stories::Story;

#[test]
fn the_system_sleeps_with_an_enabled_core() {
    Story::new("suspend: pollers yield before, and serve again after, whatever their mode")
        .script(
            "
            steer eth0 1
            load
            for how in '--irq armed --idle spin' '--irq masked' '--idle adaptive:100'; do
                expect 0 kbpctl enable --cores 1 $how
                quiet 1 lossless guest_echo 200
                slept=$(counter 1 yields_suspend)
                echo 0 >/sys/class/rtc/rtc0/wakealarm
                echo +2 >/sys/class/rtc/rtc0/wakealarm
                echo mem >/sys/power/state
                served 1
                same 'times yielded for it' yes $([ $(counter 1 yields_suspend) -gt $slept ] && echo yes)
                # The NIC was reset on the way.
                steer eth0 1
                quiet 1 lossless guest_echo 200
                expect 0 kbpctl disable
            done
            unload
            ",
        )
        .expect_warning("hpet: Lost .* RTC interrupts")
        .run();
}

#[test]
fn the_system_idles_with_an_enabled_core() {
    Story::new("suspend to idle: pollers let the core idle, and serve again after")
        .script(
            "
            # What the host says at the end of its load wakes the guest: a byte on this serial line.
            echo enabled >/sys/class/tty/ttyS2/power/wakeup
            steer eth0 1
            load
            for how in '--irq armed' '--irq masked'; do
                expect 0 kbpctl enable --cores 1 $how
                quiet 1 lossless guest_echo 200
                slept=$(counter 1 yields_suspend)
                kbp-mark host-echo
                echo freeze >/sys/power/state
                note \"the host said: $(kbp-wait)\"
                served 1
                same 'times yielded for it' yes $([ $(counter 1 yields_suspend) -gt $slept ] && echo yes)
                # The NIC was reset on the way.
                steer eth0 1
                quiet 1 lossless guest_echo 200
                expect 0 kbpctl disable
            done
            unload
            ",
        )
        .run();
}
