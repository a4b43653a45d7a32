// SPDX-License-Identifier: GPL-2.0
//! `--peer`: an address or a name, with or without a port.

use std::net::{IpAddr, SocketAddr};
use std::process::Command;

use kbp_probe::DEFAULT_PORT;

use crate::error::{Error, Exit, Result};

/// The address that `text` names.
pub(super) fn resolve(text: &str) -> Result<SocketAddr> {
    let (host, port) = split(text)?;
    let ip = match host.parse() {
        Ok(ip) => ip,
        Err(_) => look_up(text, host)?,
    };
    Ok(SocketAddr::new(ip, port))
}

/// `HOST`, `HOST:PORT`, `[IPV6]:PORT`; an IPv6 address without brackets has no port.
fn split(text: &str) -> Result<(&str, u16)> {
    let wrong = |cause: String| {
        let cure = "write it like 192.0.2.1, host:7777 or [2001:db8::1]:7777";
        Error::new(
            Exit::Usage,
            format!("cannot read --peer {text}"),
            cause,
            cure,
        )
    };
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, rest.strip_prefix(':').or(Some(rest))),
        None if text.parse::<IpAddr>().is_ok() => (text, None),
        None => text
            .rsplit_once(':')
            .map_or((text, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty() || host.starts_with('-') || host.contains(char::is_whitespace) {
        return Err(wrong(format!("\"{host}\" is no name of a host")));
    }
    match port.map(str::parse) {
        None => Ok((host, DEFAULT_PORT)),
        Some(Ok(port)) if port > 0 => Ok((host, port)),
        Some(_) => Err(wrong(format!(
            "\"{}\" is no port: they are 1 to 65535",
            port.unwrap_or_default()
        ))),
    }
}

/// Asks the system's own resolver. A static program cannot hold it: it loads what nsswitch.conf
/// names.
fn look_up(text: &str, name: &str) -> Result<IpAddr> {
    let fail = |cause: String| {
        let cure = "name the machine by its address";
        Error::new(
            Exit::Failed,
            format!("cannot find --peer {text}"),
            cause,
            cure,
        )
    };
    let output = Command::new("getent")
        .args(["ahosts", name])
        .output()
        .map_err(|error| fail(format!("cannot run getent: {error}")))?;
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.split_whitespace().next()?.parse().ok())
        .next()
        .ok_or_else(|| fail(format!("nobody knows a host \"{name}\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_with_and_without_port() {
        for (text, expected) in [
            ("192.0.2.1", "192.0.2.1:7777"),
            ("192.0.2.1:80", "192.0.2.1:80"),
            ("2001:db8::1", "[2001:db8::1]:7777"),
            ("[2001:db8::1]", "[2001:db8::1]:7777"),
            ("[2001:db8::1]:80", "[2001:db8::1]:80"),
        ] {
            assert_eq!(resolve(text).expect(text).to_string(), expected);
        }
        assert_eq!(
            split("host.example:9").expect("a name"),
            ("host.example", 9)
        );
        assert_eq!(split("host").expect("a name"), ("host", 7777));
    }

    #[test]
    fn what_is_none() {
        for text in [
            "",
            ":80",
            "host:",
            "host:0",
            "host:70000",
            "host:x",
            "[::1]80x",
            "-x",
            "a b",
        ] {
            let error = resolve(text).expect_err(text);
            assert_eq!(error.exit, Exit::Usage, "{text}: {error}");
        }
    }

    #[test]
    fn a_name_goes_to_the_systems_resolver() {
        assert!(resolve("localhost:9")
            .expect("localhost")
            .ip()
            .is_loopback());
        let error = resolve("no-such-host.invalid").expect_err("no such host");
        assert_eq!(error.exit, Exit::Failed);
        assert!(
            error.to_string().contains("no-such-host.invalid"),
            "{error}"
        );
    }
}
