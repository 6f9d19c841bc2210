//! Runs checks against a backend and says what became of each.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::LocalSet;

use crate::backend::{Backend, BackendError, IntoBackend};
use crate::catalogue::catalogue;
use crate::check::{Check, Plan, Test};
use crate::glue::Glue;
use crate::player::{play_judgeable, still_answers};
use crate::report::{
    self, CapabilityReport, CheckReport, Evidence, Failure, KnownFailure, KnownFailureReport, Report,
    SCHEMA_VERSION, Subject, Verdict, Watch,
};
use crate::scenario::{Finding, Scenario};
use crate::search::{self, Caught, Hunt, Property, ShrinkBounds, Trial};
use crate::survey::{self, PreflightError, Survey};
use crate::transcript::Transcript;

/// What to run, and how.
#[derive(Clone)]
pub struct Options {
    /// The seed of everything that is generated.
    pub seed: u64,
    /// How many scripts each umbrella check is given.
    pub cases: u32,
    /// The only case to give to umbrella checks, where one is to be replayed alone.
    pub case: Option<u32>,
    /// How long a failing script is made smaller, at most.
    pub shrink: ShrinkBounds,
    /// How long a cycle may take.
    pub patience: Duration,
    /// The checks to run, by id; those that they need are not added.
    pub only: Option<Vec<String>>,
    /// The glue to test; without it the `glue` suite does not apply.
    pub glue: Option<Glue>,
    /// Checks that are known to fail, by id, and why.
    pub known_failures: BTreeMap<String, KnownFailure>,
    /// How the backend is reached, for the report.
    pub door: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 0,
            cases: 100,
            case: None,
            shrink: ShrinkBounds::default(),
            patience: Duration::from_secs(10),
            only: None,
            glue: None,
            known_failures: BTreeMap::new(),
            door: "in-process".to_owned(),
        }
    }
}

impl Options {
    fn wants(&self, check: &Check) -> bool {
        self.only.as_ref().is_none_or(|only| only.iter().any(|id| id == check.id))
    }
}

