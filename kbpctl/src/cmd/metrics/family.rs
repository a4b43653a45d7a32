// SPDX-License-Identifier: GPL-2.0
//! A name with its values.

use std::fmt;

use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Unit;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Grows until kbp.ko is unloaded.
    Counter,
    /// The same of nanoseconds, written in seconds.
    TimeCounter,
    Gauge,
    /// The same of nanoseconds, written in seconds.
    TimeGauge,
}

/// A family of metrics of things like `T`.
pub(super) struct Family<T: 'static> {
    /// Without unit and `_total`.
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    pub(super) kind: Kind,
    /// What tells the parts from each other.
    pub(super) label: &'static str,
    pub(super) parts: &'static [Part<T>],
}

/// The value of its label, and how the part's value is found.
pub(super) type Part<T> = (&'static str, fn(&T) -> u64);

/// The labels of a thing.
pub(super) type Labels = Vec<(&'static str, String)>;

static SECONDS: Unit = Unit::Seconds;

impl<T> Family<T> {
    /// One value for each thing.
    pub(super) const fn new(
        kind: Kind,
        name: &'static str,
        help: &'static str,
        part: &'static [Part<T>; 1],
    ) -> Family<T> {
        Family::of_parts(kind, name, help, "", part)
    }

    /// Several, told from each other by a label.
    pub(super) const fn of_parts(
        kind: Kind,
        name: &'static str,
        help: &'static str,
        label: &'static str,
        parts: &'static [Part<T>],
    ) -> Family<T> {
        Family {
            name,
            help,
            kind,
            label,
            parts,
        }
    }

    /// Writes the values of `things`; where there are none, not even the name.
    pub(super) fn encode(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        things: &[(Labels, &T)],
    ) -> fmt::Result {
        if things.is_empty() {
            return Ok(());
        }
        let (metric, unit) = match self.kind {
            Kind::Counter => (MetricType::Counter, None),
            Kind::TimeCounter => (MetricType::Counter, Some(&SECONDS)),
            Kind::Gauge => (MetricType::Gauge, None),
            Kind::TimeGauge => (MetricType::Gauge, Some(&SECONDS)),
        };
        let mut family = encoder.encode_descriptor(self.name, self.help, unit, metric)?;
        for (labels, thing) in things {
            for (part, value) in self.parts {
                let mut labels = labels.clone();
                if !self.label.is_empty() {
                    labels.push((self.label, (*part).to_owned()));
                }
                let mut metric = family.encode_family(&labels)?;
                let value = value(thing);
                match self.kind {
                    Kind::Counter => metric.encode_counter::<NoLabelSet, _, f64>(&value, None)?,
                    Kind::TimeCounter => {
                        metric.encode_counter::<NoLabelSet, _, f64>(&seconds(value), None)?;
                    }
                    Kind::Gauge => metric.encode_gauge(&value)?,
                    Kind::TimeGauge => metric.encode_gauge(&seconds(value))?,
                }
            }
        }
        Ok(())
    }
}

/// Nanoseconds in seconds.
pub(super) fn seconds(ns: u64) -> f64 {
    ns as f64 / 1e9
}
