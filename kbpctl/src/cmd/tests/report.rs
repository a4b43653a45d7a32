// SPDX-License-Identifier: GPL-2.0
//! `report`: what is in the archive, what is not and why, and that nothing in it says whose machine
//! it is.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::GzDecoder;

use super::irq::net;
use super::*;

const FILE: &str = "/tmp/kbp-report.tar.gz";

/// What says whose machine it is.
const SECRETS: [&str; 9] = [
    "web7",
    "example.org",
    "52:54:00:12:34:56",
    "525400123456",
    "10.1.2.3",
    "2001:db8::7",
    "/dev/mapper/secret",
    "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "ffffb1c2c0a3bd30",
];

/// A machine on which KBP is loaded, and that is somebody's.
fn machine() -> Fake {
    let net = net();
    net.nic(
        "enx525400123456",
        super::net::VIRTIO,
        &[(31, "virtio1-input.0", 3)],
    );
    let fake = net.0;
    for (path, text) in [
        ("/proc/sys/kernel/hostname", "web7.example.org\n"),
        ("/proc/sys/kernel/tainted", "45056\n"),
        (
            "/proc/cmdline",
            "BOOT_IMAGE=/vmlinuz root=/dev/mapper/secret isolcpus=2 ip=10.1.2.3 kbp.enable=1\n",
        ),
        ("/tmp/other", ""),
        ("/sys/kernel/livepatch/kbp_livepatch/replace", "0\n"),
        ("/proc/version", "Linux version 6.1.0-test\n"),
        ("/proc/softirqs", "NET_RX: 1 2 3 4\n"),
        ("/proc/net/softnet_stat", "00000001\n"),
        ("/sys/module/kbp/version", "0.1.0\n"),
        ("/sys/module/kbp/parameters/enable", "Y\n"),
        ("/etc/kbp/kbp.toml", "# of web7, 2001:db8::7\n[[serve]]\ncores = \"2\"\nfrom = \"enx525400123456\"\n"),
        ("/etc/kbp/kbp.d/web7.toml", "[[serve]]\ncores = \"3\"\n"),
        (
            "/run/kbp/irq.json",
            "{\"boot\":\"6ba7b810-9dad-11d1-80b4-00c04fd430c8\"}\n",
        ),
        (
            "/var/lib/dpkg/status",
            "Package: bash\nStatus: install ok installed\nVersion: 5\n\nPackage: kbpctl\nStatus: install \
             ok installed\nVersion: 0.1.0-1\n\nPackage: linux-image-6.1.0-test\nStatus: deinstall ok \
             config-files\nVersion: 6.1.192-1\n",
        ),
    ] {
        put(&fake, path, text);
    }
    fake.0.borrow_mut().kernel_log = [
        "6,1,1500000,-;kbp: core 2: served by kbp/2\n SUBSYSTEM=x\n",
        "6,2,1600000,-;eth0: 52:54:00:12:34:56 link up\n",
        "5,3,1700000,-;Command line: root=/dev/mapper/secret kbp.enable=1 ip=10.1.2.3\n",
        "4,4,12000000,-;------------[ cut here ]------------\n",
        "4,5,12000001,-;RIP: 0010:kbp_poll+0x1/0x2 RSP: 0018:ffffb1c2c0a3bd30\n",
        "4,6,12000002,-;of web7\n",
        "4,7,12000003,-;---[ end trace 0000000000000000 ]---\n",
        "4,8,12000004,-;------------[ cut here ]------------\n",
        "4,9,12000005,-;another fault\n",
        "4,10,12000006,-;---[ end trace 0000000000000000 ]---\n",
    ]
    .map(str::to_owned)
    .into();
    fake
}

/// The files of the archive.
fn unpacked(fake: &Fake) -> BTreeMap<String, String> {
    let packed = fake.0.borrow().bytes[Path::new(FILE)].clone();
    let mut archive = tar::Archive::new(GzDecoder::new(&*packed));
    let entries = archive.entries().expect("an archive");
    entries
        .map(|entry| {
            let mut entry = entry.expect("a file");
            let path = entry.path().expect("a path").display().to_string();
            assert_eq!(entry.header().mtime().expect("a time"), 946_684_799);
            let mut text = String::new();
            entry.read_to_string(&mut text).expect("text");
            let name = path.strip_prefix("kbp-report/").expect("one folder");
            (name.to_owned(), text)
        })
        .collect()
}

