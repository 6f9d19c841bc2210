//! Runs checks against a backend and says what became of each.

mod claims;
mod facts;
mod glue;
mod options;
mod scenarios;
mod surveyed;
mod waits;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Instant;

use tokio::task::LocalSet;

use crate::backend::{Backend, BackendError, Front, IntoBackend, catching_panics, fronted, without_panic};
use crate::checks::{Applicability, Check, Fact, GlueCheck, Test, catalogue};
use crate::expect::{Finding, Scenario};
use crate::play::{Transcript, still_answers};
use crate::report::{
    self, Blocked, CapabilityReport, CheckReport, Evidence, Failure, KnownFailureReport, Redaction, Report,
    SCHEMA_VERSION, Subject, Verdict, Watch,
};
use crate::search::{self, CaseRunner, Cases, Counterexample, Generated, Property, Shape};
use crate::survey::{PreflightError, Survey};

use claims::claims;
pub use options::Options;
use scenarios::{Judged, Scenarios, Settled};

/// What happens while a run goes on.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The backend has been surveyed, and these checks will be run.
    Planned(&'a [Check]),
    /// A check begins.
    Started(&'a Check),
    /// So many generated scripts of the current check have been played.
    Played {
        /// How many.
        cases: u32,
        /// Of how many, unless one fails.
        of: u32,
    },
    /// A check has ended.
    Finished(&'a CheckReport),
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
    observe: impl FnMut(Event<'_>),
    stop: impl Future<Output = ()>,
) -> Result<Report, PreflightError> {
    LocalSet::new().run_until(run_local(backend, options, observe, stop)).await
}

async fn run_local(
    backend: Rc<dyn Backend>,
    options: Options,
    observe: impl FnMut(Event<'_>),
    stop: impl Future<Output = ()>,
) -> Result<Report, PreflightError> {
    let observe = RefCell::new(observe);
    let observe = |event: Event<'_>| (observe.borrow_mut())(event);
    let front = Rc::new(Front::of_session_cookies(&options.session_cookies));
    let backend = fronted(catching_panics(backend), &front);
    let mut watch = Watch::start();
    let mut stop = std::pin::pin!(stop);
    let survey = tokio::select! {
        survey = surveyed::survey(&backend, &front, options.patience) => survey?,
        () = &mut stop => return Err(PreflightError::Stopped),
    };
    let wanted: Vec<Check> = catalogue().into_iter().filter(|check| options.wants(check)).collect();
    let survey = Rc::new(survey);
    let scenarios = Scenarios::new(Rc::clone(&backend), Rc::clone(&survey), options.patience);
    let mut run = Run { backend, front, survey, options, scenarios, verdicts: BTreeMap::new(), ended: None };
    // What a service does not show that went away meanwhile is nothing that it lacks.
    run.end_if_gone().await;
    if run.ended.is_none() {
        run.scenarios.begin_waits(&wanted);
    }
    let mut checks = Vec::new();
    observe(Event::Planned(&wanted));
    let played = |cases, of| observe(Event::Played { cases, of });
    for check in &wanted {
        observe(Event::Started(check));
        let began = Instant::now();
        let outcome = match &run.ended {
            Some(why) => Err(why.clone()),
            None => tokio::select! {
                outcome = run.outcome(check, &played) => Ok(outcome),
                () = &mut stop => Err("the run was stopped".to_owned()),
            },
        };
        let outcome = outcome.unwrap_or_else(|why| {
            run.ended = Some(why.clone());
            Outcome::without_evidence(Verdict::Unverified, why)
        });
        let report = run.report_on(check, outcome);
        watch.check_ended(check.id, began);
        observe(Event::Finished(&report));
        checks.push(report);
        run.ended = run.ended.or_else(|| run.front.shut());
        if run.ended.is_none() && checks.last().is_some_and(|report| report.verdict == Verdict::Error) {
            run.end_if_gone().await;
        }
    }
    Ok(run.report(checks, watch))
}

struct Run {
    backend: Rc<dyn Backend>,
    front: Rc<Front>,
    survey: Rc<Survey>,
    options: Options,
    scenarios: Scenarios,
    /// What became of the checks so far that have failed, before and after the known failures were looked at.
    verdicts: BTreeMap<&'static str, Verdict>,
    /// Why nothing can be asked any more.
    ended: Option<String>,
}

/// How much is shown of what a backend calls itself, and of what was observed in one row, in characters.
const LONGEST_NAME: usize = 200;
const LONGEST_ROW: usize = 2_000;

/// What became of a check, before it is written down.
struct Outcome {
    verdict: Verdict,
    because: Option<String>,
    held_to: Vec<String>,
    blocked: Vec<Blocked>,
    evidence: Evidence,
    failures: Vec<Failure>,
}

impl Outcome {
    fn without_evidence(verdict: Verdict, because: String) -> Self {
        Self { because: Some(because), ..Self::found(verdict, Evidence::default(), Vec::new()) }
    }

    fn of(evidence: Evidence, failures: Vec<Failure>) -> Self {
        if !failures.is_empty() {
            return Self::found(Verdict::Fail, evidence, failures);
        }
        if evidence.comparisons == 0 {
            return Self::without_evidence(Verdict::Unverified, "nothing was compared".to_owned());
        }
        Self::found(Verdict::Pass, evidence, failures)
    }

    fn found(verdict: Verdict, evidence: Evidence, failures: Vec<Failure>) -> Self {
        Self { verdict, because: None, held_to: Vec::new(), blocked: Vec::new(), evidence, failures }
    }
}

impl Run {
    /// What becomes of a check. A panic of the suite itself is the error of the check in which it happened.
    async fn outcome(&self, check: &Check, played: &dyn Fn(u32, u32)) -> Outcome {
        let panicked = |said: String| {
            let because = format!("the suite itself has failed: it panicked: {said}");
            Outcome::without_evidence(Verdict::Error, report::message(&because))
        };
        without_panic(self.judged(check, played)).await.unwrap_or_else(panicked)
    }

    async fn judged(&self, check: &Check, played: &dyn Fn(u32, u32)) -> Outcome {
        match check.applicability(&self.survey) {
            Applicability::Applies => {}
            Applicability::NotApplicable(because) => {
                return Outcome::without_evidence(Verdict::NotApplicable, because);
            }
            Applicability::Unverified(because) => {
                return Outcome::without_evidence(Verdict::Unverified, report::message(&because));
            }
        }
        if check.has_cases()
            && let Some(fact) = self.scenarios.first_broken_of(check).await
        {
            return self.blocked_by(fact);
        }
        let outcome = match check.test {
            Test::Scenarios(scenarios) => self.scenarios(check, scenarios(&self.survey)).await,
            Test::Property(property) => self.property(check, property, played).await,
            Test::Generated(generated) => self.generated(check, generated(&self.survey), played).await,
            Test::Claims => Ok(claims(&self.survey)),
            Test::Glue(body) => Ok(self.glue(check, body).await),
        };
        outcome.unwrap_or_else(|fault| {
            let verdict = match fault {
                BackendError::Inconclusive(_) => Verdict::Unverified,
                _ => Verdict::Error,
            };
            Outcome::without_evidence(verdict, report::message(&fault.to_string()))
        })
    }

    fn report_on(&mut self, check: &Check, outcome: Outcome) -> CheckReport {
        let (outcome, known_failure) = self.hold_against_known_failures(check, outcome);
        let report = CheckReport {
            because: outcome.because,
            held_to: outcome.held_to,
            blocked: outcome.blocked,
            known_failure,
            evidence: outcome.evidence,
            failures: outcome.failures,
            ..CheckReport::of(check, outcome.verdict)
        };
        self.verdicts.insert(check.id, report.verdict);
        report
    }

    /// Settles each scenario. The error is a fault of the service that leaves nothing to judge.
    async fn scenarios(&self, check: &Check, scenarios: Vec<Scenario>) -> Result<Outcome, BackendError> {
        let mut evidence = Evidence::default();
        let mut failures = Vec::new();
        let mut held_to = Vec::new();
        let mut blocked: Vec<Blocked> = Vec::new();
        let mut unjudged = None;
        let mut not_launched = None;
        for scenario in scenarios {
            match &*self.scenarios.settle(check, scenario).await {
                Settled::Judged(judged) => {
                    let Judged { scenario, transcript, judgement, note } = &**judged;
                    evidence.add(transcript, judgement.comparisons);
                    held_to.extend(scenario.held_to.clone().filter(|what| !held_to.contains(what)));
                    failures.extend(judgement.finding.clone().map(|finding| Failure {
                        note: note.clone(),
                        ..self.failure(finding, scenario.clone(), transcript)
                    }));
                }
                Settled::Blocked(fact) => Blocked::add(&mut blocked, *fact),
                Settled::Unjudged(because) => unjudged = Some(because.clone()),
                Settled::NotLaunched(why) => not_launched = not_launched.or_else(|| Some(why.clone())),
                Settled::Broken(fault) => return Err(fault.clone()),
            }
        }
        let nothing = evidence.comparisons == 0 && failures.is_empty();
        let outcome = match (not_launched, unjudged, blocked.first()) {
            // Whoever does not start with such a lifetime has refused it.
            (Some(why), ..) if nothing => {
                Outcome::without_evidence(Verdict::NotApplicable, report::message(&why))
            }
            // What was judged beside that is no pass: a part of the promise was not looked at.
            (_, Some(because), _) if failures.is_empty() => {
                Outcome { evidence, ..Outcome::without_evidence(Verdict::Unverified, because) }
            }
            (_, _, Some(first)) if nothing => {
                Outcome::without_evidence(self.verdict_of_blocked(&blocked), self.why_blocked(first))
            }
            _ => Outcome::of(evidence, failures),
        };
        Ok(Outcome { held_to, blocked, ..outcome })
    }

    /// What becomes of a check that relies on this fact, which does not hold.
    fn blocked_by(&self, fact: Fact) -> Outcome {
        let blocked = vec![Blocked::by(fact)];
        let because = self.why_blocked(&blocked[0]);
        let verdict = self.verdict_of_blocked(&blocked);
        Outcome { blocked, ..Outcome::without_evidence(verdict, because) }
    }

    /// What becomes of a check of which nothing could be judged: it is excused where all that is in its way is known to
    /// fail.
    fn verdict_of_blocked(&self, blocked: &[Blocked]) -> Verdict {
        let is_known = |blocked: &Blocked| self.known_reason(blocked).is_some();
        if blocked.iter().all(is_known) { Verdict::Excused } else { Verdict::Unverified }
    }

    fn why_blocked(&self, blocked: &Blocked) -> String {
        match self.known_reason(blocked) {
            Some(reason) => format!("relies on {blocked}, a known failure: {reason}"),
            None => format!("relies on {blocked}, which does not hold"),
        }
    }

    /// Why the check that is in the way fails, where that is known and accepted.
    fn known_reason(&self, blocked: &Blocked) -> Option<&str> {
        let known = self.options.known_failures.get(blocked.check.as_str())?;
        (known.apply(Verdict::Fail).0 == Verdict::KnownFailure).then_some(&known.reason)
    }

    /// Runs a check of the glue, unless one that it relies on has failed.
    async fn glue(&self, check: &Check, body: GlueCheck) -> Outcome {
        for fact in check.relies {
            let relied_on = catalogue().into_iter().find(|check| check.id == fact.check);
            let Some(Check { test: Test::Glue(body), .. }) = relied_on else { continue };
            if glue::judge(self.options.glue.as_ref(), body).await.verdict == Verdict::Fail {
                return self.blocked_by(*fact);
            }
        }
        glue::judge(self.options.glue.as_ref(), body).await
    }

    /// Plays generated scripts until one differs from the reference, and makes that one small.
    async fn property(
        &self,
        check: &Check,
        property: Property,
        played: &dyn Fn(u32, u32),
    ) -> Result<Outcome, BackendError> {
        let wanted = self.cases(check, property);
        let found = search::run_cases(&self.runner(), &wanted, played).await?;
        let outcome = self.counterexample(found);
        let at_once = outcome.evidence.at_once.filter(|_| property.shape == Shape::Parallel);
        let held_to = at_once.map(|requests| format!("{requests} requests at once")).into_iter().collect();
        Ok(Outcome { held_to, ..outcome })
    }

    /// Plays generated scenarios until one fails, and makes that one small.
    async fn generated(
        &self,
        check: &Check,
        generated: Generated,
        played: &dyn Fn(u32, u32),
    ) -> Result<Outcome, BackendError> {
        let wanted = self.cases(check, generated);
        let found = search::run_generated_cases(&self.runner(), &wanted, played).await?;
        Ok(self.counterexample(found))
    }

    fn runner(&self) -> CaseRunner<'_> {
        CaseRunner {
            backend: Rc::clone(&self.backend),
            survey: &self.survey,
            patience: self.options.patience,
        }
    }

    fn cases<P>(&self, check: &Check, property: P) -> Cases<'_, P> {
        Cases {
            check: check.id,
            property,
            run_seed: self.options.seed,
            cases: self.options.cases,
            only_case: self.options.case,
            bounds: self.options.shrink,
        }
    }

    fn counterexample(&self, (evidence, counterexample): (Evidence, Option<Counterexample>)) -> Outcome {
        let failures = counterexample.map(|Counterexample { case, smallest, note }| Failure {
            case: Some(case),
            note,
            ..self.failure(smallest.finding, smallest.scenario, &smallest.transcript)
        });
        Outcome::of(evidence, failures.into_iter().collect())
    }

    /// Nothing is asked any more of a service that does not answer.
    async fn end_if_gone(&mut self) {
        let answers = still_answers(&self.backend, self.options.patience).await;
        self.ended = answers
            .err()
            .map(|fault| format!("the service is gone: {}", report::message(&fault.to_string())));
    }

    fn failure(&self, finding: Finding, scenario: Scenario, transcript: &Transcript) -> Failure {
        Failure::found(finding, scenario, transcript, Redaction::of(&self.survey))
    }

    fn hold_against_known_failures(
        &self,
        check: &Check,
        outcome: Outcome,
    ) -> (Outcome, Option<KnownFailureReport>) {
        let Some(known) = self.options.known_failures.get(check.id) else { return (outcome, None) };
        let (verdict, because, entry) = known.apply(outcome.verdict);
        (Outcome { verdict, because: because.or(outcome.because), ..outcome }, Some(entry))
    }

    fn report(self, checks: Vec<CheckReport>, watch: Watch) -> Report {
        let description = &self.survey.description;
        let survey = self.survey.capabilities().into_iter().map(|capability| CapabilityReport {
            name: capability.name.to_owned(),
            how: capability.how.to_owned(),
            borne_out: capability
                .declared
                .as_ref()
                .and_then(|declared| self.survey.bears_out(capability.name, declared)),
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
                door: self.options.door.clone(),
            },
            seed: self.options.seed,
            cases: self.options.cases,
            case: self.options.case,
            asked_level: None,
            levels: Report::judge_levels(&checks, &self.survey),
            survey: survey.collect(),
            checks,
            incomplete: self.ended,
            this_run: Some(watch.stop(self.backend.lost_connections() > 0, &self.front)),
        }
    }
}

#[cfg(test)]
mod tests;
