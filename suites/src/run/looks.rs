//! What a scenario looks at: as far as it would see the same otherwise, it takes nothing for granted.

use std::collections::{BTreeMap, BTreeSet};

use crate::expect::{Expectation, Expected, ResponseRule, Scenario};
use crate::script::{Answer, Cycle, Operation, Script, Step};

/// Whether all that is expected holds in any session, saved or not, and of any response, or of none.
pub(super) fn looks_at_nothing_saved(scenario: &Scenario) -> bool {
    scenario.expectations.iter().all(|expectation| holds_anywhere(&expectation.expected))
}

/// Whether something is expected that holds only in a session which began empty.
pub(super) fn needs_an_empty_session(scenario: &Scenario) -> bool {
    let cycles = known(&scenario.script);
    let is_known = |expectation: &Expectation| {
        holds_anywhere(&expectation.expected)
            || expectation.op.is_some_and(|op| {
                cycles.get(expectation.cycle).is_some_and(|cycle| cycle.tells(op, &expectation.expected))
            })
    };
    !scenario.expectations.iter().all(is_known)
}

fn holds_anywhere(expected: &Expected) -> bool {
    match expected {
        Expected::Boolean | Expected::Done | Expected::Refused => true,
        // A response without the cookies that such a rule speaks about is not judged by it.
        Expected::Response(rule) => matches!(
            rule,
            ResponseRule::HttpOnly
                | ResponseRule::SameSite
                | ResponseRule::Secure
                | ResponseRule::Kept
                | ResponseRule::OncePerName
        ),
        _ => false,
    }
}

/// One cycle, and what the browser has done before it.
struct Known<'a> {
    cycle: &'a Cycle,
    before: Done<'a>,
}

/// What a browser has done so far, or the one from which it has its cookies.
#[derive(Clone, Default)]
struct Done<'a> {
    written: BTreeSet<&'a str>,
    is_permanent_set: bool,
}

impl<'a> Done<'a> {
    fn note(&mut self, op: &'a Operation) {
        match op {
            Operation::Set { key, .. } => drop(self.written.insert(key)),
            Operation::SetPermanent { .. } => self.is_permanent_set = true,
            _ => {}
        }
    }
}

impl Known<'_> {
    /// Whether what this operation answers follows from what the browser itself has done.
    fn tells(&self, op: usize, expected: &Expected) -> bool {
        let Expected::Answer(Answer::Ok(_)) = expected else { return false };
        let mut done = self.before.clone();
        self.cycle.ops.iter().take(op).for_each(|op| done.note(op));
        match self.cycle.ops.get(op) {
            Some(Operation::Get { key } | Operation::Pop { key, .. }) => done.written.contains(key.as_str()),
            Some(Operation::Permanent) => done.is_permanent_set,
            // On a session that the browser has saved before.
            Some(Operation::Modified | Operation::New) => !self.before.written.is_empty(),
            _ => false,
        }
    }
}

/// The cycles in the order in which they start, each with what was done before it.
fn known(script: &Script) -> Vec<Known<'_>> {
    let mut done: BTreeMap<&str, Done<'_>> = BTreeMap::new();
    let mut cycles = Vec::new();
    for step in &script.steps {
        match step {
            Step::Cycle(cycle) | Step::Start(cycle) => {
                let own = done.entry(&cycle.browser).or_default();
                cycles.push(Known { cycle, before: own.clone() });
                cycle.ops.iter().for_each(|op| own.note(op));
            }
            Step::CopyCookies { from, to } => {
                let theirs = done.get(from.as_str()).cloned().unwrap_or_default();
                done.insert(to, theirs);
            }
            Step::Forge { to, .. } => drop(done.insert(to, Done::default())),
            Step::Release(_)
            | Step::Wait { .. }
            | Step::Launch { .. }
            | Step::Restart { .. }
            | Step::Apart { .. }
            | Step::Pause { .. }
            | Step::Wake { .. }
            | Step::Break { .. }
            | Step::Mend {}
            | Step::Flush {} => {}
        }
    }
    cycles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::ops::{get, modified, permanent, set, set_permanent};

    #[test]
    fn what_a_browser_has_written_itself_is_there_in_any_session() {
        let begun = || Scenario::new("begun").cycle("ann", [set("colour", "red").is_done()]);
        assert!(!needs_an_empty_session(&begun().cycle("ann", [get("colour").is("red")])));
        assert!(needs_an_empty_session(&begun().cycle("ann", [get("size").is_absent()])));
        assert!(needs_an_empty_session(&begun().cycle("ann", [get("size").is("small")])));
        assert!(needs_an_empty_session(&begun().cycle("bob", [get("colour").is("red")])));
        assert!(!needs_an_empty_session(&begun().cycle("ann", [modified().is(false)])));
        assert!(needs_an_empty_session(&Scenario::new("fresh").cycle("ann", [modified().is(false)])));
        assert!(needs_an_empty_session(&begun().cycle("ann", [permanent().is(false)])));
        let set_permanent = begun().cycle("ann", [set_permanent(true).is_done(), permanent().is(true)]);
        assert!(!needs_an_empty_session(&set_permanent));
    }

    #[test]
    fn what_holds_in_any_session_needs_no_save() {
        let begun = || Scenario::new("begun").cycle("ann", [set("colour", "red").is_done()]);
        let boolean = begun().cycle("ann", [modified().is_boolean()]).response(ResponseRule::HttpOnly);
        assert!(looks_at_nothing_saved(&boolean));
        assert!(!looks_at_nothing_saved(&boolean.cycle("ann", [get("colour").is("red")])));
        assert!(!looks_at_nothing_saved(&begun().response(ResponseRule::SetsCookie)));
    }
}
