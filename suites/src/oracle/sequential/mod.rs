//! The oracle: the reference, set to the surveyed modes, plays the same script; the first difference is the finding.

use std::collections::BTreeSet;
use std::time::Duration;

use sessionspec_reference::{Memory, PERMANENT_KEY, Value};

use crate::backend::in_process;
use crate::expect::{Expectation, Expected, Finding, Scenario, failed_request, without};
use crate::oracle::DeadSessions;
use crate::oracle::model::Model;
use crate::play::{Exchange, Outcome, Player, Transcript};
use crate::script::{Answer, Cycle, Operation, Script, Step};
use crate::survey::Survey;

/// The script with what it has to answer on a backend like the one that was surveyed. The reason is that of the first
/// difference in this transcript.
///
/// Only data is compared, and only where the contract leaves no choice: `modified` and `new` have checks of their own.
pub(crate) async fn scenario(
    script: Script,
    survey: &Survey,
    dead_sessions: DeadSessions,
    transcript: &Transcript,
) -> Scenario {
    let reference = in_process(Memory::new(survey.modes()));
    // The reference answers at once; the patience is never used up.
    let mut usual = script.clone();
    usual.cycles_mut().for_each(|cycle| cycle.ops.spell_as_usual());
    let wanted = Player::new(reference, Duration::from_secs(60)).play(&usual).await;
    let expectations = expectations(&script, survey, dead_sessions, &wanted, transcript);
    let refusable = ends_a_session(&script);
    let mut scenario = Scenario { script, expectations, refusable, ..Scenario::default() };
    if failed_request(transcript, &scenario.refusable).is_none()
        && let Some(finding) = scenario.judge(transcript).finding
    {
        scenario.reason = difference(&scenario.script, &finding).unwrap_or_default();
    }
    scenario
}

/// The cycles that end a session. Some backends refuse that where there is none; `identity/destroy-idempotent` judges it.
fn ends_a_session(script: &Script) -> BTreeSet<usize> {
    let cycles = script.cycles().enumerate();
    cycles.filter(|(_, cycle)| cycle.ops.contains(&Operation::Destroy)).map(|(index, _)| index).collect()
}

/// The reason of a finding on a generated script: which operation it is that answers differently.
pub(crate) fn difference(script: &Script, finding: &Finding) -> Option<String> {
    let operation = script.cycles().nth(finding.cycle)?.ops.get(finding.op?)?;
    Some(format!("{}-differs", operation.name()))
}

/// What the reference answers, without what the model has doubts about.
fn expectations(
    script: &Script,
    survey: &Survey,
    dead_sessions: DeadSessions,
    wanted: &Transcript,
    seen: &Transcript,
) -> Vec<Expectation> {
    let mut model = Model::new(survey, dead_sessions);
    let mut expectations = Vec::new();
    let mut exchanges = wanted.exchanges.iter().zip(&seen.exchanges).enumerate();
    for step in &script.steps {
        match step {
            Step::Cycle(cycle) | Step::Start(cycle) => {
                let Some((index, (wanted, seen))) = exchanges.next() else { break };
                expectations.extend(expectations_of_cycle(index, cycle, &mut model, survey, wanted, seen));
            }
            Step::CopyCookies { from, to } => model.copy_cookies(from, to),
            Step::Release(_)
            | Step::Forge { .. }
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
    expectations
}

fn expectations_of_cycle(
    index: usize,
    cycle: &Cycle,
    model: &mut Model<'_>,
    survey: &Survey,
    wanted: &Exchange,
    seen: &Exchange,
) -> Vec<Expectation> {
    let browser = &cycle.browser;
    let mut expectations = Vec::new();
    model.open(browser);
    for (op, operation) in cycle.ops.iter().enumerate() {
        let was_refused = seen.answer(op).is_some_and(|answer| !answer.is_done());
        match operation {
            // A session may refuse to be told that it is modified; then it has not been told.
            Operation::SetModified if was_refused => continue,
            // The suite `identity` judges whether a session can be ended and rotated, and level `minimum` does not ask for it.
            Operation::Destroy | Operation::Regenerate if was_refused => {
                model.lose(browser);
                continue;
            }
            _ => {}
        }
        if !model.perform(browser, operation) {
            continue;
        }
        let expected = match operation {
            Operation::Len => neighbouring_len(op, seen),
            operation => wanted.answer(op).and_then(|answer| expected(operation, answer, survey)),
        };
        let expected = expected.map(|expected| but_for(model.keys_in_doubt(browser), expected));
        expectations.extend(expected.map(|expected| Expectation {
            cycle: index,
            op: Some(op),
            expected,
            only_if: None,
        }));
    }
    if was_refused(seen) && cycle.ops.iter().any(Operation::writes) {
        model.lose(browser);
    }
    model.save(browser, has_new_cookies(seen));
    expectations
}

/// What has to be answered where the reference answers this; none where it is not compared.
pub(crate) fn expected(op: &Operation, answer: &Answer, survey: &Survey) -> Option<Expected> {
    let expected = match (op, answer) {
        (Operation::Items, Answer::Ok(Value::Object(items))) => Expected::Items {
            items: without(items, &BTreeSet::from([PERMANENT_KEY.to_owned()])),
            own_keys: survey.own_keys.clone(),
        },
        (
            Operation::Get { .. }
            | Operation::Contains { .. }
            | Operation::Pop { .. }
            | Operation::Delete { .. }
            | Operation::Setdefault { .. }
            | Operation::Permanent,
            answer,
        ) => Expected::Answer(answer.clone()),
        (op, Answer::Ok(_)) if op.writes() => Expected::Done,
        (Operation::SetIn { .. }, Answer::Error(_)) => Expected::Refused,
        _ => return None,
    };
    Some(expected)
}

/// `len` counts own keys, too, so it is held against the backend's own `items` just before it.
pub(super) fn neighbouring_len(op: usize, seen: &Exchange) -> Option<Expected> {
    let before = op.checked_sub(1)?;
    match (seen.ops.get(before)?, seen.answer(before)?) {
        (Operation::Items, Answer::Ok(Value::Object(items))) => {
            Some(Expected::Answer(Answer::Ok(items.len().into())))
        }
        _ => None,
    }
}

/// Keys whose value is in doubt do not count among the items.
pub(super) fn but_for<'a>(keys: impl Iterator<Item = &'a String>, expected: Expected) -> Expected {
    match expected {
        Expected::Items { mut items, mut own_keys } => {
            for key in keys {
                items.remove(key);
                own_keys.insert(key.clone());
            }
            Expected::Items { items, own_keys }
        }
        expected => expected,
    }
}

/// Whether the request was refused as a whole, so that nobody knows what was done of it.
pub(super) fn was_refused(exchange: &Exchange) -> bool {
    matches!(exchange.outcome, Outcome::NoAnswers { .. } | Outcome::Broken(_))
}

/// Whether the response sets a cookie to something else than the browser had sent.
pub(super) fn has_new_cookies(exchange: &Exchange) -> bool {
    let sent: Vec<&[u8]> = exchange
        .cookie
        .iter()
        .flat_map(|header| header.split(|byte| *byte == b';'))
        .map(<[u8]>::trim_ascii)
        .collect();
    exchange.headers.all("Set-Cookie").any(|cookie| {
        let pair = cookie.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        !sent.contains(&pair)
    })
}

#[cfg(test)]
mod tests;
