//! What a race is about: what each of two requests does, how the held one ends, and what the session has been through.
//!
//! As in [`super::super::situations`], the numbers of rows have no common divisor, so that races that are counted through
//! meet every pair of rows of two tables.

/// What a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Action {
    /// It reads all items.
    Look,
    /// It adds an item by `set`.
    Add,
    /// It replaces an item.
    Overwrite,
    /// It removes an item by `delete`.
    Delete,
    /// It removes an item by `pop`.
    Pop,
    /// It adds an item by `setdefault`.
    Setdefault,
    /// It adds an item by `update`.
    Update,
    /// It changes the inside of a value, and tells nobody.
    Inside,
    /// It rotates the session.
    Rotate,
    /// It ends the session by `destroy`, where there is one.
    End,
    /// It empties the session.
    Clear,
    /// It makes the session permanent.
    SetPermanent,
}

impl Action {
    /// Whether it changes items, and neither ends nor rotates the session.
    pub(super) fn only_writes(self) -> bool {
        matches!(
            self,
            Self::Add | Self::Overwrite | Self::Delete | Self::Pop | Self::Setdefault | Self::Update
        )
    }
}

/// How the request that is held ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Ending {
    /// With a 200.
    Well,
    /// With a redirect.
    Redirected,
    /// With a 404.
    NotFound,
    /// With a 500.
    Failed,
}

/// What the session is when the race begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum State {
    /// It was just begun.
    Young,
    /// It is older than a second.
    Old,
    /// It is permanent.
    Permanent,
    /// It is permanent, and older than a second.
    PermanentAndOld,
    /// It is not there yet: both requests are the first ones.
    Fresh,
    /// Its time is over before the held request goes on.
    Expiring,
}

/// Readers and writers, and those who end the session or its id.
const HELD: [Action; 13] = [
    Action::Look,
    Action::Add,
    Action::Rotate,
    Action::Update,
    Action::Look,
    Action::End,
    Action::Pop,
    Action::Add,
    Action::Look,
    Action::SetPermanent,
    Action::Rotate,
    Action::Setdefault,
    Action::Inside,
];

const OTHERS: [Action; 11] = [
    Action::End,
    Action::Overwrite,
    Action::Rotate,
    Action::Add,
    Action::End,
    Action::Clear,
    Action::Rotate,
    Action::Delete,
    Action::Add,
    Action::Look,
    Action::SetPermanent,
];

const ENDINGS: [Ending; 5] =
    [Ending::Well, Ending::Redirected, Ending::Failed, Ending::Redirected, Ending::NotFound];

const STATES: [State; 7] = [
    State::Young,
    State::Permanent,
    State::Old,
    State::Young,
    State::Fresh,
    State::PermanentAndOld,
    State::Expiring,
];

/// What one race is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) held: Action,
    pub(super) other: Action,
    pub(super) ending: Ending,
    pub(super) state: State,
}

impl Plan {
    /// What the race with this number is about.
    pub(super) fn of(number: usize) -> Self {
        Self {
            held: HELD[number % HELD.len()],
            other: OTHERS[number % OTHERS.len()],
            ending: ENDINGS[number % ENDINGS.len()],
            state: STATES[number % STATES.len()],
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// As many races as there are pairs of what two requests do.
    const RACES: usize = 143;

    fn pairs<A: Ord, B: Ord>(first: usize, rows: impl Fn(&Plan) -> (A, B)) -> usize {
        let plans = (first..first + RACES).map(Plan::of);
        plans.map(|plan| rows(&plan)).collect::<BTreeSet<_>>().len()
    }

    #[test]
    fn every_pair_of_situations_is_met() {
        let different = |actions: &[Action]| actions.iter().collect::<BTreeSet<_>>().len();
        let (held, others) = (different(&HELD), different(&OTHERS));
        for first in [0, 1, 211, 1_000_003] {
            assert_eq!(pairs(first, |plan| (plan.held, plan.other)), held * others);
            assert_eq!(pairs(first, |plan| (plan.held, plan.ending)), held * 4);
            assert_eq!(pairs(first, |plan| (plan.held, plan.state)), held * 6);
            assert_eq!(pairs(first, |plan| (plan.other, plan.ending)), others * 4);
            assert_eq!(pairs(first, |plan| (plan.other, plan.state)), others * 6);
            assert_eq!(pairs(first, |plan| (plan.ending, plan.state)), 4 * 6);
        }
    }
}
