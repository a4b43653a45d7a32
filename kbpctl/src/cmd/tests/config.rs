// SPDX-License-Identifier: GPL-2.0
//! How cores are served: the options of `enable` and `set`.

use kbp_uapi::kbp_core_config;

use super::*;

fn config(fake: &Fake, core: u32) -> kbp_core_config {
    fake.0.borrow().cores[&core].config
}

/// What core 3 has after `set --cores 3 OPTIONS`.
fn after(options: &str) -> kbp_core_config {
    let fake = Fake::active();
    text(&fake, &format!("set --cores 3 {options}"));
    assert_eq!(config(&fake, 2), kbp_core_config::default(), "{options}");
    assert_eq!(core_state(&fake, 3), abi::KBP_CORE_OFF, "{options}");
    config(&fake, 3)
}

/// What an option does to the default.
type Change = fn(&mut kbp_core_config);

#[test]
fn every_option_sets_its_field() {
    let default = kbp_core_config::default();
    let cases: [(&str, Change); 21] = [
        ("--irq masked", |c| c.irq_mode = abi::KBP_IRQ_MASKED),
        ("--irq armed", |c| c.irq_mode = abi::KBP_IRQ_ARMED),
        ("--idle spin", |c| c.idle_policy = abi::KBP_IDLE_SPIN),
        ("--idle adaptive", |c| {
            c.idle_policy = abi::KBP_IDLE_ADAPTIVE
        }),
        ("--idle adaptive:1000000", |c| {
            (c.idle_policy, c.spin_us) = (abi::KBP_IDLE_ADAPTIVE, 1_000_000)
        }),
        ("--away softirq", |c| c.away = abi::KBP_AWAY_SOFTIRQ),
        ("--away auto", |c| c.away = abi::KBP_AWAY_AUTO),
        ("--away thread", |c| c.away = abi::KBP_AWAY_THREAD),
        ("--sched fifo", |c| c.sched_policy = abi::KBP_SCHED_FIFO),
        ("--sched other", |c| c.sched_policy = abi::KBP_SCHED_OTHER),
        ("--sched other:-20", |c| {
            (c.sched_policy, c.nice) = (abi::KBP_SCHED_OTHER, -20)
        }),
        ("--max-exit-latency 0", |c| c.exit_latency_us = 0),
        ("--max-exit-latency none", |c| {
            c.exit_latency_us = abi::KBP_EXIT_LATENCY_NONE
        }),
        ("--window 1000", |c| c.window_us = 1000),
        ("--spacing 100", |c| c.spacing_us = 100),
        ("--rescue 60000", |c| c.rescue_ms = 60_000),
        ("--retry 100", |c| c.retry_ms = 100),
        ("--retry never", |c| c.retry_ms = abi::KBP_RETRY_NEVER),
        ("--share 1/1", |c| c.share_one_in = 1),
        ("--share 1/12", |c| c.share_one_in = 12),
        ("--window 20 --rescue 20", |c| {
            (c.window_us, c.rescue_ms) = (20, 20)
        }),
    ];
    for (options, change) in cases {
        let mut expected = default;
        change(&mut expected);
        assert_eq!(after(options), expected, "{options}");
    }
}

#[test]
fn what_is_not_named_stays() {
    let fake = Fake::active();
    text(
        &fake,
        "set --cores 2 --irq masked --sched other:7 --idle adaptive:9",
    );
    text(&fake, "set --cores 2 --window 60 --idle adaptive");
    let got = config(&fake, 2);
    assert_eq!((got.irq_mode, got.nice), (abi::KBP_IRQ_MASKED, 7));
    assert_eq!((got.window_us, got.spin_us), (60, 9));
    // A nice value does not outlive the policy it was for.
    text(&fake, "set --cores 2 --sched fifo");
    assert_eq!(config(&fake, 2).nice, 0);
    text(&fake, "set --cores 2 --sched other:7");
    text(&fake, "set --cores 2 --sched other");
    assert_eq!(config(&fake, 2).nice, 0);
}

