//! Runs checks against a backend and says what became of each.

mod claims;
mod confirmation;
mod facts;
mod first_failure;
mod glue;
mod hindrances;
mod jobs;
mod judged;
mod judging;
mod looks;
mod options;
mod outcome;
mod plans;
mod responses;
mod scenarios;
mod sentinel;
mod surveyed;
mod tasks;
mod timed;
mod waits;
mod whole;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use sessionspec_reference::Description;
use tokio::task::LocalSet;

use crate::backend::{Backend, Front, IntoBackend, LocalBoxFuture, catching_panics, fronted, one_at_a_time};
use crate::checks::{Check, catalogue};
use crate::play::{Lanes, still_answers};
use crate::report::{
    self, CapabilityReport, CheckReport, KnownFailureReport, Report, SCHEMA_VERSION, Subject, ThisRun,
    Verdict, Watch,
};
use crate::survey::{AtOnce, PreflightError, Survey};

use judged::Judged;
use judging::Judging;
pub use options::{Options, QUICK_CASES};
use outcome::Outcome;
use responses::Responses;
use scenarios::{Scenarios, Settled};
use sentinel::Sentinel;
use tasks::{Ended, Tasks};

/// What happens while a run goes on.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The backend has been surveyed.
    Planned {
        /// The checks that will be run.
        checks: &'a [Check],
        /// What the backend says of itself.
        description: &'a Description,
    },
    /// A check begins.
    Started(&'a Check),
    /// So many generated scripts of the current check have been played.
    Played {
        /// How many.
        cases: u32,
        /// Of how many, unless one fails.
        of: u32,
    },
    /// A script of a check was played in which nothing was wrong. It comes before the end of its check.
    Kept(Kept<'a>),
    /// A check has ended.
    Finished(&'a CheckReport),
}

/// A script in which nothing was wrong, with what happened when it was played.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// The check.
    pub check: &'a Check,
    /// What the script is about, in a word or two.
    pub reason: &'a str,
    judged: &'a Judged,
    survey: &'a Survey,
}

impl Kept<'_> {
    /// What happened, as a report tells it of a failure.
    #[must_use]
    pub fn text(&self) -> String {
        self.judged.text(self.survey)
    }
}

/// Runs the checks and reports what became of each.
///
/// It needs a current-thread tokio runtime with time. Everything that runs is local to the thread.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use sessionspec::{Level, LevelVerdict, Options};
/// use sessionspec::reference::Memory;
///
/// let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
/// let report = runtime.block_on(sessionspec::run(Memory::default(), Options::default()))?;
/// assert_eq!(report.verdict(Level::Minimum), Some(LevelVerdict::Conforms));
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// [`PreflightError`] where the backend does not answer at all: then nothing could be judged.
pub async fn run<Kind>(backend: impl IntoBackend<Kind>, options: Options) -> Result<Report, PreflightError> {
    run_until(backend.into_backend(), options, |_| {}, std::future::pending()).await
}

/// As [`run`], but says what happens while it goes on, and ends when `stop` is ready: what is finished stays known.
///
/// # Errors
///
/// As [`run`].
pub async fn run_until(
    backend: Rc<dyn Backend>,
    options: Options,
    mut observe: impl FnMut(Event<'_>),
    stop: impl Future<Output = ()>,
) -> Result<Report, PreflightError> {
    whole_run(backend, options, &mut observe, Box::pin(stop)).await
}

/// A run without any type of the caller's. What is asynchronous is compiled where it is first put behind a pointer: that is
/// here, once, and not in every crate that has a test.
fn whole_run<'a>(
    backend: Rc<dyn Backend>,
    options: Options,
    observe: &'a mut dyn FnMut(Event<'_>),
    stop: LocalBoxFuture<'a, ()>,
) -> LocalBoxFuture<'a, Result<Report, PreflightError>> {
    Box::pin(async { LocalSet::new().run_until(run_local(backend, options, observe, stop)).await })
}

