//! Runs checks against a backend and says what became of each.

mod claims;
mod glue;
mod options;
mod prerequisites;
mod waits;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use tokio::task::LocalSet;

use crate::backend::{Backend, BackendError, IntoBackend, catching_panics};
use crate::checks::{Check, Plan, Test, catalogue};
use crate::expect::{Finding, Scenario};
use crate::play::{Transcript, play_judgeable, still_answers, undisturbed};
use crate::report::{
    self, CapabilityReport, CheckReport, Evidence, Failure, KnownFailureReport, Redaction, Report,
    SCHEMA_VERSION, Subject, Verdict, Watch,
};
use crate::search::{self, CaseRunner, Cases, Counterexample, Generated, Property, Shape};
use crate::survey::{self, PreflightError, Survey};

use claims::claims;
pub use options::Options;
use prerequisites::Prerequisites;
use waits::Waits;

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
    let backend = catching_panics(backend);
    let mut watch = Watch::start();
    let mut stop = std::pin::pin!(stop);
    let survey = tokio::select! {
        survey = undisturbed(&backend, async || survey::observe(&backend, options.patience).await) => survey?,
        () = &mut stop => return Err(PreflightError::Stopped),
    };
    let wanted: Vec<Check> = catalogue().into_iter().filter(|check| options.wants(check)).collect();
    let mut run = Run {
        backend,
        survey,
        options,
        needs: Prerequisites::default(),
        waits: Waits::default(),
        ended: None,
    };
    // What a service does not show that went away meanwhile is nothing that it lacks.
    run.end_if_gone().await;
    run.begin_waits(&wanted);
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
        if run.ended.is_none() && checks.last().is_some_and(|report| report.verdict == Verdict::Error) {
            run.end_if_gone().await;
        }
    }
    Ok(run.report(checks, watch))
}

struct Run {
    backend: Rc<dyn Backend>,
    survey: Survey,
    options: Options,
    needs: Prerequisites,
    waits: Waits,
    /// Why nothing can be asked any more.
    ended: Option<String>,
}

/// What became of a check, before it is written down.
struct Outcome {
    verdict: Verdict,
    because: Option<String>,
    held_to: Vec<String>,
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
        Self { verdict, because: None, held_to: Vec::new(), evidence, failures }
    }
}

impl Run {
    async fn outcome(&self, check: &Check, played: &dyn Fn(u32, u32)) -> Outcome {
        if let Some(outcome) = self.needs.blocked_by(check) {
            return outcome;
        }
        let not_applicable = |because| Ok(Outcome::without_evidence(Verdict::NotApplicable, because));
        let outcome = match check.test {
            Test::Scenarios(plan) => match plan(&self.survey) {
                Plan::Do(scenarios) => self.scenarios(check, scenarios).await,
                Plan::NotApplicable(because) => not_applicable(because),
            },
            Test::Property(plan) => match plan(&self.survey) {
                Plan::Do(property) => self.property(check, property, played).await,
                Plan::NotApplicable(because) => not_applicable(because),
            },
            Test::Generated(plan) => match plan(&self.survey) {
                Plan::Do(generated) => self.generated(check, generated, played).await,
                Plan::NotApplicable(because) => not_applicable(because),
            },
            Test::Claims => Ok(claims(&self.survey)),
            Test::Glue(body) => Ok(glue::judge(self.options.glue.as_ref(), body).await),
        };
        outcome.unwrap_or_else(|fault| {
            Outcome::without_evidence(Verdict::Error, report::message(&fault.to_string()))
        })
    }

    fn report_on(&mut self, check: &Check, outcome: Outcome) -> CheckReport {
        let found = outcome.verdict;
        let (outcome, known_failure) = self.hold_against_known_failures(check, outcome);
        let report = CheckReport {
            because: outcome.because,
            held_to: outcome.held_to,
            known_failure,
            evidence: outcome.evidence,
            failures: outcome.failures,
            ..CheckReport::of(check, outcome.verdict)
        };
        self.needs.note(check, found, &report);
        report
    }

    /// Plays each scenario. The error is a fault of the service that leaves nothing to judge.
    async fn scenarios(&self, check: &Check, scenarios: Vec<Scenario>) -> Result<Outcome, BackendError> {
        let mut evidence = Evidence::default();
        let mut failures = Vec::new();
        let mut held_to = Vec::new();
        let mut not_launched = None;
        for (scenario, transcript) in self.play_all(check, scenarios).await? {
            let judgement = scenario.judge(&transcript);
            evidence.add(&transcript, judgement.comparisons);
            held_to.extend(scenario.held_to.clone().filter(|what| !held_to.contains(what)));
            failures.extend(judgement.finding.map(|finding| self.failure(finding, scenario, &transcript)));
            not_launched = not_launched.or(transcript.not_launched);
        }
        match not_launched {
            // Whoever does not start with such a lifetime has refused it.
            Some(why) if evidence.comparisons == 0 => {
                Ok(Outcome::without_evidence(Verdict::NotApplicable, report::message(&why)))
            }
            _ => Ok(Outcome { held_to, ..Outcome::of(evidence, failures) }),
        }
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

    /// Where time cannot be moved, everything that has to wait begins at once, so that a run waits only once.
    fn begin_waits(&self, wanted: &[Check]) {
        if self.survey.virtual_time || self.ended.is_some() {
            return;
        }
        for check in wanted {
            let Test::Scenarios(plan) = check.test else { continue };
            let Plan::Do(scenarios) = plan(&self.survey) else { continue };
            let waiting = scenarios.into_iter().filter(|scenario| scenario.script.waits());
            self.waits.begin(check.id, waiting, &self.backend, self.options.patience);
        }
    }

    /// Plays scenarios one after the other; where time has to pass in them, all at the same time.
    async fn play_all(
        &self,
        check: &Check,
        scenarios: Vec<Scenario>,
    ) -> Result<Vec<(Scenario, Transcript)>, BackendError> {
        let (waiting, others): (Vec<_>, Vec<_>) =
            scenarios.into_iter().partition(|scenario| scenario.script.waits());
        let mut played = Vec::new();
        for scenario in others {
            let script = &scenario.script;
            let transcript = play_judgeable(&self.backend, script, self.options.patience).await?;
            played.push((scenario, transcript));
        }
        played.extend(self.waits.played(check.id, waiting, &self.backend, self.options.patience).await?);
        Ok(played)
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
            observed: capability.observed,
            declared: capability.declared,
        });
        Report {
            schema: SCHEMA_VERSION,
            suite_version: env!("CARGO_PKG_VERSION").to_owned(),
            backend: Subject {
                name: description.name.clone().unwrap_or_else(|| "unnamed".to_owned()),
                version: description.version.clone(),
                door: self.options.door.clone(),
            },
            seed: self.options.seed,
            cases: self.options.cases,
            case: self.options.case,
            asked_level: None,
            levels: Report::judge_levels(&checks, &description.derived),
            survey: survey.collect(),
            checks,
            incomplete: self.ended,
            this_run: Some(watch.stop(self.backend.lost_connections() > 0)),
        }
    }
}
