// SPDX-License-Identifier: GPL-2.0
//! Colours of the modes. KBP's and softirq's are those of the demo; dashes tell apart what shares a colour, and
//! help where colours do not.

use crate::report::svg::style::BASE;
use crate::suite::cell::Mode;

/// A mode's colour on light and on dark pages, and its dashes.
fn look(mode: Mode) -> (&'static str, &'static str, &'static str) {
    match mode {
        Mode::Softirq => ("#d1500b", "#ff9a56", "none"),
        Mode::Control => ("#d1500b", "#ff9a56", "7 3"),
        Mode::Threaded => ("#8a6d00", "#e0c04a", "none"),
        Mode::ThreadedBusyPoll => ("#7a3fa0", "#c89af0", "none"),
        Mode::SoBusyPoll => ("#0a7a5a", "#4fd0a5", "none"),
        Mode::Defer => ("#a8326e", "#f08ab8", "9 3 2 3"),
        Mode::IrqSuspend => ("#0a7a5a", "#4fd0a5", "9 3 2 3"),
        Mode::KbpArmed => ("#0b66b8", "#5cb3ff", "none"),
        Mode::KbpMasked => ("#0b66b8", "#5cb3ff", "7 3"),
        Mode::KbpAdaptive => ("#0b66b8", "#5cb3ff", "2 2"),
    }
}

/// The style sheet of all plots; a page needs it once.
pub(crate) fn sheet() -> String {
    let mut light = String::new();
    let mut dark = String::new();
    for mode in Mode::ALL {
        let (on_light, on_dark, dashes) = look(mode);
        light += &format!(
            ".curve.{mode}{{stroke:{on_light};stroke-dasharray:{dashes}}}.bar.{mode}{{fill:{on_light}}}\n"
        );
        dark += &format!(".curve.{mode}{{stroke:{on_dark}}}.bar.{mode}{{fill:{on_dark}}}\n");
    }
    format!(
        "{BASE}\n.curve{{fill:none;stroke-width:1.8}}.error{{fill:none;stroke:#1f2733;stroke-width:1.6}}\
         .bar{{fill-opacity:.75}}.bar-name{{font-size:13px;text-anchor:end}}.bar-value{{font-size:12px}}\n{light}\
         @media screen and (prefers-color-scheme:dark){{.error{{stroke:#e6eaf0}}\n{dark}}}\n"
    )
}
