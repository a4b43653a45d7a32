// SPDX-License-Identifier: GPL-2.0
//! The report as one HTML file that needs nothing else.

use super::report::{Report, Row, Verdict};

const STYLE: &str = "
:root{color-scheme:light dark;--page:#fff;--text:#1f2733;--soft:#5b6675;--line:#dfe3e9;--head:#f2f4f7;--good:#0a7a3d;--bad:#b3261e;--warn:#8a5a00}
@media (prefers-color-scheme:dark){:root{--page:#12161c;--text:#e6eaf0;--soft:#9aa6b5;--line:#2c3542;--head:#1b222b;--good:#5fd08f;--bad:#ff8a80;--warn:#ffc766}}
body{margin:0 auto;padding:24px;max-width:1100px;background:var(--page);color:var(--text);font:15px/1.5 system-ui,sans-serif}
.lead{color:var(--soft)}.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
th,td{padding:5px 6px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{background:var(--head)}th:nth-child(-n+4),td:nth-child(-n+4){text-align:left}
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
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <title>KBP on every kernel</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1>KBP on every kernel</h1>\n<p class=\"lead\">commit {}: {} of {} kernels pass. Times are \
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
    html + "</table></div>\n</body>\n</html>\n"
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

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
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
