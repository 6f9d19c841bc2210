//! What the templates show: a report in words, in the order of the page.

use std::time::Duration;

use chrono::DateTime;
use serde::Serialize;
use sessionspec::engine::contract;
use sessionspec::engine::report::{CapabilityReport, CheckReport, Failure, LEGEND, LevelVerdict, advice};
use sessionspec::{Level, Report, Verdict};

use super::prose::{Run, paragraphs, prose};
use super::sequence::Sequence;
use crate::render::causes::{Cause, causes};
use crate::render::rows::{
    Row, applied, doors, generated, level_verdict, levels, reading_order, remarks, rows,
};
use crate::why::why;

/// The whole page.
#[derive(Serialize)]
pub(super) struct Page {
    name: String,
    version: Option<String>,
    suite_version: String,
    doors: String,
    generated: String,
    /// What a reader has to know who sees the script of a failure for the first time.
    legend: Option<&'static str>,
    when: Option<String>,
    incomplete: Vec<String>,
    levels: Vec<LevelView>,
    totals: Vec<Total>,
    capabilities: Vec<Capability>,
    /// Whether a capability is not as the backend declares it: then they are unfolded from the start.
    has_false_claims: bool,
    /// What is in the way of checks.
    causes: Vec<CauseView>,
    checks: Vec<CheckView>,
}

/// What is in the way of checks, and those checks.
#[derive(Serialize)]
struct CauseView {
    /// The check that names it; empty where it is no check.
    check: String,
    /// What follows its id in a sentence.
    rest: String,
    told: Vec<(String, Vec<String>)>,
}

/// A word with a sign and a colour that say the same.
#[derive(Serialize)]
pub(super) struct Mark {
    pub(super) class: &'static str,
    pub(super) sign: &'static str,
    pub(super) word: &'static str,
}

#[derive(Serialize)]
struct LevelView {
    name: &'static str,
    mark: Mark,
    remark: String,
}

#[derive(Serialize)]
struct Total {
    mark: Mark,
    count: usize,
}

#[derive(Serialize)]
struct Capability {
    name: String,
    observed: String,
    how: String,
    declared: Option<String>,
    differs: bool,
    /// What was observed through the other doors, where that is something else.
    elsewhere: Vec<String>,
}

#[derive(Serialize)]
struct CheckView {
    id: String,
    level: &'static str,
    harm: &'static str,
    promise: Vec<Run>,
    /// What a breach leads to; for a check that found some.
    why: Option<&'static str>,
    /// What else may be wrong than the backend; for a check that failed.
    advice: Vec<Run>,
    /// Whether it is unfolded from the start: the only failure of a page is what the page is opened for.
    is_open: bool,
    clause: String,
    /// What the contract says, in paragraphs.
    clause_text: Vec<Vec<Run>>,
    mark: Mark,
    because: Vec<Run>,
    issue: Option<String>,
    evidence: String,
    /// What shares its cause: what relies on this check, or what is in the way of it.
    shared: Vec<CauseView>,
    /// The scenarios that were not judged, by their reasons.
    unseen: Vec<String>,
    /// The verdict through each door, where they disagree.
    doors: Vec<(String, Mark)>,
    reasons: Vec<String>,
    failures: Vec<FailureView>,
}

#[derive(Serialize)]
struct FailureView {
    door: Option<String>,
    title: String,
    expected: String,
    seen: String,
    done: Option<String>,
    note: Option<String>,
    case: Option<u32>,
    replay: Vec<String>,
    sequence: Option<Sequence>,
}

impl Page {
    pub(super) fn of(reports: &[Report]) -> Self {
        let rows = rows(reports);
        let mut checks: Vec<&Row<'_>> = rows.iter().collect();
        checks.sort_by_key(|row| (row.most_severe() == Verdict::NotApplicable, reading_order(row)));
        let causes = causes(&rows);
        let first = reports.first();
        let is_false = |row: &CapabilityReport| row.borne_out == Some(false);
        let mut checks: Vec<CheckView> =
            checks.into_iter().map(|row| CheckView::of(row, reports, &causes)).collect();
        open_the_only_failure(&mut checks);
        Self {
            name: first.map(|report| report.backend.name.clone()).unwrap_or_default(),
            version: first.and_then(|report| report.backend.version.clone()),
            suite_version: first.map(|report| report.suite_version.clone()).unwrap_or_default(),
            doors: doors(reports).join(" and "),
            generated: generated(reports),
            legend: rows.iter().any(|row| !row.failing().is_empty()).then_some(LEGEND),
            when: first.and_then(when),
            incomplete: reports.iter().filter_map(incomplete).collect(),
            levels: levels(reports).map(|level| LevelView::of(reports, level)).collect(),
            totals: totals(&rows),
            capabilities: first
                .map_or(&[][..], |report| &report.survey)
                .iter()
                .map(|row| Capability::of(row, reports))
                .collect(),
            has_false_claims: first.is_some_and(|report| report.survey.iter().any(is_false)),
            causes: causes.iter().map(CauseView::of).collect(),
            checks,
        }
    }
}

impl CauseView {
    fn of(cause: &Cause<'_>) -> Self {
        let ids = |checks: &[&CheckReport]| checks.iter().map(|check| check.id.clone()).collect();
        let told = [
            cause.unjudged_in_words().map(|told| (told, ids(&cause.unjudged))),
            cause.in_part_in_words().map(|told| (told, ids(&cause.in_part))),
        ];
        Self { check: cause.check.to_owned(), rest: cause.rest(), told: told.into_iter().flatten().collect() }
    }
}

