//! The situations in which a promise has to hold: DESIGN.md, "Promises and situations", has the real bugs of each.
//!
//! [`Plan::of`] says which situations an episode of a generated script is about. The numbers of rows in the tables have no
//! common divisor, so that episodes that are counted through meet every pair of rows of two tables: by the Chinese
//! remainder theorem, within as many episodes as the product of the two numbers.

mod pairs;

pub(crate) use pairs::Pairs;
pub(super) use pairs::{Reach, Row};

/// How a request ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Ending {
    /// With this status.
    Status(u16),
    /// With this status, which has no body; where the probe does not say that it can, with the other one.
    WithoutBody { status: u16, otherwise: u16 },
    /// By an exception.
    Raised,
}

const fn without_body(status: u16, otherwise: u16) -> Ending {
    Ending::WithoutBody { status, otherwise }
}

/// What the session has been through when the request comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Past {
    /// It was never saved.
    Fresh,
    /// It was saved once.
    Written,
    /// It was saved twice.
    WrittenTwice,
    /// It was read after it was saved.
    ReadBefore,
    /// It was made permanent by an earlier request.
    Permanent,
    /// It was made permanent, and that was taken back.
    NoLongerPermanent,
    /// It was emptied and filled again.
    Refilled,
    /// It has grown beyond a cookie, and shrunk again.
    Shrunk,
    /// It was made permanent, and then written and read.
    PermanentWritten,
    /// It was rotated by an earlier request.
    Rotated,
    /// It was rotated by two earlier requests.
    RotatedTwice,
    /// It was made permanent, and then rotated.
    PermanentRotated,
    /// The browser has logged out, and begun another one.
    BegunAgain,
    /// It has a lifetime of its own that is shorter than the usual one.
    ShorterLifetime,
    /// It has a lifetime of its own that is longer than the usual one.
    LongerLifetime,
    /// It has a lifetime of its own, and was written or read after that.
    OwnLifetimeUsed,
    /// It is older than a second.
    OlderThanASecond,
    /// It is near its end.
    NearItsEnd,
    /// Its time is over.
    Over,
    /// It has grown beyond a cookie.
    Large,
    /// It has many items, some of them with keys beyond ASCII.
    StrangeKeys,
}

/// What the request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Action {
    /// It leaves the session alone.
    Nothing,
    /// It reads items.
    Read,
    /// It adds an item.
    Set,
    /// It replaces an item.
    Overwrite,
    /// It removes an item by `delete`.
    Delete,
    /// It removes an item by `pop`.
    Pop,
    /// It adds an item by `setdefault`.
    Setdefault,
    /// It adds items by `update`.
    Update,
    /// It empties the session.
    Clear,
    /// It changes the inside of a value.
    Nested,
    /// It sets `permanent` to what it was not.
    SetPermanent,
    /// It writes a value that is larger than a cookie, or that level `minimum` does not ask for otherwise.
    Unusual,
    /// Its handler sets a cookie or a `Vary` of its own.
    Headers,
    /// It rotates the session.
    Rotate,
    /// It rotates, and writes an item before or after that.
    RotateAndWrite,
    /// It rotates and makes the session permanent, as a login does that remembers.
    RotateAndRemember,
    /// It rotates, and empties or ends the session before or after that.
    RotateAndEnd,
    /// It ends the session.
    Destroy,
    /// It ends the session, and writes an item after that.
    DestroyAndWrite,
    /// It ends the session, and its handler sets a cookie of its own, after it has done so without one.
    EndBesideHeaders,
    /// It gives the session a shorter lifetime.
    Shorten,
    /// It gives the session a longer lifetime.
    Lengthen,
}

/// Who comes along, or comes afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Others {
    /// Nobody.
    Alone,
    /// A stranger's cookie before the session's.
    StrangerBefore,
    /// A stranger's cookie after the session's.
    StrangerAfter,
    /// Another browser with the same cookies looks afterwards.
    SecondTab,
    /// A visitor without cookies looks afterwards.
    Visitor,
    /// A client that took the cookies before the request writes.
    WritingThief,
    /// A client that keeps cookies for good looks when the session's time is over.
    LateKeeper,
    /// The browser looks shortly before the session's time is over.
    InTime,
    /// A client comes with cookies of which a part was changed, or whose data were rewritten.
    Forger,
}

/// Where no request can end without a body, the commonest redirect and the commonest refusal are met twice as often: the number of
/// rows has no common divisor with those of the other tables.
pub(super) const ENDINGS: [Ending; 23] = [
    Ending::Status(200),
    Ending::Status(302),
    Ending::Status(404),
    Ending::Status(201),
    Ending::Status(500),
    Ending::Status(303),
    Ending::Status(400),
    Ending::Status(301),
    Ending::Raised,
    Ending::Status(307),
    Ending::Status(401),
    Ending::Status(308),
    Ending::Status(403),
    Ending::Status(409),
    Ending::Status(422),
    Ending::Status(429),
    Ending::Status(503),
    Ending::Status(202),
    without_body(204, 302),
    Ending::Status(300),
    Ending::Status(203),
    without_body(304, 404),
    Ending::Status(206),
];

