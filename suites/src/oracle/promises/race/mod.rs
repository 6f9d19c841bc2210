//! What a race between requests of one browser may leave: one request is held, others go through, and the first goes on.
//!
//! The contract says it of whole requests: what is left is what some of them leave, one after the other; a request that only
//! read undoes nothing; a session that was ended stays ended; a rotation leaves the browser its items.

mod known;
mod left;
mod request;

use sessionspec_reference::Map;

use super::Excused;
use crate::expect::{Expectation, Expected, Scenario, failed_request};
use crate::oracle::sequential::difference;
use crate::play::Transcript;
use crate::script::{Answer, Cycle, Forgery, Operation, Script, Step};
use crate::survey::{AtOnce, Emptied, Nested, Permanent, Store, Survey};
use request::Request;

/// The browser whose requests race.
pub(crate) const RACER: &str = "ann";

/// A client that took its cookies before the race.
pub(crate) const THIEF: &str = "thief";

/// A client with the same cookies, which looks when the session's time is over and before the held request goes on.
pub(crate) const EARLY: &str = "early";

/// The script with what may be seen and left. The reason is that of the first difference in this transcript.
pub(crate) fn scenario(
    script: Script,
    survey: &Survey,
    excused: &Excused,
    transcript: &Transcript,
) -> Scenario {
    let is_held = |cycle: &Cycle| cycle.ops.iter().any(|op| matches!(op, Operation::Hold { .. }));
    let held = script.cycles().enumerate().filter(|(_, cycle)| is_held(cycle));
    let refusable = held.map(|(index, _)| index).collect();
    let expectations = Race::of(&script, survey, transcript)
        .filter(|race| !race.is_excused(excused))
        .map(|race| race.owed())
        .unwrap_or_default();
    let mut scenario = Scenario { script, expectations, refusable, ..Scenario::default() };
    if failed_request(transcript, &scenario.refusable).is_none()
        && let Some(finding) = scenario.judge(transcript).finding
    {
        scenario.reason = difference(&scenario.script, &finding).unwrap_or_default();
    }
    scenario
}

/// One race: what was there, who was held, who else was at work, and who looks afterwards.
struct Race<'a> {
    survey: &'a Survey,
    before: Map,
    was_permanent: bool,
    held: Request<'a>,
    others: Vec<Request<'a>>,
    /// The first request of the browser after the race, and of who has its old cookies.
    look: Option<Request<'a>>,
    thief: Option<Request<'a>>,
    /// The request that comes when the session's time is over, while the first one is held.
    early: Option<Request<'a>>,
}

impl<'a> Race<'a> {
    /// None where the script is no such race.
    fn of(script: &'a Script, survey: &'a Survey, transcript: &'a Transcript) -> Option<Self> {
        let mut before = Map::new();
        let mut was_permanent = false;
        let mut held = None;
        let mut others = Vec::new();
        let (mut look, mut thief, mut early) = (None, None, None);
        let (mut is_over, mut has_thief, mut has_waited) = (false, false, false);
        let mut exchanges = transcript.exchanges.iter().enumerate();
        for step in &script.steps {
            match step {
                Step::Cycle(cycle) | Step::Start(cycle) => {
                    let (index, seen) = exchanges.next()?;
                    let request = Request { cycle: index, ops: &cycle.ops, seen };
                    let holds = cycle.ops.iter().any(|op| matches!(op, Operation::Hold { .. }));
                    match (cycle.browser.as_str(), held.is_some(), is_over) {
                        // Nobody knows when it did what it did.
                        (_, _, _) if seen.came_late => return None,
                        (RACER, false, false) if holds => held = Some(request),
                        (RACER, false, false) => {
                            if !request.is_done() || request.ends() || request.rotates() {
                                return None;
                            }
                            before = request.applied(before);
                            was_permanent |= request.permanent().is_some();
                        }
                        (_, _, _) if holds => return None,
                        (RACER, true, false) => others.push(request),
                        (RACER, true, true) => {
                            look.get_or_insert(request);
                        }
                        (THIEF, true, true) if has_thief => {
                            thief.get_or_insert(request);
                        }
                        (EARLY, true, false) if has_thief && has_waited => {
                            early.get_or_insert(request);
                        }
                        (THIEF | EARLY, _, _) => return None,
                        _ => {}
                    }
                }
                Step::CopyCookies { from, to } if from == RACER && to == THIEF && held.is_none() => {
                    has_thief = !before.is_empty();
                }
                Step::Forge { from, to, forgery: Forgery::Replayed, .. }
                    if from == RACER && [THIEF, EARLY].contains(&to.as_str()) && held.is_none() =>
                {
                    has_thief = !before.is_empty();
                }
                Step::Release(_) => is_over = true,
                Step::Wait { .. } => has_waited |= held.is_some(),
                Step::CopyCookies { .. }
                | Step::Forge { .. }
                | Step::Launch { .. }
                | Step::Restart { .. }
                | Step::Apart { .. }
                | Step::Pause { .. }
                | Step::Wake { .. }
                | Step::Break { .. }
                | Step::Mend {}
                | Step::Flush {} => return None,
            }
        }
        // Of a session whose time may be over, only what comes then is judged.
        if has_waited && early.is_none() {
            return None;
        }
        Some(Self { survey, before, was_permanent, held: held?, others, look, thief, early })
    }

