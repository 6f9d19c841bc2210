//! When a check applies: what a backend must have, as the survey observed it, so that its promise means something.
//!
//! Whatever makes a check not applicable is one of these requirements, and each names a [`Lack`], so that no reason is made
//! up in a check. What the *backend* lacks makes a check not applicable, since good backends may lack it. So does what the
//! *probe* does not declare, or was not started with, such as a lifetime that can be waited for: [`Lack::of`] tells the two
//! apart. Where the probe lacks an operation that the check needs to look, the check is unverified, since nobody knows what the
//! backend does.

use std::fmt;

use super::{Lack, lifetimes};
use crate::survey::{
    AtOnce, Attribute, Durability, Emptied, Modified, Nested, OnError, Resent, Store, Survey, Values,
};

/// One thing that a backend must have for a check to apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// It opens real sessions: a backend that only has null sessions is judged by `minimum/null-session` alone.
    RealSessions,
    /// It opens only null sessions.
    NullSessions,
    /// It has this operation of the protocol.
    Has(&'static str),
    /// `modified` is its own: the probe does not stand in for it.
    OwnModified,
    /// `new` is its own: the probe does not stand in for it.
    OwnNew,
    /// `permanent` is its own: the probe does not stand in for it.
    OwnPermanent,
    /// It has a `permanent`, and that is not the probe's stand-in.
    HasPermanent,
    /// Sessions that were not changed are not saved.
    SavesOnlyChanges,
    /// A value can be changed inside.
    NestedValues,
    /// A value can be changed inside, and it is the value that the session holds.
    NestedChanges,
    /// It keeps values other than strings.
    AnyValues,
    /// It sends cookies.
    Cookies,
    /// Browsers reach it by https.
    Https,
    /// The data are on the server, so that a cookie can be revoked.
    ServerStore,
    /// The data are in the cookie.
    ClientStore,
    /// What the session holds can be read in the cookie.
    ReadableCookie,
    /// A request can be held while others are sent.
    Holds,
    /// Two requests of one session are served at the same time.
    Overlap,
    /// A request sees of another's changes what that one has saved, and nothing before.
    SavedChangesOnly,
    /// The requests of one session are served one after the other.
    OnePerSession,
    /// Somebody has said for how long a request waits for another one of its session, and sessions live for longer than that.
    Outwaited,
    /// A session can be ended: by `destroy`, or by `clear` where an emptied session loses its cookie.
    Logout,
    /// An id can be left without a session: by `destroy`, by `regenerate`, or by `clear` where an emptied session is removed.
    EndedIds,
    /// A handler can add a header field to the response.
    AddsFields,
    /// A request can end with the status that the handler chose.
    Responds,
    /// A request can end with a 204 or another status without a body, and the probe says so.
    EndsWithoutBody,
    /// A handler can raise, and the survey saw what becomes of its changes.
    Raises,
    /// A request can end with another status than 200, or by an exception.
    Endings,
    /// It has a lifetime that can be waited for.
    Lifetimes,
    /// It has a lifetime that is not set by the check itself, and somebody can look after its end for a session that lives longer.
    LongerLifetimes,
    /// It has a lifetime of permanent sessions that can be waited for.
    PermanentLifetime,
    /// It declares whether reading prolongs a session, and a lifetime that is long enough to tell.
    DeclaresExpiry,
    /// A session, or all of them after another start, can be given other lifetimes.
    OtherLifetimes,
    /// Several nodes serve it.
    Nodes,
    /// Another service is beside it, whose sessions are its own.
    Beside,
    /// The data of the service beside are on the server, so that its cookie is an id.
    BesideOnServer,
    /// It has a lifetime that can be waited for, and the service beside keeps a session for longer.
    LifetimeBeside,
    /// A node of it can be started with a clock that is ahead, and its sessions live for longer than that.
    Clocks,
    /// Its process can be ended and started again.
    Restarts,
    /// Its store can be taken away for a while, in whichever way.
    StoreOutages,
    /// The connections to its store can be delayed, cut and silenced.
    StoreFaults,
    /// Its store can be emptied.
    StoreFlush,
    /// Its sessions outlive its process: it does not declare that they are lost with it.
    Durable,
    /// It declares no lifetime that ends while a run lasts.
    LastingSessions,
}

/// Whether a check applies to a backend.
#[derive(Debug, Clone, PartialEq)]
pub enum Applicability {
    /// It does.
    Applies,
    /// It does not, since this is lacking.
    NotApplicable(Lack),
    /// Nobody can say, since the probe lacks something that the check needs to look.
    Unverified(String),
}