/// What happens while a run goes on.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The backend has been surveyed, and these checks will be run.
    Planned(&'a [Check]),
    /// A check begins.
    Started(&'a Check),
    /// A check has ended.
    Finished(&'a CheckReport),
}

/// Runs the checks and reports what became of each.
///
/// It needs a current-thread tokio runtime with time. Everything that runs is local to the thread.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use sessionspec::{Level, LevelVerdict, Options, reference::Memory};
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
    mut observe: impl FnMut(Event<'_>),
    stop: impl Future<Output = ()>,
) -> Result<Report, PreflightError> {
    let mut watch = Watch::start();
    let mut stop = std::pin::pin!(stop);
    let survey = tokio::select! {
        survey = survey::observe(&backend, options.patience) => survey?,
        () = &mut stop => return Err(PreflightError::Stopped),
    };
    let wanted: Vec<Check> = catalogue().into_iter().filter(|check| options.wants(check)).collect();
    let mut run = Run { backend, survey, options, verdicts: BTreeMap::new(), ended: None };
    // What a service does not show that went away meanwhile is nothing that it lacks.
    run.end_if_gone().await;
    let mut checks = Vec::new();
    observe(Event::Planned(&wanted));
    for check in &wanted {
        observe(Event::Started(check));
        let began = Instant::now();
        let outcome = match &run.ended {
            Some(why) => Err(why.clone()),
            None => tokio::select! {
                outcome = run.outcome(check) => Ok(outcome),
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
    /// What became of the checks so far: a check that needs one of them looks here.
    verdicts: BTreeMap<&'static str, Verdict>,
    /// Why nothing can be asked any more.
    ended: Option<String>,
}

/// What became of a check, before it is written down.
struct Outcome {
    verdict: Verdict,
    because: Option<String>,
    evidence: Evidence,
    failures: Vec<Failure>,
}

impl Outcome {
    fn without_evidence(verdict: Verdict, because: String) -> Self {
        Self { verdict, because: Some(because), evidence: Evidence::default(), failures: Vec::new() }
    }

    fn of(evidence: Evidence, failures: Vec<Failure>) -> Self {
        if !failures.is_empty() {
            return Self { verdict: Verdict::Fail, because: None, evidence, failures };
        }
        if evidence.comparisons == 0 {
            return Self::without_evidence(Verdict::Unverified, "nothing was compared".to_owned());
        }
        Self { verdict: Verdict::Pass, because: None, evidence, failures }
    }
}

impl Run {
    async fn outcome(&self, check: &Check) -> Outcome {
        for need in check.needs {
            let became = match self.verdicts.get(need) {
                Some(Verdict::Fail) => "failed",
                // What it needs itself has failed, so that this one says nothing either.
                Some(Verdict::Unverified) => "is unverified",
                _ => continue,
            };
            return Outcome::without_evidence(Verdict::Unverified, format!("needs {need}, which {became}"));
        }
        let not_applicable = |because| Ok(Outcome::without_evidence(Verdict::NotApplicable, because));
        let outcome = match check.test {
            Test::Scenarios(plan) => match plan(&self.survey) {
                Plan::Do(scenarios) => self.scenarios(scenarios).await,
                Plan::NotApplicable(because) => not_applicable(because),
            },
            Test::Property(plan) => match plan(&self.survey) {
                Plan::Do(property) => self.property(check, property).await,
                Plan::NotApplicable(because) => not_applicable(because),
            },
            Test::Claims => Ok(claims(&self.survey)),
            Test::Glue(body) => Ok(self.glue(body).await),
        };
        outcome.unwrap_or_else(|fault| {
            Outcome::without_evidence(Verdict::Error, report::message(&fault.to_string()))
        })
    }

    fn report_on(&mut self, check: &Check, outcome: Outcome) -> CheckReport {
        self.verdicts.insert(check.id, outcome.verdict);
        let (outcome, known_failure) = self.hold_against_known_failures(check, outcome);
        CheckReport {
            id: check.id.to_owned(),
            level: check.level,
            clause: check.clause.to_owned(),
            promise: check.promise.to_owned(),
            verdict: outcome.verdict,
            because: outcome.because,
            known_failure,
            evidence: outcome.evidence,
            failures: outcome.failures,
        }
    }

    /// Plays each scenario. The error is a fault of the service that leaves nothing to judge.
    async fn scenarios(&self, scenarios: Vec<Scenario>) -> Result<Outcome, BackendError> {
        let mut evidence = Evidence::default();
        let mut failures = Vec::new();
        for (scenario, transcript) in self.play_all(scenarios).await? {
            let judgement = scenario.judge(&transcript);
            evidence.scripts += 1;
            evidence.comparisons += judgement.comparisons;
            failures.extend(judgement.finding.map(|finding| self.failure(finding, scenario, &transcript)));
        }
        Ok(Outcome::of(evidence, failures))
    }

    /// Plays generated scripts until one differs from the reference, and makes that one small.
    async fn property(&self, check: &Check, property: Property) -> Result<Outcome, BackendError> {
        let trial = Trial {
            backend: Rc::clone(&self.backend),
            survey: &self.survey,
            patience: self.options.patience,
            dead_sessions: property.dead_sessions,
        };
        let hunt = Hunt {
            check: check.id,
            property,
            run_seed: self.options.seed,
            cases: self.options.cases,
            only_case: self.options.case,
            bounds: self.options.shrink,
        };
        let (evidence, caught) = search::hunt(&trial, &hunt).await?;
        let failures = caught.map(|Caught { case, smallest, note }| Failure {
            case: Some(case),
            note,
            ..self.failure(smallest.finding, smallest.scenario, &smallest.transcript)
        });
        Ok(Outcome::of(evidence, failures.into_iter().collect()))
    }

    async fn glue(&self, body: crate::glue::GlueCheck) -> Outcome {
        let Some(glue) = &self.options.glue else {
            return Outcome::without_evidence(
                Verdict::NotApplicable,
                "there is no glue under test".to_owned(),
            );
        };
        match body(Rc::clone(glue)).await {
            Ok(comparisons) => Outcome::of(Evidence { scripts: 1, comparisons }, Vec::new()),
            Err(finding) => {
                let failure = Failure {
                    reason: finding.reason.to_owned(),
                    expected: finding.expected,
                    seen: finding.seen,
                    done: Some(finding.done.to_owned()),
                    ..Failure::default()
                };
                Outcome::of(Evidence { scripts: 1, comparisons: 1 }, vec![failure])
            }
        }
    }

    /// Plays scenarios one after the other; but where time has to pass in them, all at the same time, each on virtual
    /// time of its own if the backend has any.
    async fn play_all(&self, scenarios: Vec<Scenario>) -> Result<Vec<(Scenario, Transcript)>, BackendError> {
        let mut waiting = Vec::new();
        let mut played = Vec::new();
        for scenario in scenarios {
            let patience = self.options.patience;
            if scenario.script.waits() {
                let virtual_time = self.backend.on_virtual_time().await;
                let backend = virtual_time.unwrap_or_else(|| Rc::clone(&self.backend));
                waiting.push(tokio::task::spawn_local(async move {
                    let transcript = play_judgeable(&backend, &scenario.script, patience).await;
                    transcript.map(|transcript| (scenario, transcript))
                }));
            } else {
                let transcript = play_judgeable(&self.backend, &scenario.script, patience).await?;
                played.push((scenario, transcript));
            }
        }
        for task in waiting {
            let outcome = task.await.map_err(|panic| BackendError::CutOff(panic.to_string()))?;
            played.push(outcome?);
        }
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
        Failure::found(finding, scenario, transcript, &self.survey.own_keys)
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
            levels: Report::judge_levels(&checks, &description.derived),
            survey: survey.collect(),
            checks,
            incomplete: self.ended,
            this_run: Some(watch.stop()),
        }
    }
}

/// Holds what was declared against what was observed.
fn claims(survey: &Survey) -> Outcome {
    if survey.null {
        return Outcome::without_evidence(
            Verdict::NotApplicable,
            "this backend opens only null sessions".to_owned(),
        );
    }
    let capabilities = survey.capabilities();
    let declared =
        capabilities.iter().filter_map(|capability| Some((capability, capability.declared.as_ref()?)));
    let mut evidence = Evidence::default();
    let mut failures = Vec::new();
    for (capability, declared) in declared {
        let Some(borne_out) = survey.bears_out(capability.name, declared) else { continue };
        evidence.comparisons += 1;
        if !borne_out {
            failures.push(Failure {
                reason: capability.name.to_owned(),
                expected: format!("{}: {declared}, as declared", capability.name),
                seen: format!("{}: {}", capability.name, capability.observed),
                done: Some(format!("observed as follows: {}", capability.how)),
                ..Failure::default()
            });
        }
    }
    if evidence.comparisons == 0 {
        return Outcome::without_evidence(
            Verdict::NotApplicable,
            "nothing is declared that was observed".to_owned(),
        );
    }
    Outcome::of(evidence, failures)
}
