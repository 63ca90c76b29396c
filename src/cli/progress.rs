//! A progress bar, for people who wait.

use std::env;
use std::io::{self, IsTerminal as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::analyse::Progress;

/// Runs shorter than this show no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar on standard error that appears once somebody has waited for a while.
pub(super) struct Bar {
    drawn: ProgressBar,
    started: Instant,
    shown: AtomicBool,
}

impl Bar {
    /// A bar, where there is a person to see it.
    pub(super) fn new() -> Option<Bar> {
        if !io::stderr().is_terminal()
            || env::var_os("CI").is_some()
            || env::var_os("TERM").is_some_and(|it| it == "dumb")
        {
            return None;
        }
        let bar = ProgressBar::hidden();
        if let Ok(style) = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len}") {
            bar.set_style(style);
        }
        Some(Bar { drawn: bar, started: Instant::now(), shown: AtomicBool::new(false) })
    }

    /// Takes the bar off the screen.
    pub(super) fn clear(&self) {
        self.drawn.finish_and_clear();
    }
}

impl Progress for Bar {
    fn begin(&self, name: &'static str, total: u64) {
        self.drawn.set_prefix(name);
        self.drawn.set_length(total);
        self.drawn.set_position(0);
    }

    fn advance(&self, parts: u64) {
        self.drawn.inc(parts);
        if self.started.elapsed() > PATIENCE && !self.shown.swap(true, Ordering::Relaxed) {
            self.drawn.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}
