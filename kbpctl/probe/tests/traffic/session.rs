// SPDX-License-Identifier: GPL-2.0
//! Whole sessions.

use std::time::Duration;

use kbp_probe::frame::Protocol;
use kbp_probe::report::Verdict;
use kbp_probe::session::{run, Plan};

use crate::support::{local, plan, reflector, Log, Peer};

#[test]
fn sizes_take_turns_and_rounds_add_up() {
    for protocol in [Protocol::Udp, Protocol::Tcp] {
        let reflector = reflector();
        let mut log = Log::default();
        let report = run(&plan(reflector.address(), protocol), &mut log).unwrap();
        assert_eq!(log.runs, [(512, 1), (128, 1), (512, 2), (128, 2)]);
        assert!(log.steps[1].contains("noise"), "{:?}", log.steps);
        assert_eq!((report.verdict, report.reasons), (Verdict::Ok, Vec::new()));
        assert!(report.noise.timer.count > 0 && report.noise.loopback.count > 0);
        for (size, frame) in report.sizes.iter().zip([512, 128]) {
            assert_eq!(size.frame_bytes, frame);
            assert_eq!((size.counts.sent, size.counts.received), (400, 400));
            assert_eq!((size.latency.count, size.loss), (400, 0.0));
            let rounds: Vec<_> = size.rounds.iter().map(|round| round.counts.sent).collect();
            assert_eq!(rounds, [200, 200]);
        }
    }
}

#[test]
fn over_the_other_address_family() {
    let settings = kbp_probe::reflect::Settings::at("[::1]:0".parse().unwrap());
    let reflector = kbp_probe::reflect::Reflector::start(&settings).unwrap();
    let plan = Plan {
        frames: vec![84],
        rounds: 1,
        ..plan(reflector.address(), Protocol::Udp)
    };
    let report = run(&plan, &mut Log::default()).unwrap();
    assert_eq!(report.sizes[0].payload_bytes, 18);
    assert_eq!(report.verdict, Verdict::Ok);
}

#[test]
fn loss_is_a_verdict() {
    let peer = Peer::start(|number, pong| if number % 10 == 9 { vec![] } else { vec![pong] });
    let plan = Plan {
        rounds: 1,
        ..plan(peer.address, Protocol::Udp)
    };
    let report = run(&plan, &mut Log::default()).unwrap();
    assert_eq!(report.verdict, Verdict::Loss);
    assert!(report.reasons[0].contains("of 200 probes were lost"));
    assert!((0.05..0.15).contains(&report.sizes[0].loss));
}

#[test]
fn a_limit_ends_the_session_with_the_run_that_broke_it() {
    let reflector = reflector();
    let plan = Plan {
        stop_above: Some(Duration::from_nanos(1)),
        ..plan(reflector.address(), Protocol::Udp)
    };
    let mut log = Log::default();
    let report = run(&plan, &mut log).unwrap();
    assert_eq!(
        (report.verdict, log.runs),
        (Verdict::TooLong, vec![(512, 1)])
    );
    assert!(report.sizes[0].counts.sent < 200);
    assert_eq!(report.sizes[1].latency.max_ns, None);
}

#[test]
fn interrupted_sessions_say_so() {
    let reflector = reflector();
    let mut log = Log {
        stop: true,
        ..Log::default()
    };
    let report = run(&plan(reflector.address(), Protocol::Udp), &mut log).unwrap();
    assert_eq!((report.verdict, log.runs), (Verdict::Interrupted, vec![]));
}

#[test]
fn nobody_there() {
    // Ports that were free a moment ago.
    let closed = reflector().address();
    let deaf = Peer::start(|_, _| Vec::new());
    for (address, protocol, words) in [
        (closed, Protocol::Udp, "Connection refused"),
        (closed, Protocol::Tcp, "Connection refused"),
        (deaf.address, Protocol::Udp, "no answer within 2 s"),
    ] {
        let mut log = Log::default();
        let error = run(&plan(address, protocol), &mut log).unwrap_err();
        assert_eq!(log.steps.len(), 1, "before anything is measured");
        let error = error.to_string();
        assert!(error.contains(words), "{error}");
        assert!(error.contains("kbpctl bench serve"), "{error}");
    }
}

#[test]
fn plans_that_cannot_be() {
    let good = plan(local(), Protocol::Udp);
    for (plan, words) in [
        (
            Plan {
                frames: vec![63],
                ..good.clone()
            },
            "frames of 63 bytes",
        ),
        (
            Plan {
                frames: vec![64],
                protocol: Protocol::Tcp,
                ..good.clone()
            },
            "give --frame 92",
        ),
        (
            Plan {
                duration: Duration::ZERO,
                ..good.clone()
            },
            "no probe to count",
        ),
        (
            Plan {
                frames: vec![],
                ..good.clone()
            },
            "0 runs",
        ),
        (
            Plan {
                rounds: 40_000,
                ..good.clone()
            },
            "80000 runs",
        ),
        (
            Plan {
                rate: 10_000_000,
                duration: Duration::from_secs(3600),
                ..good.clone()
            },
            "cannot number the probes",
        ),
        (
            Plan {
                cpu: Some(1023),
                ..good.clone()
            },
            "CPU 1023",
        ),
    ] {
        let error = run(&plan, &mut Log::default()).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}
