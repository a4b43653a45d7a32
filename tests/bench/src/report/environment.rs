// SPDX-License-Identifier: GPL-2.0
//! Where something was measured.

use serde::{Deserialize, Serialize};

/// Where it was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// `tcg` (emulation) or `kvm`.
    pub accel: String,
    /// CPUs of the guest.
    pub guest_cpus: u32,
    /// CPUs of the host.
    pub host_cpus: usize,
    /// Load average of the host over one minute, before and after.
    pub host_load: [f64; 2],
    /// The commit of the sources, with `+` when they were changed.
    pub commit: Option<String>,
    /// Seconds it took, the boot included.
    pub duration_s: f64,
}

impl Environment {
    /// Whether the guest was emulated.
    pub fn emulated(&self) -> bool {
        self.accel.starts_with("tcg")
    }
}
