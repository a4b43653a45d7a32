// SPDX-License-Identifier: GPL-2.0
//! Colours and fonts, for light and dark pages. The pair of colours stays apart for every common
//! kind of colour blindness, and the markers differ in shape as well.

/// What every plot has: page, frame, grid, texts, and the dotted line of the noise.
pub(crate) const BASE: &str = "
.page{fill:#ffffff}.frame{fill:#f7f8fa;stroke:#c9ced6}
svg text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:#1f2733}
.legend{font-size:13px}svg .note{font-size:12px;fill:#5b6675}
svg .tick{font-size:11px;fill:#5b6675}.y{text-anchor:end}.x{text-anchor:middle}
.grid{stroke:#dfe3e9;fill:none}
.late{fill:none;stroke:#8a94a3;stroke-width:1.4;stroke-dasharray:2 3}
@media screen and (prefers-color-scheme:dark){
.page{fill:#12161c}.frame{fill:#181e26;stroke:#3a4452}
svg text{fill:#e6eaf0}svg .note,svg .tick{fill:#9aa6b5}
.grid{stroke:#2c3542}.late{stroke:#8c98a8}
}";

/// What the comparison of two modes has beside it.
const PAIR: &str = "
.title{font-size:22px;font-weight:600}svg .sub{font-size:13px;fill:#5b6675}
.section{font-size:16px;font-weight:600}
.name{font-size:14px;font-weight:600}svg .why{font-size:12px;fill:#5b6675;font-weight:400}
.result{font-size:12px;text-anchor:end}
.round,.median{fill:none;stroke-linejoin:round}
.round{stroke-width:1;stroke-opacity:.38}.median{stroke-width:2.4}
.softirq{stroke:#d1500b}.kbp{stroke:#0b66b8}
.dot{stroke:#ffffff;stroke-width:1}.dot.softirq{fill:#d1500b}.dot.kbp{fill:#0b66b8}
@media screen and (prefers-color-scheme:dark){
svg .sub,svg .why{fill:#9aa6b5}
.softirq{stroke:#ff9a56}.kbp{stroke:#5cb3ff}
.dot{stroke:#12161c}.dot.softirq{fill:#ff9a56}.dot.kbp{fill:#5cb3ff}
}";

/// The style sheet of that comparison.
pub(super) fn sheet() -> String {
    format!("<style>{BASE}{PAIR}\n</style>")
}
