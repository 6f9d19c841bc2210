//! The oracle: the reference, set to the surveyed modes, plays the same script; the first difference is the finding.

use std::collections::BTreeSet;
use std::time::Duration;

use sessionspec_reference::{Memory, PERMANENT_KEY, Value};

use crate::backend::in_process;
use crate::expectation::{Expected, without};
use crate::player::Player;
use crate::scenario::{Expectation, Scenario, failed_request};
use crate::script::{Answer, Operation, Script};
use crate::survey::Survey;
use crate::transcript::{Exchange, Transcript};

/// What the reference answers to this script, as literal expectations for a backend like the one that was surveyed.
///
/// Only data is compared. `modified` and `new` have checks of their own.
pub(crate) async fn expect(script: &Script, survey: &Survey) -> Vec<Expectation> {
    let reference = in_process(Memory::new(survey.modes()));
    // The reference answers at once; the patience is never used up.
    let transcript = Player::new(reference, Duration::from_secs(60)).play(script).await;
    let mut expectations = Vec::new();
    for (cycle, exchange) in transcript.exchanges.iter().enumerate() {
        for (op, (operation, answer)) in exchange.ops.iter().zip(exchange.answers()).enumerate() {
            if let Some(expected) = expected(operation, answer, survey) {
                expectations.push(Expectation { cycle, op, expected });
            }
        }
    }
    expectations
}

fn expected(op: &Operation, answer: &Answer, survey: &Survey) -> Option<Expected> {
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

/// The expectations that depend on what the backend itself has answered: `len` counts own keys, too, so it is held
/// against the `items` just before it.
pub(crate) fn expect_consistency(transcript: &Transcript) -> Vec<Expectation> {
    let lens = |(cycle, exchange): (usize, &Exchange)| {
        let pairs = exchange.ops.windows(2).zip(exchange.answers().windows(2)).enumerate();
        let lens = pairs.filter_map(|(op, (ops, answers))| match (ops, answers) {
            ([Operation::Items, Operation::Len], [Answer::Ok(Value::Object(items)), _]) => {
                Some(Expectation {
                    cycle,
                    op: op + 1,
                    expected: Expected::Answer(Answer::Ok(items.len().into())),
                })
            }
            _ => None,
        });
        lens.collect::<Vec<_>>()
    };
    transcript.exchanges.iter().enumerate().flat_map(lens).collect()
}

/// The script with what the reference expects of it. The reason is that of the first difference.
pub(crate) async fn scenario(script: Script, survey: &Survey, transcript: &Transcript) -> Scenario {
    let mut expectations = expect(&script, survey).await;
    expectations.extend(expect_consistency(transcript));
    expectations.sort_by_key(|expectation| (expectation.cycle, expectation.op));
    let mut scenario = Scenario { reason: String::new(), script, expectations };
    let differing = scenario.judge(transcript).finding.filter(|_| failed_request(transcript).is_none());
    let operation = differing.and_then(|finding| {
        let cycle = scenario.script.cycles().nth(finding.cycle)?;
        cycle.ops.get(finding.op?).map(Operation::name)
    });
    if let Some(operation) = operation {
        scenario.reason = format!("{operation}-differs");
    }
    scenario
}
