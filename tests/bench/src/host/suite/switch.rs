// SPDX-License-Identifier: GPL-2.0
//! Whether Open vSwitch took part in a measurement, and what it took of the host.

use std::time::{Duration, Instant};

use kbp_vm::SwitchReport;

use crate::{Error, Result};

/// Looks at the switch around a measurement, never during it.
#[derive(Debug)]
pub(super) struct Watch<'a> {
    switch: &'a SwitchReport,
    polled: u64,
    ran: Duration,
    begin: Instant,
}

impl<'a> Watch<'a> {
    pub(super) fn begin(switch: &'a SwitchReport) -> Result<Watch<'a>> {
        Ok(Watch {
            switch,
            polled: switch.polled()?,
            ran: switch.ran()?,
            begin: Instant::now(),
        })
    }

    /// What shows that `answered` datagrams went through the switch, or past it, in words; an error if they did not.
    pub(super) fn end(self, through: bool, answered: u64) -> Result<String> {
        let (ran, passed) = (self.switch.ran()? - self.ran, self.begin.elapsed());
        let polled = self.switch.polled()? - self.polled;
        words(
            through,
            answered,
            polled,
            ran.as_secs_f64() / passed.as_secs_f64(),
        )
        .map_err(Error::Other)
    }
}

fn words(
    through: bool,
    answered: u64,
    polled: u64,
    share: f64,
) -> std::result::Result<String, String> {
    let each_way = 2 * answered;
    // Beside it go the frames that no benchmark asked for: a few of ARP.
    let right = match through {
        true => polled >= each_way,
        false => polled < each_way.max(100) / 2,
    };
    if share <= 0.0 {
        return Err("Open vSwitch's PMD thread did not run".into());
    }
    match right {
        true => Ok(format!(
            "Open vSwitch's PMD thread polled {polled} frames and had {:.0} % of a core of the host",
            share * 100.0
        )),
        false => Err(format!(
            "{answered} datagrams were answered and should have gone {} Open vSwitch, whose PMD thread polled {polled} frames",
            if through { "through" } else { "past" },
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_took_the_wrong_way_are_told() {
        let text = words(true, 500, 1010, 0.98).unwrap();
        assert!(text.contains("polled 1010 frames and had 98 %"), "{text}");
        assert!(words(true, 500, 999, 1.0).unwrap_err().contains("through"));
        assert!(words(false, 500, 4, 1.0).is_ok());
        assert!(words(false, 500, 1000, 1.0).unwrap_err().contains("past"));
        assert!(words(false, 500, 0, 0.0)
            .unwrap_err()
            .contains("did not run"));
    }
}