impl Mark {
    pub(super) fn of(verdict: Verdict) -> Self {
        let (class, sign) = match verdict {
            Verdict::Pass => ("pass", "✓"),
            Verdict::Fail => ("fail", "✕"),
            Verdict::KnownFailure | Verdict::Excused => ("known", "≈"),
            Verdict::NotApplicable => ("quiet", "–"),
            Verdict::Error => ("doubt", "!"),
            _ => ("doubt", "?"),
        };
        Self { class, sign, word: verdict.as_str() }
    }

    pub(super) fn of_level(verdict: LevelVerdict) -> Self {
        let (class, sign) = match verdict {
            LevelVerdict::Conforms => ("pass", "✓"),
            LevelVerdict::Fails => ("fail", "✕"),
            _ => ("doubt", "?"),
        };
        Self { class, sign, word: verdict.as_str() }
    }
}

impl LevelView {
    fn of(reports: &[Report], level: Level) -> Self {
        let verdict = level_verdict(reports, level);
        Self {
            name: level.as_str(),
            mark: Mark::of_level(verdict),
            remark: std::iter::once(applied(reports, level).trim_start_matches(": ").to_owned())
                .chain(remarks(reports, level))
                .filter(|remark| !remark.is_empty())
                .collect::<Vec<_>>()
                .join(", "),
        }
    }
}

impl Capability {
    fn of(row: &CapabilityReport, reports: &[Report]) -> Self {
        let elsewhere = reports.iter().skip(1).filter_map(|report| {
            let there = report.survey.iter().find(|there| there.name == row.name)?;
            (there.observed != row.observed).then(|| format!("{}: {}", report.backend.door, there.observed))
        });
        Self {
            name: row.name.clone(),
            observed: row.observed.clone(),
            how: row.how.clone(),
            declared: row.declared.clone(),
            differs: row.borne_out == Some(false),
            elsewhere: elsewhere.collect(),
        }
    }
}

impl CheckView {
    fn of(row: &Row<'_>, reports: &[Report], causes: &[Cause<'_>]) -> Self {
        let check = row.first();
        let each_door = row.doors.iter().map(|(door, check)| ((*door).to_owned(), Mark::of(check.verdict)));
        let failures = row.failing().into_iter().flat_map(|(door, check)| {
            let door = (!row.agrees()).then(|| door.to_owned());
            check.failures.iter().map(move |failure| FailureView::of(failure, door.clone()))
        });
        let failures: Vec<FailureView> = failures.collect();
        let mut reasons: Vec<String> = failures.iter().map(|failure| failure.title.clone()).collect();
        reasons.dedup();
        let because = row.doors.iter().find_map(|(_, check)| check.because.as_deref());
        Self {
            id: check.id.clone(),
            level: check.level.as_str(),
            harm: check.harm.as_str(),
            promise: prose(&check.promise),
            why: (!failures.is_empty()).then(|| why(&check.clause)).flatten(),
            advice: advice(check).filter(|_| !failures.is_empty()).map(prose).unwrap_or_default(),
            is_open: false,
            clause: check.clause.clone(),
            clause_text: contract::clause(&check.clause).map(paragraphs).unwrap_or_default(),
            mark: Mark::of(row.most_severe()),
            because: because.map(prose).unwrap_or_default(),
            issue: check.known_failure.as_ref().and_then(|known| known.issue.clone()),
            evidence: evidence(row, reports),
            shared: causes.iter().filter(|cause| cause.concerns(&check.id)).map(CauseView::of).collect(),
            unseen: row.unseen(),
            doors: if row.agrees() { Vec::new() } else { each_door.collect() },
            reasons,
            failures,
        }
    }
}

impl FailureView {
    fn of(failure: &Failure, door: Option<String>) -> Self {
        Self {
            door,
            title: failure.title(),
            expected: failure.expected.clone(),
            seen: failure.seen.clone(),
            done: failure.done.clone(),
            note: failure.note.clone(),
            case: failure.case,
            replay: failure.replay.clone(),
            sequence: Sequence::of(failure),
        }
    }
}

/// Unfolds the failure that needs work, where it is the only one.
fn open_the_only_failure(checks: &mut [CheckView]) {
    let mut failing = checks.iter_mut().filter(|check| check.mark.class == "fail");
    if let (Some(only), None) = (failing.next(), failing.next()) {
        only.is_open = true;
    }
}

fn totals(rows: &[Row<'_>]) -> Vec<Total> {
    let count = |verdict: Verdict| rows.iter().filter(|row| row.most_severe() == verdict).count();
    let totals =
        Verdict::ALL.iter().copied().map(|verdict| Total { mark: Mark::of(verdict), count: count(verdict) });
    totals.filter(|total| total.count > 0).collect()
}

fn evidence(row: &Row<'_>, reports: &[Report]) -> String {
    let plural = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let scripts = plural(row.first().evidence.scripts, "script");
    let compared = reports.iter().find_map(|report| report.compared(row.first()));
    compared.map_or(scripts.clone(), |compared| format!("{scripts}, {} compared", plural(compared, "answer")))
}

fn incomplete(report: &Report) -> Option<String> {
    report.incomplete.as_ref().map(|why| format!("{}: {why}", report.backend.door))
}

fn when(report: &Report) -> Option<String> {
    let run = report.this_run.as_ref()?;
    let started = DateTime::from_timestamp(i64::try_from(run.started).ok()?, 0)?;
    let took = match run.milliseconds {
        short @ 0..1000 => format!("{short} ms"),
        long => format!("{:.1} s", Duration::from_millis(long).as_secs_f64()),
    };
    Some(format!("{}, in {took}", started.format("%Y-%m-%d %H:%M UTC")))
}
