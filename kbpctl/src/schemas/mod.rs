// SPDX-License-Identifier: GPL-2.0
//! The JSON schema of each document that kbpctl prints, as docs/schemas has it. The tests hold that
//! it is what the types give, and that the documents are as it says.

#[cfg(test)]
pub(crate) mod generated;

/// A published schema.
pub(crate) struct Published {
    /// As in the documents, `kbp.status/2`.
    pub(crate) name: &'static str,
    /// Where its text is, below docs/schemas.
    #[cfg(test)]
    file: &'static str,
    pub(crate) text: &'static str,
}

macro_rules! published {
    ($($document:literal $version:literal,)*) => {
        &[$(Published {
            name: concat!("kbp.", $document, "/", $version),
            #[cfg(test)]
            file: concat!("kbp.", $document, "-", $version, ".json"),
            text: include_str!(concat!(
                "../../../docs/schemas/kbp.", $document, "-", $version, ".json"
            )),
        },)*]
    };
}

/// All of them, in the order of their names.
pub(crate) const ALL: &[Published] = published! {
    "bench-peer" 1,
    "bench-serve" 1,
    "completion" 1,
    "config-check" 1,
    "config" 1,
    "confirm" 1,
    "disable" 1,
    "doctor.explanation" 1,
    "doctor.noise" 1,
    "doctor" 1,
    "enable" 1,
    "error" 1,
    "irq-pin" 1,
    "irq-restore" 1,
    "irq-watch" 1,
    "irq" 1,
    "load" 1,
    "manual" 1,
    "metrics" 1,
    "reapply" 1,
    "report" 1,
    "schema" 1,
    "set" 1,
    "status" 2,
    "top" 1,
    "unload" 1,
    "verify" 1,
};

/// The one of this name.
pub(crate) fn find(name: &str) -> Option<&'static Published> {
    ALL.iter().find(|schema| schema.name == name)
}
