// SPDX-License-Identifier: GPL-2.0
//! A boot with KBP installed: Debian's dpkg has installed the package, an administrator has saved what
//! cores are to be served, and Debian's systemd starts the units that the package brought.

use std::path::{Path, PathBuf};
use std::process::Command;

use kbp_stories::{default_kernel, Story};
use kbp_vm::cache::Layout;

/// Before the boot, in the image. Only what the package installs may be found.
const INSTALL: &str = "
    rm -rf /usr/lib/kbp /usr/bin/kbpctl
    dpkg -i /root/kbpctl.deb
    mkdir /etc/kbp
    printf '[[serve]]\\ncores = \"1\"\\nirq = \"masked\"\\n' >/etc/kbp/kbp.toml
";

const WORDS: &str = r#"
    # property NAME: of kbp.service.
    property() { systemctl show --property "$1" --value kbp.service; }

    # well: the boot is over, every unit has started or has not been wanted, and the kernel says nothing of KBP
    # but what it says of every module of its kind.
    well() {
        same 'the system' running "$(systemctl is-system-running)"
        same 'kbp.service, for the next boot' enabled "$(systemctl is-enabled kbp.service)"
        complaints=$(dmesg -r | grep -E '^<[0-4]>' | grep -i kbp | grep -v -e ' taints kernel' -e 'tainting kernel' \
            -e 'signature and/or required key missing' -e 'kbp-story' || true)
        same 'complaints about KBP during the boot' '' "$complaints"
    }
"#;

/// A folder with the package `kbpctl`, as `make deb` builds it.
fn package(root: &Path) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let built = Command::new(root.join("packaging/build-deb.sh"))
        .arg(folder.path())
        .output()
        .expect("packaging/build-deb.sh");
    let said = String::from_utf8_lossy(&built.stderr).into_owned();
    assert!(built.status.success(), "build-deb.sh failed: {said}");
    let said = String::from_utf8_lossy(&built.stdout).into_owned();
    let deb = said
        .lines()
        .find(|line| line.contains("/kbpctl_"))
        .unwrap_or_else(|| panic!("build-deb.sh made no kbpctl: {said}"));
    let deb = PathBuf::from(deb);
    (folder, deb)
}

/// One boot of a machine on which all of it is installed.
fn boot(what: &str, cmdline: &str, script: &str) {
    let layout = Layout::find().expect("the repository");
    let (_folder, deb) = package(&layout.root);
    let release = layout.kernel(&default_kernel()).expect("a kernel").release;
    let built = layout.root.join("out/modules").join(&release);
    let mut story = Story::new(what)
        .debian()
        .copy(&deb, "/root/kbpctl.deb")
        .before(INSTALL)
        .append(cmdline)
        .limit(300);
    // Where DKMS puts what it has built.
    for module in ["kbp.ko", "kbp_livepatch.ko"] {
        let place = format!("/lib/modules/{release}/updates/dkms/{module}");
        story = story.copy(&built.join(module), &place);
    }
    story.script(&format!("{WORDS}{script}")).run();
}

#[test]
fn a_boot_serves_the_saved_cores() {
    boot(
        "what was saved is served after a boot, by the units of the package",
        "",
        r#"
        expect 0 systemctl status --no-pager kbp.service
        same 'kbp.service' active "$(systemctl is-active kbp.service)"
        well
        expect 0 kbpctl status
        served 1
        same 'its interrupts' masked "$(status_field cores.1.config.irq)"
        steer eth0 1
        quiet 1 lossless host_echo

        # The boot counts as survived some minutes later.
        same 'kbp-survived.timer' active "$(systemctl is-active kbp-survived.timer)"
        same 'the note of this boot' "$(cat /proc/sys/kernel/random/boot_id) $(uname -r)" "$(cat /var/lib/kbp/boot)"
        expect 0 systemctl start kbp-survived.service
        [ ! -e /var/lib/kbp/boot ] || fail 'the note stayed'

        # A stop is no reason to give the cores back.
        expect 0 systemctl stop kbp.service
        served 1
        expect 0 kbpctl disable
        unload
        expect 0 systemctl start kbp.service
        served 1
        expect 0 kbpctl disable
        unload
        "#,
    );
}

#[test]
fn kbp_enable_0_on_the_command_line_keeps_it_off() {
    boot(
        "kbp.enable=0 on the kernel's command line keeps KBP off, until somebody starts it",
        "kbp.enable=0",
        r#"
        same 'kbp.service' inactive "$(systemctl is-active kbp.service || true)"
        same 'its condition' no "$(property ConditionResult)"
        same 'why it did not start' 'ConditionKernelCommandLine=!kbp.enable=0' "$(systemctl status kbp.service |
            sed -n 's/.*unmet.*\(Condition[^ ]*\).*/\1/p')"
        well
        for trace in /sys/module/kbp /sys/module/kbp_livepatch /dev/kbp /var/lib/kbp/boot; do
            [ ! -e $trace ] || fail "there is $trace"
        done
        same 'pollers' 0 "$(pollers)"
        steer eth0 1
        busy 1 lossless host_echo

        expect 0 kbpctl reapply
        served 1
        quiet 1 lossless host_echo
        expect 0 kbpctl disable
        unload
        "#,
    );
}
