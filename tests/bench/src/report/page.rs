// SPDX-License-Identifier: GPL-2.0
//! A report as one HTML file that needs nothing else, readable on light and dark screens and on
//! paper.

use maud::{html, Markup, PreEscaped, DOCTYPE};

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
td.words,th.words{text-align:left}tr.kbp .words{font-weight:600}
ul{padding-left:20px}li.ok::marker{content:'✓ ';color:var(--good)}li.bad{color:var(--bad)}li.bad::marker{content:'✗ '}
li.warn{color:var(--warn)}li.warn::marker{content:'! '}
svg{max-width:100%;height:auto}dt{font-weight:600;float:left;clear:left;width:11em}dd{margin-left:12em}
@media print{body{max-width:none;padding:0}.wide{overflow:visible}section{break-inside:avoid}}
";

/// A whole document. `style` is added to the common one.
pub fn document(title: &str, style: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(style)) }
            }
            body { (body) }
        }
    };
    page.into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_needs_nothing_else_and_texts_stay_texts() {
        let text = "a<b>&\"";
        let page = document(text, "p{margin:0}", &html! { p title=(text) { (text) } });
        assert!(page.contains("p{margin:0}</style>"));
        assert!(page.contains("<p title=\"a&lt;b&gt;&amp;&quot;\">a&lt;b&gt;&amp;&quot;</p>"));
        assert!(page.contains("<title>a&lt;b&gt;&amp;&quot;</title>"));
        for remote in ["src=", "href=", "@import", "url("] {
            assert!(!page.contains(remote), "{remote}");
        }
    }
}