    fn owed(&self) -> Vec<Expectation> {
        if let Some(early) = &self.early {
            return self.owed_of_the_expired(early);
        }
        let mut owed = self.seen_meanwhile();
        let (Some(look), Some(left)) = (&self.look, self.left()) else { return owed };
        let items_at = |request: &Request<'_>| request.ops.iter().position(|op| *op == Operation::Items);
        let of = |request: &Request<'_>, op, expected| Expectation {
            cycle: request.cycle,
            op: Some(op),
            expected,
            only_if: None,
        };
        owed.extend(items_at(look).map(|op| of(look, op, self.any_of(&left))));
        let permanent_at = look.ops.iter().position(|op| *op == Operation::Permanent);
        if let (Some(op), Some(value)) = (permanent_at, self.permanent_left()) {
            owed.push(of(look, op, Expected::Answer(Answer::Ok(value.into()))));
        }
        if let Some(thief) = self.thief.as_ref().filter(|_| self.is_dead_for_others()) {
            owed.extend(items_at(thief).map(|op| of(thief, op, self.any_of(&[Map::new()]))));
        }
        owed
    }

    /// Once somebody has found the session gone, the end of a request that only read does not bring it back.
    fn owed_of_the_expired(&self, early: &Request<'_>) -> Vec<Expectation> {
        let found_gone = early.ops.iter().zip(early.seen.answers()).any(|(op, answer)| match op {
            Operation::Get { key } => self.before.contains_key(key) && *answer == Answer::Absent,
            _ => false,
        });
        let only_read = !self.held.ops.iter().any(Operation::writes);
        let Some(thief) = self.thief.as_ref().filter(|_| found_gone && only_read && self.others.is_empty())
        else {
            return Vec::new();
        };
        let at = thief.ops.iter().position(|op| *op == Operation::Items);
        let expected = |op| Expectation {
            cycle: thief.cycle,
            op: Some(op),
            expected: self.any_of(&[Map::new()]),
            only_if: None,
        };
        at.map(expected).into_iter().collect()
    }

    /// What the others have seen while the first was held: all of what it has written, or nothing.
    fn seen_meanwhile(&self) -> Vec<Expectation> {
        let all = || std::iter::once(&self.held).chain(&self.others);
        let is_plain = !all().any(|request| request.ends() || request.rotates());
        let is_serialised = self.survey.at_once == AtOnce::OnePerSession;
        if !is_plain || is_serialised || self.survey.live_objects || self.before.is_empty() {
            return Vec::new();
        }
        // Where changes inside of a value are kept, they may be seen at once.
        if self.held.changes_inside() && self.survey.nested != Nested::Untracked {
            return Vec::new();
        }
        let mut owed = Vec::new();
        let mut now = self.before.clone();
        for other in &self.others {
            if other.ops.first() == Some(&Operation::Items) {
                let with_held = self.held.applied(now.clone());
                let expected = self.any_of(&[now.clone(), with_held]);
                owed.push(Expectation { cycle: other.cycle, op: Some(0), expected, only_if: None });
            }
            if other.changes(&now) {
                break;
            }
            now = other.applied(now);
        }
        owed
    }

    /// What `permanent` is afterwards, where the request that was saved last has set it and nobody has ended or rotated the
    /// session.
    fn permanent_left(&self) -> Option<bool> {
        let all = || std::iter::once(&self.held).chain(&self.others);
        let is_plain = !all().any(|request| request.ends() || request.rotates());
        let is_kept = self.survey.permanent.observed().is_some_and(Permanent::persists);
        let is_judged = is_plain
            && is_kept
            && self.held.is_kept(self.survey)
            && !self.before.is_empty()
            && self.survey.at_once != AtOnce::OnePerSession
            && self.others.iter().all(|other| other.is_done() && other.permanent().is_none());
        self.held.permanent().filter(|_| is_judged)
    }

    /// Whether nobody else can have the session any more: also where it was the held request that ended it or its id, whatever
    /// came in between.
    fn is_dead_for_others(&self) -> bool {
        let ends = |request: &Request<'_>| {
            request.is_done() && (request.rotates() || request.ops.contains(&Operation::Destroy))
        };
        let is_held_done = self.survey.at_once == AtOnce::Many && !self.held.fails() && ends(&self.held);
        self.survey.store == Store::Server && (is_held_done || self.others.iter().any(ends))
    }

    fn is_logout(&self, request: &Request<'_>) -> bool {
        let by_clear = !self.survey.supports("destroy") && self.survey.emptied != Emptied::Kept;
        request.ops.iter().any(|op| match op {
            Operation::Destroy => true,
            Operation::Clear => by_clear && request.ops.len() == 1,
            _ => false,
        })
    }

    fn any_of(&self, outcomes: &[Map]) -> Expected {
        let own_keys = || self.survey.own_keys.clone();
        let items = |items: &Map| Expected::Items { items: items.clone(), own_keys: own_keys() };
        match outcomes {
            [one] => items(one),
            several => Expected::AnyOf(several.iter().map(items).collect()),
        }
    }
}

#[cfg(test)]
mod tests;
