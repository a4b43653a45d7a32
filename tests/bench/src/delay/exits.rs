// SPDX-License-Identifier: GPL-2.0
//! What would make a virtual CPU leave its guest, which costs microseconds that an instruction clock does
//! not know: how often for each interrupt of the synthetic NIC, counted in the instructions.

use super::functions::{is_called, Functions, HALTS, INTERRUPT};

/// What it is, and the functions that begin as often as it happens; `..._` is the beginning of a name.
const KINDS: [(&str, &[&str]); 4] = [
    ("interrupts taken", &["asm_sysvec_", "asm_common_interrupt"]),
    ("halts", HALTS),
    ("timers programmed", &["lapic_next_"]),
    (
        "interrupts sent",
        &["x2apic_send_IPI", "x2apic_send_IPI_", "__default_send_IPI_"],
    ),
];

/// How often each of [`KINDS`] came in so many interrupts of the synthetic NIC.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Exits {
    counts: [usize; KINDS.len()],
    interrupts: usize,
}

impl Exits {
    /// From the first interrupt of the synthetic NIC to its last.
    pub(super) fn count(addresses: &[u64], functions: &Functions) -> Exits {
        let begun = addresses.iter().filter_map(|at| functions.beginning(*at));
        let names: Vec<&str> = begun.collect();
        let is_nic = |name: &&str| is_called(name, INTERRUPT);
        let between = match (
            names.iter().position(is_nic),
            names.iter().rposition(is_nic),
        ) {
            (Some(first), Some(last)) => &names[first..last],
            _ => &[],
        };
        let of = |(_, known): (&str, &[&str])| {
            let is = |name: &&&str| known.iter().any(|known| is_called(name, known));
            between.iter().filter(is).count()
        };
        Exits {
            counts: KINDS.map(of),
            interrupts: between.iter().filter(|name| is_nic(name)).count(),
        }
    }

    /// Lines of a table: the names, then for each of `all` how often for an interrupt of the NIC.
    pub(super) fn lines(all: &[&Exits]) -> Vec<Vec<String>> {
        let line = |(kind, (name, _)): (usize, &(&str, &[&str]))| {
            let each = |exits: &&Exits| match exits.interrupts {
                0 => "-".to_owned(),
                interrupts => format!("{:.2}", exits.counts[kind] as f64 / interrupts as f64),
            };
            std::iter::once((*name).to_owned())
                .chain(all.iter().map(each))
                .collect()
        };
        KINDS.iter().enumerate().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_between_two_interrupts_of_the_nic_counts_and_only_when_it_begins() {
        let mut functions = Functions::default();
        let kernel = [
            (0x100, "asm_sysvec_apic_timer_interrupt"),
            (0x200, "default_idle"),
            (0x300, "default_idle_call"),
            (0x400, "lapic_next_event"),
        ];
        functions.add(false, kernel.map(|(at, name)| (at, name.into())).to_vec());
        functions.add(true, vec![(0x1000, "source_tick [nic]".into())]);
        // Halts and a timer of before the first; one packet; half of the next.
        let log = [
            0x200, 0x400, 0x100, 0x1000, 0x1004, 0x400, 0x404, 0x300, 0x200, 0x204, 0x100, 0x1000,
            0x400,
        ];
        let exits = Exits::count(&log, &functions);
        assert_eq!(
            exits,
            Exits {
                counts: [1, 1, 1, 0],
                interrupts: 1
            }
        );
        let none = Exits::default();
        let lines = Exits::lines(&[&exits, &none]);
        assert_eq!(lines[0], ["interrupts taken", "1.00", "-"]);
        assert_eq!(lines[3], ["interrupts sent", "0.00", "-"]);
    }
}
