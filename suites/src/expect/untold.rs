//! Scripts that tell nothing: somebody has refused a request that nobody may refuse, or the probe has not done what it was
//! asked to do.

use super::{Expected, ResponseRule, Scenario};
use crate::backend::{TOO_MANY, is_refusal_in_front};
use crate::play::{Exchange, Transcript};
use crate::script::{Answer, Cycle, Operation, Operations, Script, Step};

impl Scenario {
    /// The request that was refused although nobody may refuse it, in words. A cycle that may be refused may be refused by
    /// anybody, but not for being one of too many.
    pub(super) fn refusal(&self, transcript: &Transcript) -> Option<String> {
        let mut is_judged = false;
        for (cycle, exchange) in transcript.exchanges.iter().enumerate() {
            let Some((status, said)) = exchange.refused() else { continue };
            if status != TOO_MANY && self.refusable.contains(&cycle) {
                continue;
            }
            if !is_refusal_in_front(status) {
                // What follows a refusal that is a failure is a consequence of it.
                is_judged |= self.asks_to_be_served(cycle, transcript);
                if is_judged || self.script.may_meet_a_refusal(cycle) {
                    continue;
                }
            }
            return Some(format!(
                "a request was refused with a {status}, which says: {said}; nothing is concluded from it"
            ));
        }
        None
    }

    /// Whether it is a failure if this request is refused.
    fn asks_to_be_served(&self, cycle: usize, transcript: &Transcript) -> bool {
        self.expectations.iter().any(|expectation| {
            let is_met =
                expectation.only_if.as_ref().is_none_or(|condition| condition.holds(transcript, cycle));
            expectation.cycle == cycle && expectation.expected.asks_to_be_served() && is_met
        })
    }
}

impl Expected {
    /// Whether it is broken by a refusal of the whole request.
    pub(super) fn asks_to_be_served(&self) -> bool {
        matches!(self, Self::Response(ResponseRule::Served | ResponseRule::Saved))
    }
}

impl Script {
    /// Whether a framework may have a reason of its own to refuse this cycle, which is counted from zero: the client sends
    /// cookies that it did not get itself, whose session may have ended or never been, or the request was held while
    /// others have ended its session.
    fn may_meet_a_refusal(&self, cycle: usize) -> bool {
        let mut others = Vec::new();
        let mut cycles = 0;
        for step in &self.steps {
            match step {
                Step::CopyCookies { to, .. } | Step::Forge { to, .. } => others.push(to),
                Step::Cycle(own) | Step::Start(own) => {
                    if cycles == cycle {
                        return others.contains(&&own.browser)
                            || (is_held(own) && self.ends_a_session_after(cycle));
                    }
                    cycles += 1;
                }
                _ => {}
            }
        }
        false
    }

    fn ends_a_session_after(&self, cycle: usize) -> bool {
        let ends =
            |op: &Operation| matches!(op, Operation::Destroy | Operation::Clear | Operation::Regenerate);
        self.cycles().skip(cycle + 1).any(|later| later.ops.iter().any(ends))
            || self.steps.iter().any(|step| matches!(step, Step::Wait { .. } | Step::Flush {}))
    }
}

fn is_held(cycle: &Cycle) -> bool {
    cycle.ops.iter().any(|op| matches!(op, Operation::Hold { .. }))
}

/// What the probe was asked to do and has not done, in words. No backend has a reason to refuse these operations, which are
/// the probe's own; and a spelling that cannot be used says nothing of a backend.
pub(crate) fn gap_of_probe(transcript: &Transcript) -> Option<String> {
    let is_judged = |exchange: &&Exchange| !exchange.interrupted && !exchange.disturbed;
    transcript.exchanges.iter().filter(is_judged).find_map(|exchange| {
        exchange.answers().iter().enumerate().find_map(|(at, answer)| gap(&exchange.ops, at, answer))
    })
}

/// What the operation at this place was to do and has not done, if that is the probe's own.
fn gap(ops: &Operations, at: usize, answer: &Answer) -> Option<String> {
    let op = ops.get(at)?;
    let what = match op {
        Operation::Respond { status } => format!("`respond` with {status}"),
        Operation::Raise | Operation::Header { .. } | Operation::Hold { .. } => format!("`{}`", op.name()),
        _ => {
            let spelling = ops.spelling(at).filter(|_| *answer == Answer::Unsupported)?;
            return Some(format!("the probe has no `{}` as {spelling} for these items", op.name()));
        }
    };
    match answer {
        Answer::Error(said) => Some(format!("the probe's {what} says: {said}")),
        Answer::Unsupported => Some(format!("the probe has no {what}")),
        Answer::Ok(_) | Answer::Absent => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Forgery;
    use crate::script::ops::{destroy, get, hold, set};

    #[test]
    fn whoever_sends_cookies_of_others_may_be_refused() {
        let script = Script::new()
            .cycle("ann", [set("a", 1)])
            .cycle("thief", [get("a")])
            .copy_cookies("ann", "thief")
            .forge("ann", "mallory", Forgery::Unknown)
            .cycle("ann", [get("a")])
            .cycle("thief", [get("a")])
            .cycle("mallory", [get("a")]);
        let may: Vec<bool> = (0..5).map(|cycle| script.may_meet_a_refusal(cycle)).collect();
        assert_eq!(may, [false, false, false, true, true]);
    }

    #[test]
    fn whoever_was_held_may_be_refused_where_the_session_has_ended_meanwhile() {
        let held = || Script::new().cycle("ann", [set("a", 1)]).cycle("ann", [get("a"), hold("gate")]);
        let read = held().cycle("ann", [get("a")]).release("gate");
        let ended = held().cycle("ann", [destroy()]).release("gate").cycle("ann", [get("a")]);
        assert_eq!((0..3).map(|cycle| read.may_meet_a_refusal(cycle)).collect::<Vec<_>>(), [false; 3]);
        let may: Vec<bool> = (0..4).map(|cycle| ended.may_meet_a_refusal(cycle)).collect();
        assert_eq!(may, [false, true, false, false]);
    }
}