impl Requirement {
    /// Whether the backend that was surveyed has it, and why not.
    #[must_use]
    pub fn applicability(self, survey: &Survey) -> Applicability {
        let lacks = Applicability::NotApplicable;
        let unless = |missing: bool, lack: Lack| match missing {
            true => lacks(lack),
            false => Applicability::Applies,
        };
        match self {
            Self::RealSessions => unless(survey.null, Lack::RealSessions),
            Self::NullSessions => unless(!survey.null, Lack::NullSessions),
            Self::Has(operation) => unless(!survey.supports(operation), Lack::Operation(operation)),
            Self::OwnModified => unless(survey.modified == Attribute::Derived, Lack::StoodIn("modified")),
            Self::OwnNew => unless(survey.new == Attribute::Derived, Lack::StoodIn("new")),
            Self::OwnPermanent => unless(survey.permanent == Attribute::Derived, Lack::StoodIn("permanent")),
            Self::HasPermanent => match survey.permanent {
                Attribute::Observed(_) => Applicability::Applies,
                Attribute::Derived => lacks(Lack::StoodIn("permanent")),
                Attribute::Missing => lacks(Lack::Permanent),
            },
            Self::SavesOnlyChanges => {
                let tracks = survey.modified.observed() == Some(Modified::Tracked)
                    && survey.nested != Nested::WrittenBack
                    && survey.resent != Resent::Always
                    && !survey.goes_by_age();
                unless(!tracks, Lack::SavingOnlyChanges)
            }
            Self::NestedValues => unless(survey.nested == Nested::Unsupported, Lack::NestedChanges),
            Self::NestedChanges => match survey.nested {
                Nested::Unsupported => lacks(Lack::NestedChanges),
                Nested::Copies => lacks(Lack::ValuesThemselves),
                Nested::Tracked | Nested::WrittenBack | Nested::Untracked => Applicability::Applies,
            },
            Self::AnyValues => unless(survey.values != Values::Json, Lack::OtherValues),
            Self::Cookies => unless(survey.store == Store::Unknown, Lack::Cookies),
            Self::Https => unless(!survey.https, Lack::Https),
            Self::ServerStore => match survey.store {
                Store::Server => Applicability::Applies,
                Store::Client => lacks(Lack::Revocation),
                Store::Unknown => lacks(Lack::Cookies),
            },
            Self::ClientStore => unless(survey.store != Store::Client, Lack::DataInCookie),
            Self::ReadableCookie => unless(!survey.readable_cookie, Lack::ReadableCookie),
            Self::Holds | Self::Overlap | Self::OnePerSession => match (survey.at_once, self) {
                (AtOnce::Unknown, _) => Applicability::Unverified(survey.no_hold()),
                (AtOnce::One | AtOnce::Many, Self::OnePerSession) => lacks(Lack::OneRequestPerSession),
                (AtOnce::One, _) => lacks(Lack::TwoRequests),
                (AtOnce::OnePerSession, Self::Overlap) => lacks(Lack::TwoRequestsOfOneSession),
                (AtOnce::OnePerSession | AtOnce::Many, _) => Applicability::Applies,
            },
            Self::SavedChangesOnly => unless(survey.live_objects, Lack::ObjectsOfTheirOwn),
            Self::Outwaited => or_lack(lifetimes::outwaited(survey)),
            Self::Logout => {
                unless(!survey.supports("destroy") && survey.emptied == Emptied::Kept, Lack::Logout)
            }
            Self::EndedIds => {
                let has_one = ["destroy", "regenerate"].iter().any(|op| survey.supports(op));
                unless(!has_one && survey.emptied == Emptied::Kept, Lack::EndedIds)
            }
            Self::AddsFields => of_probe(survey, "header", "no handler adds header fields"),
            Self::Responds => of_probe(survey, "respond", "no handler chooses a status"),
            Self::EndsWithoutBody if survey.description.without_body.is_empty() => lacks(Lack::WithoutBody),
            Self::EndsWithoutBody => Self::Responds.applicability(survey),
            Self::Raises => match survey.on_error {
                OnError::Unknown => Applicability::Unverified(cannot_raise(survey)),
                _ => Applicability::Applies,
            },
            Self::Endings => {
                let endings = [survey.on_not_found, survey.on_server_error, survey.on_error];
                if endings.iter().any(|mode| *mode != OnError::Unknown) {
                    return Applicability::Applies;
                }
                let respond =
                    survey.gap_of_probe("respond").unwrap_or_else(|| "no status is known".to_owned());
                Applicability::Unverified(format!("{respond}; {}", cannot_raise(survey)))
            }
            Self::Lifetimes => or_lack(lifetimes::kinds(survey).map(|_| ())),
            Self::LongerLifetimes => or_lack(lifetimes::longer(survey).map(|_| ())),
            Self::PermanentLifetime => or_lack(lifetimes::permanent(survey).map(|_| ())),
            Self::DeclaresExpiry => or_lack(lifetimes::declared(survey).map(|_| ())),
            Self::OtherLifetimes => or_lack(lifetimes::other_lifetimes(survey)),
            Self::Nodes => unless(survey.nodes < 2, Lack::Nodes),
            Self::Beside => unless(survey.beside.is_none(), Lack::Beside),
            Self::BesideOnServer => match &survey.beside {
                None => lacks(Lack::Beside),
                Some(beside) => unless(beside.store != Store::Server, Lack::IdsBeside),
            },
            Self::LifetimeBeside => or_lack(lifetimes::outlasted_beside(survey).map(|_| ())),
            Self::Clocks => or_lack(lifetimes::beyond_clocks(survey).map(|_| ())),
            Self::Restarts => unless(!survey.restarts, Lack::Restarts),
            Self::StoreOutages => unless(!survey.store_control.breaks(), Lack::StoreOutages),
            Self::StoreFaults => unless(!survey.store_control.connections, Lack::StoreFaults),
            Self::StoreFlush => unless(!survey.store_control.flushes, Lack::StoreFlush),
            Self::LastingSessions => unless(lifetimes::end_within_a_run(survey), Lack::LastingSessions),
            Self::Durable => {
                let durability = survey.description.declares.durability;
                unless(durability == Some(Durability::Lost), Lack::Durability)
            }
        }
    }
}

