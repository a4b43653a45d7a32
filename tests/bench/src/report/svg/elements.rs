// SPDX-License-Identifier: GPL-2.0
//! What all pictures are made of.

use maud::{html, Markup};

use crate::mode::Mode;

/// Width of a whole picture.
pub(crate) const WIDTH: f64 = 1000.0;
/// Room for one line of the legend.
const LEGEND_LINE: f64 = 22.0;
/// Entries of the legend side by side.
const LEGEND_COLUMNS: usize = 5;

/// A picture with what is `inside`.
pub(crate) fn picture_of(height: f64, label: &str, inside: &Markup) -> Markup {
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (WIDTH) " " (height) }
            width=(WIDTH) height=(height) role="img" aria-label=(label) { (inside) }
    }
}

/// The line of what the time source added, and its name.
pub(crate) const NOISE: (&str, &str) = ("late", "noise floor");

/// How high the legend for so many lines is.
pub(crate) fn legend_height(lines: usize) -> f64 {
    lines.div_ceil(LEGEND_COLUMNS) as f64 * LEGEND_LINE
}

/// The lines of modes, and others, with their names.
pub(crate) fn legend(modes: &[Mode], others: &[(&str, &'static str)]) -> Markup {
    let entries = modes
        .iter()
        .map(|mode| (format!("curve {mode}"), mode.name()));
    let others = others
        .iter()
        .map(|(class, name)| ((*class).to_owned(), *name));
    html! {
        @for (at, (class, name)) in entries.chain(others).enumerate() {
            @let x = 20.0 + (at % LEGEND_COLUMNS) as f64 * (WIDTH - 40.0) / LEGEND_COLUMNS as f64;
            @let y = (at / LEGEND_COLUMNS) as f64 * LEGEND_LINE + 12.0;
            path class=(class) d={ "M" (p(x)) " " (p(y)) "h32" } {}
            (text("legend", x + 38.0, y + 4.0, name))
        }
    }
}

/// A text at its base line.
pub(crate) fn text(class: &str, x: f64, y: f64, words: &str) -> Markup {
    html! { text class=(class) x=(p(x)) y=(p(y)) { (words) } }
}

/// A length as pictures have it.
pub(crate) fn p(length: f64) -> String {
    format!("{length:.1}")
}
