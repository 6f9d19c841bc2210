//! The colours of a terminal. They say nothing that the words do not say.

use anstyle::{AnsiColor, Style};
use sessionspec::{LevelVerdict, Verdict};

pub(super) const HEADING: Style = Style::new().bold();
pub(super) const QUIET: Style = Style::new().dimmed();
pub(super) const FAILED: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const DOUBTFUL: Style = AnsiColor::Yellow.on_default();

pub(super) fn of_verdict(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Pass => GOOD,
        Verdict::Fail => FAILED,
        Verdict::NotApplicable => QUIET,
        _ => DOUBTFUL,
    }
}

pub(super) fn of_level(verdict: LevelVerdict) -> Style {
    match verdict {
        LevelVerdict::Conforms => GOOD,
        LevelVerdict::Fails => FAILED,
        _ => DOUBTFUL,
    }
}
