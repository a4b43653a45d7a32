// SPDX-License-Identifier: GPL-2.0
//! The way of a packet, instruction by instruction: which function took how many of them, in each mode.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::exits::Exits;
use super::functions::{is_called, Functions, HALTS, INTERRUPT, LOOK, PACKET, POLL};
use crate::mode::Mode;
use crate::report::table;
use crate::{Error, Result};

/// A piece of the way.
struct Piece {
    name: &'static str,
    /// The function that it begins with.
    from: &'static str,
    /// Those before which it ends.
    to: &'static [&'static [&'static str]],
    /// One without which it was no packet's.
    with: &'static str,
}

const PIECES: [Piece; 2] = [
    Piece {
        name: "from the interrupt to the poll",
        from: INTERRUPT,
        to: &[&[POLL]],
        with: INTERRUPT,
    },
    Piece {
        name: "from the poll until the CPU halts, or the poller looks again",
        from: POLL,
        to: &[HALTS, &[LOOK]],
        with: PACKET,
    },
];

/// What is longer was no way of a packet: the guest went on to something else.
const LONGEST: usize = 200_000;

/// Functions on the way, in the order in which they came first, and their instructions.
type Steps = Vec<(String, usize)>;

/// The way of a row's packets in one mode.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) row: String,
    pub(super) mode: Mode,
    /// By [`PIECES`].
    pieces: [Taken; PIECES.len()],
    exits: Exits,
}

/// How packets took a piece of the way.
#[derive(Debug, Default, PartialEq, Eq)]
struct Taken {
    /// As most of them did.
    steps: Steps,
    most: usize,
    packets: usize,
    /// As that one did that took most instructions.
    longest: Steps,
}

/// Reads the instructions that were written while packets of this row came.
pub(super) fn read(log: &Path, row: &str, mode: Mode, functions: &Functions) -> Result<Way> {
    let file = File::open(log).map_err(Error::at("open", log))?;
    let mut lines = BufReader::with_capacity(1 << 20, file).lines();
    let addresses = std::iter::from_fn(|| lines.next().map(|line| line.map(|l| address(&l))));
    let addresses: std::io::Result<Vec<u64>> =
        addresses.filter_map(std::io::Result::transpose).collect();
    let addresses = addresses.map_err(Error::at("read", log))?;
    // They are large, and this is all that is wanted of them.
    fs::remove_file(log).map_err(Error::at("remove", log))?;
    let pieces = PIECES.map(|piece| taken(&addresses, functions, &piece));
    // The second piece has no end where something polls without a look: the kernel's threaded busy poll.
    if pieces[0].packets == 0 {
        return Err(Error::Other(format!(
            "{row}/{mode}: no packet was polled while instructions were written"
        )));
    }
    Ok(Way {
        row: row.to_owned(),
        mode,
        pieces,
        exits: Exits::count(&addresses, functions),
    })
}

fn taken(addresses: &[u64], functions: &Functions, piece: &Piece) -> Taken {
    let ways = ways(addresses, functions, piece);
    let packets = ways.values().sum();
    let longest = ways.keys().max_by_key(|steps| all(steps)).cloned();
    let most = ways.into_iter().max_by_key(|(_, taken)| *taken);
    most.map_or_else(Taken::default, |(steps, most)| Taken {
        steps,
        most,
        packets,
        longest: longest.unwrap_or_default(),
    })
}

fn all(steps: &Steps) -> usize {
    steps.iter().map(|(_, count)| count).sum()
}

fn of(steps: &Steps, name: &str) -> usize {
    let step = steps.iter().find(|(known, _)| known == name);
    step.map_or(0, |(_, count)| *count)
}

/// What `long` has of each function more than `usual`.
fn more(long: &Steps, usual: &Steps) -> Steps {
    let beyond = |(name, count): &(String, usize)| {
        let more = count.saturating_sub(of(usual, name));
        (more > 0).then(|| (name.clone(), more))
    };
    long.iter().filter_map(beyond).collect()
}

/// `Trace 0: 0x7f.. [00000000/ffffffff810015f0/18c0c2b0/ff022201] `: the second in brackets.
fn address(line: &str) -> Option<u64> {
    let (_, inside) = line.split_once('[')?;
    u64::from_str_radix(inside.split('/').nth(1)?, 16).ok()
}

