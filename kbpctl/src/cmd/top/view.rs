// SPDX-License-Identifier: GPL-2.0
//! Draws the screen: a line about KBP, the cores, their NAPIs, and the events.

use std::time::Duration;

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use ratatui::Frame;

use super::columns::{OfCore, CORES, MEANINGS, NAPIS};
use super::state::State;
use super::table::{self, Tone};
use super::text;
use crate::rates::event::Event;

/// A smaller terminal shows nothing that could be read.
const LEAST: (u16, u16) = (40, 6);

/// Draws `state`.
pub(super) fn draw(frame: &mut Frame<'_>, state: &State) {
    let area = frame.area();
    let lines = match (
        area.width < LEAST.0 || area.height < LEAST.1,
        state.shows_help,
    ) {
        (true, _) => vec![Line::from("too small; q quits")],
        (false, true) => help(area.width),
        (false, false) => screen(area, state),
    };
    frame.render_widget(Paragraph::new(lines), area);
}

fn screen(area: Rect, state: &State) -> Vec<Line<'static>> {
    let width = area.width;
    let mut lines = vec![title(width, state)];
    if let Some(report) = &state.report {
        let remarks = text::remarks(&report.interval);
        lines.extend(remarks.into_iter().map(Line::from));
    }
    let left = usize::from(area.height) - lines.len();
    let [cores, napis, events] = share(
        left,
        [
            core_lines(width, state),
            napi_lines(width, state),
            event_lines(width, state),
        ],
    );
    lines.extend(cores);
    lines.extend(napis);
    lines.extend(events);
    lines
}

fn title(width: u16, state: &State) -> Line<'static> {
    let (words, tone) = match &state.report {
        Some(report) => text::title(report),
        None => ("counting".to_owned(), Tone::Plain),
    };
    let paused = match state.is_paused {
        true => "PAUSED  ",
        false => "",
    };
    let every = humantime::format_duration(state.every);
    let right = format!("{paused}every {every}  by {}  ? help", state.sort.word());
    let left = format!("kbpctl top  {words}");
    let room = usize::from(width).saturating_sub(right.len() + 1);
    Line::from(vec![
        Span::styled(
            format!("{left:<room$.room$}"),
            table::style(tone, state.colours),
        ),
        Span::raw(format!(" {right}")),
    ])
}

fn head(text: String) -> Line<'static> {
    Line::styled(text, Style::default().add_modifier(Modifier::REVERSED))
}

fn core_lines(width: u16, state: &State) -> Vec<Line<'static>> {
    let mut lines = vec![head(table::head(&CORES, width))];
    let row = |core| table::row(&CORES, width, core, state.colours);
    lines.extend(state.cores().into_iter().map(row));
    lines
}

fn napi_lines(width: u16, state: &State) -> Vec<Line<'static>> {
    let rows = text::of_cores(state.cores().into_iter());
    let row = |of: &OfCore| table::row(&NAPIS, width, of, state.colours);
    let head = head(table::head(&NAPIS, width));
    std::iter::once(head).chain(rows.iter().map(row)).collect()
}

fn event_lines(width: u16, state: &State) -> Vec<Line<'static>> {
    let head = head(format!("{:<1$}", " age event", usize::from(width)));
    let row = |(at, event): &(Duration, Event)| {
        let age = age(state.now.saturating_sub(*at));
        Line::from(format!("{age:>4} {}", event.text))
    };
    std::iter::once(head)
        .chain(state.events.iter().map(row))
        .collect()
}

/// `12s`, `5m`, `3h`.
fn age(age: Duration) -> String {
    match age.as_secs() {
        seconds @ 0..100 => format!("{seconds}s"),
        seconds @ 100..6000 => format!("{}m", seconds / 60),
        seconds => format!("{}h", seconds / 3600),
    }
}

/// Cuts parts to the lines that there are. Each may have a third, and more where the others want less.
fn share(height: usize, parts: [Vec<Line<'static>>; 3]) -> [Vec<Line<'static>>; 3] {
    let third = height.div_ceil(3);
    let mut left = height;
    let mut kept: usize = parts.iter().map(|lines| lines.len().min(third)).sum();
    parts.map(|lines| {
        // What the later ones do not want is free for this one.
        kept -= lines.len().min(third);
        let lines = cut(lines, left.saturating_sub(kept));
        left -= lines.len();
        lines
    })
}

/// The first lines, and how many are missing.
fn cut(mut lines: Vec<Line<'static>>, room: usize) -> Vec<Line<'static>> {
    if lines.len() > room {
        let missing = lines.len() - room + 1;
        lines.truncate(room);
        if room > 1 {
            lines[room - 1] = Line::from(format!("     and {missing} more"));
        }
    }
    lines
}

fn help(width: u16) -> Vec<Line<'static>> {
    let keys = "q quit   p pause   s sort by the next column   ? back";
    let mut lines = vec![
        head(format!("{keys:<0$}", usize::from(width))),
        Line::default(),
    ];
    let meaning = |(word, meaning): &(&str, &str)| Line::from(format!("{word:<8} {meaning}"));
    lines.extend(MEANINGS.iter().map(meaning));
    lines.push(Line::default());
    lines.push(Line::from(
        "full: polls of a NAPI that used up its weight.  -: cannot be told.",
    ));
    lines
}
