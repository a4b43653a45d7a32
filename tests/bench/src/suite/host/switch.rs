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

    /// What the switch did while so many datagrams were answered; an error if these did not go
    /// `through` it, or past it.
    pub(super) fn end(self, through: bool, answered: u64) -> Result<Seen> {
        let (ran, passed) = (self.switch.ran()? - self.ran, self.begin.elapsed());
        let share = ran.as_secs_f64() / passed.as_secs_f64();
        let seen = Seen {
            polled: self.switch.polled()? - self.polled,
            share: (share * 1000.0).round() / 1000.0,
        };
        seen.check(through, answered).map_err(Error::Other)?;
        Ok(seen)
    }
}

/// What the switch did during a measurement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Seen {
    /// Frames that its polling thread took from ports.
    pub(super) polled: u64,
    /// What that thread had of a core of the host, 0 to 1.
    pub(super) share: f64,
}

impl Seen {
    pub(super) fn words(&self) -> String {
        format!(
            "Open vSwitch's PMD thread polled {} frames and had {:.0} % of a core of the host",
            self.polled,
            self.share * 100.0
        )
    }

    fn check(&self, through: bool, answered: u64) -> std::result::Result<(), String> {
        let (way, right) = match through {
            true => ("through", self.polled >= 2 * answered),
            // The switch's NIC still has frames that no benchmark asked for: a few of ARP.
            false => ("past", self.polled < answered.max(100)),
        };
        let words = self.words();
        right.then_some(()).ok_or(format!(
            "{answered} datagrams were answered and should have gone {way} Open vSwitch, but {words}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_took_the_wrong_way_are_told() {
        let check = |through, polled, share| Seen { polled, share }.check(through, 500);
        assert_eq!(check(true, 1010, 0.98), Ok(()));
        assert_eq!(check(false, 4, 0.98), Ok(()));
        let wrong = check(true, 999, 0.98).unwrap_err();
        assert!(
            wrong.contains("through Open vSwitch") && wrong.contains("polled 999"),
            "{wrong}"
        );
        assert!(check(false, 1000, 0.98).unwrap_err().contains("past"));
        // A thread that was kept from its core polls nothing; the report warns.
        assert_eq!(check(false, 0, 0.0), Ok(()));
    }
}
