// SPDX-License-Identifier: GPL-2.0
//! What runs inside the guest: the workloads, and the measurement that drives them.

pub mod cpu;
pub mod echo;
pub mod hog;
pub mod irq;
pub mod measure;
pub mod mode;
pub mod ping;
pub mod sink;
pub mod softirqs;
pub mod testnic;
mod virtio;
pub mod xdp;
