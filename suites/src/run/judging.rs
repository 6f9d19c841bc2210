//! Judges one check: what is played for it, and what that comes to. Whether a check applies is said in
//! `checks/requirement.rs`, and which scenarios it has in `checks/check.rs`.

use std::collections::VecDeque;
use std::rc::Rc;

use super::claims::claims;
use super::hindrances::{Hindrances, Name};
use super::outcome::Outcome;
use super::plans::Plan;
use super::responses::Responses;
use super::scenarios::{Scenarios, Settled};
use super::timed::Timed;
use super::{Options, glue};
use crate::backend::{Backend, BackendError, without_panic};
use crate::checks::{Applicability, Check, Fact, GlueCheck, Lack, Test, named};
use crate::expect::Scenario;
use crate::oracle::promises::Excused;
use crate::play::{Evidence, Lanes, SideBySide, Transcript};
use crate::report::{self, Blocked, Failure, Redaction, Verdict};
use crate::search::situations::Pairs;
use crate::search::{
    self, CaseRunner, Cases, Counterexample, Generated, Generator, Property, Shape, case_seed,
};
use crate::survey::Survey;

/// What judging a check needs.
pub(super) struct Judging {
    pub(super) backend: Rc<dyn Backend>,
    pub(super) survey: Rc<Survey>,
    pub(super) options: Rc<Options>,
    pub(super) lanes: Rc<Lanes>,
    pub(super) scenarios: Scenarios,
    pub(super) responses: Rc<Responses>,
}

impl Judging {
    /// How many more checks can be judged at once than one, where that is worthwhile: none where there is no room for more
    /// requests, or where browsers come into each other's way.
    pub(super) async fn room_for_more(&self, is_worthwhile: bool) -> usize {
        let is_wider = is_worthwhile && self.lanes.can_widen() && self.scenarios.browsers_are_apart().await;
        if is_wider { self.lanes.widen() } else { 0 }
    }

    /// What becomes of this check. A panic of the suite itself is the error of the check in which it happened.
    pub(super) async fn outcome(&self, check: &Check, played: &dyn Fn(u32, u32)) -> Outcome {
        let panicked = |said: String| {
            let because = format!("the suite itself has failed: it panicked: {said}");
            Outcome::without_evidence(Verdict::Error, report::message(&because))
        };
        without_panic(self.judged(check, played)).await.unwrap_or_else(panicked)
    }

    /// What becomes of this check before any time has passed, and whether that is all; nothing where it all takes time.
    pub(super) async fn at_once(
        &self,
        check: &Check,
        timed: &Timed,
        played: &dyn Fn(u32, u32),
    ) -> Option<(Outcome, bool)> {
        if timed.hinders(check) {
            return None;
        }
        let planned = without_panic(async { self.scenarios.of(check) }).await.unwrap_or_else(|_| Rc::new([]));
        let now: Plan = planned.iter().filter(|scenario| !timed.has(check, scenario)).cloned().collect();
        if now.len() == planned.len() {
            return Some((self.outcome(check, played).await, true));
        }
        if now.is_empty() {
            return None;
        }
        // What goes wrong otherwise than by a failure is told when the whole check is judged.
        let outcome = without_panic(self.settle_all(check, &now)).await.ok()?.ok()?;
        Some((outcome, false))
    }

    async fn judged(&self, check: &Check, played: &dyn Fn(u32, u32)) -> Outcome {
        self.scenarios.learn_what_is_asked_by(check).await;
        match check.applicability(&self.survey) {
            Applicability::Applies => {}
            Applicability::NotApplicable(lack) => return Outcome::not_applicable(&lack),
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
            Test::Scenarios(_) => self.settle_all(check, &self.scenarios.of(check)).await,
            Test::Property(property) => self.property(check, property, played).await,
            Test::Generated(generated) => self.generated(check, generated(&self.survey), played).await,
            Test::Claims => Ok(claims(&self.survey)),
            // The run looks at it itself, once everything else is over.
            Test::Sentinel | Test::EveryResponse(_) => Ok(Outcome::of(Evidence::default(), Vec::new())),
            Test::Glue(body) => Ok(self.glue(check, body).await),
        };
        outcome.unwrap_or_else(|fault| {
            let verdict = match fault {
                BackendError::TellsNothing(_) => Verdict::Unverified,
                _ => Verdict::Error,
            };
            Outcome::without_evidence(verdict, report::message(&fault.to_string()))
        })
    }

