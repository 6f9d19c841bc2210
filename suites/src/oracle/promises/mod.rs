//! All that is owed on a script: by every operation, by every response, and by every session until its end.
//!
//! A [`Tracker`] follows the script and knows, from the contract and the survey alone, what each session is: its items,
//! `permanent`, `new` and `modified`, who has its cookies, and until when it lives. [`response`] says what a response owes
//! in that situation. Where the contract or the survey leave something open, nothing is owed.

mod after;
mod answers;
mod cycle;
mod excused;
mod life;
mod open;
mod race;
mod response;
mod tracker;
mod unusual;

use std::collections::BTreeSet;

use crate::expect::{Expectation, Expected, Finding, Scenario, failed_request};
use crate::oracle::sequential::difference;
use crate::play::Transcript;
use crate::script::{Script, Step};
use crate::survey::Survey;

pub(crate) use excused::Excused;
pub(crate) use race::{EARLY, RACER, THIEF, scenario as race};
pub(crate) use response::IDS_OF_ONE_SESSION;
pub(crate) use tracker::Tracker;

/// A part of a cookie with fewer bytes may be a version or the name of a key, which open the session in any spelling.
pub(crate) const SHORTEST: usize = 16;

/// For which level something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// What levels `minimum` and `recommended` ask for. Browsers do not come with cookies whose session has ended.
    Recommended,
    /// What level `hardened` asks for, too: ids, rotations, the ends of sessions.
    Hardened,
}

/// Whether nobody knows if a request is saved that ends with this status, or by an exception where there is none.
pub(crate) fn leaves_in_doubt(status: Option<u16>, survey: &Survey) -> bool {
    status.map_or(open::Ending::Raised, open::Ending::Status).kept(survey) == open::Kept::Unknown
}

/// The script with all that is owed on it. The reason is that of the first difference in this transcript.
pub(crate) fn scenario(
    script: Script,
    survey: &Survey,
    asked: Asked,
    excused: &Excused,
    transcript: &Transcript,
) -> Scenario {
    let (mut expectations, refusable) = owed(&script, survey, asked, excused, transcript);
    expectations.retain(|expectation| match &expectation.expected {
        Expected::Response(rule) => rule.name().is_none_or(|name| !excused.rule(&name)),
        _ => true,
    });
    let mut scenario = Scenario { script, expectations, refusable, ..Scenario::default() };
    if failed_request(transcript, &scenario.refusable).is_none()
        && let Some(finding) = scenario.judge(transcript).finding
    {
        scenario.reason = reason(&scenario.script, &finding);
    }
    scenario
}

/// Which operation it is that answers differently, or which rule the response breaks.
fn reason(script: &Script, finding: &Finding) -> String {
    let rule = match &finding.expected {
        Expected::Response(rule) => rule.name(),
        _ => None,
    };
    rule.or_else(|| difference(script, finding)).unwrap_or_default()
}

fn owed(
    script: &Script,
    survey: &Survey,
    asked: Asked,
    excused: &Excused,
    transcript: &Transcript,
) -> (Vec<Expectation>, BTreeSet<usize>) {
    let mut tracker = Tracker::new(survey, asked).excusing(excused);
    let mut expectations = Vec::new();
    let mut refusable = BTreeSet::new();
    let mut exchanges = transcript.exchanges.iter().enumerate();
    for step in &script.steps {
        match step {
            Step::Cycle(cycle) | Step::Start(cycle) => {
                let Some((index, exchange)) = exchanges.next() else { break };
                let expectation = |op, expected, only_if| Expectation { cycle: index, op, expected, only_if };
                tracker.begin(&cycle.browser, Some(exchange));
                for (op, operation) in cycle.ops.iter().enumerate() {
                    let expected = tracker.perform(op, operation, Some(exchange));
                    expectations.extend(expected.map(|expected| expectation(Some(op), expected, None)));
                }
                if tracker.may_be_refused() {
                    refusable.insert(index);
                }
                for (rule, only_if) in tracker.end(Some(exchange)) {
                    expectations.push(expectation(None, Expected::Response(rule), only_if));
                }
            }
            Step::CopyCookies { from, to } => tracker.copy_cookies(from, to),
            Step::Forge { from, to, forgery, .. } => tracker.forge(from, to, forgery),
            Step::Wait { seconds } => tracker.wait(*seconds),
            // What overlaps, and other processes, are for others to judge.
            Step::Release(_)
            | Step::Launch { .. }
            | Step::Restart { .. }
            | Step::Apart { .. }
            | Step::Pause { .. }
            | Step::Wake { .. }
            | Step::Break { .. }
            | Step::Mend {}
            | Step::Flush {} => break,
        }
    }
    (expectations, refusable)
}

#[cfg(test)]
mod tests;
