//! All responses of a run, by the rules that hold for each of them: what was seen first of each rule that was broken.
//!
//! First is what comes first in the catalogue, and not in time: several scripts may be played at once.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::checks::{Applicability, Check, Test, position};
use crate::expect::{Every, Expectation, Expected, Finding, ResponseRule, Scenario};
use crate::play::{Outcome, Transcript};
use crate::report::{Failure, Redaction};
use crate::script::{Script, Step};
use crate::survey::Survey;

/// So many scripts are kept of each rule: which of them shows the same when it is played by itself is not known before.
const KEPT: usize = 3;

/// The place of a script: whether it cannot be played again in no time, the place of its check in the catalogue, and its own place
/// in its check.
type Place = (bool, usize, usize);

/// What the responses of a run have shown.
pub(super) struct Responses {
    every: Every,
    /// The checks whose scripts are looked at.
    checks: Vec<&'static str>,
    scripts: Cell<usize>,
    /// How many responses each rule has judged.
    judged: RefCell<Vec<usize>>,
    /// The first scripts in which each rule was broken.
    broken: RefCell<Vec<BTreeMap<Place, Broken>>>,
}

/// A script in which a rule was broken.
#[derive(Clone)]
pub(super) struct Broken {
    pub(super) script: Script,
    /// What there is to tell where the script cannot be played again.
    pub(super) failure: Failure,
    /// Whether it can be played again in no time.
    pub(super) can_be_played: bool,
}

impl Responses {
    /// Nothing has been seen yet. Looked at are the scripts of these checks, but for those that are run on demand: they end
    /// processes and take stores away, or judge every response themselves.
    pub(super) fn of(wanted: &[Check], survey: &Survey) -> Self {
        let is_of_use = |check: &&Check| check.applicability(survey) == Applicability::Applies;
        let rules: Vec<ResponseRule> = wanted
            .iter()
            .filter(is_of_use)
            .filter_map(|check| match check.test {
                Test::EveryResponse(rules) => Some(rules(survey)),
                _ => None,
            })
            .flatten()
            .collect();
        let looked_at = wanted.iter().filter(|check| !check.is_on_demand()).map(|check| check.id);
        Self {
            checks: if rules.is_empty() { Vec::new() } else { looked_at.collect() },
            scripts: Cell::default(),
            judged: RefCell::new(vec![0; rules.len()]),
            broken: RefCell::new(vec![BTreeMap::new(); rules.len()]),
            every: Every::of(rules, survey),
        }
    }

    /// Looks at all responses to a script of a check, which has this place among the scripts of the check.
    pub(super) fn look(
        &self,
        check: &str,
        place: impl Fn() -> usize,
        scenario: &Scenario,
        transcript: &Transcript,
        survey: &Survey,
    ) {
        if !self.checks.contains(&check) {
            return;
        }
        self.scripts.set(self.scripts.get() + 1);
        let mut judged = self.judged.borrow_mut();
        let mut first: Vec<Option<(usize, String)>> = vec![None; judged.len()];
        for cycle in 0..transcript.exchanges.len() {
            for (rule, result) in self.every.judge(transcript, cycle).into_iter().enumerate() {
                let Some(result) = result else { continue };
                judged[rule] += 1;
                if let (None, Err(seen)) = (&first[rule], result) {
                    first[rule] = Some((cycle, seen));
                }
            }
        }
        for (rule, found) in first.into_iter().enumerate() {
            if let Some((cycle, seen)) = found {
                self.note(rule, cycle, seen, (check, &place), scenario, transcript, survey);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what was seen, where, and in what")]
    fn note(
        &self,
        rule: usize,
        cycle: usize,
        seen: String,
        (check, place): (&str, &dyn Fn() -> usize),
        scenario: &Scenario,
        transcript: &Transcript,
        survey: &Survey,
    ) {
        let broken = &mut self.broken.borrow_mut()[rule];
        let script = &scenario.script;
        let takes_time = script.waits() && !survey.virtual_time;
        let launches = script.steps.iter().any(|step| matches!(step, Step::Launch { .. }));
        let is_slow = takes_time || launches || script.goes_apart();
        let of_check = position(check).unwrap_or(usize::MAX);
        let is_full = broken.len() >= KEPT;
        let last = broken.last_key_value().map(|(place, _)| *place);
        // Which place a scenario has in its check is not asked where that does not matter.
        if is_full && last.is_some_and(|last| (last.0, last.1) < (is_slow, of_check)) {
            return;
        }
        let place = (is_slow, of_check, place());
        if is_full && last.is_some_and(|last| last < place) {
            return;
        }
        let shown = self.scenario(rule, Some(cycle), script.clone(), transcript);
        let finding = Finding {
            reason: shown.reason.clone(),
            cycle,
            op: None,
            expected: Expected::Response(self.every.rules()[rule].clone()),
            seen,
        };
        let failure = Failure::found(finding, shown, transcript, Redaction::of(survey));
        broken.insert(place, Broken { script: script.clone(), failure, can_be_played: !is_slow });
        if broken.len() > KEPT {
            broken.pop_last();
        }
    }

    /// The place of this rule among those that are looked at.
    pub(super) fn place_of(&self, rule: &ResponseRule) -> Option<usize> {
        self.every.rules().iter().position(|own| own == rule)
    }

    /// How many scripts were looked at.
    pub(super) fn scripts(&self) -> usize {
        self.scripts.get()
    }

    /// How many responses this rule has judged.
    pub(super) fn judged(&self, rule: usize) -> usize {
        self.judged.borrow()[rule]
    }

    /// The first scripts in which this rule was broken.
    pub(super) fn broken(&self, rule: usize) -> Vec<Broken> {
        self.broken.borrow()[rule].values().cloned().collect()
    }

    /// The scenario that says of this script that this rule is broken, where it is, and else nothing.
    pub(super) fn looked_for(&self, rule: usize, script: Script, transcript: &Transcript) -> Scenario {
        let is_broken = |cycle: &usize| matches!(self.every.judge(transcript, *cycle)[rule], Some(Err(_)));
        let cycle = (0..transcript.exchanges.len()).find(is_broken);
        self.scenario(rule, cycle, script, transcript)
    }

    /// The script, of which nothing is asked but this rule of this cycle.
    fn scenario(
        &self,
        rule: usize,
        cycle: Option<usize>,
        script: Script,
        transcript: &Transcript,
    ) -> Scenario {
        let rule = &self.every.rules()[rule];
        let expectation = |cycle| Expectation {
            cycle,
            op: None,
            expected: Expected::Response(rule.clone()),
            only_if: None,
        };
        // What becomes of the requests is for others to judge.
        let exchanges = transcript.exchanges.iter().enumerate();
        let failed = exchanges.filter(|(_, one)| {
            let is_unsaved = matches!(one.outcome, Outcome::Answered { save_error: Some(_), .. });
            is_unsaved || one.failed_request().is_some() || one.refused().is_some()
        });
        Scenario {
            reason: rule.name().unwrap_or_default(),
            script,
            refusable: failed.map(|(cycle, _)| cycle).collect(),
            expectations: cycle.map(expectation).into_iter().collect(),
            ..Scenario::default()
        }
    }
}
