// SPDX-License-Identifier: GPL-2.0
//! What somebody else changes again and again: who does so is not fought for ever.

use std::collections::BTreeMap;
use std::time::Duration;

/// So often it is changed back at once.
const MANY: u32 = 3;
/// How long it is left alone after that; each time twice as long.
const REST: Duration = Duration::from_secs(10);
const LONGEST_REST: Duration = Duration::from_secs(3600);
/// After so long without a fight the next one is the first.
const PEACE: Duration = Duration::from_secs(60);

/// A device, and what of it: a vector, a queue.
pub(crate) type Key = (String, String);

/// What to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    ChangeBack,
    /// From now on, for so long.
    Rest(Duration),
    /// Still.
    Resting,
}

#[derive(Default)]
pub(crate) struct Fights(BTreeMap<Key, Fight>);

struct Fight {
    lost: u32,
    last: Duration,
    /// It is left alone until then.
    until: Option<Duration>,
    /// Not because of somebody: it could not be changed.
    has_failed: bool,
}

impl Fights {
    /// It is not as it is to be, and nothing is known that explains it.
    pub(crate) fn lost(&mut self, key: Key, now: Duration) -> Answer {
        let fight = self.0.entry(key).or_insert(Fight {
            lost: 0,
            last: now,
            until: None,
            has_failed: false,
        });
        match fight.until {
            Some(until) if now < until => return Answer::Resting,
            // That it is changed now is of the time of the rest.
            Some(_) => {
                fight.until = None;
                return Answer::ChangeBack;
            }
            None => {}
        }
        if now.saturating_sub(fight.last) > PEACE {
            fight.lost = 0;
        }
        fight.has_failed = false;
        fight.lost += 1;
        fight.last = now;
        match fight.lost > MANY {
            true => Answer::Rest(fight.rest(now)),
            false => Answer::ChangeBack,
        }
    }

    /// It cannot be changed: the next try is after a rest, or when something else has changed.
    pub(crate) fn failed(&mut self, key: Key, now: Duration) {
        let fight = self.0.entry(key).or_insert(Fight {
            lost: MANY,
            last: now,
            until: None,
            has_failed: true,
        });
        fight.has_failed = true;
        fight.lost = fight.lost.max(MANY) + 1;
        fight.rest(now);
    }

    /// Whether it is left alone.
    pub(crate) fn rests(&self, key: &Key, now: Duration) -> bool {
        let until = self.0.get(key).and_then(|fight| fight.until);
        until.is_some_and(|until| now < until)
    }

    /// Whether it is left alone also when something else has changed, such as a core that is back.
    pub(crate) fn is_fought(&self, key: &Key, now: Duration) -> bool {
        let has_failed = self.0.get(key).is_some_and(|fight| fight.has_failed);
        self.rests(key, now) && !has_failed
    }

    /// Whether the rest of one is over.
    pub(crate) fn is_over(&self, now: Duration) -> bool {
        let mut untils = self.0.values().filter_map(|fight| fight.until);
        untils.any(|until| until <= now)
    }

    /// Has those that were left alone and are as they are to be now forgotten.
    pub(crate) fn tidy(&mut self, now: Duration) {
        for fight in self.0.values_mut() {
            fight.until = fight.until.filter(|until| *until > now);
        }
        let is_recent = |fight: &Fight| now.saturating_sub(fight.last) <= PEACE;
        self.0
            .retain(|_, fight| fight.until.is_some() || is_recent(fight));
    }
}

impl Fight {
    fn rest(&mut self, now: Duration) -> Duration {
        let doublings = (self.lost - MANY - 1).min(16);
        let rest = (REST * (1 << doublings)).min(LONGEST_REST);
        self.until = Some(now + rest);
        self.last = now + rest;
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        ("0000:00:02.0".to_owned(), "virtio0-input.0".to_owned())
    }

    /// It is changed each second by somebody who never stops, for a day.
    #[test]
    fn rests_double_up_to_an_hour() {
        let mut fights = Fights::default();
        let (mut rests, mut changed_back) = (Vec::new(), 0);
        for second in 0..86_400 {
            match fights.lost(key(), Duration::from_secs(second)) {
                Answer::Rest(rest) => rests.push(rest.as_secs()),
                Answer::ChangeBack => changed_back += 1,
                Answer::Resting => assert!(fights.rests(&key(), Duration::from_secs(second))),
            }
        }
        assert_eq!(rests[..6], [10, 20, 40, 80, 160, 320]);
        assert_eq!(rests.iter().max(), Some(&3600));
        assert!(changed_back < 40, "{changed_back}");
    }

    #[test]
    fn who_comes_seldom_is_no_fighter() {
        let mut fights = Fights::default();
        for minute in 0..100 {
            let now = Duration::from_secs(61 * minute);
            assert_eq!(fights.lost(key(), now), Answer::ChangeBack);
        }
    }

    #[test]
    fn what_is_in_its_place_after_a_rest_is_forgotten() {
        let mut fights = Fights::default();
        let at = Duration::from_secs;
        for second in 0..4 {
            fights.lost(key(), at(second));
        }
        assert!(fights.rests(&key(), at(12)) && !fights.is_over(at(12)));
        assert!(fights.is_over(at(13)));
        fights.tidy(at(13));
        assert!(!fights.is_over(at(13)));
        fights.tidy(at(100));
        assert_eq!(fights.lost(key(), at(100)), Answer::ChangeBack);
        // What failed is tried again after a rest.
        fights.failed(key(), at(101));
        assert!(fights.rests(&key(), at(110)) && !fights.rests(&key(), at(111)));
        // Or when something has changed, which is no reason to fight.
        assert!(!fights.is_fought(&key(), at(110)));
        for second in 200..206 {
            fights.lost(key(), at(second));
        }
        assert!(fights.is_fought(&key(), at(206)));
    }
}