    /// Settles each of these scenarios. The error is a fault of the service that leaves nothing to judge.
    async fn settle_all(&self, check: &Check, scenarios: &Plan) -> Result<Outcome, BackendError> {
        let mut evidence = Evidence::default();
        let mut failures = Vec::new();
        let mut held_to = Vec::new();
        let mut hindrances = Hindrances::default();
        let mut kept = Vec::new();
        let mut launched: Vec<String> = Vec::new();
        let mut ahead = scenarios.iter();
        let mut begun = SideBySide::new();
        let mut names = VecDeque::new();
        loop {
            while begun.len() < self.lanes.width()
                && let Some(scenario) = ahead.next()
            {
                names.push_back(Name::of(scenario));
                begun.begin(self.scenarios.settle(check, scenario));
            }
            let (Some(settled), Some(name)) = (begun.next().await, names.pop_front()) else { break };
            hindrances.add(name, &settled);
            match &*settled {
                Settled::Judged(judged) => {
                    if judged.judgement.finding.is_none() {
                        kept.push(Rc::clone(&settled));
                        for launch in judged.launches() {
                            if !launched.contains(&launch) {
                                launched.push(launch);
                            }
                        }
                    }
                    judged.add_to(&mut evidence);
                    held_to.extend(judged.scenario.held_to.clone().filter(|what| !held_to.contains(what)));
                    failures.extend(judged.failure(&self.survey));
                }
                Settled::Broken(fault) => {
                    begun.all_ended().await;
                    return Err(fault.clone());
                }
                _ => {}
            }
        }
        hindrances.name_the_hidden();
        if failures.is_empty() {
            held_to.extend(launched);
            held_to.extend(hindrances.refused.drain(..).filter(|_| evidence.comparisons > 0));
        }
        let outcome = self.outcome_of(evidence, failures, &hindrances);
        let Hindrances { blocked, mut unjudged, .. } = hindrances;
        unjudged.retain(|_| outcome.verdict != Verdict::NotApplicable);
        Ok(Outcome { held_to, blocked, unjudged, kept, ..outcome })
    }

    /// What a check comes to by those of its scenarios that could be judged. Where nothing was compared, it is what was in the
    /// way that decides.
    fn outcome_of(&self, evidence: Evidence, failures: Vec<Failure>, hindrances: &Hindrances) -> Outcome {
        let nothing = evidence.comparisons == 0 && failures.is_empty();
        let Hindrances { blocked, tells_nothing, not_launched, too_slow, .. } = hindrances;
        // Whoever does not start with such a lifetime has refused it.
        if let (true, Some(why), None) = (nothing, not_launched, too_slow) {
            return Outcome::not_applicable(&Lack::Start(why.clone()));
        }
        // What was judged beside a request that was refused is no pass.
        if let (true, Some(because)) = (failures.is_empty(), tells_nothing) {
            return Outcome { evidence, ..Outcome::without_evidence(Verdict::Unverified, because.clone()) };
        }
        if let (true, Some(because)) = (nothing, too_slow) {
            return Outcome::without_evidence(Verdict::Unverified, (*because).to_owned());
        }
        if let (true, Some(first)) = (nothing, blocked.first()) {
            return Outcome::without_evidence(self.verdict_of_blocked(blocked), self.why_blocked(first));
        }
        Outcome::of(evidence, failures)
    }

    /// What becomes of a check that relies on this fact, which does not hold.
    pub(super) fn blocked_by(&self, fact: Fact) -> Outcome {
        self.blocked_by_all(vec![Blocked::by(fact)])
    }

