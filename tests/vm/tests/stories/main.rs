// SPDX-License-Identifier: GPL-2.0
//! The stories, one file per subject.

mod benchmark;
mod boots;
mod concurrency;
mod devices_go;
mod endurance;
mod every_series;
mod harness;
mod hotplug;
mod livepatch;
mod mixed_traffic;
mod modes;
mod netconsole;
mod observability;
mod permissions;
mod podman;
mod power;
mod refusals;
mod rescue;
mod round_trip;
mod scheduling;
mod synthetic_nic;
mod threaded_napi;
mod topologies;
mod unload;
mod xdp_redirect;
