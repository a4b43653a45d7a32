// SPDX-License-Identifier: GPL-2.0
//! What shows that packets took the way through a place: the counters on it.

/// Packets into a device, and out of it.
pub(super) type Counted = (u64, u64);

/// In words: the packets that met the NAT rule (the first of each flow, and what came in one batch
/// with it) and those that rules let into the guest, where rules count; and what was counted since
/// `before` by each container's device towards the guest, of which the last is the receiver's.
pub(super) fn evidence(ruled: Option<(u64, u64)>, before: &[Counted], now: &[Counted]) -> String {
    let pairs = now.iter().zip(before);
    let devices: Vec<Counted> = pairs
        .map(|(now, was)| (now.0 - was.0, now.1 - was.1))
        .collect();
    let Some((into, out)) = devices.last() else {
        return "the receiver is in the guest itself, no container between".into();
    };
    let ruled = ruled.map_or(String::new(), |(translated, entered)| {
        format!("{translated} packets met the NAT rule, {entered} were let in; ")
    });
    let each = match devices.len() {
        1 => String::new(),
        count => {
            let least = devices.iter().map(|(into, out)| into.min(out)).min();
            format!(
                "; at each of {count} containers at least {}",
                least.unwrap_or(&0)
            )
        }
    };
    format!("{ruled}{into} into the receiver's container, {out} out of it{each}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_device_of_the_way_counts_and_nothing_from_before() {
        let (before, now) = ([(2, 3), (0, 1)], [(11, 11), (7, 10)]);
        assert_eq!(
            evidence(Some((1, 9)), &before, &now),
            "1 packets met the NAT rule, 9 were let in; 7 into the receiver's container, 9 out of it; \
             at each of 2 containers at least 7"
        );
        assert_eq!(
            evidence(None, &before[..1], &now[..1]),
            "9 into the receiver's container, 8 out of it"
        );
        assert!(evidence(None, &[], &[]).contains("no container"));
    }
}
