//! Puts the reports of one backend through several doors side by side, and says which check comes first in a form that is
//! read from its top (`reading_order`).

use std::cmp::Reverse;

use sessionspec::engine::checks::{Harm, Lacking};
use sessionspec::engine::report::{CheckReport, Failure, LevelReport, LevelVerdict, ThisRun};
use sessionspec::{Level, Report, Verdict};

use super::pace::pace;

/// What became of one check, through each door.
pub(super) struct Row<'a> {
    /// The door, and what became of the check behind it. There is at least one.
    pub(super) doors: Vec<(&'a str, &'a CheckReport)>,
}

impl<'a> Row<'a> {
    /// The check through the first door.
    pub(super) fn first(&self) -> &'a CheckReport {
        self.doors[0].1
    }

    /// Whether all doors say the same.
    pub(super) fn agrees(&self) -> bool {
        let said = |check: &CheckReport| (check.verdict, check.because.clone());
        self.doors.windows(2).all(|pair| said(pair[0].1) == said(pair[1].1))
    }

    /// The verdict on which all doors agree.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        self.agrees().then(|| self.first().verdict)
    }

    /// The most severe of the verdicts: the one that a reader has to see first.
    pub(super) fn most_severe(&self) -> Verdict {
        let verdicts = self.doors.iter().map(|(_, check)| check.verdict);
        verdicts.max_by_key(|verdict| severity(*verdict)).unwrap_or(Verdict::Error)
    }

    /// The doors whose failures are worth showing: the first one where all agree, else each that has some.
    pub(super) fn failing(&self) -> Vec<(&'a str, &'a CheckReport)> {
        let failing = self.doors.iter().copied().filter(|(_, check)| !check.failures.is_empty());
        if self.agrees() { failing.take(1).collect() } else { failing.collect() }
    }

    /// Whether the check did not fail through any door, although it is listed as a known failure.
    pub(super) fn is_listed_in_vain(&self) -> bool {
        self.doors.iter().all(|(_, check)| check.failures.is_empty())
            && self.doors.iter().any(|(_, check)| check.is_listed_in_vain())
    }

    /// The scenarios that were not judged through one door or another, by their reasons.
    pub(super) fn unseen(&self) -> Vec<String> {
        let mut unseen: Vec<String> = Vec::new();
        for (_, check) in &self.doors {
            let hindered = check.blocked_by_others().flat_map(|blocked| &blocked.hindered);
            let unjudged = check.unjudged.iter().map(|unjudged| &unjudged.scenario);
            for scenario in hindered.chain(unjudged) {
                if !unseen.contains(scenario) {
                    unseen.push(scenario.clone());
                }
            }
        }
        unseen
    }
}

/// All checks of all reports, in the order in which they first appear.
pub(super) fn rows(reports: &[Report]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for report in reports {
        for check in &report.checks {
            let door = (report.backend.door.as_str(), check);
            match rows.iter_mut().find(|row| row.first().id == check.id) {
                Some(row) => row.doors.push(door),
                None => rows.push(Row { doors: vec![door] }),
            }
        }
    }
    rows
}

/// The names of the doors.
pub(super) fn doors(reports: &[Report]) -> Vec<&str> {
    reports.iter().map(|report| report.backend.door.as_str()).collect()
}

/// What was generated, and how the run behind each door went, in words.
pub(super) fn generated(reports: &[Report]) -> String {
    let Some(first) = reports.first() else { return String::new() };
    let generated = match first.case {
        Some(case) => format!("seed {}, case {case} alone of each property", first.seed),
        None => format!("seed {}, {} cases for each property", first.seed, first.cases),
    };
    let went = reports.iter().flat_map(|report| {
        let door = if reports.len() > 1 { format!("{}: ", report.backend.door) } else { String::new() };
        pace(report).into_iter().chain(disturbances(report)).map(move |said| format!("{door}{said}"))
    });
    std::iter::once(generated).chain(went).collect::<Vec<_>>().join("; ")
}

