// SPDX-License-Identifier: GPL-2.0
//! The keys of a `[[serve]]`.

use crate::cli::Options;

/// Those that are no options of how cores are served.
pub(super) const CORES: &str = "cores";
pub(super) const FROM: &str = "from";
pub(super) const CHANNELS: &str = "channels";
pub(super) const XPS: &str = "xps";
pub(super) const FORCE: &str = "force";

pub(super) const OTHERS: [&str; 5] = [CORES, FROM, CHANNELS, XPS, FORCE];

/// Where an option of `kbpctl enable` is kept.
type Field = fn(&mut Options) -> &mut Option<String>;

/// The options, by their names.
pub(super) const OPTIONS: [(&str, Field); 10] = [
    ("irq", |options| &mut options.irq),
    ("idle", |options| &mut options.idle),
    ("away", |options| &mut options.away),
    ("sched", |options| &mut options.sched),
    ("max-exit-latency", |options| &mut options.max_exit_latency),
    ("window", |options| &mut options.window),
    ("spacing", |options| &mut options.spacing),
    ("rescue", |options| &mut options.rescue),
    ("retry", |options| &mut options.retry),
    ("share", |options| &mut options.share),
];

/// Options of which only this one has a value.
pub(super) fn alone(field: Field, word: String) -> Options {
    let mut options = Options::default();
    *field(&mut options) = Some(word);
    options
}

#[cfg(test)]
mod tests {
    use super::{OPTIONS, OTHERS};

    #[test]
    fn the_manual_names_each_key() {
        let page = include_str!("../../../../packaging/man/kbp.toml.5").replace("\\-", "-");
        let promised = include_str!("../../../../docs/compatibility.md");
        let options = OPTIONS.iter().map(|(name, _)| *name);
        for key in options.chain(OTHERS) {
            assert!(page.contains(&format!("\n.BR {key} \"")), "{key}");
            assert!(promised.contains(&format!("`{key}`")), "{key}");
        }
    }
}
