// SPDX-License-Identifier: GPL-2.0
//! Tasks that run on the cores, or want to.

use crate::doctor::check::{Ask, Check, Group};
use crate::doctor::finding::{some, Finding};
use crate::doctor::look::Look;
use crate::doctor::sample::Span;
use crate::doctor::task::Task;

pub(super) const ALL: [Check; 3] = [
    Check {
        id: "realtime-tasks",
        group: Group::Cores,
        question: "can a real-time task take these cores?",
        explanation:
            "A real-time task that does not sleep keeps the poller away until the rescue gives \
                      the core back to softirq. Read from /proc/*/task/*/stat and status; the \
                      kernel's own threads of each core are left out.",
        ask: Ask::Now(realtime),
    },
    Check {
        id: "busy-tasks",
        group: Group::Cores,
        question: "who else uses these cores?",
        explanation:
            "A task that runs on a served core shares it with the poller, which takes a window \
                      for it. Read twice from /proc/*/task/*/stat: who ran there for more than a \
                      twentieth of the time.",
        ask: Ask::Counted(busy),
    },
    Check {
        id: "stuck-tasks",
        group: Group::Cores,
        question: "do kernel threads hang there?",
        explanation:
            "A kernel thread of these cores that is in state D or ready to run the whole time \
                      waits for something, perhaps for the core. Read twice from \
                      /proc/*/task/*/stat.",
        ask: Ask::Counted(stuck),
    },
];

/// Whether it is a poller of KBP.
fn is_poller(task: &Task) -> bool {
    task.is_kernel && task.name.starts_with("kbp/")
}

fn realtime(look: &Look<'_>) -> Finding {
    let tasks = &look.now.tasks;
    if tasks.is_empty() {
        return Finding::unknown("/proc shows no tasks");
    }
    let threats = tasks
        .values()
        .filter(|task| task.realtime.is_some() && !task.is_kernel && look.may_have(task));
    let threats: Vec<&Task> = threats.collect();
    if threats.is_empty() {
        return Finding::ok("none");
    }
    let named = threats.iter().map(|task| {
        let priority = task.realtime.unwrap_or_default();
        format!("{} at priority {priority}", task.phrase())
    });
    Finding::warning(
        some(&named.collect::<Vec<_>>()),
        "where it does not sleep, the poller loses the core",
    )
    .run_all(look.keep_away(threats))
}

fn busy(look: &Look<'_>, span: &Span<'_>) -> Finding {
    /// Ticks of /proc are hundredths of a second, on every architecture.
    const TICKS: f64 = 100.0;
    const MUCH: f64 = 0.05;
    let share = |task: &&Task| span.ran(task) as f64 / TICKS / span.seconds();
    let here =
        span.last.tasks.values().filter(|task| {
            look.cores.contains(task.core) && !is_poller(task) && share(task) > MUCH
        });
    let mut here: Vec<(f64, &Task)> = here.map(|task| (share(&task), task)).collect();
    here.sort_by(|one, other| other.0.total_cmp(&one.0));
    if span.last.tasks.is_empty() {
        return Finding::unknown("/proc shows no tasks");
    }
    if here.is_empty() {
        return Finding::ok("nobody for more than a twentieth of the time");
    }
    let named: Vec<String> = here
        .iter()
        .map(|(share, task)| {
            format!(
                "{} on core {}, {:.0} %",
                task.phrase(),
                task.core,
                share * 100.0
            )
        })
        .collect();
    let movable = here.iter().map(|(_, task)| *task);
    let movable = movable.filter(|task| !task.is_kernel);
    Finding::warning(some(&named), "the poller shares its core with them")
        .cured_by("keep them off the cores, or boot with isolcpus= for those")
        .run_all(look.keep_away(movable))
}

fn stuck(look: &Look<'_>, span: &Span<'_>) -> Finding {
    if span.last.tasks.is_empty() {
        return Finding::unknown("/proc shows no tasks");
    }
    let waits = |task: &Task| matches!(task.state, 'D' | 'R');
    let stuck = span.last.tasks.values().filter(|task| {
        let before = span.first.tasks.get(&task.tid);
        let is_bound = || {
            let cores = task.may_run_on(look.sys);
            cores.is_some_and(|cores| cores.iter().all(|core| look.cores.contains(core)))
        };
        task.is_kernel
            && !is_poller(task)
            && waits(task)
            && before.is_some_and(|before| waits(before) && before.ran == task.ran)
            && is_bound()
    });
    let named: Vec<String> = stuck
        .map(|task| format!("{} in state {}", task.phrase(), task.state))
        .collect();
    match named.is_empty() {
        true => Finding::ok("none"),
        false => Finding::warning(some(&named), "it did not run at all meanwhile")
            .cured_by("cat /proc/PID/stack as root says where it waits"),
    }
}
