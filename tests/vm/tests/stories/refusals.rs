// SPDX-License-Identifier: GPL-2.0
//! What cannot be enabled is refused with its cure, and nothing is changed.

use kbp_stories::Story;

#[test]
fn enable_an_offline_or_absent_core() {
    Story::new("an offline or absent core is refused, with core, rule and cure")
        .script(
            "
            load
            echo 0 >/sys/devices/system/cpu/cpu1/online
            before=$(status_lines)
            expect 1 kbpctl enable --cores 1
            says 'core 1 is offline' 'online are 0' 'echo 1 > /sys/devices/system/cpu/cpu1/online'
            same status \"$before\" \"$(status_lines)\"
            echo 1 >/sys/devices/system/cpu/cpu1/online
            for list in 7 1,7 1023; do
                expect 1 kbpctl enable --cores $list
                says \"core ${list#*,} cannot exist here\" 'possible are 0-1' 'name a core that is online'
                same status \"$before\" \"$(status_lines)\"
            done
            off 1
            expect 0 kbpctl enable --cores 1
            served 1
            unload
            ",
        )
        .run();
}

#[test]
fn enable_the_core_that_keeps_the_house() {
    Story::new("core 0 and the last core without KBP are kept, unless forced")
        .script(
            "
            load
            expect 1 kbpctl enable --cores 0
            says 'core 0' '--force'
            expect 1 kbpctl enable --cores 0-1
            says '--force'
            off 0
            off 1
            expect 0 kbpctl enable --cores 0 --force
            expect 1 kbpctl enable --cores 1
            says 'no online core would be left without KBP' 'online are 0-1' '--force'
            served 0
            off 1
            unload
            ",
        )
        .run();
}

#[test]
fn enable_without_the_livepatch() {
    Story::new("without the livepatch nothing can be enabled")
        .script(
            "
            expect 3 kbpctl enable --cores 1
            says 'KBP is not loaded' 'run kbpctl load'
            expect 3 kbpctl status
            expect 0 kbpctl disable
            expect 0 kbpctl unload
            insmod /lib/kbp/kbp.ko
            expect 3 kbpctl enable --cores 1
            says 'the livepatch is absent' 'run kbpctl load'
            same pollers 0 $(pollers)
            unload
            ",
        )
        .run();
}

#[test]
fn load_on_a_kernel_that_was_not_verified() {
    Story::new("a kernel that nobody has verified gets no module, unless told to")
        .script(
            "
            mv /var/lib/kbp/verified /var/lib/kbp/forgotten
            expect 4 kbpctl load
            says 'is not verified; nothing was loaded' '/boot/vmlinuz-' 'add --unverified'
            expect 4 kbpctl verify
            says 'no image of kernel'
            same modules '' \"$(ls -d /sys/module/kbp* 2>/dev/null)\"
            expect 0 kbpctl load --unverified
            # Nothing is put in, so nobody asks.
            expect 0 kbpctl load
            unload
            mv /var/lib/kbp/forgotten /var/lib/kbp/verified
            load
            unload
            ",
        )
        .run();
}