/// What the transport did to the run, and whether failures look like one that comes and goes.
pub(super) fn disturbances(report: &Report) -> Vec<String> {
    let is_unstable = |failure: &Failure| failure.note.as_ref().is_some_and(|note| note.contains("unstable"));
    let comes_and_goes =
        |check: &&CheckReport| !check.failures.is_empty() && check.failures.iter().all(is_unstable);
    let unstable = report.checks.iter().filter(comes_and_goes).count();
    let one_cause = (unstable > 1).then(|| {
        format!("{unstable} checks failed on what comes and goes, which may be one defect and not {unstable}")
    });
    let of_run = report.this_run.as_ref().map(ThisRun::disturbances).unwrap_or_default();
    of_run.into_iter().chain(one_cause).collect()
}

/// The levels of all reports, from the lowest.
pub(super) fn levels(reports: &[Report]) -> impl Iterator<Item = Level> {
    Level::ALL.into_iter().filter(|level| reports.iter().any(|report| report.verdict(*level).is_some()))
}

/// What a level comes to behind all doors together.
pub(super) fn level_verdict(reports: &[Report], level: Level) -> LevelVerdict {
    let said: Vec<LevelVerdict> = reports.iter().filter_map(|report| report.verdict(level)).collect();
    if said.contains(&LevelVerdict::Fails) {
        LevelVerdict::Fails
    } else if said.len() == reports.len() && said.iter().all(|verdict| *verdict == LevelVerdict::Conforms) {
        LevelVerdict::Conforms
    } else {
        LevelVerdict::NotVerified
    }
}

/// Where a check stands in a report that is read from its top: what needs work first, and of that the gravest.
pub(super) fn reading_order(row: &Row<'_>) -> (Reverse<u8>, Harm) {
    reading_order_of(row.most_severe(), row.first().harm)
}

fn reading_order_of(verdict: Verdict, harm: Harm) -> (Reverse<u8>, Harm) {
    let asks_for_nothing = severity(verdict) <= severity(Verdict::Excused);
    // What asks for nothing stays in the order of the catalogue.
    (Reverse(severity(verdict)), if asks_for_nothing { Harm::Hygiene } else { harm })
}

/// The checks of one report in that order.
pub(super) fn in_reading_order(report: &Report) -> Vec<&CheckReport> {
    let mut checks: Vec<&CheckReport> = report.checks.iter().collect();
    checks.sort_by_key(|check| reading_order_of(check.verdict, check.harm));
    checks
}

/// How much a verdict matters to a reader.
pub(super) fn severity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::NotApplicable => 1,
        Verdict::Excused => 2,
        Verdict::KnownFailure => 3,
        Verdict::Unverified => 4,
        Verdict::Error => 5,
        Verdict::Fail => 6,
        // What nobody knows of is a doubt, as what is unverified.
        _ => severity(Verdict::Unverified),
    }
}

/// The verdict of a level in one report, with what else there is to say of it.
pub(super) fn with_remarks(report: &Report, level: &LevelReport) -> String {
    let reports = std::slice::from_ref(report);
    let told = [format!("{}{}", level.verdict.as_str(), applied(reports, level.level))];
    told.into_iter().chain(remarks(reports, level.level)).collect::<Vec<_>>().join(", ")
}

/// How much a level rests on that the backend conforms to, as something that follows its verdict.
pub(super) fn applied(reports: &[Report], level: Level) -> String {
    if level_verdict(reports, level) != LevelVerdict::Conforms {
        return String::new();
    }
    let told = reports.iter().flat_map(|report| &report.levels).filter(|told| told.level == level);
    // Where the doors differ, the one that shows least.
    let least = told.min_by_key(|told| told.applied);
    least.map_or(String::new(), |told| match told.checks {
        1 => format!(": {} of 1 check applied", told.applied),
        checks => format!(": {} of {checks} checks applied", told.applied),
    })
}

