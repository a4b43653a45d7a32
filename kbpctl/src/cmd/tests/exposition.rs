// SPDX-License-Identifier: GPL-2.0
//! A strict reader of metrics, written from the texts of the two forms and not from what writes them:
//! OpenMetrics 1.0, and the older form 0.0.4 that node_exporter reads. It panics at what is not allowed.

use std::collections::{BTreeMap, BTreeSet};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    OpenMetrics,
    Older,
}

/// All families by their names.
pub(super) type Families = BTreeMap<String, Family>;

#[derive(Debug)]
pub(super) struct Family {
    pub(super) kind: String,
    pub(super) help: String,
    unit: Option<String>,
    pub(super) samples: Vec<Sample>,
}

pub(super) type Labels = BTreeMap<String, String>;

#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) name: String,
    pub(super) labels: Labels,
    pub(super) value: f64,
}

impl Sample {
    pub(super) fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }
}

/// Reads all of it.
pub(super) fn read(text: &str, form: Form) -> Families {
    let body = match form {
        Form::OpenMetrics => text.strip_suffix("# EOF\n").expect("an end"),
        Form::Older => text,
    };
    assert!(
        body.ends_with('\n') && !body.contains("\n\n"),
        "empty lines"
    );
    let mut families = Families::new();
    let mut current = String::new();
    for line in body.lines() {
        assert_eq!(line, line.trim(), "blanks around {line}");
        match line.strip_prefix("# ") {
            Some(about) => describe(&mut families, &mut current, about, form),
            None => {
                let family = families
                    .get_mut(&current)
                    .expect("a family before its samples");
                family.samples.push(sample(line));
            }
        }
    }
    for (name, family) in &families {
        check(name, family, form);
    }
    families
}

/// `HELP name text`, `TYPE name kind` or `UNIT name unit`.
fn describe(families: &mut Families, current: &mut String, about: &str, form: Form) {
    let mut words = about.splitn(3, ' ');
    let (key, name, value) = (
        words.next().expect("a key"),
        words.next().expect("a name"),
        words.next().expect("a value"),
    );
    let value = value.to_owned();
    assert!(is_name(name), "{name}");
    if key == "HELP" {
        *current = name.to_owned();
        let family = Family {
            kind: String::new(),
            help: value,
            unit: None,
            samples: Vec::new(),
        };
        assert!(
            families.insert(current.clone(), family).is_none(),
            "{name} twice"
        );
        return;
    }
    assert_eq!(current, name);
    let family = families.get_mut(name).expect("help comes first");
    assert!(family.samples.is_empty(), "{about} after samples");
    match key {
        "TYPE" => family.kind = value,
        "UNIT" if form == Form::OpenMetrics => {
            assert!(name.ends_with(&format!("_{value}")), "{about}");
            family.unit = Some(value);
        }
        _ => panic!("{about}"),
    }
}

fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    let first = letters.next();
    first.is_some_and(|letter| letter.is_ascii_lowercase())
        && letters
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

/// `name{label="value",...} number`: no time stamp, no exemplar.
fn sample(line: &str) -> Sample {
    let end = line.find(['{', ' ']).expect("a value");
    let (name, mut rest) = line.split_at(end);
    assert!(is_name(name), "{line}");
    let mut labels = Labels::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        loop {
            let (key, after) = rest.split_once("=\"").expect("a label");
            assert!(is_name(key), "{line}");
            let (value, after) = quoted(after);
            assert!(labels.insert(key.to_owned(), value).is_none(), "{line}");
            rest = after;
            match rest.strip_prefix(',') {
                Some(next) => rest = next,
                None => break,
            }
        }
        rest = rest.strip_prefix('}').expect("an end of labels");
    }
    let number = rest.strip_prefix(' ').expect("a blank before the value");
    let value: f64 = number.parse().expect(line);
    assert!(value.is_finite() && value >= 0.0, "{line}");
    Sample {
        name: name.to_owned(),
        labels,
        value,
    }
}

/// A value up to its quote, and what follows that.
fn quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, &text[at + 1..]),
            '\\' => match letters.next().expect("something after a backslash").1 {
                'n' => value.push('\n'),
                other @ ('\\' | '"') => value.push(other),
                other => panic!("\\{other}"),
            },
            other => value.push(other),
        }
    }
    panic!("no end of {text}")
}

