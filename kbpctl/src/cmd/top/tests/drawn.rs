// SPDX-License-Identifier: GPL-2.0
//! What is drawn.

use ratatui::style::Color;

use super::super::columns::{CORES, MEANINGS};
use super::super::state::{Sort, State};
use super::super::table;
use super::super::view;
use super::*;
use crate::rates::one_core::Core;

/// A second of traffic and trouble, as the screen has it two seconds later.
fn busy() -> State {
    let fake = machine();
    let mut watch = Watch::begin(&arguments(""), &fake).expect("a look");
    fake.sleep(SECOND);
    traffic(&fake);
    trouble(&fake);
    let mut state = State::new(SECOND, true);
    state.now = fake.now();
    state.take(watch.look().expect("figures"));
    state.now += 2 * SECOND;
    state
}

/// KBP is loaded, and no core is enabled.
fn idle() -> State {
    let fake = machine();
    for core in [1, 2, 3] {
        fake.0.borrow_mut().set_state(core, abi::KBP_CORE_OFF);
    }
    let mut watch = Watch::begin(&arguments(""), &fake).expect("a look");
    fake.sleep(SECOND);
    let mut state = State::new(SECOND, true);
    state.take(watch.look().expect("figures"));
    state
}

fn drawn(state: &State, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
    let frame = terminal.draw(|frame| view::draw(frame, state));
    frame.expect("a frame");
    terminal.backend().to_string()
}

#[test]
fn the_screen_shows_cores_napis_and_events() {
    insta::assert_snapshot!("busy_80x24", drawn(&busy(), 80, 24));
    insta::assert_snapshot!("busy_120x40", drawn(&busy(), 120, 40));
    insta::assert_snapshot!("idle_80x24", drawn(&idle(), 80, 24));
    insta::assert_snapshot!("idle_120x40", drawn(&idle(), 120, 40));
    let mut state = busy();
    state.shows_help = true;
    insta::assert_snapshot!("help_80x24", drawn(&state, 80, 24));
    insta::assert_snapshot!("counting", drawn(&State::new(SECOND, true), 80, 10));
}

#[test]
fn a_terminal_of_any_size_is_drawn() {
    for mut state in [busy(), idle(), State::new(SECOND, false)] {
        for shows_help in [false, true] {
            state.shows_help = shows_help;
            for (width, height) in
                (1..130).flat_map(|width| (1..12).map(move |height| (width, height)))
            {
                drawn(&state, width, height);
            }
        }
    }
}

#[test]
fn the_help_explains_each_column() {
    let mut heads = table::head(&CORES, 200);
    for (head, _) in MEANINGS {
        assert!(heads.contains(head), "{head}");
        heads = heads.replacen(head, "", 1);
    }
    assert_eq!(heads.trim(), "core");
    let heads = table::head(&CORES, 80);
    assert_eq!(heads.len(), 80);
    assert!(heads.ends_with("p99us"), "{heads}");
}

#[test]
fn what_has_no_room_is_counted() {
    let mut state = busy();
    let report = state.report.as_mut().expect("figures");
    let core = report.interval.cores[0].clone();
    report.interval.cores = (0..50)
        .map(|number| Core {
            core: number,
            ..core.clone()
        })
        .collect();
    insta::assert_snapshot!("many_80x24", drawn(&state, 80, 24));
}

#[test]
fn without_colours_nothing_is_coloured() {
    let mut state = busy();
    for (colours, want) in [(true, true), (false, false)] {
        state.colours = colours;
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a terminal");
        terminal
            .draw(|frame| view::draw(frame, &state))
            .expect("a frame");
        let cells = terminal.backend().buffer().content.iter();
        let coloured = cells.filter(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset);
        assert_eq!(coloured.count() > 0, want);
    }
}

#[test]
fn cores_are_sorted_by_what_is_asked_for() {
    let mut state = busy();
    let order = |state: &State| {
        state
            .cores()
            .iter()
            .map(|core| core.core)
            .collect::<Vec<_>>()
    };
    let report = state.report.as_mut().expect("figures");
    report.interval.cores.reverse();
    assert_eq!(order(&state), [3, 2, 1]);
    for sort in [Sort::Packets, Sort::Busy, Sort::Delay] {
        state.sort = sort;
        assert_eq!(order(&state)[0], 2, "{sort:?}");
    }
    assert_eq!(Sort::Delay.next(), Sort::Number);
}
