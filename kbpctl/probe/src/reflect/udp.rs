// SPDX-License-Identifier: GPL-2.0
//! Datagrams, one thread.

use std::net::UdpSocket;
use std::sync::atomic::Ordering;

use super::shared::{count, Shared};
use crate::wire;

pub(super) fn serve(socket: &UdpSocket, shared: &Shared) {
    let mut buffer = [0; 2048];
    while !shared.stops() {
        // The only errors are the time limit and signals; after either it goes on.
        let Ok((length, from)) = socket.recv_from(&mut buffer) else {
            continue;
        };
        if !wire::reflect(&mut buffer[..length]) {
            count(&shared.udp_ignored);
            continue;
        }
        // Counted before the client can hear of it.
        count(&shared.udp_answered);
        if socket.send_to(&buffer[..length], from).is_err() {
            shared.udp_answered.fetch_sub(1, Ordering::Relaxed);
            count(&shared.udp_not_sent);
        }
    }
}
