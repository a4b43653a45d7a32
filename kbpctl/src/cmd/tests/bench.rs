// SPDX-License-Identifier: GPL-2.0
//! `bench --peer` against reflectors in this process; the kernel in memory has no part in it.

use std::net::{SocketAddr, UdpSocket};

use kbp_probe::reflect::{Reflector, Settings};
use kbp_probe::wire;

use super::*;

const SHORT: &str = "--rate 1000 --duration 50ms --warm-up 10ms --rounds 2";

fn reflector() -> Reflector {
    let listen = "127.0.0.1:0".parse().expect("an address");
    Reflector::start(&Settings::at(listen)).expect("a reflector")
}

fn bench(peer: SocketAddr, options: &str) -> Result<Answer, Error> {
    // It needs no privilege, and no kernel that knows KBP.
    let fake = Fake::new();
    fake.0.borrow_mut().capabilities = (false, false);
    let answer = kbpctl(&fake, &format!("bench --peer {peer} {SHORT} {options}"));
    assert_eq!(log(&fake), "", "bench changes nothing");
    answer
}

/// An answer without loss. A machine that is busy enough keeps a thread away until an answer counts as
/// lost: then once more.
fn undisturbed(bench: impl Fn() -> Answer) -> Answer {
    let tries = (0..9).map(|_| bench());
    tries
        .into_iter()
        .find(|answer| answer.exit == Exit::Ok)
        .unwrap_or_else(bench)
}

#[test]
fn a_good_peer_is_code_0() {
    for options in [
        "",
        "--tcp",
        "--flows 3",
        "--tcp --flows 3",
        "--spin --cpu 0",
    ] {
        let reflector = reflector();
        let answer = undisturbed(|| bench(reflector.address(), options).expect(options));
        assert_eq!(answer.exit, Exit::Ok, "{}", answer.text);
        assert!(answer.text.contains("own noise: sender late p50"));
        assert!(answer.text.ends_with("ok: every probe was answered"));
        let json = &answer.json;
        assert_eq!(json["schema"], "kbp.bench-peer/1");
        assert_eq!(json["verdict"], "ok");
        let sizes = json["sizes"].as_array().expect("sizes");
        let tcp = options.contains("--tcp");
        let frames: Vec<_> = sizes.iter().map(|size| &size["frame_bytes"]).collect();
        assert_eq!(
            frames,
            if tcp {
                [92, 512, 1518]
            } else {
                [64, 512, 1518]
            }
        );
        for size in sizes {
            assert_eq!((&size["sent"], &size["lost"]), (&100.into(), &0.into()));
            assert_eq!(size["rounds"].as_array().map(Vec::len), Some(2));
            for key in [
                "min_ns", "mean_ns", "p50_ns", "p90_ns", "p99_ns", "p999_ns", "p9999_ns",
            ] {
                assert!(size["latency"][key].as_u64() <= size["latency"]["max_ns"].as_u64());
                assert!(size["latency"][key].as_u64() > Some(0), "{key}: {size}");
            }
        }
    }
}

/// The keys of the document, in their order: what docs/kbpctl.md describes.
#[test]
fn the_document() {
    fn keys(value: &serde_json::Value) -> serde_json::Value {
        match value {
            serde_json::Value::Object(map) => map
                .iter()
                .map(|(key, value)| (key.clone(), keys(value)))
                .collect(),
            serde_json::Value::Array(list) => list.iter().take(1).map(keys).collect(),
            serde_json::Value::Number(_) => "number".into(),
            other => other.clone(),
        }
    }
    let reflector = reflector();
    let answer = bench(reflector.address(), "--frame 100").expect("a measurement");
    let mut shape = keys(&answer.json);
    shape["peer"] = "192.0.2.1:7777".into();
    // Whether there are any depends on the machine.
    assert!(shape["notes"].is_array());
    shape["notes"] = serde_json::json!([]);
    insta::assert_snapshot!("bench-peer", output::document(&shape, Form::Pretty));
}

#[test]
fn the_limit_and_loss_are_code_5() {
    let reflector = reflector();
    let answer = bench(reflector.address(), "--stop-above 1ns").expect("a measurement");
    assert_eq!(answer.exit, Exit::CheckFailed);
    assert_eq!(answer.json["verdict"], "too-long");
    assert!(answer
        .text
        .contains("too long: an answer took longer than --stop-above"));

    let lossy = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let address = lossy.local_addr().expect("its address");
    let peer = std::thread::spawn(move || {
        let mut buffer = [0; 2048];
        for number in 0.. {
            let (length, from) = lossy.recv_from(&mut buffer).expect("a datagram");
            if !wire::reflect(&mut buffer[..length]) {
                return;
            }
            if number % 10 != 9 {
                lossy.send_to(&buffer[..length], from).expect("an answer");
            }
        }
    });
    let answer = bench(address, "--frame 64").expect("a measurement");
    let end = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    end.send_to(b"end", address).expect("the end");
    peer.join().expect("the lossy peer");
    assert_eq!(answer.exit, Exit::CheckFailed);
    assert_eq!(answer.json["verdict"], "loss");
    assert!(answer.text.contains("probes were lost"), "{}", answer.text);
}

#[test]
fn what_cannot_be_measured_is_code_1_and_what_cannot_be_2() {
    let closed = reflector().address();
    let good = reflector();
    for (peer, options, exit, words) in [
        (closed, "", Exit::Failed, "run kbpctl bench serve there"),
        (
            closed,
            "--tcp",
            Exit::Failed,
            "run kbpctl bench serve there",
        ),
        (
            good.address(),
            "--tcp --frame 64",
            Exit::Usage,
            "give --frame 92",
        ),
        (good.address(), "--cpu 99999", Exit::Usage, "CPU 99999"),
        (
            good.address(),
            "--hlog /nonexistent/file",
            Exit::Failed,
            "cannot write /nonexistent/file",
        ),
    ] {
        let error = bench(peer, options).expect_err(options);
        assert_eq!(error.exit, exit, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn the_log_has_a_line_for_each_run() {
    let reflector = reflector();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("times.hlog");
    let options = format!("--frame 64,1518 --hlog {}", path.display());
    bench(reflector.address(), &options).expect("a measurement");
    let log = std::fs::read_to_string(&path).expect("the log");
    let tags: Vec<_> = log
        .lines()
        .filter_map(|line| line.strip_prefix("Tag=")?.split(',').next())
        .collect();
    let expected = [
        "udp-64-round-1",
        "udp-1518-round-1",
        "udp-64-round-2",
        "udp-1518-round-2",
    ];
    assert_eq!(tags, expected, "{log}");
    assert!(log.contains("#[StartTime: "));
}