#[test]
fn a_bad_value_names_value_rule_and_cure() {
    let fake = Fake::active();
    for (options, line) in [
        (
            "--irq off",
            "cannot use --irq off: \"off\" is neither armed nor masked; write --irq armed|masked",
        ),
        (
            "--idle spin:5",
            "cannot use --idle spin:5: \"spin:5\" is neither spin nor adaptive; write --idle \
             spin|adaptive[:US]",
        ),
        (
            "--idle adaptive:0",
            "cannot use --idle adaptive:0: 0 us is outside 1 to 1000000 us; write --idle \
             adaptive:US with a number from 1 to 1000000 us",
        ),
        (
            "--idle adaptive:",
            "cannot use --idle adaptive:: \"\" is not a whole number; write --idle adaptive:US \
             with a number from 1 to 1000000 us",
        ),
        (
            "--sched fifo:1",
            "cannot use --sched fifo:1: \"fifo:1\" is neither fifo nor other; write --sched \
             fifo|other[:NICE]",
        ),
        (
            "--sched other:20",
            "cannot use --sched other:20: 20 is outside -20 to 19; write --sched other:NICE with \
             a number from -20 to 19",
        ),
        (
            "--max-exit-latency 1000001",
            "cannot use --max-exit-latency 1000001: 1000001 us is outside 0 to 1000000 us; write \
             --max-exit-latency none, or --max-exit-latency US with a number from 0 to 1000000 us",
        ),
        (
            "--window 5",
            "cannot use --window 5: 5 us is outside 20 to 1000 us; write --window US with a \
             number from 20 to 1000 us",
        ),
        (
            "--window 50us",
            "cannot use --window 50us: \"50us\" is not a whole number; write --window US with a \
             number from 20 to 1000 us",
        ),
        (
            "--spacing 99999999999",
            "cannot use --spacing 99999999999: 99999999999 us is outside 100 to 10000 us; write \
             --spacing US with a number from 100 to 10000 us",
        ),
        (
            "--retry 50",
            "cannot use --retry 50: 50 ms is outside 100 to 60000 ms; write --retry never, or \
             --retry MS with a number from 100 to 60000 ms",
        ),
        (
            "--share 4",
            "cannot use --share 4: \"4\" is not one part of a whole; write --share 1/N with a number \
             from 1 to 12",
        ),
        (
            "--share 1/13",
            "cannot use --share 1/13: 13 is outside 1 to 12; write --share 1/N with a number from 1 \
             to 12",
        ),
        (
            "--rescue=-20",
            "cannot use --rescue -20: -20 ms is outside 20 to 60000 ms; write --rescue MS with a \
             number from 20 to 60000 ms",
        ),
    ] {
        for verb in ["set", "enable"] {
            let (exit, got) = error(&fake, &format!("{verb} --cores 1 {options}"));
            assert_eq!((exit, got.as_str()), (Exit::Usage, line));
        }
    }
    let (exit, line) = error(&fake, "set --cores 1");
    assert_eq!(exit, Exit::Usage);
    assert!(line.contains("give one of --irq, --idle"), "{line}");
    assert_eq!(log(&fake), "");
}

#[test]
fn enable_configures_first() {
    let fake = Fake::active();
    let line = "enable --cores 3 --irq masked --idle adaptive:50";
    let words = "set irq=masked, idle=adaptive, spin_us=50";
    assert_eq!(text(&fake, line), format!("core 3: enabled; {words}"));
    assert_eq!(
        text(&fake, line),
        format!("core 3: already enabled; {words}")
    );
    assert_eq!(config(&fake, 3).spin_us, 50);
    assert_eq!(core_state(&fake, 3), abi::KBP_CORE_POLLING);
    // It stays while the core is off.
    text(&fake, "disable --cores 3");
    text(&fake, "enable --cores 3");
    assert_eq!(config(&fake, 3).irq_mode, abi::KBP_IRQ_MASKED);
}

