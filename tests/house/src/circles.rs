// SPDX-License-Identifier: GPL-2.0
//! Circles in a graph of arrows.

use std::collections::BTreeSet;

use crate::{Arrows, Module};

/// Every group of files of which each can reach each other one.
pub fn circles(arrows: &Arrows) -> Vec<BTreeSet<Module>> {
    let reach = |from: &Module| {
        let mut found = BTreeSet::new();
        let mut next = vec![from];
        while let Some(at) = next.pop() {
            for to in arrows.get(at).into_iter().flatten() {
                if found.insert(to) {
                    next.push(to);
                }
            }
        }
        found
    };
    let reached: Vec<_> = arrows.keys().map(|from| (from, reach(from))).collect();
    let mut circles: Vec<BTreeSet<Module>> = Vec::new();
    for (from, there) in &reached {
        if circles.iter().any(|circle| circle.contains(*from)) || !there.contains(from) {
            continue;
        }
        let back = reached
            .iter()
            .filter(|(to, back)| there.contains(to) && back.contains(from));
        circles.push(back.map(|(to, _)| (*to).clone()).collect());
    }
    circles
}
