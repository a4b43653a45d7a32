// SPDX-License-Identifier: GPL-2.0
//! Configurations: what is allowed, and what follows from it.

use crate::sys::SchedPolicy;
use crate::uapi::*;

/// `current` with the named fields of a request, or the field that is out of range.
pub(super) fn merge(
    current: &CoreConfig,
    fields: u32,
    asked: &CoreConfig,
) -> core::result::Result<CoreConfig, u32> {
    let mut merged = *current;
    let set = |field: u32, to: &mut u32, from: u32, least: u32, most: u32| {
        if fields & field == 0 {
            return Ok(());
        }
        if from < least || from > most {
            return Err(field);
        }
        *to = from;
        Ok(())
    };
    set(
        FIELD_IRQ_MODE,
        &mut merged.irq_mode,
        asked.irq_mode,
        IRQ_ARMED,
        IRQ_MASKED,
    )?;
    set(
        FIELD_IDLE_POLICY,
        &mut merged.idle_policy,
        asked.idle_policy,
        IDLE_SPIN,
        IDLE_ADAPTIVE,
    )?;
    set(
        FIELD_SCHED_POLICY,
        &mut merged.sched_policy,
        asked.sched_policy,
        SCHED_FIFO,
        SCHED_OTHER,
    )?;
    set(
        FIELD_SPIN,
        &mut merged.spin_us,
        asked.spin_us,
        SPIN_US_MIN,
        SPIN_US_MAX,
    )?;
    set(
        FIELD_WINDOW,
        &mut merged.window_us,
        asked.window_us,
        WINDOW_US_MIN,
        WINDOW_US_MAX,
    )?;
    set(
        FIELD_SPACING,
        &mut merged.spacing_us,
        asked.spacing_us,
        SPACING_US_MIN,
        SPACING_US_MAX,
    )?;
    set(
        FIELD_RESCUE,
        &mut merged.rescue_ms,
        asked.rescue_ms,
        RESCUE_MS_MIN,
        RESCUE_MS_MAX,
    )?;
    if fields & FIELD_EXIT_LATENCY != 0 {
        let us = asked.exit_latency_us;
        if us > EXIT_LATENCY_US_MAX && us != EXIT_LATENCY_NONE {
            return Err(FIELD_EXIT_LATENCY);
        }
        merged.exit_latency_us = us;
    }
    if fields & FIELD_NICE != 0 {
        merged.nice = asked.nice;
    }
    let nice_allowed = match merged.sched_policy {
        SCHED_OTHER => NICE_MIN..=NICE_MAX,
        _ => 0..=0,
    };
    if !nice_allowed.contains(&merged.nice) {
        return Err(FIELD_NICE);
    }
    Ok(merged)
}

/// How the thread is scheduled.
pub(super) fn sched_policy(config: &CoreConfig) -> SchedPolicy {
    match config.sched_policy {
        SCHED_OTHER => SchedPolicy::Other(config.nice),
        _ => SchedPolicy::Fifo,
    }
}

/// The bound for the core's idle states while its poller may sleep.
pub(super) fn exit_latency(config: &CoreConfig) -> Option<u32> {
    let bounded =
        config.idle_policy == IDLE_ADAPTIVE && config.exit_latency_us != EXIT_LATENCY_NONE;
    bounded.then_some(config.exit_latency_us)
}