#[test]
fn set_can_be_repeated_and_needs_the_module() {
    let fake = Fake::active();
    let line = "set --cores 2-3 --rescue 50";
    assert_eq!(text(&fake, line), "cores 2-3: set rescue_ms=50");
    assert_eq!(text(&fake, line), "cores 2-3: already set rescue_ms=50");
    // Without the livepatch, too: nothing of it matters before a core is enabled.
    fake.0.borrow_mut().patch = None;
    text(&fake, "set --cores 1 --rescue 50");
    let (exit, line) = error(&fake, "set --cores 9 --rescue 50");
    assert_eq!(exit, Exit::Failed);
    assert!(
        line.starts_with("cannot configure core 9; nothing was changed: core 9 cannot exist"),
        "{line}"
    );
    let (exit, line) = error(&Fake::new(), "set --cores 1 --rescue 50");
    assert_eq!(exit, Exit::NotActive);
    assert_eq!(
        line,
        "cannot configure core 1: KBP is not loaded; run kbpctl load"
    );
}

#[test]
fn a_dry_run_says_what_would_be_set() {
    let fake = Fake::active();
    assert_eq!(
        text(&fake, "set --cores 1,2 --window 60 --sched other --dry-run"),
        "dry run: nothing was changed\nwould set sched=other, nice=0, \
         window_us=60 of cores 1-2"
    );
    assert!(text(&fake, "enable --cores 1 --irq masked --dry-run")
        .ends_with("would serve the packets for core 1, set irq=masked"));
    assert!(error(&fake, "set --cores 9 --irq masked --dry-run")
        .1
        .contains("core 9 cannot exist"));
    let changed = |line: &str| {
        let answer = kbpctl(&fake, line).expect("a dry run");
        answer.json["would_change"].as_u64()
    };
    fake.0.borrow_mut().core(2).config.window_us = 60;
    assert_eq!(changed("set --cores 1,2 --window 60 --dry-run"), Some(1));
    assert_eq!(changed("enable --cores 2 --window 60 --dry-run"), Some(0));
    assert_eq!(changed("enable --cores 2 --window 70 --dry-run"), Some(1));
    {
        let mut machine = fake.0.borrow_mut();
        machine.set_state(2, abi::KBP_CORE_YIELDED);
        machine.core(2).yield_reason = abi::KBP_YIELD_RESCUE;
    }
    assert_eq!(changed("enable --cores 2 --dry-run"), Some(1));
    assert_eq!(log(&fake), "");
}

#[test]
fn what_kbp_ko_refuses_has_a_cure() {
    let fake = Fake::active();
    for (refusal, line, exit, words) in [
        (
            (abi::KBP_STEP_CONFIG, abi::KBP_FIELD_WINDOW, libc::EINVAL),
            "set --cores 1 --window 60 --irq masked",
            Exit::Usage,
            "cannot configure core 1; nothing was changed: kbp.ko takes no window_us=60; write \
             --window US with a number from 20 to 1000 us",
        ),
        (
            (abi::KBP_STEP_CONFIG, 1 << 30, libc::EINVAL),
            "enable --cores 1 --irq masked",
            Exit::Usage,
            "kbp.ko does not take this configuration; install the kbpctl and the modules of one \
             release",
        ),
        (
            (abi::KBP_STEP_LATENCY, 0, 12),
            "set --cores 1 --max-exit-latency 5",
            Exit::Failed,
            "the kernel took no limit on the C-state exits of core 1: Cannot allocate memory (os \
             error 12); use --max-exit-latency none",
        ),
        (
            (abi::KBP_STEP_STOP, 0, 110),
            "enable --cores 1",
            Exit::Failed,
            "cannot enable core 1; nothing was changed: softirq serves the core, but its thread \
             kbp/1 has not ended: it waits for the CPU, for example behind a real-time task; find \
             that task with ps -eo pid,cls,rtprio,psr,comm, then run the command again",
        ),
    ] {
        fake.0.borrow_mut().refuse = Some(refusal);
        let (got, error) = error(&fake, line);
        assert_eq!(got, exit, "{error}");
        assert!(error.contains(words), "{error}");
    }
}
