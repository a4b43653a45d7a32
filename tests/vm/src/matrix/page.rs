// SPDX-License-Identifier: GPL-2.0
//! The report as one HTML file that needs nothing else.

use kbp_bench::report::page::document;
use maud::{html, Markup};

use super::report::{Report, Row, Verdict};

/// What only this table needs.
const STYLE: &str = "
th:nth-child(-n+4),td:nth-child(-n+4){text-align:left}
.ok{color:var(--good)}.fail{color:var(--bad)}.refused{color:var(--warn)}
td.why{white-space:normal;text-align:left}
";

/// Writes it.
pub fn page(report: &Report) -> String {
    let names: Vec<&str> = report
        .kernels
        .iter()
        .max_by_key(|row| row.steps.len())
        .map_or(Vec::new(), |row| {
            row.steps.iter().map(|step| step.name.as_str()).collect()
        });
    let passed = |row: &&Row| row.verdict == Verdict::Ok;
    let passed = report.kernels.iter().filter(passed).count();
    let body = html! {
        h1 { "KBP on every kernel" }
        p.lead {
            "commit " (report.commit) ": " (passed) " of " (report.kernels.len())
            " kernels pass. Times are milliseconds of the guest; loading and unloading wait for a \
             livepatch transition."
        }
        div.wide {
            table {
                tr {
                    @for head in ["kernel", "suite", "Rust", "verdict", "build s"] { th { (head) } }
                    @for name in &names { th { (name) } }
                }
                @for row in &report.kernels { (line(row, &names)) }
            }
        }
    };
    document("KBP on every kernel", STYLE, &body)
}

fn line(row: &Row, names: &[&str]) -> Markup {
    let verdict = match row.verdict {
        Verdict::Ok => "ok",
        Verdict::Fail => "fail",
        Verdict::Refused => "refused",
    };
    let ms = |name: &str| {
        let step = row.steps.iter().find(|step| step.name == name);
        step.map_or("-".into(), |step| step.ms.to_string())
    };
    html! {
        tr {
            td { (row.release) }
            td { (row.suite) }
            td { (row.rust.as_deref().unwrap_or("-")) }
            td class=(verdict) { (verdict) }
            td { (row.built_s) }
            @match &row.reason {
                Some(reason) => td.why colspan=(names.len().max(1)) { (reason) },
                None => { @for name in names { td { (ms(name)) } } },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::{Step, SCHEMA};

    fn row(verdict: Verdict, reason: Option<&str>) -> Row {
        Row {
            release: "6.1.0-1-cloud-amd64".into(),
            suite: "bookworm".into(),
            version: "6.1.1-1".into(),
            rust: Some("freestanding".into()),
            verdict,
            reason: reason.map(Into::into),
            built_s: 40,
            steps: vec![Step {
                name: "load".into(),
                ms: 1500,
            }],
        }
    }

    fn report(kernels: Vec<Row>) -> Report {
        Report {
            schema: SCHEMA.into(),
            commit: "abc".into(),
            took_s: 1,
            kernels,
        }
    }

    #[test]
    fn every_kernel_has_its_line_and_reasons_are_text() {
        let report = report(vec![
            row(Verdict::Ok, None),
            row(Verdict::Refused, Some("gcc <99>")),
        ]);
        let page = page(&report);
        assert!(page.contains("<td>1500</td>"));
        assert!(page.contains("gcc &lt;99&gt;"));
        assert!(page.contains("1 of 2 kernels pass"));
    }

    #[test]
    fn green_is_all_of_at_least_one() {
        assert!(report(vec![row(Verdict::Ok, None)]).is_green());
        assert!(!report(vec![]).is_green());
        assert!(!report(vec![row(Verdict::Ok, None), row(Verdict::Fail, Some("x"))]).is_green());
    }
}