/// For scripts about the lives of sessions, fewer: most end well, so that there is something to look at afterwards.
const FEWER_ENDINGS: [Ending; 8] = [
    Ending::Status(200),
    Ending::Status(302),
    without_body(204, 200),
    Ending::Status(404),
    Ending::Status(303),
    Ending::Status(500),
    without_body(304, 200),
    Ending::Raised,
];

pub(super) const PASTS: [Past; 9] = [
    Past::Fresh,
    Past::Written,
    Past::WrittenTwice,
    Past::ReadBefore,
    Past::Permanent,
    Past::NoLongerPermanent,
    Past::Refilled,
    Past::Shrunk,
    Past::PermanentWritten,
];

pub(super) const PASTS_OF_LIVES: [Past; 13] = [
    Past::Written,
    Past::Rotated,
    Past::RotatedTwice,
    Past::PermanentRotated,
    Past::BegunAgain,
    Past::ShorterLifetime,
    Past::LongerLifetime,
    Past::OwnLifetimeUsed,
    Past::OlderThanASecond,
    Past::NearItsEnd,
    Past::Over,
    Past::Large,
    Past::StrangeKeys,
];

pub(super) const ACTIONS: [Action; 13] = [
    Action::Set,
    Action::Read,
    Action::Overwrite,
    Action::Nothing,
    Action::Delete,
    Action::Setdefault,
    Action::Pop,
    Action::Update,
    Action::Clear,
    Action::Nested,
    Action::SetPermanent,
    Action::Unusual,
    Action::Headers,
];

pub(super) const ACTIONS_OF_LIVES: [Action; 23] = [
    Action::Set,
    Action::Rotate,
    Action::Read,
    Action::Destroy,
    Action::Nothing,
    Action::RotateAndWrite,
    Action::Pop,
    Action::Clear,
    Action::RotateAndRemember,
    Action::Overwrite,
    Action::Shorten,
    Action::DestroyAndWrite,
    Action::Setdefault,
    Action::RotateAndEnd,
    Action::SetPermanent,
    Action::Lengthen,
    Action::Update,
    Action::Unusual,
    Action::Delete,
    Action::Headers,
    Action::Nested,
    Action::EndBesideHeaders,
    Action::Read,
];

pub(super) const OTHERS: [Others; 5] =
    [Others::Alone, Others::StrangerBefore, Others::SecondTab, Others::StrangerAfter, Others::Visitor];

/// Whoever took the cookies earlier looks after each life.
pub(super) const OTHERS_OF_LIVES: [Others; 7] = [
    Others::LateKeeper,
    Others::WritingThief,
    Others::Forger,
    Others::LateKeeper,
    Others::InTime,
    Others::Visitor,
    Others::Forger,
];

/// The situations that an episode of a script is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) ending: Ending,
    pub(crate) past: Past,
    pub(crate) action: Action,
    pub(crate) others: Others,
}

/// As many episodes has each script.
pub(crate) const EPISODES: usize = 3;

impl Plan {
    /// What the episode with this number is about, in scripts about any request.
    pub(crate) fn of(number: usize) -> Self {
        Self {
            ending: row(&ENDINGS, number),
            past: row(&PASTS, number),
            action: row(&ACTIONS, number),
            others: row(&OTHERS, number),
        }
    }

    /// What the episode with this number is about, in scripts about the lives of sessions.
    pub(crate) fn of_life(number: usize) -> Self {
        Self {
            ending: row(&FEWER_ENDINGS, number),
            past: row(&PASTS_OF_LIVES, number),
            action: row(&ACTIONS_OF_LIVES, number),
            others: row(&OTHERS_OF_LIVES, number),
        }
    }
}

/// What comes before the episodes of a script about the lives of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prologue {
    /// Nothing.
    Nothing,
    /// More sessions than a small store keeps.
    Crowd,
    /// One session that is rotated again and again.
    OneSession,
}

impl Prologue {
    /// What comes first in the script whose first episode has this number: something does in two scripts in a hundred.
    pub(crate) fn of(first: usize) -> Self {
        match (first / EPISODES) % 100 {
            25 => Self::OneSession,
            50 => Self::Crowd,
            _ => Self::Nothing,
        }
    }
}

/// The number of the first episode of a case, where each has so many. The seed says which case it is (see
/// [`case_seed`](super::case_seed)); the run's seed says where the episodes begin.
pub(super) fn number(seed: [u8; 32], episodes: usize) -> usize {
    let number = |at: usize| u32::from_le_bytes([seed[at], seed[at + 1], seed[at + 2], seed[at + 3]]);
    let [run, case] = [number(0), number(16)].map(|number| usize::try_from(number).unwrap_or_default());
    (run % 10_007) * 211 + case * episodes
}

fn row<T: Copy, const N: usize>(table: &[T; N], number: usize) -> T {
    table[number % N]
}

#[cfg(test)]
mod tests;
