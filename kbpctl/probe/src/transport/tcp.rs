// SPDX-License-Identifier: GPL-2.0
//! A connection for each flow. What the system does not take at once waits here: a slow peer
//! delays the requests of its own connection, and no others.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::error::{no_socket, unreachable, would_block};
use super::flows::Transport;
use super::ready::Ready;
use crate::framing::{self, Frames};
use crate::Result;

/// How long a connection may take.
const LIMIT: Duration = Duration::from_secs(3);
/// More than this is not kept for a connection whose peer reads too slowly.
const BACKLOG: usize = 4 << 20;
/// How often a full connection is tried again.
const RETRY: Duration = Duration::from_micros(200);

/// Length-framed requests to one peer.
#[derive(Debug)]
pub struct Tcp {
    connections: Vec<Connection>,
    ready: Ready,
    /// Connections with something in `out`.
    full: usize,
    trouble: Option<String>,
}

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    open: bool,
    frames: Frames,
    out: Vec<u8>,
}

impl Tcp {
    /// Opens `flows` connections.
    pub fn connect(peer: SocketAddr, flows: usize) -> Result<Tcp> {
        let ready = Ready::new()?;
        let mut connections = Vec::new();
        for flow in 0..flows.max(1) {
            let stream = TcpStream::connect_timeout(&peer, LIMIT).map_err(unreachable(peer))?;
            stream.set_nodelay(true).map_err(no_socket)?;
            stream.set_nonblocking(true).map_err(no_socket)?;
            ready.add(&stream, flow)?;
            connections.push(Connection {
                stream,
                open: true,
                frames: Frames::default(),
                out: Vec::new(),
            });
        }
        Ok(Tcp {
            connections,
            ready,
            full: 0,
            trouble: None,
        })
    }

    fn close(&mut self, flow: usize, why: String) {
        let connection = &mut self.connections[flow];
        if std::mem::replace(&mut connection.open, false) {
            self.full -= usize::from(!connection.out.is_empty());
            connection.out.clear();
            self.ready.remove(&connection.stream);
            self.trouble = Some(why);
        }
    }

    /// Sends what waits in a connection.
    fn flush(&mut self, flow: usize) {
        let connection = &mut self.connections[flow];
        match connection.stream.write(&connection.out) {
            Ok(written) => {
                connection.out.drain(..written);
                self.full -= usize::from(connection.out.is_empty());
            }
            Err(error) if would_block(&error) => {}
            Err(error) => self.close(flow, error.to_string()),
        }
    }

    fn flush_all(&mut self) {
        for flow in 0..self.connections.len() {
            if self.full == 0 {
                return;
            }
            if !self.connections[flow].out.is_empty() {
                self.flush(flow);
            }
        }
    }

    /// Reads once from a connection.
    fn read(&mut self, flow: usize, each: &mut dyn FnMut(&[u8])) -> bool {
        let connection = &mut self.connections[flow];
        let mut buffer = [0; 16384];
        let why = match connection.stream.read(&mut buffer) {
            Ok(0) => "the peer closed a connection".to_owned(),
            Ok(length) => {
                connection.frames.push(&buffer[..length]);
                loop {
                    match connection.frames.take() {
                        Ok(Some(payload)) => each(payload),
                        Ok(None) => return true,
                        Err(broken) => {
                            break format!("the peer sent an answer of {} bytes", broken.length)
                        }
                    }
                }
            }
            Err(error) if would_block(&error) => return false,
            Err(error) => error.to_string(),
        };
        self.close(flow, why);
        false
    }
}

impl Transport for Tcp {
    fn flows(&self) -> usize {
        self.connections.len()
    }

    fn send(&mut self, flow: usize, payload: &[u8]) -> bool {
        let connection = &mut self.connections[flow];
        let waiting = connection.out.len();
        if !connection.open || waiting > BACKLOG {
            return false;
        }
        framing::put(&mut connection.out, payload);
        if waiting == 0 {
            self.full += 1;
            self.flush(flow);
        }
        self.connections[flow].open
    }

    fn receive(&mut self, each: &mut dyn FnMut(&[u8])) -> bool {
        self.flush_all();
        if self.connections.len() == 1 {
            return self.connections[0].open && self.read(0, each);
        }
        let mut ready = Vec::new();
        self.ready.each(|flow| ready.push(flow));
        let mut any = false;
        for flow in ready {
            any |= self.read(flow, each);
        }
        any
    }

    fn wait(&mut self, limit: Duration) {
        let limit = if self.full > 0 {
            limit.min(RETRY)
        } else {
            limit
        };
        self.ready.wait(limit);
    }

    fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }
}