/// Whether a level below this one has named the same stand-ins.
fn are_named_below(reports: &[Report], level: &LevelReport) -> bool {
    let below = reports.iter().flat_map(|report| &report.levels).filter(|other| other.level < level.level);
    below.into_iter().any(|other| other.stand_ins == level.stand_ins)
}

/// How many checks of a level, or below it, were judged without scenarios from which nothing can be concluded.
fn in_part(reports: &[Report], level: Level) -> Option<String> {
    let of_level = |report: &Report| {
        report.checks.iter().filter(|check| check.level <= level && check.is_judged_in_part()).count()
    };
    match reports.iter().map(of_level).max()? {
        0 => None,
        1 => Some("with 1 check judged in part".to_owned()),
        several => Some(format!("with {several} checks judged in part")),
    }
}

/// How many checks of a level to which the backend conforms, or below it, did not apply for want of something that the backend may
/// well have: the probe does not declare it, or the run was not started with it. Where they are few, they are named.
fn not_looked_at(reports: &[Report], level: Level) -> Option<String> {
    if level_verdict(reports, level) != LevelVerdict::Conforms {
        return None;
    }
    let of_level = |report: &Report| -> Vec<String> {
        let lacks = |check: &&CheckReport| check.level <= level && check.lacks == Some(Lacking::Probe);
        report.checks.iter().filter(lacks).map(|check| check.id.clone()).collect()
    };
    let unseen = reports.iter().map(of_level).max_by_key(Vec::len)?;
    match unseen.len() {
        0 => None,
        few @ 1..=3 => {
            let checks = if few == 1 { "check" } else { "checks" };
            Some(format!("without {few} {checks} that this run could not look at ({})", unseen.join(", ")))
        }
        many => Some(format!("without {many} checks that this run could not look at")),
    }
}

/// What else there is to say of a level, as something that follows its verdict.
pub(super) fn remarks(reports: &[Report], level: Level) -> Vec<String> {
    let mut told = reports.iter().flat_map(|report| &report.levels).filter(|told| told.level == level);
    let most = |count: fn(&LevelReport) -> usize| told.clone().map(count).max().unwrap_or_default();
    let (known, excused) = (most(|told| told.known_failures), most(|told| told.excused));
    let excused = match (excused, known) {
        (0, _) => String::new(),
        (excused, 1) => format!(", which excuses {excused}"),
        (excused, _) => format!(", which excuse {excused}"),
    };
    let without_races = told.clone().any(|told| told.without_races).then(|| "without races".to_owned());
    let is_young = told.clone().any(|told| told.without_older_sessions);
    let without_older = is_young.then(|| "without sessions older than two seconds".to_owned());
    let in_part = in_part(reports, level);
    let not_looked_at = not_looked_at(reports, level);
    let liar = told.clone().find(|told| !told.not_done.is_empty());
    let not_done = liar.map(|told| {
        let ops: Vec<String> = told.not_done.iter().map(|op| format!("`{op}`")).collect();
        format!("since the probe answers {} as done and has not done it", ops.join(", "))
    });
    let stand_ins = told.find(|told| !told.stand_ins.is_empty());
    let known = match (known, level_verdict(reports, level)) {
        (0, _) => None,
        (known, LevelVerdict::Conforms) => Some(format!("but for {known} known to fail{excused}")),
        (known, _) => Some(format!("and {known} known to fail besides{excused}")),
    };
    let stand_ins = stand_ins.map(|told| match are_named_below(reports, told) {
        true => "with stand-ins".to_owned(),
        false => format!("with stand-ins for {}", told.stand_ins.join(", ")),
    });
    let is_above = reports.iter().any(|report| report.asked_level.is_some_and(|asked| asked < level));
    let matters = level_verdict(reports, level) != LevelVerdict::Conforms;
    let above = (is_above && matters).then(|| "above the asked level".to_owned());
    above
        .into_iter()
        .chain(known)
        .chain(stand_ins)
        .chain(without_races)
        .chain(without_older)
        .chain(in_part)
        .chain(not_looked_at)
        .chain(not_done)
        .collect()
}
