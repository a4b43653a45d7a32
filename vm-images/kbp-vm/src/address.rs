// SPDX-License-Identifier: GPL-2.0
//! The addresses at both ends of a guest's NICs.

/// The MAC address of the guest's `eth<n>`: locally administered, then "kbp".
pub fn guest_mac(n: usize) -> [u8; 6] {
    [0x02, b'k', b'b', b'p', 1, n as u8]
}

/// The MAC address of the host's end of that cable.
pub fn host_mac(n: usize) -> [u8; 6] {
    [0x02, b'k', b'b', b'p', 0, n as u8]
}

/// The IPv4 address of the guest's `eth<n>`; its network is a /24.
pub fn guest_ip(n: usize) -> [u8; 4] {
    [10, 77, n as u8, 2]
}

/// The IPv4 address of the host's end of that cable.
pub fn host_ip(n: usize) -> [u8; 4] {
    [10, 77, n as u8, 1]
}

/// A MAC address as QEMU and the kernel write it.
pub(crate) fn mac_text(mac: [u8; 6]) -> String {
    mac.map(|byte| format!("{byte:02x}")).join(":")
}
