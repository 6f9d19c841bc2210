//! Why a check does not apply: what is lacking, and whether the backend lacks it or the probe. The list is closed, so that a
//! level never conforms for a reason that nobody has thought of.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::limits::{AHEAD, LONGEST_WAIT};
use crate::survey::SHORT;

/// Who lacks what a check is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lacking {
    /// The backend: its authors know it, and good backends may lack it.
    Backend,
    /// The probe, in what it declares or in how it was started: the backend may well have it.
    Probe,
}

/// What is lacking where a check does not apply.
#[derive(Debug, Clone, PartialEq)]
pub enum Lack {
    /// Sessions that are real.
    RealSessions,
    /// Sessions that are null.
    NullSessions,
    /// This operation of the protocol.
    Operation(&'static str),
    /// This attribute: the probe stands in for it.
    StoodIn(&'static str),
    /// `permanent`.
    Permanent,
    /// Sessions that are saved only where they were changed.
    SavingOnlyChanges,
    /// Changes inside of a value.
    NestedChanges,
    /// Values that are those of the session, and no copies.
    ValuesThemselves,
    /// Values other than strings.
    OtherValues,
    /// Cookies.
    Cookies,
    /// A way to it by https.
    Https,
    /// A way to revoke what was sent.
    Revocation,
    /// Data in the cookie.
    DataInCookie,
    /// Data in the cookie that can be read.
    ReadableCookie,
    /// Two requests at a time.
    TwoRequests,
    /// Two requests of one session at a time.
    TwoRequestsOfOneSession,
    /// A session for each request.
    ObjectsOfTheirOwn,
    /// One request of a session after the other.
    OneRequestPerSession,
    /// How long a request waits for another one of its session.
    Patience,
    /// Sessions that live for longer than a request waits.
    LifetimeBeyondPatience,
    /// A way to end a session.
    Logout,
    /// A way to leave an id without a session.
    EndedIds,
    /// A lifetime that can be waited for.
    Lifetime,
    /// A lifetime that can be waited for, where a short one is refused.
    ShortLifetime,
    /// A lifetime after whose end, and its grace, somebody can look for a session that lives longer.
    LongerLifetime,
    /// A lifetime of permanent sessions that can be waited for.
    PermanentLifetime,
    /// What it says of reading and expiry.
    ExpiryClaim,
    /// A lifetime that is long enough beside its grace, both in seconds.
    LongEnough {
        /// The lifetime.
        lifetime: f64,
        /// Its grace.
        grace: f64,
    },
    /// A way to another lifetime.
    OtherLifetimes,
    /// A grace, in seconds, that can be waited for.
    ShortGrace(f64),
    /// A start with the lifetime that the check needs; the text says why there was none.
    Start(String),
    /// A way to end a request with a status without a body.
    WithoutBody,
    /// A second node.
    Nodes,
    /// Another service beside this one.
    Beside,
    /// Ids of the service beside.
    IdsBeside,
    /// A lifetime of sessions of the service beside that is known, and longer than this many seconds.
    LongerBeside(f64),
    /// A node whose clock can be moved.
    Clocks,
    /// A lifetime that is known, and longer than clocks differ.
    LifetimeBeyondClocks,
    /// A way to end its process and start it again.
    Restarts,
    /// A way to take its store away.
    StoreOutages,
    /// Connections to its store that can be broken.
    StoreFaults,
    /// A way to empty its store.
    StoreFlush,
    /// Sessions of which none ends before the run does.
    LastingSessions,
    /// Sessions that outlive its process.
    Durability,
    /// Claims about what was observed.
    Claims,
    /// Glue.
    Glue,
}

impl Lack {
    /// Who lacks it.
    #[must_use]
    pub fn of(&self) -> Lacking {
        match self {
            Self::RealSessions
            | Self::NullSessions
            | Self::Operation(_)
            | Self::StoodIn(_)
            | Self::Permanent
            | Self::SavingOnlyChanges
            | Self::NestedChanges
            | Self::ValuesThemselves
            | Self::OtherValues
            | Self::Cookies
            | Self::Revocation
            | Self::DataInCookie
            | Self::ReadableCookie
            | Self::TwoRequests
            | Self::TwoRequestsOfOneSession
            | Self::ObjectsOfTheirOwn
            | Self::OneRequestPerSession
            | Self::Logout
            | Self::EndedIds
            | Self::OtherLifetimes
            | Self::Start(_)
            | Self::IdsBeside
            | Self::Durability
            // Where nothing is claimed, nothing is left unseen.
            | Self::Claims
            | Self::Glue => Lacking::Backend,
            Self::Https
            | Self::Patience
            | Self::LifetimeBeyondPatience
            | Self::Lifetime
            | Self::ShortLifetime
            | Self::LongerLifetime
            | Self::PermanentLifetime
            | Self::ExpiryClaim
            | Self::LongEnough { .. }
            | Self::ShortGrace(_)
            | Self::WithoutBody
            | Self::Nodes
            | Self::Beside
            | Self::LongerBeside(_)
            | Self::Clocks
            | Self::LifetimeBeyondClocks
            | Self::Restarts
            | Self::StoreOutages
            | Self::StoreFaults
            | Self::StoreFlush
            | Self::LastingSessions => Lacking::Probe,
        }
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::RealSessions => "this backend opens only null sessions",
            Self::NullSessions => "this backend opens real sessions",
            Self::Operation(operation) => return write!(f, "this backend has no `{operation}`"),
            Self::StoodIn(name) => {
                return write!(f, "the probe stands in for `{name}`: the backend has none of its own");
            }
            Self::Permanent => "this backend has no `permanent`",
            Self::SavingOnlyChanges => {
                "this backend saves sessions that were not changed, or sends the cookie of an older one again"
            }
            Self::NestedChanges => "this backend has no changes inside of a value",
            Self::ValuesThemselves => "this backend hands out copies of its values",
            Self::OtherValues => "this backend keeps strings, and refuses other values",
            Self::Cookies => "this backend sends no cookies",
            Self::Https => "this service is not reached as https (for a service that is: --origin https://…)",
            Self::Revocation => {
                "the data are in the cookie, and nothing that was sent can be revoked: its lifetime has to bound it"
            }
            Self::DataInCookie => "the data of this backend are not in the cookie",
            Self::ReadableCookie => {
                "what the session holds was not found in its cookie, so that nobody can rewrite it: the cookie is encrypted, or \
                 written in a form that is not known here"
            }
            Self::TwoRequests => "this server takes one request at a time",
            Self::TwoRequestsOfOneSession => {
                "this backend serves the requests of a session one after the other"
            }
            Self::ObjectsOfTheirOwn => {
                "requests of a session share one live object here, as a Servlet container documents it"
            }
            Self::OneRequestPerSession => {
                "this backend does not serve the requests of a session one after the other"
            }
            Self::Patience => {
                "for how long a request waits for another one of its session is not known: say it with --patience SECONDS"
            }
            Self::LifetimeBeyondPatience => {
                "a session may end of itself before a request has waited for as long as --patience says"
            }
            Self::Logout => "this backend has no `destroy`, and keeps an emptied session",
            Self::EndedIds => {
                "this backend has neither `destroy` nor `regenerate`, and keeps an emptied session"
            }
            Self::Lifetime => {
                return write!(
                    f,
                    "no lifetime is declared that can be waited for: none, or more than {LONGEST_WAIT} s, and the backend \
                     has no `set_lifetime`"
                );
            }
            Self::ShortLifetime => {
                return write!(
                    f,
                    "no lifetime is declared that can be waited for: none, or more than {LONGEST_WAIT} s, and the backend \
                     refuses one of {SHORT} s"
                );
            }
            Self::LongerLifetime => {
                "no lifetime is declared after which a session that lives longer can be looked for"
            }
            Self::PermanentLifetime => "no lifetime of a permanent session can be waited for",
            Self::ExpiryClaim => "`declares.expiry` does not say whether reading prolongs a session",
            Self::LongEnough { lifetime, grace } => {
                return write!(
                    f,
                    "a lifetime of {lifetime} s is too short to tell, with a grace of {grace} s"
                );
            }
            Self::OtherLifetimes => {
                "this backend has no `set_lifetime`, and no command starts it with another lifetime"
            }
            Self::ShortGrace(grace) => return write!(f, "a grace of {grace} s is too long to wait for"),
            Self::Start(why) => why,
            Self::WithoutBody => {
                "the probe does not declare that it can end a request with a 204 or a 304, whose results are lost: it says so \
                 with `without_body`"
            }
            Self::Nodes => {
                "one node is known: name another with --node URL, or start several with --launch and --nodes 2"
            }
            Self::Beside => "no service beside this one is known: name its probe with --beside URL",
            Self::IdsBeside => "the data of the service beside are in its cookie, which is no id",
            Self::LongerBeside(seconds) => {
                return write!(
                    f,
                    "of the service beside no lifetime is known that is more than {seconds} s: it declares none, and has no \
                     `set_lifetime`"
                );
            }
            Self::Clocks => {
                "no process of this service can be given another clock: that needs --launch, and libfaketime on this machine \
                 (Debian's package faketime)"
            }
            Self::LifetimeBeyondClocks => {
                return write!(
                    f,
                    "no lifetime of a session is known that is more than {} s, twice as long as clocks differ, and no command \
                     starts it with one: use {{lifetime}}",
                    2 * AHEAD
                );
            }
            Self::Restarts => "this service was not started here, and cannot be started again: use --launch",
            Self::StoreOutages => {
                "nothing takes the store of this service away: use --launch with {store_port} in the command, and --store \
                 HOST:PORT; or, where the store has no port, --launch, --break and --mend"
            }
            Self::StoreFaults => {
                "nobody stands between this service and its store: use --launch with {store_port} in the command, and \
                 --store HOST:PORT"
            }
            Self::StoreFlush => {
                "nothing is known that empties the store of this service: name it with --flush"
            }
            Self::LastingSessions => {
                "a session may end before this run does: by its lifetime, or since processes and stores are ended in it"
            }
            Self::Durability => "this backend declares that its sessions are lost when its process ends",
            Self::Claims => "nothing is declared that was observed",
            Self::Glue => "there is no glue under test",
        };
        f.write_str(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_is_the_probe_s_and_what_is_done_is_the_backend_s() {
        let of_backend =
            [Lack::Operation("destroy"), Lack::Logout, Lack::StoodIn("new"), Lack::Claims, Lack::Glue];
        assert!(of_backend.iter().all(|lack| lack.of() == Lacking::Backend));
        let grace = Lack::LongEnough { lifetime: 3.0, grace: 2.0 };
        let of_probe = [Lack::Lifetime, Lack::ExpiryClaim, Lack::Https, grace];
        assert!(of_probe.iter().all(|lack| lack.of() == Lacking::Probe));
    }
}
