//! The checks of a whole run: they look at what all others have left and were answered, once everything else is over.

use std::time::Instant;

use super::outcome::Outcome;
use super::{Event, Run, STOPPED, Sentinel};
use crate::backend::LocalBoxFuture;
use crate::checks::{Applicability, Check, Test};
use crate::expect::ResponseRule;
use crate::play::Evidence;
use crate::report::{Blocked, CheckReport, Failure, Verdict, Watch, message};
use crate::search::{Counterexample, look_again};

impl Run {
    /// Looks back at the run: at every response, and then at the session that nobody has touched. Each report goes to its place
    /// among those of the others.
    pub(super) async fn look_back(
        &self,
        mut sentinel: Option<Sentinel>,
        planned: &[Check],
        checks: &mut Vec<CheckReport>,
        watch: &mut Watch,
        observe: &dyn Fn(Event<'_>),
        stop: &mut LocalBoxFuture<'_, ()>,
    ) {
        let judged = checks.iter().filter(|check| check.evidence.scripts > 0).count();
        for (place, check) in planned.iter().enumerate().filter(|(_, check)| check.is_of_a_run()) {
            observe(Event::Started(check));
            let began = Instant::now();
            let unknown = |why: &str| Outcome::without_evidence(Verdict::Unverified, why.to_owned());
            let outcome = match (&self.stopped_because, check.test) {
                (Some(why), _) => unknown(why),
                (None, Test::EveryResponse(rules)) => tokio::select! {
                    outcome = self.every_response(check, rules(&self.judging.survey), checks) => outcome,
                    () = &mut *stop => unknown(STOPPED),
                },
                (None, _) => match sentinel.take() {
                    Some(sentinel) => sentinel.look(planned, &self.judging, judged).await,
                    None => continue,
                },
            };
            watch.check_ended(check.id, began.elapsed());
            if check.compares_by_chance() && outcome.evidence.comparisons > 0 {
                watch.compared(check.id, outcome.evidence.comparisons);
            }
            let report = self.report_on(check, outcome);
            observe(Event::Finished(&report));
            checks.insert(place.min(checks.len()), report);
        }
    }

    /// What all responses of the run come to by these rules.
    async fn every_response(
        &self,
        check: &Check,
        rules: Vec<ResponseRule>,
        others: &[CheckReport],
    ) -> Outcome {
        let judging = &self.judging;
        match check.applicability(&judging.survey) {
            Applicability::Applies => {}
            Applicability::NotApplicable(lack) => return Outcome::not_applicable(&lack),
            Applicability::Unverified(because) => {
                return Outcome::without_evidence(Verdict::Unverified, message(&because));
            }
        }
        let responses = &judging.responses;
        if responses.scripts() == 0 {
            let because = "no other check was judged, so that there were no responses".to_owned();
            return Outcome::without_evidence(Verdict::Unverified, because);
        }
        let mut evidence = Evidence { scripts: responses.scripts(), ..Evidence::default() };
        let mut blocked: Vec<Blocked> = Vec::new();
        let mut failures = Vec::new();
        for rule in rules {
            let Some(place) = responses.place_of(&rule) else { continue };
            match named_by(&rule, others) {
                Some((named, reason)) => {
                    Blocked::add_named(&mut blocked, named, reason, rule.name().unwrap_or_default());
                }
                None => {
                    evidence.comparisons += responses.judged(place);
                    failures.extend(self.shown(check, place).await);
                }
            }
        }
        if evidence.comparisons == 0 && !blocked.is_empty() {
            return judging.blocked_by_all(blocked);
        }
        Outcome { blocked, ..Outcome::of(evidence, failures) }
    }

    /// The smallest script that shows by itself that this rule is broken, where it was broken anywhere.
    async fn shown(&self, check: &Check, rule: usize) -> Option<Failure> {
        let judging = &self.judging;
        let broken = judging.responses.broken(rule);
        let looked_for = |script, transcript: &_| judging.responses.looked_for(rule, script, transcript);
        let mut note = None;
        for one in &broken {
            if !one.can_be_played {
                return Some(one.failure.clone());
            }
            let script = one.script.clone();
            match look_again(&judging.runner(), script, judging.options.shrink, &looked_for).await {
                Ok(Some(Counterexample { smallest, note, .. })) => {
                    let redaction = judging.redaction();
                    let found =
                        Failure::found(smallest.finding, smallest.scenario, &smallest.transcript, redaction);
                    return Some(Failure { note, ..found });
                }
                Ok(None) => {}
                Err(fault) => {
                    let fault = message(&fault.to_string());
                    note = Some(format!("the service was gone when the script was played again: {fault}"));
                    break;
                }
            }
        }
        let first = broken.into_iter().next()?;
        if note.is_none() && judging.lanes.are_several() {
            judging.lanes.failed_only_beside_others(check.id);
            return None;
        }
        let unstable = || "unstable: played again on fresh sessions, the script did not show it".to_owned();
        Some(Failure { note: note.or_else(|| Some(unstable())), ..first.failure })
    }
}

/// The named check that has failed already since this rule is broken, and the reason that it gives. It may be known to fail.
fn named_by<'a>(rule: &ResponseRule, checks: &'a [CheckReport]) -> Option<(&'a str, &'a str)> {
    let expected = rule.to_string();
    let failed = checks.iter().filter(|check| matches!(check.verdict, Verdict::Fail | Verdict::KnownFailure));
    let mut failures = failed.flat_map(|check| check.failures.iter().map(move |failure| (check, failure)));
    // What an umbrella finds has no other name.
    let named = failures.find(|(_, failure)| failure.case.is_none() && failure.expected == expected);
    named.map(|(check, failure)| (check.id.as_str(), failure.reason.as_str()))
}