#[test]
fn all_that_a_report_needs_is_in_it_and_nothing_says_whose_machine_it_is() {
    let fake = machine();
    let said = text(&fake, &format!("report -o {FILE}"));
    assert_eq!(log(&fake), "create");
    let files = unpacked(&fake);
    for (name, words) in [
        ("MANIFEST", ", 1999-12-31T23:59:59Z\n"),
        ("MANIFEST", "the same alias is the same value.\n\n"),
        ("MANIFEST", "  machine.txt  "),
        ("MANIFEST", "  kbpctl status --napis (exit code 0)\n"),
        ("MANIFEST", "\nNot in it:\n"),
        ("MANIFEST", "  /proc/modules: it is not there\n"),
        (
            "machine.txt",
            "/proc/sys/kernel/tainted: 45056 (O: out-of-tree module, ",
        ),
        ("machine.txt", "/sys/module/kbp/parameters/enable: Y"),
        (
            "machine.txt",
            "/sys/kernel/livepatch/kbp_livepatch/enabled: 1",
        ),
        (
            "kernel-log.txt",
            "[    1.500000] kbp: core 2: served by kbp/2\n",
        ),
        ("kernel-log.txt", "[   12.000002] of hostname\n"),
        ("kernel-log.txt", "RSP: 0018:kernel-address"),
        (
            "packages.txt",
            "kbpctl 0.1.0-1 (install ok installed)\nlinux-image-6.1.0-test 6.1.192-1 (",
        ),
        (
            "files/proc/cmdline",
            "root=redacted isolcpus=2 ip=redacted kbp.enable=1",
        ),
        ("files/etc/kbp/kbp.toml", "from = \"enxmac-1\""),
        ("files/etc/kbp/kbp.d/hostname.toml", "cores"),
        ("files/run/kbp/irq.json", "uuid-1"),
        ("kbpctl/status.txt", "core"),
        ("kbpctl/top.json", "\"schema\": \"kbp.top/1\""),
        ("kbpctl/irq-show.txt", "enxmac-1"),
        ("kbpctl/config-show.txt", "enxmac-1"),
        ("kbpctl/config-check.json", "kbp.config-check/1"),
        ("kbpctl/doctor.json", "kbp.doctor/1"),
    ] {
        let file = files
            .get(name)
            .unwrap_or_else(|| panic!("{name} in {:?}", files.keys()));
        assert!(file.contains(words), "{words} in {name}: {file}");
    }
    for (name, file) in &files {
        for secret in SECRETS {
            assert!(!file.contains(secret), "{secret} in {name}: {file}");
            assert!(!name.contains(secret), "{name}");
        }
        let document = serde_json::from_str::<serde_json::Value>(file);
        assert!(
            !name.ends_with(".json") || document.is_ok(),
            "{name}: {file}"
        );
    }
    // The fault that is not about KBP, and the log of others.
    assert!(!files["kernel-log.txt"].contains("another fault"));
    assert!(!files["kernel-log.txt"].contains("link up"));
    assert!(said.contains(&format!("tar -xzf {FILE}")), "{said}");
}

#[test]
fn without_redaction_it_is_as_it_is() {
    let fake = machine();
    text(&fake, &format!("report --no-redact -o {FILE}"));
    let files = unpacked(&fake);
    assert!(files["MANIFEST"].contains("Nothing is replaced"));
    for (name, words) in [
        ("files/proc/cmdline", "root=/dev/mapper/secret"),
        ("files/etc/kbp/kbp.toml", "# of web7, 2001:db8::7"),
        ("files/etc/kbp/kbp.d/web7.toml", "cores"),
        ("kernel-log.txt", "ffffb1c2c0a3bd30"),
    ] {
        assert!(files[name].contains(words), "{name}");
    }
}

#[test]
fn a_list_has_the_same_and_writes_nothing() {
    let fake = machine();
    let listed = text(&fake, "report --list");
    assert_eq!(log(&fake), "");
    text(&fake, &format!("report -o {FILE}"));
    let files = unpacked(&fake);
    for (name, file) in files.iter().filter(|(name, _)| *name != "MANIFEST") {
        let line = listed
            .lines()
            .find(|line| line.contains(&format!("  {name} ")));
        let line = line.unwrap_or_else(|| panic!("{name} in {listed}"));
        let size = line.split_whitespace().next().expect("a size");
        assert_eq!(size, file.len().to_string(), "{line}");
    }
    let answer = kbpctl(&fake, "report --list").expect("an answer");
    assert_eq!(answer.json["schema"], "kbp.report/1");
    assert_eq!(answer.json["file"], serde_json::Value::Null);
    let count = answer.json["parts"].as_array().map(Vec::len);
    assert_eq!(count, Some(files.len() - 1));
}

#[test]
fn without_rights_and_without_kbp_there_is_a_report_that_says_what_is_missing() {
    let fake = Fake::new();
    put(&fake, "/tmp/other", "");
    fake.0.borrow_mut().capabilities = (false, false);
    fail(&fake, "info", libc::EACCES);
    fail(&fake, "kernel log", libc::EPERM);
    text(&fake, &format!("report -o {FILE}"));
    assert_eq!(log(&fake), "create");
    let files = unpacked(&fake);
    let manifest = &files["MANIFEST"];
    for words in [
        "kbpctl top --once: ",
        "CAP_NET_ADMIN",
        "/dev/kmsg, the lines about KBP: Operation not permitted",
        "/sys/module/kbp: the module is not loaded",
        "/etc/kbp/kbp.toml: it is not there",
        "/var/lib/dpkg/status: it is not there",
    ] {
        assert!(manifest.contains(words), "{words} in {manifest}");
    }
    assert!(files["machine.txt"].contains("kernel release: 6.1.0-test"));
}

#[test]
fn nobodys_place_is_taken() {
    let fake = machine();
    put(&fake, FILE, "what was there");
    let (exit, line) = error(&fake, &format!("report -o {FILE}"));
    assert_eq!(exit, Exit::Failed);
    assert!(
        line.starts_with(&format!("cannot write {FILE}: there is such a file")),
        "{line}"
    );
    let (exit, line) = error(&fake, "report -o /nowhere/report.tar.gz");
    assert_eq!(exit, Exit::Failed);
    assert!(line.contains("there is no folder /nowhere"), "{line}");
    fail(&fake, "create", libc::ENOSPC);
    let (exit, line) = error(&fake, "report -o /tmp/another.tar.gz");
    assert_eq!(exit, Exit::Failed);
    assert!(line.contains("No space left"), "{line}");
}
