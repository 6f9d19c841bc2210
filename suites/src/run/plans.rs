//! The scenarios of each check on this backend, made once in a run: many rely on the same ones, and to make those of a check that is
//! crossed with many situations takes longer than to play them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::checks::{Applicability, Check};
use crate::expect::Scenario;
use crate::survey::Survey;

/// The scenarios of one check.
pub(crate) type Plan = Rc<[Rc<Scenario>]>;

/// The scenarios that were made so far.
#[derive(Default)]
pub(super) struct Plans {
    /// By the check's id, and by whether it was known what becomes of an older session, which is learnt while checks are at work.
    made: RefCell<BTreeMap<(&'static str, bool), Plan>>,
}

impl Plans {
    /// The scenarios of a check on the backend of this survey; none where the check does not apply, or has none.
    pub(super) fn of(&self, check: &Check, survey: &Survey) -> Plan {
        let key = (check.id, survey.age.initialized());
        if let Some(plan) = self.made.borrow().get(&key) {
            return Rc::clone(plan);
        }
        let scenarios = match check.applicability(survey) {
            Applicability::Applies => check.scenarios(survey),
            _ => Vec::new(),
        };
        let plan: Plan = scenarios.into_iter().map(Rc::new).collect();
        self.made.borrow_mut().insert(key, Rc::clone(&plan));
        plan
    }
}
