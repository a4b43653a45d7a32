// SPDX-License-Identifier: GPL-2.0
//! Progress on stderr: on a terminal one line that is redrawn, elsewhere a line for each step; both
//! with the time left.

use std::fmt::Write;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressState, ProgressStyle};

const LOOK: &str = "[{bar:24}] {pos}/{len}, {left} left  {wide_msg}";
/// How often the line is redrawn though no step is over.
const REDRAW: Duration = Duration::from_secs(1);

/// The clock of one run of the program, and how far it has come.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    start: Instant,
    /// Hidden where there is no terminal, and before anything is expected. It leaves nothing behind,
    /// however the program ends.
    bar: ProgressBar,
}

impl Progress {
    pub(crate) fn start() -> Progress {
        let time_left = |state: &ProgressState, out: &mut dyn Write| {
            let steps = state.len().unwrap_or(0);
            // Whoever draws it has room.
            let _ = out.write_str(&left(state.elapsed(), state.pos(), steps));
        };
        let style = ProgressStyle::with_template(LOOK)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ")
            .with_key("left", time_left);
        Progress {
            start: Instant::now(),
            bar: ProgressBar::hidden()
                .with_style(style)
                .with_finish(ProgressFinish::AndClear),
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// Says something that stays.
    pub(crate) fn line(&self, text: &str) {
        let line = format!("[{:5.1} s] {text}", self.elapsed().as_secs_f64());
        self.bar.suspend(|| eprintln!("{line}"));
    }

    /// From now on so many steps are to come.
    pub(crate) fn expect(&self, steps: usize) {
        self.expect_on(steps, ProgressDrawTarget::stderr());
        self.bar.enable_steady_tick(REDRAW);
    }

    fn expect_on(&self, steps: usize, target: ProgressDrawTarget) {
        self.bar.reset();
        self.bar.set_length(steps as u64);
        self.bar.set_draw_target(target);
    }

    /// One of them is over.
    pub(crate) fn step(&self, text: &str) {
        let bar = &self.bar;
        bar.inc(1);
        let (over, steps) = (bar.position(), bar.length().unwrap_or(0));
        if bar.is_hidden() {
            let left = left(bar.elapsed(), over, steps);
            self.line(&format!("{over:>4}/{steps} {text}  ({left} left)"));
        } else if over < steps {
            // Columns have no one above or below them there.
            bar.set_message(text.split_whitespace().collect::<Vec<_>>().join(" "));
        } else {
            bar.finish_and_clear();
        }
    }
}

/// What the other steps will take if they are as long as the first ones on average.
fn left(passed: Duration, over: u64, steps: u64) -> String {
    if over == 0 {
        return "?".into();
    }
    let seconds = passed.as_secs_f64() / over as f64 * steps.saturating_sub(over) as f64;
    match seconds.round() as u64 {
        seconds @ 0..100 => format!("{seconds} s"),
        seconds => format!("{} min", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use indicatif::InMemoryTerm;

    use super::*;

    #[test]
    fn a_terminal_gets_one_line_and_keeps_none() {
        let terminal = InMemoryTerm::new(3, 70);
        let progress = Progress::start();
        progress.expect_on(3, ProgressDrawTarget::term_like(Box::new(terminal.clone())));
        progress.step("delay-quiet/softirq/1    p50 2 us");
        progress.bar.force_draw();
        let shown = terminal.contents();
        assert_eq!(shown.lines().count(), 1, "{shown:?}");
        assert!(
            shown.contains("] 1/3, 0 s left  delay-quiet/softirq/1 p50"),
            "{shown:?}"
        );
        progress.step("2");
        progress.step("3");
        assert_eq!(terminal.contents(), "");
    }

    #[test]
    fn the_time_left_is_that_of_steps_as_long_as_those_before() {
        let left = |seconds, over, steps| left(Duration::from_secs(seconds), over, steps);
        assert_eq!(left(9, 0, 3), "?");
        assert_eq!(left(20, 2, 6), "40 s");
        assert_eq!(left(20, 2, 13), "2 min");
        assert_eq!(left(20, 2, 2), "0 s");
    }
}