/// What the requirement asks of a backend, after "the backend".
impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::RealSessions => "opens real sessions",
            Self::NullSessions => "opens only null sessions",
            Self::Has(operation) => return write!(f, "has `{operation}`"),
            Self::OwnModified => "has a `modified` that is not the probe's stand-in",
            Self::OwnNew => "has a `new` that is not the probe's stand-in",
            Self::OwnPermanent => "has a `permanent` that is not the probe's stand-in",
            Self::HasPermanent => "has a `permanent` of its own",
            Self::SavesOnlyChanges => "saves no session that was not changed",
            Self::NestedValues => "lets a value be changed inside",
            Self::NestedChanges => "lets the value be changed inside that the session holds",
            Self::AnyValues => "keeps values other than strings",
            Self::Cookies => "sends cookies",
            Self::Https => "is reached by https",
            Self::ServerStore => "keeps the data on the server",
            Self::ClientStore => "keeps the data in the cookie",
            Self::ReadableCookie => "keeps them in the cookie in a form that a client can read",
            Self::Holds => "serves others while a request is held",
            Self::Overlap => "serves two requests of one session at the same time",
            Self::SavedChangesOnly => "shows a request nothing that another has not saved",
            Self::OnePerSession => "serves the requests of one session one after the other",
            Self::Outwaited => {
                "has sessions that live for longer than a request is said to wait for another one"
            }
            Self::Logout => "has a way to end a session",
            Self::EndedIds => "has a way to leave an id without a session",
            Self::AddsFields => "has `header`",
            Self::Responds => "lets the handler choose the status",
            Self::EndsWithoutBody => "lets the handler end with a status without a body",
            Self::Raises => "lets the handler raise",
            Self::Endings => "lets a request end with another status than 200, or raise",
            Self::Lifetimes => "has a lifetime that can be waited for",
            Self::LongerLifetimes => {
                "has a lifetime after which a session that lives longer can be looked for"
            }
            Self::PermanentLifetime => "has a lifetime of permanent sessions that can be waited for",
            Self::DeclaresExpiry => "declares whether reading prolongs a session",
            Self::OtherLifetimes => "can be given other lifetimes",
            Self::Nodes => "is served by several nodes",
            Self::Beside => "has a service beside it",
            Self::BesideOnServer => "has a service beside it that keeps the data on the server",
            Self::LifetimeBeside => {
                "has a lifetime that can be waited for, and a service beside it that keeps a session for longer"
            }
            Self::Clocks => {
                "has a node whose clock can be moved, and sessions that live for longer than it is ahead"
            }
            Self::Restarts => "can be ended and started again",
            Self::StoreOutages => "has a store that can be taken away for a while",
            Self::StoreFaults => "has a store to which the connections can be broken",
            Self::StoreFlush => "has a store that can be emptied",
            Self::LastingSessions => "keeps sessions for longer than a run lasts",
            Self::Durable => "keeps its sessions when its process ends",
        };
        f.write_str(words)
    }
}

/// What the probe does not do leaves a check unverified.
fn of_probe(survey: &Survey, op: &str, so: &str) -> Applicability {
    match survey.gap_of_probe(op) {
        Some(gap) => Applicability::Unverified(format!("{gap}, so that {so}")),
        None => Applicability::Applies,
    }
}

fn cannot_raise(survey: &Survey) -> String {
    survey.gap_of_probe("raise").unwrap_or_else(|| "the probe cannot raise".to_owned())
}

fn or_lack(result: Result<(), Lack>) -> Applicability {
    result.map_or_else(Applicability::NotApplicable, |()| Applicability::Applies)
}