/// Every way that a piece was taken, and by how many packets.
fn ways(addresses: &[u64], functions: &Functions, piece: &Piece) -> HashMap<Steps, usize> {
    let ends = piece.to.concat();
    let begins = |name: &str| is_called(name, piece.from);
    let ends = |name: &str| ends.iter().any(|end| is_called(name, end));
    let mut known: HashMap<u64, &str> = HashMap::new();
    let mut ways = HashMap::new();
    let mut on_the_way: Option<Vec<&str>> = None;
    for address in addresses {
        let name = *known
            .entry(*address)
            .or_insert_with(|| functions.at(*address));
        match &mut on_the_way {
            None if begins(name) => on_the_way = Some(vec![name]),
            None => {}
            Some(way) if ends(name) => {
                if way.iter().any(|name| is_called(name, piece.with)) {
                    *ways.entry(steps(way)).or_insert(0) += 1;
                }
                on_the_way = None;
            }
            Some(way) if way.len() < LONGEST => way.push(name),
            Some(_) => on_the_way = None,
        }
    }
    ways
}

fn steps(way: &[&str]) -> Steps {
    let mut steps: Steps = Vec::new();
    let mut place: HashMap<&str, usize> = HashMap::new();
    for name in way {
        let at = *place.entry(name).or_insert_with(|| {
            steps.push(((*name).to_owned(), 0));
            steps.len() - 1
        });
        steps[at].1 += 1;
    }
    steps
}

/// Tables for each row, modes across: for each piece functions down, where what all modes have alike is
/// one line; and what would leave a guest.
pub(super) fn markdown(kernel: &str, ways: &[Way]) -> String {
    let mut out = format!(
        "Kernel {kernel}: instructions from the interrupt of the synthetic NIC to its poll, and from \
         there on, of the way that most packets took; written by `make bench-delay INSTRUCTIONS=20`. \
         Below them, what would leave a virtual CPU's guest, for each interrupt of the NIC. That \
         interrupt is a timer's: one interrupt taken and one timer programmed are its own.\n"
    );
    let mut rows: Vec<&str> = ways.iter().map(|way| way.row.as_str()).collect();
    rows.dedup();
    for row in rows {
        let ways: Vec<&Way> = ways.iter().filter(|way| way.row == row).collect();
        out += &format!("\n## {row}\n");
        for (at, Piece { name, .. }) in PIECES.iter().enumerate() {
            let steps: Vec<&Steps> = ways.iter().map(|way| &way.pieces[at].steps).collect();
            let mut lines = lines(&ways, &steps);
            lines.push(line("packets that took this way", &ways, |way| {
                let taken = &way.pieces[at];
                format!("{} of {}", taken.most, taken.packets)
            }));
            out += &format!("\n{name}:\n\n{}", table::markdown(&lines, 1));
        }
        let beyond = |way: &&Way| more(&way.pieces[0].longest, &way.pieces[0].steps);
        let longest: Vec<Steps> = ways.iter().map(beyond).collect();
        let lines = lines(&ways, &longest.iter().collect::<Vec<_>>());
        out += &format!(
            "\nwhat the longest way to the poll had more:\n\n{}",
            table::markdown(&lines, 1)
        );
        out += &format!("\nexits:\n\n{}", table::markdown(&exits(&ways), 1));
    }
    out
}

fn exits(ways: &[&Way]) -> Vec<Vec<String>> {
    let head = ways.iter().map(|way| way.mode.to_string());
    let head = std::iter::once("each".to_owned()).chain(head).collect();
    let exits: Vec<&Exits> = ways.iter().map(|way| &way.exits).collect();
    std::iter::once(head).chain(Exits::lines(&exits)).collect()
}

fn line(name: &str, ways: &[&Way], number: impl Fn(&Way) -> String) -> Vec<String> {
    let numbers = ways.iter().map(|way| number(way));
    std::iter::once(name.to_owned()).chain(numbers).collect()
}