    /// What becomes of a check of which nothing can be judged, since all this is in its way.
    pub(super) fn blocked_by_all(&self, blocked: Vec<Blocked>) -> Outcome {
        let because = blocked.first().map(|first| self.why_blocked(first));
        let verdict = self.verdict_of_blocked(&blocked);
        Outcome { blocked, ..Outcome::without_evidence(verdict, because.unwrap_or_default()) }
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

    /// Why some of the scenarios were not judged, if that is nothing that is known and accepted.
    pub(super) fn why_hidden(&self, outcome: &Outcome) -> Option<String> {
        let unjudged = outcome.unjudged.first().map(|scenario| scenario.because.clone());
        let is_new = |blocked: &&Blocked| self.known_reason(blocked).is_none();
        unjudged.or_else(|| outcome.blocked.iter().find(is_new).map(|blocked| self.why_blocked(blocked)))
    }

    /// Why the check that is in the way fails, where that is known and accepted.
    fn known_reason(&self, blocked: &Blocked) -> Option<&str> {
        let known = self.options.known_failures.get(blocked.check.as_str())?;
        known.accepts(&blocked.scenario).then_some(&known.reason)
    }

    /// Runs a check of the glue, unless one that it relies on has failed.
    async fn glue(&self, check: &Check, body: GlueCheck) -> Outcome {
        for fact in check.relies {
            let Some(Check { test: Test::Glue(body), .. }) = named(fact.check) else { continue };
            if glue::judge(self.options.glue.as_ref(), *body).await.verdict == Verdict::Fail {
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
        let cases = property.shape.cases(self.options.cases);
        let seen = self.looking_at(check);
        let wanted = Cases { cases, seen: &seen, ..self.cases(check, property) };
        let found = search::run_cases(&self.runner(), &wanted, played).await?;
        let outcome = self.counterexample(found);
        let at_once = outcome.evidence.at_once.filter(|_| property.shape == Shape::Parallel);
        let held_to = at_once.map(|requests| format!("{requests} requests at once"));
        let met = || {
            let seeds = (0..cases).map(|case| case_seed(self.options.seed, check.id, case));
            let Pairs { met, of } = Generator::new(property, &self.survey).pairs_met(seeds)?;
            Some(format!("{met} of {of} pairs of situations"))
        };
        let is_whole = outcome.verdict == Verdict::Pass && self.options.case.is_none();
        let held_to = held_to.or_else(|| if is_whole { met() } else { None });
        Ok(Outcome { held_to: held_to.into_iter().collect(), ..outcome })
    }

    /// Plays generated scenarios until one fails, and makes that one small.
    async fn generated(
        &self,
        check: &Check,
        generated: Generated,
        played: &dyn Fn(u32, u32),
    ) -> Result<Outcome, BackendError> {
        let seen = self.looking_at(check);
        let wanted = Cases { seen: &seen, ..self.cases(check, generated) };
        let found = search::run_generated_cases(&self.runner(), &wanted, played).await?;
        Ok(self.counterexample(found))
    }

    /// Looks at the responses to generated scripts of this check.
    fn looking_at(&self, check: &Check) -> impl Fn(u32, &Scenario, &Transcript) {
        let Self { responses, survey, .. } = self;
        let id = check.id;
        move |case, scenario, transcript| {
            let place = || usize::try_from(case).unwrap_or(usize::MAX);
            responses.look(id, place, scenario, transcript, survey);
        }
    }

    pub(super) fn runner(&self) -> CaseRunner<'_> {
        CaseRunner {
            backend: Rc::clone(&self.backend),
            survey: &self.survey,
            patience: self.options.patience,
            lanes: Rc::clone(&self.lanes),
            excused: Excused::new(self.options.known_failures.keys().cloned()),
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
            seen: &|_, _, _| {},
        }
    }

    pub(super) fn redaction(&self) -> Redaction<'_> {
        Redaction::of(&self.survey)
    }

    fn counterexample(&self, (evidence, counterexample): (Evidence, Option<Counterexample>)) -> Outcome {
        let redaction = self.redaction();
        let failures = counterexample.map(|Counterexample { case, smallest, note }| Failure {
            case: Some(case),
            note,
            ..Failure::found(smallest.finding, smallest.scenario, &smallest.transcript, redaction)
        });
        Outcome::of(evidence, failures.into_iter().collect())
    }
}
