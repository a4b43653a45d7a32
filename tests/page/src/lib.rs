// SPDX-License-Identifier: GPL-2.0
//! A report as one HTML file that needs nothing else, readable on light and dark screens and on paper.

/// Colours, fonts, tables and lists.
const STYLE: &str = "
:root{color-scheme:light dark;--page:#fff;--text:#1f2733;--soft:#5b6675;--line:#dfe3e9;--head:#f2f4f7;--good:#0a7a3d;--bad:#b3261e;--warn:#8a5a00}
@media screen and (prefers-color-scheme:dark){:root{--page:#12161c;--text:#e6eaf0;--soft:#9aa6b5;--line:#2c3542;--head:#1b222b;--good:#5fd08f;--bad:#ff8a80;--warn:#ffc766}}
body{margin:0 auto;padding:24px;max-width:1100px;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}
h1{font-size:24px;margin:0 0 4px}h2{font-size:18px;margin:32px 0 8px}
.lead{color:var(--soft);margin:0 0 16px}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
th,td{padding:5px 6px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{background:var(--head);font-weight:600}
ul{padding-left:20px}li.ok::marker{content:'✓ ';color:var(--good)}li.bad{color:var(--bad)}li.bad::marker{content:'✗ '}
li.warn{color:var(--warn)}li.warn::marker{content:'! '}
svg{max-width:100%;height:auto}dt{font-weight:600;float:left;clear:left;width:11em}dd{margin-left:12em}
@media print{body{max-width:none;padding:0}.wide{overflow:visible}section{break-inside:avoid}}
";

/// A whole document. `title` and `body` are HTML; `style` is added to the common one.
pub fn document(title: &str, style: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}{style}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

/// Makes a text safe inside XML and HTML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for symbol in text.chars() {
        match symbol {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML has no way to write the other control characters.
            c if c.is_control() && !matches!(c, '\n' | '\t') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_a_document() {
        assert_eq!(escape("a<b>&\"\u{1}"), "a&lt;b&gt;&amp;&quot;\u{fffd}");
    }

    #[test]
    fn it_needs_nothing_else() {
        let html = document("t", "p{margin:0}", "<p>x</p>\n");
        assert!(html.contains("p{margin:0}</style>") && html.contains("<p>x</p>"));
        for remote in ["src=", "href=", "@import", "url("] {
            assert!(!html.contains(remote), "{remote}");
        }
    }
}
