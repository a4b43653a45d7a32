// SPDX-License-Identifier: GPL-2.0
//! Examples of each command: what for, and the line. A test runs them.

/// By page.
pub(crate) const EXAMPLES: &[(&str, &[(&str, &str)])] = &[
    (
        "kbpctl",
        &[
            ("Put KBP into the kernel.", "load"),
            (
                "Bring the packets of eth0 to cores 2 and 3, and receive there, after each boot too.",
                "enable --cores 2,3 --from eth0 --save",
            ),
            ("Watch it.", "status"),
            ("Find what delays packets.", "doctor"),
        ],
    ),
    (
        "kbpctl-load",
        &[
            ("Load the modules that fit the running kernel.", "load"),
            ("See what it would do.", "load --dry-run"),
        ],
    ),
    ("kbpctl-unload", &[("Take KBP out of the kernel.", "unload")]),
    (
        "kbpctl-enable",
        &[
            ("Receive on cores 2 and 3.", "enable --cores 2,3"),
            ("Bring the packets of eth0 there first.", "enable --cores 2,3 --from eth0"),
            (
                "On a remote host: undone after a minute, unless kbpctl confirm comes first.",
                "enable --cores 2,3 --from eth0 --canary 60s",
            ),
            (
                "Never sleep, and keep the interrupts off: a core for nothing else.",
                "enable --cores 3 --idle spin --irq masked",
            ),
        ],
    ),
    (
        "kbpctl-confirm",
        &[("The host still answers: what enable --canary did stays.", "confirm")],
    ),
    (
        "kbpctl-disable",
        &[
            ("Give core 2 back to softirq.", "disable --cores 2"),
            ("Give back all of them.", "disable"),
        ],
    ),
    (
        "kbpctl-set",
        &[
            ("Sleep after 100 microseconds without packets.", "set --cores 2 --idle adaptive:100"),
            (
                "Let a task that always wants the core have a quarter of it.",
                "set --cores 2 --share 1/4",
            ),
        ],
    ),
    ("kbpctl-reapply", &[("Serve the saved cores again.", "reapply")]),
    (
        "kbpctl-config",
        &[
            ("What would the next boot serve?", "config show"),
            ("Is anything wrong with it?", "config check"),
        ],
    ),
    (
        "kbpctl-config-show",
        &[
            ("What would the next boot serve?", "config show"),
            ("And which line of which file says so?", "config show --origin"),
        ],
    ),
    (
        "kbpctl-config-check",
        &[
            ("Is anything wrong with what is saved?", "config check"),
            ("With a file before it is put in place?", "config check kbp.toml"),
        ],
    ),
    ("kbpctl-irq", &[("Where do the interrupts of NICs go?", "irq show")]),
    (
        "kbpctl-irq-show",
        &[
            ("The receive interrupts of every NIC.", "irq show"),
            ("All interrupts of one.", "irq show eth0 --all"),
        ],
    ),
    (
        "kbpctl-irq-pin",
        &[("Bring the queues of eth0 to cores 2 and 3.", "irq pin eth0 --cores 2,3")],
    ),
    ("kbpctl-irq-restore", &[("Let them go where they went before.", "irq restore")]),
    (
        "kbpctl-irq-watch",
        &[("Keep them where they were brought, until ctrl-c.", "irq watch")],
    ),
    (
        "kbpctl-status",
        &[
            ("Modules, livepatch, cores.", "status"),
            ("With the NAPIs of each core.", "status --napis"),
            ("For a program.", "status --json"),
        ],
    ),
    (
        "kbpctl-doctor",
        &[
            ("What keeps packets from being received at once?", "doctor"),
            ("Two questions only.", "doctor --only core-gets-irqs,steal"),
            ("Why does that matter?", "doctor --explain steal"),
            ("The cures, as a script to read and to edit.", "doctor --fix-plan"),
            ("How long do others have core 3?", "doctor --noise 10s --cores 3"),
        ],
    ),
    (
        "kbpctl-top",
        &[
            ("Watch cores, NAPIs and events.", "top"),
            ("One interval of 200 milliseconds, for a program.", "top --once --interval 200ms --json"),
        ],
    ),
    (
        "kbpctl-metrics",
        &[
            ("For Prometheus.", "metrics"),
            (
                "For node_exporter's textfile collector.",
                "metrics --textfile /var/lib/prometheus/node-exporter/kbp.prom",
            ),
        ],
    ),
    (
        "kbpctl-verify",
        &[
            ("May KBP be loaded on the running kernel?", "verify"),
            ("On the one that comes next?", "verify --kernel 6.12.118+deb13-amd64"),
        ],
    ),
    (
        "kbpctl-bench",
        &[
            ("Answer on this machine.", "bench serve"),
            ("Measure round trips to it from another one.", "bench --peer 192.0.2.1"),
        ],
    ),
    ("kbpctl-bench-serve", &[("Answer probes.", "bench serve")]),
    (
        "kbpctl-report",
        &[
            ("Pack what a report of a fault needs.", "report -o /tmp/kbp-report.tar.gz"),
            ("See what would be in it.", "report --list"),
        ],
    ),
    ("kbpctl-completion", &[("What lets bash complete the command line.", "completion bash")]),
    (
        "kbpctl-manual",
        &[
            ("Read the page of a verb where no manual is installed.", "manual enable"),
            ("The names of all pages.", "manual --list"),
        ],
    ),
    (
        "kbpctl-schema",
        &[
            ("The names of all documents.", "schema"),
            ("What kbpctl status --json prints.", "schema kbp.status/2"),
        ],
    ),
];

/// Those of a page.
pub(super) fn of(page: &str) -> &'static [(&'static str, &'static str)] {
    let found = EXAMPLES.iter().find(|(name, _)| *name == page);
    found.map_or(&[], |(_, examples)| examples)
}
