//! The exit codes of the command line, and which of them one report comes to. What a run ends with is decided in
//! `cli/run/mod.rs`: by what changed since a `--baseline`, by doors that disagree, and by what could not be written.

use std::process::ExitCode;

use sessionspec::engine::report::CheckReport;
use sessionspec::{Level, LevelVerdict, Report, Verdict};

/// How the command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Everything of the asked level passed, does not apply, fails as is known, or is excused by that.
    Conforms = 0,
    /// Nothing failed, but something could not be verified, or the service could not be judged at all.
    NotVerified = 3,
    /// Wrong usage: an unknown option, check, backend or file.
    Usage = 2,
    /// A check of the asked level failed, or a known failure is out of date.
    Fails = 1,
}

/// The exit codes in words, for `--help`.
pub const HELP: &str = "Exit codes:
  0  every check of the asked level passed, does not apply, or fails as is known
  1  a check of the asked level failed, or a known failure is out of date
  2  wrong usage
  3  nothing failed, but something could not be verified, or nothing be judged,
     or a report could not be written";

impl Exit {
    /// What it says of a level, in a word or two.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conforms => "conforms",
            Self::Fails => "fails",
            Self::NotVerified | Self::Usage => "not verified",
        }
    }

    /// The same, where something that was to be said could not be: then nobody may take silence for success.
    #[must_use]
    pub fn with_loss(self) -> Self {
        if self == Self::Conforms { Self::NotVerified } else { self }
    }

    /// What a report comes to at this level.
    #[must_use]
    pub fn of(report: &Report, level: Level) -> Self {
        // The list can only shrink, whatever level is asked for.
        if report.checks.iter().any(CheckReport::entry_is_outdated) {
            return Self::Fails;
        }
        let asked = || report.checks.iter().filter(|check| check.level <= level);
        if asked().any(|check| check.verdict == Verdict::Fail) {
            return Self::Fails;
        }
        let judged = report.levels.iter().rfind(|judged| judged.level <= level);
        match judged.map(|judged| judged.verdict) {
            Some(LevelVerdict::Conforms) if report.incomplete.is_none() => Self::Conforms,
            Some(LevelVerdict::Fails) => Self::Fails,
            _ => Self::NotVerified,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
