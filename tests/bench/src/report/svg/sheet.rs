// SPDX-License-Identifier: GPL-2.0
//! A picture of many panels: in two columns, under a title and a legend.

use maud::{html, Markup, PreEscaped};

use super::elements::{legend, legend_height, p, picture_of, text, WIDTH};
use super::style;
use crate::mode::Mode;

const MARGIN: f64 = 20.0;
/// Room for the titles, above the legend.
const HEAD: f64 = 84.0;
const FOOT: f64 = 8.0;
const COLUMNS: usize = 2;
/// Width of a panel.
pub(crate) const COLUMN: f64 = (WIDTH - 2.0 * MARGIN) / COLUMNS as f64;
/// Height of the plot of a panel.
pub(crate) const PLOT: f64 = 190.0;

/// What stands over the panels.
pub(crate) struct Head<'a> {
    /// For who cannot see the picture.
    pub(crate) label: &'a str,
    pub(crate) title: &'a str,
    pub(crate) about: &'a str,
    pub(crate) doubt: Option<&'a str>,
    pub(crate) modes: &'a [Mode],
    /// Lines of the legend that are no mode: class and name.
    pub(crate) others: &'a [(&'a str, &'static str)],
}

/// A sheet of `panels`, each so high.
pub(crate) fn draw(head: &Head<'_>, height: f64, panels: &[Markup]) -> String {
    let top = HEAD + legend_height(head.modes.len() + head.others.len());
    let end = top + panels.len().div_ceil(COLUMNS) as f64 * height + FOOT;
    let inside = html! {
        style { (PreEscaped(style::sheet())) }
        rect class="page" width=(WIDTH) height=(p(end)) {}
        (text("title", MARGIN, 34.0, head.title))
        (text("sub", MARGIN, 56.0, head.about))
        @if let Some(doubt) = head.doubt {
            (text("doubt", MARGIN, 76.0, doubt))
        }
        g transform={ "translate(0 " (HEAD) ")" } { (legend(head.modes, head.others)) }
        @for (at, panel) in panels.iter().enumerate() {
            @let x = MARGIN + (at % COLUMNS) as f64 * COLUMN;
            @let y = top + (at / COLUMNS) as f64 * height;
            g transform={ "translate(" (p(x)) " " (p(y)) ")" } { (panel) }
        }
    };
    picture_of(end, head.label, &inside).into_string() + "\n"
}
