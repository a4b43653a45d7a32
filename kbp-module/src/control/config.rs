// SPDX-License-Identifier: GPL-2.0
//! Configurations: what is allowed, and what follows from it.

use crate::sys::SchedPolicy;
use crate::uapi::*;

/// `current` with the named fields of a request, or the field that is out of range.
pub(super) fn merge(
    current: &kbp_core_config,
    fields: u32,
    asked: &kbp_core_config,
) -> core::result::Result<kbp_core_config, u32> {
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
        KBP_FIELD_IRQ_MODE,
        &mut merged.irq_mode,
        asked.irq_mode,
        KBP_IRQ_ARMED,
        KBP_IRQ_MASKED,
    )?;
    set(
        KBP_FIELD_IDLE_POLICY,
        &mut merged.idle_policy,
        asked.idle_policy,
        KBP_IDLE_SPIN,
        KBP_IDLE_ADAPTIVE,
    )?;
    set(
        KBP_FIELD_AWAY,
        &mut merged.away,
        asked.away,
        KBP_AWAY_THREAD,
        KBP_AWAY_AUTO,
    )?;
    set(
        KBP_FIELD_SCHED_POLICY,
        &mut merged.sched_policy,
        asked.sched_policy,
        KBP_SCHED_FIFO,
        KBP_SCHED_OTHER,
    )?;
    set(
        KBP_FIELD_SPIN,
        &mut merged.spin_us,
        asked.spin_us,
        KBP_SPIN_US_MIN,
        KBP_SPIN_US_MAX,
    )?;
    set(
        KBP_FIELD_WINDOW,
        &mut merged.window_us,
        asked.window_us,
        KBP_WINDOW_US_MIN,
        KBP_WINDOW_US_MAX,
    )?;
    set(
        KBP_FIELD_SPACING,
        &mut merged.spacing_us,
        asked.spacing_us,
        KBP_SPACING_US_MIN,
        KBP_SPACING_US_MAX,
    )?;
    set(
        KBP_FIELD_RESCUE,
        &mut merged.rescue_ms,
        asked.rescue_ms,
        KBP_RESCUE_MS_MIN,
        KBP_RESCUE_MS_MAX,
    )?;
    let retry_least = match asked.retry_ms {
        KBP_RETRY_NEVER => KBP_RETRY_NEVER,
        _ => KBP_RETRY_MS_MIN,
    };
    set(
        KBP_FIELD_RETRY,
        &mut merged.retry_ms,
        asked.retry_ms,
        retry_least,
        KBP_RETRY_MS_MAX,
    )?;
    set(
        KBP_FIELD_SHARE,
        &mut merged.share_one_in,
        asked.share_one_in,
        KBP_SHARE_ONE_IN_MIN,
        KBP_SHARE_ONE_IN_MAX,
    )?;
    if fields & KBP_FIELD_EXIT_LATENCY != 0 {
        let us = asked.exit_latency_us;
        if us > KBP_EXIT_LATENCY_US_MAX && us != KBP_EXIT_LATENCY_NONE {
            return Err(KBP_FIELD_EXIT_LATENCY);
        }
        merged.exit_latency_us = us;
    }
    if fields & KBP_FIELD_NICE != 0 {
        merged.nice = asked.nice;
    }
    let nice_allowed = match merged.sched_policy {
        KBP_SCHED_OTHER => KBP_NICE_MIN..=KBP_NICE_MAX as i32,
        _ => 0..=0,
    };
    if !nice_allowed.contains(&merged.nice) {
        return Err(KBP_FIELD_NICE);
    }
    Ok(merged)
}

/// How the thread is scheduled.
pub(super) fn sched_policy(config: &kbp_core_config) -> SchedPolicy {
    match config.sched_policy {
        KBP_SCHED_OTHER => SchedPolicy::Other(config.nice),
        _ => SchedPolicy::Fifo,
    }
}

/// The bound for the core's idle states while its poller may sleep.
pub(super) fn exit_latency(config: &kbp_core_config) -> Option<u32> {
    let bounded =
        config.idle_policy == KBP_IDLE_ADAPTIVE && config.exit_latency_us != KBP_EXIT_LATENCY_NONE;
    bounded.then_some(config.exit_latency_us)
}
