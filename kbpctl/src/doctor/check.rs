// SPDX-License-Identifier: GPL-2.0
//! One question to the machine.

use schemars::JsonSchema;
use serde::Serialize;

use super::finding::Finding;
use super::look::Look;
use super::sample::Span;

/// What a check is about. In the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Group {
    /// Whether packets come to the cores and are received there.
    Packets,
    /// What the network layer does with them.
    Network,
    /// Who else runs on the cores.
    Cores,
    /// Processor, memory and clock.
    Machine,
    /// What a host of virtual machines does for them.
    Guests,
    /// Whether KBP may be loaded, and stays so.
    Trust,
}

impl Group {
    /// Its heading.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Group::Packets => "packets",
            Group::Network => "network layer",
            Group::Cores => "who else is on the cores",
            Group::Machine => "machine",
            Group::Guests => "virtual machines of this host",
            Group::Trust => "kernel and modules",
        }
    }
}

/// One question.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Check {
    /// Its name on the command line and for programs.
    pub(crate) id: &'static str,
    pub(crate) group: Group,
    /// What it asks.
    pub(crate) question: &'static str,
    /// For `--explain`: why that matters, and where the answer is read.
    #[serde(skip)]
    pub(crate) explanation: &'static str,
    #[serde(skip)]
    pub(crate) ask: Ask,
}

/// How it is answered.
pub(crate) enum Ask {
    /// By what is so.
    Now(fn(&Look<'_>) -> Finding),
    /// By what was counted in a while, too.
    Counted(fn(&Look<'_>, &Span<'_>) -> Finding),
}

impl Check {
    /// Whether it takes a while to answer.
    pub(crate) fn counts(&self) -> bool {
        matches!(self.ask, Ask::Counted(_))
    }

    /// What it finds.
    pub(crate) fn find(&self, look: &Look<'_>) -> Finding {
        match self.ask {
            Ask::Now(find) => find(look),
            Ask::Counted(find) => find(look, &look.span()),
        }
    }
}
