// SPDX-License-Identifier: GPL-2.0
//! Several kbpctl at once, and kbpctl that dies in the middle.

use kbp_stories::Story;

#[test]
fn several_enable_at_once() {
    Story::new("enables at once all succeed, and their union is served")
        .smp(4)
        .script(
            "
            load
            for round in 1 2; do
                together 'enable --cores 1' 'enable --cores 2' 'enable --cores 1-2' 'enable --cores 3' 'enable --cores 2-3'
                consistent
                served 1
                served 2
                served 3
                together 'disable --cores 1' 'disable --cores 1-2' 'enable --cores 3' status
                consistent
                off 1
                off 2
                served 3
                together 'enable --cores 1' 'disable --cores 1' 'enable --cores 2' 'disable --cores 2'
                consistent
                expect 0 kbpctl disable
                same pollers 0 $(pollers)
            done
            together load load unload
            consistent
            load
            unload
            ",
        )
        .run();
}

#[test]
fn kill_kbpctl_at_any_moment() {
    Story::new("kill -9 of kbpctl leaves a state from which the next command goes on")
        .limit(240)
        .script(
            "
            for ms in 0 20 40 70 110 170 300; do
                killed_after $ms kbpctl load
                load
                killed_after $ms kbpctl enable --cores 1
                expect 0 kbpctl enable --cores 1
                served 1
                killed_after $ms kbpctl disable
                expect 0 kbpctl disable
                off 1
                expect 0 kbpctl enable --cores 1
                killed_after $ms kbpctl unload
                unload
            done
            for ms in 600 1200; do
                killed_after $ms kbpctl load
                unload
            done
            ",
        )
        .run();
}
