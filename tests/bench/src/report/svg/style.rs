// SPDX-License-Identifier: GPL-2.0
//! Colours and fonts, for light and dark pages. The colours of softirq and KBP stay apart for every
//! common kind of colour blindness; dashes tell apart what shares a colour, and help where colours
//! do not.

use crate::mode::Mode;

/// Page, frame, grid, texts, and the dotted line of the noise.
const BASE: &str = "
.page{fill:#ffffff}.frame{fill:#f7f8fa;stroke:#c9ced6}
svg text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:#1f2733}
.legend{font-size:13px}svg .note,svg .sub{font-size:12px;fill:#5b6675}
.title{font-size:22px;font-weight:600}.name{font-size:14px;font-weight:600}
svg .doubt{font-size:13px;fill:#b3261e}.result{font-size:12px;text-anchor:end}
svg .tick{font-size:11px;fill:#5b6675}.y{text-anchor:end}.x{text-anchor:middle}
.grid{stroke:#dfe3e9;fill:none}
.late{fill:none;stroke:#8a94a3;stroke-width:1.4;stroke-dasharray:2 3}
@media screen and (prefers-color-scheme:dark){
.page{fill:#12161c}.frame{fill:#181e26;stroke:#3a4452}
svg text{fill:#e6eaf0}svg .note,svg .sub,svg .tick{fill:#9aa6b5}svg .doubt{fill:#ff8a80}
.grid{stroke:#2c3542}.late{stroke:#8c98a8}
}";

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
        Mode::KbpReserve => ("#0b66b8", "#5cb3ff", "9 3 2 3"),
    }
}

/// The style sheet of all plots; a page needs it once.
pub(crate) fn sheet() -> String {
    let (mut light, mut dark) = (String::new(), String::new());
    for mode in Mode::ALL {
        let (on_light, on_dark, dashes) = look(mode);
        let paint = |colour| format!(".bar.{mode}{{fill:{colour}}}.curve.{mode}{{stroke:{colour}");
        light += &format!("{};stroke-dasharray:{dashes}}}\n", paint(on_light));
        dark += &format!("{}}}\n", paint(on_dark));
    }
    format!(
        "{BASE}\n.curve{{fill:none;stroke-width:1.8}}.error{{fill:none;stroke:#1f2733;stroke-width:1.6}}\
         .bar{{fill-opacity:.75}}.bar-name{{font-size:13px;text-anchor:end}}.bar-value{{font-size:12px}}\n{light}\
         @media screen and (prefers-color-scheme:dark){{.error{{stroke:#e6eaf0}}\n{dark}}}\n"
    )
}
