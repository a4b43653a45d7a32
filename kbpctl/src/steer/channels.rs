// SPDX-License-Identifier: GPL-2.0
//! How many queues a NIC uses, and can use.

use nix::libc;

use crate::error::{Error, Exit, Result, NOTHING_CHANGED};
use crate::nic::sysfs;
use crate::sys::channels::{Channels, Counts};
use crate::sys::System;

/// Has a NIC use so many; one that does is left alone.
pub(crate) fn set(sys: &dyn System, interface: &str, wanted: &Counts) -> Result<()> {
    let what = format!("cannot have {interface} use {}", wanted);
    let now = sys.channels(interface);
    let now = now.map_err(|error| Error::system(&what, &error))?.now;
    if now == *wanted {
        return Ok(());
    }
    let set = sys.set_channels(interface, wanted);
    set.map_err(|error| match error.raw_os_error() {
        Some(libc::EINVAL) => refused(what, interface),
        Some(libc::EOPNOTSUPP) => Error::new(
            Exit::Failed,
            what,
            format!(
                "its driver does not change the number of its queues (it has {})",
                now
            ),
            "leave --channels out",
        ),
        _ => Error::system(what, &error),
    })
}

/// The kernel and drivers say EINVAL for all of these.
fn refused(what: String, interface: &str) -> Error {
    Error::new(
        Exit::Failed,
        what,
        "Linux and its driver refuse that while the RSS table or a flow rule names a queue that would \
         go, or an XDP program or an AF_XDP socket uses the queues",
        format!(
            "see ethtool -x {interface}, ethtool -n {interface} and ip link show {interface}; where it is \
             the table, ethtool -X {interface} default; or leave --channels out"
        ),
    )
}

/// What a NIC has, and what it is to have for so many receive queues; `None`: it has as many.
pub(crate) fn wanted(
    sys: &dyn System,
    interface: &str,
    count: u32,
) -> Result<Option<(Counts, Counts)>> {
    let what = format!("cannot have {interface} use {count} receive queues{NOTHING_CHANGED}");
    let channels = match sys.channels(interface) {
        Ok(channels) => channels,
        Err(error) if error.raw_os_error() == Some(libc::EOPNOTSUPP) => {
            let has = sysfs::receive_queues(sys, interface);
            if u32::try_from(has) == Ok(count) {
                return Ok(None);
            }
            let cause = format!("its driver has no channels to set; it has {has} receive queues");
            return Err(Error::new(
                Exit::Failed,
                what,
                cause,
                "leave --channels out",
            ));
        }
        Err(error) => return Err(Error::system(what, &error)),
    };
    let refuse = |(cause, cure)| Error::new(Exit::Failed, what, cause, cure);
    let wanted = counts(&channels, count).map_err(refuse)?;
    Ok((wanted != channels.now).then_some((channels.now, wanted)))
}

/// The channels for so many receive queues; why not, and the cure. Drivers have combined ones, or
/// those that receive and those that send apart; some can have either, and stay with what they
/// have.
fn counts(channels: &Channels, count: u32) -> std::result::Result<Counts, (String, String)> {
    let Channels { most, now } = channels;
    let too_many = |most: u32, kind: &str| {
        let cause = format!("it can have {most}, as {kind} channels (ethtool -l)");
        (cause, format!("name a number from 1 to {most}"))
    };
    let is_combined = most.combined > 0 && (now.combined > 0 || now.rx == 0);
    if is_combined {
        let most = most.combined + now.rx;
        return match count {
            _ if count > most => Err(too_many(most, "combined")),
            _ if count <= now.rx => Err((
                format!(
                    "{} of its channels only receive, beside combined ones",
                    now.rx
                ),
                format!("name a number from {} to {most}", now.rx + 1),
            )),
            _ => Ok(Counts {
                combined: count - now.rx,
                ..*now
            }),
        };
    }
    match count {
        _ if count > most.rx => Err(too_many(most.rx, "receive")),
        _ if count == now.rx => Ok(*now),
        _ => Ok(Counts {
            rx: count,
            tx: count.min(most.tx),
            ..*now
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rx: u32, tx: u32, combined: u32) -> Counts {
        Counts {
            rx,
            tx,
            other: 1,
            combined,
        }
    }

    #[test]
    fn each_kind_of_driver_gets_what_it_has() {
        for (most, now, count, want) in [
            // virtio_net, ixgbe: combined alone.
            (of(0, 0, 8), of(0, 0, 4), 2, Ok(of(0, 0, 2))),
            (of(0, 0, 8), of(0, 0, 4), 4, Ok(of(0, 0, 4))),
            (
                of(0, 0, 8),
                of(0, 0, 4),
                9,
                Err("it can have 8, as combined channels"),
            ),
            // gve, stmmac: apart.
            (of(8, 8, 0), of(8, 8, 0), 2, Ok(of(2, 2, 0))),
            (of(8, 4, 0), of(2, 2, 0), 6, Ok(of(6, 4, 0))),
            (of(8, 8, 0), of(4, 2, 0), 4, Ok(of(4, 2, 0))),
            (
                of(8, 8, 0),
                of(4, 4, 0),
                9,
                Err("it can have 8, as receive channels"),
            ),
            // bnxt: either, and it stays with what it has.
            (of(8, 8, 8), of(4, 4, 0), 2, Ok(of(2, 2, 0))),
            (of(8, 8, 8), of(0, 0, 4), 2, Ok(of(0, 0, 2))),
            // nfp: some more that receive.
            (of(4, 4, 8), of(2, 0, 4), 4, Ok(of(2, 0, 2))),
            (
                of(4, 4, 8),
                of(2, 0, 4),
                2,
                Err("2 of its channels only receive"),
            ),
            // A driver that names none.
            (of(0, 0, 0), of(0, 0, 0), 1, Err("it can have 0")),
        ] {
            let got = counts(&Channels { most, now }, count);
            match want {
                Ok(want) => assert_eq!(got.ok(), Some(want), "{most:?} {now:?} {count}"),
                Err(words) => {
                    let (cause, _) = got.expect_err("too many or too few");
                    assert!(cause.contains(words), "{cause}");
                }
            }
        }
    }
}
