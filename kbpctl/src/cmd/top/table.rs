// SPDX-License-Identifier: GPL-2.0
//! Rows of columns, as wide as there is room.

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

/// How a cell wants to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    /// Somebody should look at it.
    Notable,
    /// Something is lost or late.
    Bad,
}

/// A column of things like `T`.
pub(super) struct Column<T> {
    head: &'static str,
    width: usize,
    is_word: bool,
    from: u16,
    cell: fn(&T) -> (String, Tone),
}

impl<T> Column<T> {
    /// Words begin on the left.
    pub(super) const fn word(
        head: &'static str,
        width: usize,
        cell: fn(&T) -> (String, Tone),
    ) -> Column<T> {
        Column {
            head,
            width,
            is_word: true,
            from: 0,
            cell,
        }
    }

    /// Numbers end on the right.
    pub(super) const fn number(
        head: &'static str,
        width: usize,
        cell: fn(&T) -> (String, Tone),
    ) -> Column<T> {
        Column {
            is_word: false,
            ..Column::word(head, width, cell)
        }
    }

    /// Where the whole is narrower, it is left out.
    pub(super) const fn from(self, width: u16) -> Column<T> {
        Column {
            from: width,
            ..self
        }
    }
}

/// The style of a tone. Without colours (NO_COLOR) it is the weight of the letters.
pub(super) fn style(tone: Tone, colours: bool) -> Style {
    match (tone, colours) {
        (Tone::Plain, _) => Style::default(),
        (Tone::Notable, true) => Style::default().fg(Color::Yellow),
        (Tone::Bad, true) => Style::default().fg(Color::Red).add_modifier(Modifier::BOLD),
        (Tone::Notable | Tone::Bad, false) => Style::default().add_modifier(Modifier::BOLD),
    }
}

/// The heads of the columns that are shown, as wide as the whole.
pub(super) fn head<T>(columns: &[Column<T>], width: u16) -> String {
    let shown = columns.iter().filter(|column| column.from <= width);
    let heads: Vec<String> = shown.map(|column| padded(column, column.head)).collect();
    format!("{:<1$}", heads.join(" "), usize::from(width))
}

/// One row.
pub(super) fn row<T>(columns: &[Column<T>], width: u16, of: &T, colours: bool) -> Line<'static> {
    let shown = columns.iter().filter(|column| column.from <= width);
    let mut spans: Vec<Span<'static>> = Vec::new();
    for column in shown {
        if !spans.is_empty() {
            spans.push(Span::raw(" "));
        }
        let (text, tone) = (column.cell)(of);
        spans.push(Span::styled(padded(column, &text), style(tone, colours)));
    }
    Line::from(spans)
}

/// A text that is too long loses its end.
fn padded<T>(column: &Column<T>, text: &str) -> String {
    let width = column.width;
    match column.is_word {
        true => format!("{text:<width$.width$}"),
        false => format!("{text:>width$.width$}"),
    }
}
