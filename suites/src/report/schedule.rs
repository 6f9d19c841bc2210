//! The order in which the parts of a script ran, as far as its transcript tells.

use super::ShownExchange;
use crate::script::{Part, Script, Segment, Then};

/// The parts of what happened, in order. Without a script, the requests in the order in which they began.
#[must_use]
pub fn schedule<'a>(script: Option<&'a Script>, transcript: &[ShownExchange]) -> Vec<Part<'a>> {
    let Some(script) = script else {
        let whole = |(cycle, exchange): (usize, &ShownExchange)| {
            let ops = 0..exchange.ops.len();
            Part::Segment(Segment { cycle, begins: true, ops, then: Then::Answered })
        };
        return transcript.iter().enumerate().map(whole).collect();
    };
    script.schedule_of(|cycle, _| transcript.get(cycle).map(ShownExchange::done))
}