async fn run_local(
    backend: Rc<dyn Backend>,
    options: Options,
    observe: &mut dyn FnMut(Event<'_>),
    mut stop: LocalBoxFuture<'_, ()>,
) -> Result<Report, PreflightError> {
    let observe = RefCell::new(observe);
    let observe = |event: Event<'_>| (observe.borrow_mut())(event);
    let mut watch = Watch::start();
    let (mut run, wanted, sentinel) = set_up(backend, options, &mut stop).await?;
    // What a service does not show that went away meanwhile is nothing that it lacks.
    run.end_if_gone().await;
    observe(Event::Planned { checks: &wanted, description: &run.judging.survey.description });
    let planned = wanted;
    let wanted: Vec<Check> = planned.iter().filter(|check| !check.is_of_a_run()).copied().collect();
    let mut checks = run.judge(&wanted, &mut watch, &observe, &mut stop).await;
    run.look_back(sentinel, &planned, &mut checks, &mut watch, &observe, &mut stop).await;
    Ok(run.report(checks, watch))
}

/// Surveys the backend and chooses how many requests there may be at once: the run, the checks that are wanted of it, and the
/// session that nobody touches.
async fn set_up(
    backend: Rc<dyn Backend>,
    options: Options,
    stop: &mut LocalBoxFuture<'_, ()>,
) -> Result<(Run, Vec<Check>, Option<Sentinel>), PreflightError> {
    let front = Rc::new(Front::of_session_cookies(&options.session_cookies));
    let backend = fronted(catching_panics(backend), &front);
    let survey = tokio::select! {
        survey = surveyed::survey(&backend, &front, options.patience) => survey?,
        () = &mut *stop => return Err(PreflightError::Stopped),
    };
    let wanted: Vec<Check> = catalogue().iter().filter(|check| options.wants(check)).copied().collect();
    let lock_patience = options.lock_patience.map(|patience| patience.as_secs_f64());
    let survey = Rc::new(Survey { processes: front.processes(), lock_patience, ..survey });
    let lanes = tokio::select! {
        jobs = jobs::chosen(&backend, &survey, &options) => Rc::new(Lanes::new(jobs)),
        () = &mut *stop => return Err(PreflightError::Stopped),
    };
    let backend = if survey.at_once == AtOnce::One { one_at_a_time(backend) } else { backend };
    let responses = Rc::new(Responses::of(&wanted, &survey));
    let scenarios = Scenarios::new(
        Rc::clone(&backend),
        Rc::clone(&survey),
        options.patience,
        Rc::clone(&lanes),
        Rc::clone(&responses),
    );
    let sentinel = Sentinel::begin(&wanted, &backend, &survey, &options).await;
    let judging =
        Rc::new(Judging { backend, survey, options: Rc::new(options), lanes, scenarios, responses });
    Ok((Run { judging, front, stopped_because: None }, wanted, sentinel))
}

/// How the reason begins for which nothing more was asked, where the service went away.
pub const GONE: &str = "the service is gone";

/// Why the rest of a run that was stopped is not known.
const STOPPED: &str = "the run was stopped";

/// How much is shown of what a backend calls itself, and of what was observed in one row, in characters.
const LONGEST_NAME: usize = 200;
const LONGEST_ROW: usize = 2_000;

struct Run {
    judging: Rc<Judging>,
    front: Rc<Front>,
    /// Why nothing can be asked any more.
    stopped_because: Option<String>,
}

impl Run {
    /// Judges these checks, in their order. Once the run is stopped, those are unverified that had not ended by then.
    async fn judge(
        &mut self,
        wanted: &[Check],
        watch: &mut Watch,
        observe: &dyn Fn(Event<'_>),
        stop: &mut LocalBoxFuture<'_, ()>,
    ) -> Vec<CheckReport> {
        let mut known = self.known_at_once(wanted, stop.as_mut()).await;
        let mut tasks = match self.stopped_because {
            None => {
                let unknown = wanted.iter().filter(|check| !known.contains_key(check.id)).copied();
                Tasks::begin(&self.judging, &unknown.collect::<Vec<_>>())
            }
            Some(_) => Tasks::default(),
        };
        let mut checks = Vec::new();
        for check in wanted {
            observe(Event::Started(check));
            let played = |cases, of| observe(Event::Played { cases, of });
            let ended = match (known.remove(check.id), &self.stopped_because) {
                (Some(ended), _) => Ok(ended),
                // What has ended before the run was stopped stays known.
                (None, Some(why)) => tasks.ended(check).await.ok_or_else(|| why.clone()),
                (None, None) => tokio::select! {
                    ended = tasks.end_of(check, &played) => Ok(ended),
                    () = &mut *stop => Err(STOPPED.to_owned()),
                },
            };
            let outcome = self.note_end(check, ended, watch);
            self.show_kept(check, &outcome, observe);
            let report = self.report_on(check, outcome);
            observe(Event::Finished(&report));
            if self.was_gone_by(&report).await {
                // What was found at the same moment, and later in the catalogue, depends on that moment.
                tasks = Tasks::default();
            }
            checks.push(report);
        }
        checks
    }

    /// Takes note of a check that has ended, or of why it has not: then nothing more is asked. What it came to.
    fn note_end(&mut self, check: &Check, ended: Result<Ended, String>, watch: &mut Watch) -> Outcome {
        let (outcome, took) = match ended {
            Ok(Ended { outcome, took, .. }) => (outcome, took),
            Err(why) => {
                self.stopped_because = Some(why.clone());
                (Outcome::without_evidence(Verdict::Unverified, why), Duration::ZERO)
            }
        };
        watch.check_ended(check.id, took);
        let compared = outcome.evidence.comparisons;
        if check.compares_by_chance() && compared > 0 {
            watch.compared(check.id, compared);
        }
        outcome
    }

    /// Shows the scripts of a check in which nothing was wrong.
    fn show_kept(&self, check: &Check, outcome: &Outcome, observe: &dyn Fn(Event<'_>)) {
        for settled in &outcome.kept {
            if let Settled::Judged(judged) = &**settled {
                let reason = judged.scenario.reason.as_str();
                observe(Event::Kept(Kept { check, reason, judged, survey: &self.judging.survey }));
            }
        }
    }

    /// Looks whether anything can be asked after this check. Whether nothing can, since the service went away and only the error of
    /// this check shows it.
    async fn was_gone_by(&mut self, report: &CheckReport) -> bool {
        let broken = || self.front.shut().or_else(|| self.judging.scenarios.unmended());
        self.stopped_because = self.stopped_because.take().or_else(broken);
        if self.stopped_because.is_some() || report.verdict != Verdict::Error {
            return false;
        }
        self.end_if_gone().await;
        self.stopped_because.is_some()
    }

    fn report_on(&self, check: &Check, outcome: Outcome) -> CheckReport {
        let (outcome, known_failure) = self.hold_against_known_failures(check, outcome);
        CheckReport {
            because: outcome.because,
            lacks: outcome.lacks.filter(|_| outcome.verdict == Verdict::NotApplicable),
            held_to: outcome.held_to,
            blocked: outcome.blocked,
            unjudged: outcome.unjudged,
            known_failure,
            evidence: report::Evidence::of(outcome.evidence, !check.compares_by_chance()),
            failures: outcome.failures,
            ..CheckReport::of(check, outcome.verdict)
        }
    }

    /// Nothing is asked any more of a service that does not answer.
    async fn end_if_gone(&mut self) {
        let answers = still_answers(&self.judging.backend, self.judging.options.patience).await;
        self.stopped_because =
            answers.err().map(|fault| format!("{GONE}: {}", report::message(&fault.to_string())));
    }

    fn hold_against_known_failures(
        &self,
        check: &Check,
        outcome: Outcome,
    ) -> (Outcome, Option<KnownFailureReport>) {
        let Some(known) = self.judging.options.known_failures.get(check.id) else { return (outcome, None) };
        // What failed before may be what nothing can be concluded from now, or what a new failure hides.
        let hidden = match outcome.verdict {
            Verdict::Pass => self.judging.why_hidden(&outcome),
            _ => None,
        };
        let verdict = if hidden.is_some() { Verdict::Unverified } else { outcome.verdict };
        let (verdict, because, entry) = known.apply(verdict, &outcome.failures);
        let because = because.or(hidden);
        (Outcome { verdict, because: because.or(outcome.because), ..outcome }, Some(entry))
    }

    fn report(self, checks: Vec<CheckReport>, watch: Watch) -> Report {
        let Judging { survey: observed, options, lanes, backend, .. } = &*self.judging;
        let description = &observed.description;
        let survey = observed.capabilities().into_iter().map(|capability| CapabilityReport {
            name: capability.name.to_owned(),
            how: capability.how.to_owned(),
            borne_out: capability
                .declared
                .as_ref()
                .and_then(|declared| observed.bears_out(capability.name, declared)),
            observed: report::shortened(&capability.observed, LONGEST_ROW),
            declared: capability.declared,
        });
        Report {
            schema: SCHEMA_VERSION,
            suite_version: env!("CARGO_PKG_VERSION").to_owned(),
            backend: Subject {
                name: report::shortened(description.name.as_deref().unwrap_or("unnamed"), LONGEST_NAME),
                version: description
                    .version
                    .as_deref()
                    .map(|version| report::shortened(version, LONGEST_NAME)),
                door: options.door.clone(),
            },
            seed: options.seed,
            cases: options.cases,
            case: options.case,
            asked_level: None,
            levels: Report::judge_levels(&checks, observed),
            survey: survey.collect(),
            checks,
            incomplete: self.stopped_because,
            this_run: Some(ThisRun {
                jobs: lanes.jobs(),
                only_beside_others: lanes.only_beside_others(),
                lived_longer: self.judging.scenarios.lived_longer(),
                closes_connections: backend.lost_connections() > 0,
                refused: self.front.refused(),
                slowed: self.front.is_slowed(),
                ..watch.stop()
            }),
        }
    }
}

#[cfg(test)]
mod tests;
