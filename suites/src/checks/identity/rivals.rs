//! Cookies of the session's name that a browser sends beside the session's own, and that are worth nothing.

use crate::expect::{Condition, Scenario};
use crate::script::ops::{get, items, set};
use crate::script::{Forgery, Neighbours, Operation};
use crate::survey::Survey;

/// A session that this operation ends, while its browser sends a worthless cookie of the same name before or after its own:
/// browsers send several where they were set for several paths. Which of them counts is the library's choice. Whichever session
/// it has opened is the one that ends, so that a copy of that one's cookie opens nothing afterwards.
pub(super) fn ended_beside_a_worthless_cookie(ends: &Operation, survey: &Survey) -> [Scenario; 2] {
    let beside = [
        ("beside-a-worthless-cookie-before-it", Neighbours::WorthlessFirst),
        ("beside-a-worthless-cookie-after-it", Neighbours::WorthlessLast),
    ];
    beside.map(|(reason, neighbours)| {
        Scenario::new(reason)
            .cycle("ann", [set("colour", "red").is_done()])
            .copy_cookies("ann", "thief")
            .forge("ann", "both", Forgery::Among(neighbours))
            .cycle("both", [get("colour").unjudged(), ends.clone().unjudged()])
            .may_be_refused()
            .cycle(
                "thief",
                [items().are([], survey).only_if(Condition::All(vec![
                    Condition::FoundIn { cycle: 1, op: 0 },
                    Condition::Done { cycle: 1, op: 1 },
                ]))],
            )
    })
}
