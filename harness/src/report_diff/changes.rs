//! What changed between two reports, thing by thing.

use std::collections::BTreeSet;

use sessionspec::engine::report::{CheckReport, LevelVerdict};
use sessionspec::{Level, Report, Verdict};

use super::checks::{direction, is_in_part};
use super::grouped::Hindered;
use super::{Change, Direction, Kind};

/// Everything that is not in the newer report as it is in the older one.
pub(super) fn between(old: &Report, new: &Report) -> Vec<Change> {
    let same_suite = old.suite_version == new.suite_version;
    let checks = checks(old, new, same_suite);
    let mut changes = Vec::new();
    changes.extend(completeness(old, new));
    changes.extend(levels(old, new, &checks));
    changes.extend(capabilities(old, new));
    changes.extend(checks.into_iter().map(|(_, change)| change));
    changes
}

impl Change {
    pub(super) fn door_is_gone() -> Self {
        Self::new(Direction::Worse, Kind::Door, "this door", "tested", "not tested")
    }

    fn new(
        direction: Direction,
        kind: Kind,
        what: &str,
        before: impl Into<String>,
        now: impl Into<String>,
    ) -> Self {
        Self {
            direction,
            kind,
            what: what.to_owned(),
            before: before.into(),
            now: now.into(),
            hindered: None,
        }
    }
}

fn completeness(old: &Report, new: &Report) -> Option<Change> {
    let told = |report: &Report| report.incomplete.clone().unwrap_or_else(|| "complete".to_owned());
    let direction = match (&old.incomplete, &new.incomplete) {
        (None, Some(_)) => Direction::Worse,
        (Some(_), None) => Direction::Better,
        _ => return None,
    };
    Some(Change::new(direction, Kind::Run, "the run", told(old), told(new)))
}

fn levels(old: &Report, new: &Report, checks: &[(Level, Change)]) -> Vec<Change> {
    let changes = new.levels.iter().filter_map(|now| {
        let was = old.verdict(now.level)?;
        let of_level = || checks.iter().filter(|(level, _)| *level <= now.level).map(|(_, change)| change);
        let any = |direction| of_level().any(|change| change.direction == direction);
        let of_backend =
            [(old, was), (new, now.verdict)].map(|(report, told)| of_backend(report, now.level, told));
        let is_of_the_list = of_backend[0] == of_backend[1]
            || (is_decided_by_checks(was, now.verdict)
                && of_level().all(|change| change.direction == Direction::Changed));
        let (worse, hidden) = (any(Direction::Worse), any(Direction::Hidden));
        let direction = match is_of_the_list {
            true => Direction::Changed,
            false => Direction::of_levels(of_backend[0], of_backend[1], worse, hidden),
        };
        let what = now.level.as_str();
        (was != now.verdict)
            .then(|| Change::new(direction, Kind::Level, what, was.as_str(), now.verdict.as_str()))
    });
    changes.collect()
}

/// What a level comes to, whatever is listed as a known failure and did not fail.
fn of_backend(report: &Report, level: Level, told: LevelVerdict) -> LevelVerdict {
    let mut failed = report
        .checks
        .iter()
        .filter(|check| check.level <= level && check.verdict == Verdict::Fail)
        .peekable();
    let fails_by_the_list = failed.peek().is_some() && failed.all(CheckReport::is_listed_in_vain);
    if told == LevelVerdict::Fails && fails_by_the_list { LevelVerdict::Conforms } else { told }
}

/// Whether it can only be by checks that a level conformed and now fails, or the other way round. Where none of them has become better
/// or worse, it is the list of known failures that has changed.
fn is_decided_by_checks(was: LevelVerdict, is: LevelVerdict) -> bool {
    use LevelVerdict::{Conforms, Fails};
    matches!((was, is), (Conforms, Fails) | (Fails, Conforms))
}

fn capabilities(old: &Report, new: &Report) -> Vec<Change> {
    let observed = |report: &Report, name: &str| {
        let row = report.survey.iter().find(|row| row.name == name);
        row.map_or("not observed".to_owned(), |row| row.observed.clone())
    };
    let names = new.survey.iter().chain(&old.survey).map(|row| row.name.as_str());
    let mut told = BTreeSet::new();
    let changes = names.filter(|name| told.insert(*name)).filter_map(|name| {
        let (was, is) = (observed(old, name), observed(new, name));
        (was != is).then(|| Change::new(Direction::Changed, Kind::Capability, name, was, is))
    });
    changes.collect()
}

/// The checks that changed, each with its level: what got worse comes first.
fn checks(old: &Report, new: &Report, same_suite: bool) -> Vec<(Level, Change)> {
    let find = |report: &Report, id: &str| report.checks.iter().find(|check| check.id == id).cloned();
    let mut changes: Vec<(Level, Change)> = Vec::new();
    for is in &new.checks {
        let change = match find(old, &is.id) {
            Some(was) => changed(&was, is),
            None => {
                let direction = Direction::of_verdicts(None, Some(is.verdict));
                Some(Change::new(direction, Kind::Check, &is.id, "not run", in_words(is)))
            }
        };
        changes.extend(change.map(|change| (is.level, change)));
    }
    for was in old.checks.iter().filter(|was| find(new, &was.id).is_none()) {
        // A check that another version of the suite dropped says nothing about the backend.
        let direction =
            if same_suite { Direction::of_verdicts(Some(was.verdict), None) } else { Direction::Changed };
        changes.push((was.level, Change::new(direction, Kind::Check, &was.id, in_words(was), "not run")));
    }
    changes.sort_by_key(|(_, change)| change.direction);
    changes
}

fn changed(was: &CheckReport, is: &CheckReport) -> Option<Change> {
    let direction = direction(was, is)?;
    let hindered = Hindered::of(was, is, in_words);
    Some(Change { hindered, ..Change::new(direction, Kind::Check, &is.id, in_words(was), in_words(is)) })
}

fn reasons(check: &CheckReport) -> BTreeSet<&str> {
    check.failures.iter().map(|failure| failure.reason.as_str()).collect()
}

fn in_words(check: &CheckReport) -> String {
    let reasons: Vec<&str> = reasons(check).into_iter().collect();
    match (reasons.as_slice(), &check.because) {
        ([], _) if check.is_listed_in_vain() => "no failure, although it is listed as one".to_owned(),
        ([], Some(because)) if check.verdict != Verdict::Pass => {
            format!("{} ({because})", check.verdict.as_str())
        }
        ([], _) if check.verdict == Verdict::Pass && is_in_part(check) => "pass in part".to_owned(),
        ([], _) => check.verdict.as_str().to_owned(),
        (reasons, _) => format!("{} ({})", check.verdict.as_str(), reasons.join(", ")),
    }
}
