//! What is in the way of checks that could not be judged, or not by all of their scenarios: grouped by its cause, so that
//! one defect is read once.

use sessionspec::Verdict;
use sessionspec::engine::report::{Blocked, CheckReport};

use super::rows::Row;

/// A check that does not hold, and those that rely on it; or why nothing can be concluded from some scenarios.
pub(super) struct Cause<'a> {
    /// The check that names what does not hold; empty where it is no check.
    pub(super) check: &'a str,
    /// What it is, where it is no check.
    why: Option<&'a str>,
    /// The scenarios of the check that show that; where it is no check, those that are not judged.
    pub(super) scenarios: Vec<&'a str>,
    /// Whether that is known, and accepted.
    pub(super) is_known: bool,
    /// The checks of which nothing could be judged, for this reason first.
    pub(super) unjudged: Vec<&'a CheckReport>,
    /// Those that were judged by other scenarios.
    pub(super) in_part: Vec<&'a CheckReport>,
}

/// All causes, in the order of the checks that name them.
pub(super) fn causes<'a>(rows: &[Row<'a>]) -> Vec<Cause<'a>> {
    let mut causes: Vec<Cause<'a>> = Vec::new();
    for check in rows.iter().map(hindered) {
        let is_unjudged = check.evidence.scripts == 0 && check.failures.is_empty();
        // What could not be judged at all is told once; what was judged in part has several things to say.
        for blocked in check.blocked_by_others().take(if is_unjudged { 1 } else { usize::MAX }) {
            let cause = of(&mut causes, blocked, rows);
            let told = if is_unjudged { &mut cause.unjudged } else { &mut cause.in_part };
            if told.last().is_none_or(|last| last.id != check.id) {
                told.push(check);
            }
        }
    }
    let place = |cause: &Cause<'_>| rows.iter().position(|row| row.first().id == cause.check);
    causes.sort_by_key(place);
    causes.extend(of_themselves(rows));
    causes
}

/// Why checks were judged in part, where no other check says so.
fn of_themselves<'a>(rows: &[Row<'a>]) -> Vec<Cause<'a>> {
    let mut causes: Vec<Cause<'a>> = Vec::new();
    for check in rows.iter().filter_map(in_part) {
        for unjudged in &check.unjudged {
            let at = causes
                .iter()
                .position(|cause| cause.why == Some(unjudged.because.as_str()))
                .unwrap_or_else(|| {
                    causes.push(Cause { why: Some(&unjudged.because), ..Cause::of("") });
                    causes.len() - 1
                });
            let cause = &mut causes[at];
            cause.scenarios.push(&unjudged.scenario);
            if cause.in_part.last().is_none_or(|last| last.id != check.id) {
                cause.in_part.push(check);
            }
        }
    }
    causes
}

/// The check through the door where nothing can be concluded from most of its scenarios, if it was judged by others.
fn in_part<'a>(row: &Row<'a>) -> Option<&'a CheckReport> {
    let doors = row.doors.iter().map(|(_, check)| *check).filter(|check| check.is_judged_in_part());
    doors.rev().max_by_key(|check| check.unjudged.len())
}

/// The check through the door where most is in its way.
fn hindered<'a>(row: &Row<'a>) -> &'a CheckReport {
    let doors = row.doors.iter().map(|(_, check)| *check);
    doors.rev().max_by_key(|check| check.blocked_by_others().count()).unwrap_or_else(|| row.first())
}

/// The cause that this belongs to, which may be new.
fn of<'c, 'a>(causes: &'c mut Vec<Cause<'a>>, blocked: &'a Blocked, rows: &[Row<'_>]) -> &'c mut Cause<'a> {
    let at = causes.iter().position(|cause| cause.check == blocked.check).unwrap_or_else(|| {
        let root = rows.iter().find(|row| row.first().id == blocked.check);
        let is_known = root.is_some_and(|row| row.first().verdict == Verdict::KnownFailure);
        causes.push(Cause { is_known, ..Cause::of(&blocked.check) });
        causes.len() - 1
    });
    let cause = &mut causes[at];
    if !blocked.scenario.is_empty() && !cause.scenarios.contains(&blocked.scenario.as_str()) {
        cause.scenarios.push(&blocked.scenario);
    }
    cause
}

impl<'a> Cause<'a> {
    fn of(check: &'a str) -> Self {
        let (unjudged, in_part) = (Vec::new(), Vec::new());
        Self { check, why: None, scenarios: Vec::new(), is_known: false, unjudged, in_part }
    }

    /// Whether this check is the cause, or hindered by it.
    pub(super) fn concerns(&self, id: &str) -> bool {
        self.check == id || self.unjudged.iter().chain(&self.in_part).any(|check| check.id == id)
    }

    /// The cause in words, as in "because minimum/persists does not hold (forgotten)".
    pub(super) fn because(&self) -> String {
        match self.why {
            Some(_) => format!("because {}", self.rest()),
            None => format!("because {} {}", self.check, self.rest()),
        }
    }

    /// The same without the check.
    pub(super) fn rest(&self) -> String {
        let scenarios = match self.scenarios.as_slice() {
            [] => String::new(),
            scenarios => format!(" ({})", scenarios.join(", ")),
        };
        let known = if self.is_known { ", as is known" } else { "" };
        format!("{}{scenarios}{known}", self.why.unwrap_or("does not hold"))
    }

    /// What follows from it for those of which nothing could be judged.
    pub(super) fn unjudged_in_words(&self) -> Option<String> {
        counted(self.unjudged.len(), "could not be judged")
    }

    /// What follows from it for the others.
    pub(super) fn in_part_in_words(&self) -> Option<String> {
        counted(
            self.in_part.len(),
            if self.in_part.len() == 1 { "was judged in part" } else { "were judged in part" },
        )
    }
}

fn counted(count: usize, what: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 check {what}")),
        several => Some(format!("{several} checks {what}")),
    }
}
