// SPDX-License-Identifier: GPL-2.0
//! One story on every kernel: does KBP go in, serve, bear with somebody else's livepatch, come back when
//! that has taken its hooks away and after a boot, always with one and the same saved state, and go out?

mod kernels;
mod page;
mod report;

pub use kernels::{Kernel, Kernels};
pub use page::page;
pub use report::{Report, Row, Step, Verdict, SCHEMA};

use crate::{Story, Told};

/// The story on `kernel`, a suite or a release.
pub fn story(kernel: &str) -> Story {
    Story::new(&format!(
        "load, enable, echo, a foreign livepatch, disable, unload on {kernel}"
    ))
    .kernel(kernel)
    .script(
        "
        steer eth0 1
        step load load
        step enable expect 0 kbpctl enable --cores 1
        served 1
        step echo quiet 1 lossless host_echo
        step foreign_in foreign_in 15000
        step foreign_out foreign_out 15000
        served 1
        quiet 1 lossless guest_echo 300

        expect 0 kbpctl set --cores 1 --irq masked --idle adaptive:300 --save
        same 'the saved state' '[[serve]] cores = \"1\" irq = \"masked\" idle = \"adaptive:300\"' \
            \"$(echo $(grep -v '^#' /etc/kbp/kbp.toml))\"
        insmod /lib/kbp/tests/kbp_foreign.ko replace=1
        until_true 30 'the foreign livepatch is in' foreign_is_in
        yielded 1 'hooks replaced'
        step reapply_hooks expect 0 kbpctl reapply
        served 1
        quiet 1 lossless guest_echo 200
        foreign_out 15000
        expect 0 kbpctl reapply
        says 'already loaded' 'already enabled'
        unload
        step reapply_boot expect 0 kbpctl reapply
        same 'how it is served' 'masked adaptive 300' \
            \"$(status_field cores.1.config.irq) $(status_field cores.1.config.idle) $(status_field cores.1.config.spin_us)\"
        quiet 1 lossless guest_echo 200
        step disable expect 0 kbpctl disable
        off 1
        step unload unload
        busy 1 lossless guest_echo 100
        ",
    )
}

/// The times that a told story has printed.
pub fn steps(told: &Told) -> Vec<Step> {
    let step = |line: &str| {
        let (name, ms) = line.strip_prefix("@step ")?.split_once(' ')?;
        Some(Step {
            name: name.into(),
            ms: ms.parse().ok()?,
        })
    };
    told.transcript.lines().filter_map(step).collect()
}
