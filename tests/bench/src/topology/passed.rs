// SPDX-License-Identifier: GPL-2.0
//! What shows that packets took the way through a place: the counters on it.

use std::fmt::{self, Display, Formatter};

/// Packets that rules have taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruled {
    /// By the rule of address translation: the first of each flow, and what came in one batch with
    /// it.
    pub translated: u64,
    /// By the rules that let packets into the guest.
    pub entered: u64,
}

/// Packets since the topology was up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// What the place's rules have counted, where they count.
    pub ruled: Option<Ruled>,
    /// Into each container's device towards the guest, and out of it; the last is the receiver's.
    pub devices: Vec<(u64, u64)>,
}

impl Passed {
    pub(super) fn since(before: &[(u64, u64)], now: &[(u64, u64)]) -> Vec<(u64, u64)> {
        let pairs = now.iter().zip(before);
        pairs
            .map(|(now, was)| (now.0 - was.0, now.1 - was.1))
            .collect()
    }

    /// Whether each device of the way has seen so many packets in both directions.
    pub fn at_least(&self, packets: u64) -> bool {
        let seen = |(into, out): &(u64, u64)| *into >= packets && *out >= packets;
        let ruled = |ruled: Ruled| ruled.translated > 0 && ruled.entered >= packets;
        self.ruled.is_none_or(ruled) && self.devices.iter().all(seen)
    }
}

impl Display for Passed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some((into, out)) = self.devices.last() else {
            return f.write_str("the receiver is in the guest itself, no container between");
        };
        if let Some(ruled) = self.ruled {
            write!(
                f,
                "{} packets met the NAT rule, {} were let in; ",
                ruled.translated, ruled.entered
            )?;
        }
        write!(f, "{into} into the receiver's container, {out} out of it")?;
        if let [.., _, _] = self.devices[..] {
            let least = self.devices.iter().map(|(into, out)| into.min(out)).min();
            write!(
                f,
                "; at each of {} containers at least {}",
                self.devices.len(),
                least.unwrap_or(&0)
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_device_of_the_way_counts() {
        let mut passed = Passed {
            ruled: Some(Ruled {
                translated: 1,
                entered: 9,
            }),
            // What was counted before does not count.
            devices: Passed::since(&[(2, 3), (0, 1)], &[(11, 11), (7, 10)]),
        };
        assert!(passed.at_least(7) && !passed.at_least(8));
        assert_eq!(
            passed.to_string(),
            "1 packets met the NAT rule, 9 were let in; 7 into the receiver's container, 9 out of it; \
             at each of 2 containers at least 7"
        );
        passed.ruled = Some(Ruled {
            translated: 1,
            entered: 6,
        });
        assert!(!passed.at_least(7));
        passed.ruled = None;
        assert!(passed.at_least(7) && !passed.at_least(8));
        assert!(passed.to_string().starts_with("7 into the receiver's"));
        passed.devices.clear();
        assert!(passed.to_string().contains("no container"));
    }
}
