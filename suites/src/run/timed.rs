//! Which scenarios need time to pass, themselves or by what they take for granted. A run that ends with its first failure looks at
//! all others first.

use std::collections::{BTreeMap, BTreeSet};

use crate::checks::{Check, Fact};
use crate::expect::{Scenario, Varied};

use super::facts::relied_on;
use super::plans::Plan;

/// The scenarios of a run that need time to pass, by the check's id and the scenario's reason.
pub(super) struct Timed {
    plans: BTreeMap<&'static str, (Check, Plan)>,
    timed: BTreeSet<(&'static str, String)>,
}

impl Timed {
    /// Looks through these checks, which are all that there are, each with its scenarios on this backend.
    pub(super) fn among(plans: impl IntoIterator<Item = (Check, Plan)>) -> Self {
        let plans = plans.into_iter().map(|(check, scenarios)| (check.id, (check, scenarios))).collect();
        let mut timed = Self { plans, timed: BTreeSet::new() };
        let mut seen = BTreeMap::new();
        let scenarios = |(check, scenarios): &(Check, Plan)| {
            scenarios.iter().map(|scenario| (check.id, scenario.reason.clone())).collect::<Vec<_>>()
        };
        for (check, reason) in timed.plans.values().flat_map(scenarios).collect::<Vec<_>>() {
            timed.look(check, &reason, &mut seen);
        }
        timed.timed = seen.into_iter().filter(|(_, is_timed)| *is_timed).map(|(key, _)| key).collect();
        timed
    }

    /// Whether this scenario needs time.
    pub(super) fn has(&self, check: &Check, scenario: &Scenario) -> bool {
        self.timed.contains(&(check.id, scenario.reason.clone()))
    }

    /// Whether nothing can be said of any part of this check before time has passed.
    pub(super) fn hinders(&self, check: &Check) -> bool {
        let is_timed = |fact: &Fact| {
            self.timed.contains(&(fact.check, fact.scenario.to_owned())) || self.is_of_age(fact.check)
        };
        check.asks_for_age() || (check.has_cases() && check.relies.iter().any(is_timed))
    }

    fn is_of_age(&self, check: &str) -> bool {
        self.plans.get(check).is_some_and(|(check, _)| check.asks_for_age())
    }

    fn look(
        &self,
        check: &'static str,
        reason: &str,
        seen: &mut BTreeMap<(&'static str, String), bool>,
    ) -> bool {
        let key = (check, reason.to_owned());
        if let Some(is_timed) = seen.get(&key) {
            return *is_timed;
        }
        // Nothing relies on itself; where something does, that alone takes no time.
        seen.insert(key.clone(), false);
        let Some((check, scenarios)) = self.plans.get(check) else { return false };
        let Some(scenario) = scenarios.iter().find(|scenario| scenario.reason == reason) else {
            return false;
        };
        let is_timed = check.asks_for_age()
            || scenario.script.waits()
            || relied_on(check, scenario)
                .iter()
                .any(|fact| self.is_of_age(fact.check) || self.look(fact.check, fact.scenario, seen))
            || scenario.varied.as_ref().is_some_and(|varied| self.is_varied_timed(check, varied, seen));
        seen.insert(key, is_timed);
        is_timed
    }

    /// Whether the plain scenario needs time, or what that relies on, in the same situation.
    fn is_varied_timed(
        &self,
        check: &Check,
        varied: &Varied,
        seen: &mut BTreeMap<(&'static str, String), bool>,
    ) -> bool {
        if self.look(check.id, &varied.of, seen) {
            return true;
        }
        let plain = self.plans.get(check.id).into_iter().flat_map(|(_, scenarios)| scenarios.iter());
        let plain = plain.filter(|plain| plain.reason == varied.of);
        plain
            .flat_map(|plain| relied_on(check, plain))
            .any(|fact| self.look(fact.check, &format!("{}-{}", fact.scenario, varied.situation), seen))
    }
}
