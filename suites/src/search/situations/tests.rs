//! Every pair of situations is met.

use std::collections::BTreeSet;
use std::fmt::Debug;

use super::*;

/// As many scripts as a check is given.
const CASES: usize = 100;

/// The number of different rows of two tables that were met together.
fn pairs<A: Ord, B: Ord>(plans: &[Plan], rows: impl Fn(&Plan) -> (A, B)) -> usize {
    plans.iter().map(rows).collect::<BTreeSet<_>>().len()
}

fn different<T: Copy + Ord + Debug>(table: &[T]) -> usize {
    table.iter().collect::<BTreeSet<_>>().len()
}

#[test]
fn in_a_hundred_cases_every_pair_of_situations_is_met() {
    for first in [0, 1, 211, 1_000_003] {
        let numbers = first..first + CASES * EPISODES;
        let plans: Vec<Plan> = numbers.clone().map(Plan::of).collect();
        let lives: Vec<Plan> = numbers.map(Plan::of_life).collect();
        let [endings, pasts, actions, others] =
            [different(&ENDINGS), different(&PASTS), different(&ACTIONS), different(&OTHERS)];
        assert_eq!(pairs(&plans, |plan| (plan.ending, plan.past)), endings * pasts);
        assert_eq!(pairs(&plans, |plan| (plan.ending, plan.action)), endings * actions);
        assert_eq!(pairs(&plans, |plan| (plan.ending, plan.others)), endings * others);
        assert_eq!(pairs(&plans, |plan| (plan.past, plan.action)), pasts * actions);
        assert_eq!(pairs(&plans, |plan| (plan.past, plan.others)), pasts * others);
        assert_eq!(pairs(&plans, |plan| (plan.action, plan.others)), actions * others);
        let [endings, pasts, actions, others] = [
            different(&FEWER_ENDINGS),
            different(&PASTS_OF_LIVES),
            different(&ACTIONS_OF_LIVES),
            different(&OTHERS_OF_LIVES),
        ];
        assert_eq!(pairs(&lives, |plan| (plan.ending, plan.past)), endings * pasts);
        assert_eq!(pairs(&lives, |plan| (plan.ending, plan.action)), endings * actions);
        assert_eq!(pairs(&lives, |plan| (plan.ending, plan.others)), endings * others);
        assert_eq!(pairs(&lives, |plan| (plan.past, plan.action)), pasts * actions);
        assert_eq!(pairs(&lives, |plan| (plan.past, plan.others)), pasts * others);
        assert_eq!(pairs(&lives, |plan| (plan.action, plan.others)), actions * others);
    }
}
