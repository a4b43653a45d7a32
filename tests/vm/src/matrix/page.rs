// SPDX-License-Identifier: GPL-2.0
//! The report as one HTML file that needs nothing else.

use kbp_page::{document, escape};

use super::report::{Report, Row, Verdict};

/// What only this table needs.
const STYLE: &str = "
th:nth-child(-n+4),td:nth-child(-n+4){text-align:left}
.ok{color:var(--good)}.fail{color:var(--bad)}.refused{color:var(--warn)}td.why{white-space:normal;text-align:left}
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
    let mut html = format!(
        "<h1>KBP on every kernel</h1>\n<p class=\"lead\">commit {}: {} of {} kernels pass. Times are \
         milliseconds of the guest; loading and unloading wait for a livepatch transition.</p>\n\
         <div class=\"wide\"><table>\n<tr><th>kernel</th><th>suite</th><th>Rust</th><th>verdict</th><th>build s</th>",
        escape(&report.commit),
        report.kernels.iter().filter(passed).count(),
        report.kernels.len()
    );
    for name in &names {
        html += &format!("<th>{}</th>", escape(name));
    }
    html += "</tr>\n";
    for row in &report.kernels {
        html += &line(row, &names);
    }
    document("KBP on every kernel", STYLE, &(html + "</table></div>\n"))
}

fn line(row: &Row, names: &[&str]) -> String {
    let verdict = match row.verdict {
        Verdict::Ok => "ok",
        Verdict::Fail => "fail",
        Verdict::Refused => "refused",
    };
    let mut line = format!(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"{verdict}\">{verdict}</td><td>{}</td>",
        escape(&row.release),
        escape(&row.suite),
        row.rust.as_deref().unwrap_or("-"),
        row.built_s
    );
    if let Some(reason) = &row.reason {
        let width = names.len().max(1);
        line += &format!(
            "<td class=\"why\" colspan=\"{width}\">{}</td>",
            escape(reason)
        );
    } else {
        for name in names {
            let step = row.steps.iter().find(|step| step.name == *name);
            line += &format!(
                "<td>{}</td>",
                step.map_or("-".into(), |step| step.ms.to_string())
            );
        }
    }
    line + "</tr>\n"
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