/// Functions down, by the `steps` of each way.
fn lines(ways: &[&Way], steps: &[&Steps]) -> Vec<Vec<String>> {
    let mut names: Vec<&str> = Vec::new();
    for steps in steps {
        // What only this mode has stands behind what came before it.
        let mut at = 0;
        for (name, _) in *steps {
            at = match names.iter().position(|known| known == name) {
                Some(known) => known + 1,
                None => {
                    names.insert(at, name);
                    at + 1
                }
            };
        }
    }
    let line_of = |name: &str, number: &dyn Fn(&Steps) -> usize| -> Vec<String> {
        let numbers = steps.iter().map(|steps| number(steps).to_string());
        std::iter::once(name.to_owned()).chain(numbers).collect()
    };
    let mut lines = vec![line("function", ways, |way| way.mode.to_string())];
    let mut alike = Vec::new();
    for name in names {
        let first = steps.first().map_or(0, |steps| of(steps, name));
        match steps.len() > 1 && steps.iter().all(|steps| of(steps, name) == first) {
            true => alike.push(first),
            false => lines.push(line_of(name, &|steps| of(steps, name))),
        }
    }
    if !alike.is_empty() {
        let sum: usize = alike.iter().sum();
        let name = format!("{} functions that are alike", alike.len());
        lines.push(line_of(&name, &|_| sum));
    }
    lines.push(line_of("all", &|steps| all(steps)));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn functions() -> Functions {
        let mut functions = Functions::default();
        let named = |address, name: &str| (address, name.to_owned());
        functions.add(false, vec![named(0x100, "timer"), named(0x200, "irq")]);
        let nic = [(0x1000, "source_tick [nic]"), (0x1100, "kbp_tn_poll [nic]")];
        functions.add(true, nic.map(|(at, name)| named(at, name)).to_vec());
        functions
    }

    #[test]
    fn an_instruction_is_the_second_in_brackets() {
        assert_eq!(address("Trace 0: 0x7f [0/ff10/1/2] "), Some(0xff10));
        assert_eq!(address("Stopped execution of TB chain"), None);
    }

    #[test]
    fn ways_begin_with_the_interrupt_and_end_before_the_poll() {
        let functions = functions();
        let way = [0x1000, 0x100, 0x104, 0x1004, 0x1100];
        let other = [0x1000, 0x200, 0x1100];
        let mut log = vec![0x100, 0x1100];
        for piece in [&way[..], &[0x1104, 0x200], &other, &way] {
            log.extend_from_slice(piece);
        }
        let ways = ways(&log, &functions, &PIECES[0]);
        let steps = |pairs: &[(&str, usize)]| -> Steps {
            let owned = |(name, count): &(&str, usize)| ((*name).to_owned(), *count);
            pairs.iter().map(owned).collect()
        };
        assert_eq!(ways[&steps(&[("source_tick [nic]", 2), ("timer", 2)])], 2);
        assert_eq!(ways[&steps(&[("source_tick [nic]", 1), ("irq", 1)])], 1);
        assert_eq!(ways.len(), 2);
    }

    #[test]
    fn the_second_piece_ends_where_the_cpu_halts_or_the_poller_looks_again() {
        let mut functions = functions();
        functions.add(false, vec![(0x300, "default_idle".into())]);
        let look = (0x2000, format!("{LOOK}[kbp]"));
        let poll = (0x1100, "kbp_tn_poll [nic]".to_owned());
        let packet = (0x1200, format!("{PACKET}[nic]"));
        functions.add(true, vec![poll, packet, look]);
        // The last poll finds no packet.
        let log = [
            0x1100, 0x1200, 0x100, 0x304, 0x100, 0x1100, 0x1200, 0x100, 0x2000, 0x1100, 0x2000,
        ];
        let ways = ways(&log, &functions, &PIECES[1]);
        assert_eq!(ways.into_values().collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn what_differs_stands_in_lines_of_its_own() {
        let way = |mode, steps: &[(&str, usize)]| Way {
            row: "quiet".into(),
            mode,
            pieces: [0, 1].map(|_| Taken {
                steps: steps.iter().map(|(n, c)| ((*n).to_owned(), *c)).collect(),
                most: 9,
                packets: 10,
                longest: vec![("a".into(), 7), ("late".into(), 3)],
            }),
            exits: Exits::default(),
        };
        let text = markdown(
            "7.0",
            &[
                way(Mode::Softirq, &[("a", 5), ("raise", 7), ("b", 6)]),
                way(
                    Mode::KbpReserve,
                    &[("a", 5), ("raise", 2), ("hook", 90), ("b", 6)],
                ),
            ],
        );
        let words: Vec<Vec<&str>> = text
            .lines()
            .skip(8)
            .take_while(|line| !line.is_empty())
            .map(|line| {
                line.split('|')
                    .map(str::trim)
                    .filter(|w| !w.is_empty())
                    .collect()
            })
            .collect();
        assert_eq!(
            words,
            [
                vec!["raise", "7", "2"],
                vec!["hook", "0", "90"],
                vec!["2 functions that are alike", "11", "11"],
                vec!["all", "18", "103"],
                vec!["packets that took this way", "9 of 10", "9 of 10"],
            ],
            "{text}"
        );
        let (_, longest) = text.split_once("the longest way").expect("it");
        let words: Vec<&str> = longest.split_whitespace().collect();
        let all = words
            .windows(6)
            .any(|w| w == ["all", "|", "5", "|", "5", "|"]);
        assert!(all, "{text}");
    }
}