fn check(name: &str, family: &Family, form: Form) {
    assert!(
        !family.help.is_empty() && !family.samples.is_empty(),
        "{name}"
    );
    let suffixes: &[&str] = match (&*family.kind, form) {
        ("counter", Form::OpenMetrics) => &["_total"],
        ("info", Form::OpenMetrics) => &["_info"],
        ("counter", Form::Older) => {
            assert!(name.ends_with("_total"), "{name}");
            &[""]
        }
        ("gauge", _) => &[""],
        ("histogram", _) => &["_bucket", "_sum", "_count"],
        (kind, _) => panic!("{name} is a {kind}"),
    };
    if form == Form::OpenMetrics {
        assert_eq!(family.unit.is_some(), name.ends_with("_seconds"), "{name}");
        assert!(
            !name.ends_with("_total") && !name.ends_with("_info"),
            "{name}"
        );
    }
    let mut seen = BTreeSet::new();
    for sample in &family.samples {
        let suffix = sample
            .name
            .strip_prefix(name)
            .expect("a sample of its family");
        assert!(suffixes.contains(&suffix), "{sample:?}");
        assert!(seen.insert((suffix, &sample.labels)), "twice: {sample:?}");
        assert_eq!(
            sample.labels.contains_key("le"),
            suffix == "_bucket",
            "{sample:?}"
        );
        if family.kind == "info" {
            assert_eq!(sample.value, 1.0);
        }
    }
    if family.kind == "histogram" {
        histograms(name, family);
    }
}

fn histograms(name: &str, family: &Family) {
    let of = |suffix: &str| {
        let full = format!("{name}{suffix}");
        let samples = family.samples.iter().filter(move |one| one.name == full);
        samples.map(|one| {
            let mut labels = one.labels.clone();
            let edge = labels.remove("le");
            (labels, edge, one.value)
        })
    };
    let mut buckets: BTreeMap<Labels, Vec<(f64, f64)>> = BTreeMap::new();
    for (labels, edge, value) in of("_bucket") {
        let edge = match edge.expect("an edge").as_str() {
            "+Inf" => f64::INFINITY,
            edge => edge.parse().expect("a number"),
        };
        buckets.entry(labels).or_default().push((edge, value));
    }
    for (labels, edges) in &buckets {
        for pair in edges.windows(2) {
            assert!(
                pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1,
                "{name}: {pair:?}"
            );
        }
        let last = edges.last().expect("a bucket");
        assert_eq!(last.0, f64::INFINITY);
        let count = of("_count").find(|(of, ..)| of == labels).expect("a count");
        assert_eq!(count.2, last.1, "{name}");
        assert!(of("_sum").any(|(of, ..)| of == *labels), "{name}");
    }
    assert_eq!(of("_count").count(), buckets.len());
    assert_eq!(of("_sum").count(), buckets.len());
}

/// The reader refuses what is not allowed.
#[test]
fn a_strict_reader_refuses() {
    let good = "# HELP kbp_a Of a\n# TYPE kbp_a counter\nkbp_a_total{cpu=\"1\"} 5\n# EOF\n";
    assert_eq!(read(good, Form::OpenMetrics)["kbp_a"].samples[0].value, 5.0);
    let bad = [
        ("# EOF\n", ""),
        ("# HELP kbp_a Of a\n", ""),
        ("} 5", "} 5 1700000000"),
        ("} 5", "} NaN"),
        ("} 5", "} -1"),
        ("cpu=\"1\"", "cpu=\"1\",cpu=\"2\""),
        ("cpu=\"1\"", "cpu=\"\\x\""),
        ("kbp_a_total", "kbp_b_total"),
        ("kbp_a_total", "kbp_a"),
        ("counter", "summary"),
        (
            "kbp_a_total{cpu=\"1\"} 5\n",
            "kbp_a_total 5\nkbp_a_total 6\n",
        ),
        ("kbp_a_total{cpu=\"1\"} 5\n", ""),
        ("# TYPE", "\n# TYPE"),
    ];
    for (from, to) in bad {
        let text = good.replacen(from, to, 1);
        let refused = std::panic::catch_unwind(|| read(&text, Form::OpenMetrics));
        assert!(refused.is_err(), "{text}");
    }
}
