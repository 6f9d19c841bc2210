//! Observes what a backend can do before anything is judged.
//!
//! Each capability is a closed table (`sessionspec_reference::capability`). What fits no row is no mode, and the checks then
//! judge by the strictest one. The survey uses few operations, so that a defect elsewhere does not absolve itself here.

mod age;
mod beside;
mod cookies;
mod endings;
mod expiry;
mod in_time;
mod observe;
mod observer;
mod operations;
mod overlap;
mod permanent;
mod preflight;
mod rows;
mod spellings;
mod values;

pub(crate) use age::OLD;
pub use beside::Beside;
pub use preflight::PreflightError;
pub use rows::{Capability, UNTOLD};
pub use sessionspec_reference::capability::{
    AtOnce, Concurrency, Durability, Emptied, Expiry, Modified, Nested, New, Numbers, OnError, Permanent,
    Resent, ResentWhenOlder, RotationOverEnd, Store, TwoRotations, Values,
};
pub use spellings::FurtherSpelling;

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use sessionspec_reference::{Description, Modes};
use tokio::task::LocalSet;

use crate::backend::{Backend, Foreign, Front, LocalBoxFuture, circuit_breaker, fronted};
use crate::script::{OperationKind, Script, StoreControl};
use rows::listed;

/// The lifetime that is set where the declared one is too long to wait for, in seconds.
pub(crate) const SHORT: f64 = 3.0;

/// Observes a backend, after a first contact. It needs a [`LocalSet`], since it holds a cycle.
///
/// The backend stands behind this front, which is told which cookies are no part of the session, unless it knows already.
pub(crate) fn observe<'a>(
    backend: &'a Rc<dyn Backend>,
    front: &'a Front,
    patience: Duration,
) -> LocalBoxFuture<'a, Result<Survey, PreflightError>> {
    Box::pin(async move {
        let description = preflight::preflight(backend, patience).await?;
        let backend = circuit_breaker(backend, patience);
        if backend.foreign_cookies() == Foreign::default() {
            front.set_foreign(observe::foreign_cookies(&backend, &description, patience).await);
        } else if let Some(seen) = observe::misnamed_cookies(&backend, &description, patience).await {
            return Err(PreflightError::NotTheSession(listed(&seen)));
        }
        let mut survey = observe::survey(&backend, description, patience).await;
        survey.beside = beside::observe(&backend, front, patience).await?;
        Ok(survey)
    })
}

/// What a backend can do, as observed.
#[derive(Debug, Clone)]
pub struct Survey {
    /// What the backend says of itself.
    pub description: Description,
    /// Whether the backend can only open null sessions.
    pub null: bool,
    /// What `modified` says when an existing session is opened.
    pub modified: Attribute<Modified>,
    /// What `new` says on a fresh session.
    pub new: Attribute<New>,
    /// Where `permanent` lives.
    pub permanent: Attribute<Permanent>,
    /// What `permanent` says until somebody sets it.
    pub permanent_default: bool,
    /// What a change inside of a value does.
    pub nested: Nested,
    /// Where the data live.
    pub store: Store,
    /// Whether what a session holds was found in its cookie, which is then neither encrypted nor written in a form that the
    /// suite cannot read.
    pub readable_cookie: bool,
    /// What becomes of an emptied session.
    pub emptied: Emptied,
    /// What becomes of the changes of a handler that raises.
    pub on_error: OnError,
    /// What becomes of the changes of a request that is answered with a 404.
    pub on_not_found: OnError,
    /// What becomes of the changes of a request that is answered with a 500.
    pub on_server_error: OnError,
    /// When the cookie of an unmodified session is sent again.
    pub resent: Resent,
    /// Whether the cookie of an older session is sent again; [`Survey::resent_when_older`] says it.
    pub age: age::Age,
    /// Which values are kept.
    pub values: Values,
    /// Which numbers are told apart.
    pub numbers: Numbers,
    /// How many requests are served at the same time.
    pub at_once: AtOnce,
    /// What becomes of the changes of two requests that overlap.
    pub concurrency: Concurrency,
    /// Whether a request sees what another has changed before that one is saved.
    pub live_objects: bool,
    /// What a rotation makes of a session that has ended meanwhile.
    pub rotation_over_end: RotationOverEnd,
    /// What two rotations at once leave.
    pub two_rotations: TwoRotations,
    /// Whether use prolongs a session.
    pub expiry: Expiry,
    /// Whether the backend's time can be moved, so that nothing has to be waited for.
    pub virtual_time: bool,
    /// Whether the backend can be started again with other lifetimes of permanent sessions.
    pub other_lifetimes: bool,
    /// Whether its process can be ended and started again.
    pub restarts: bool,
    /// Whether a node of its own can have a clock that is ahead.
    pub moves_clocks: bool,
    /// What can be done to its store.
    pub store_control: StoreControl,
    /// How many nodes serve it.
    pub nodes: usize,
    /// The service beside, where there is one.
    pub beside: Option<Beside>,
    /// How many processes have answered at the address of the first node, as far as the probe names them.
    pub processes: usize,
    /// Whether browsers reach the backend by https.
    pub https: bool,
    /// The names of the cookies that carry the session.
    pub cookies: Vec<String>,
    /// The names of cookies that are set, too, and are no part of the session.
    pub other_cookies: Vec<String>,
    /// Keys among the items that only the framework wrote.
    pub own_keys: BTreeSet<String>,
    /// Operations that the backend does not have; [`Survey::supports`] asks for one.
    pub unsupported: Vec<String>,
    /// Further spellings of operations on items, which the probe declares.
    pub spellings: Vec<FurtherSpelling>,
    /// Whether a session can be given a lifetime of a few seconds.
    pub takes_short_lifetimes: bool,
    /// The rows of which nothing is known, since a session may have ended of itself before they had shown.
    pub untold: BTreeSet<&'static str>,
    /// Operations that the probe answers as done, and that it has not done: what it says is not to be relied on.
    pub not_done: Vec<String>,
    /// For how many seconds a request is let wait for another one of its session, where somebody has said that.
    pub lock_patience: Option<f64>,
    /// What came of `hold`, where no request was held.
    pub hold_said: Option<String>,
}

/// An attribute of the session, which a backend may lack, and a probe may stand in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute<T> {
    /// The attribute behaves like this.
    Observed(T),
    /// The probe answers it in the framework's place.
    Derived,
    /// The backend does not have it, or it is not a boolean.
    Missing,
}

impl<T> Attribute<T> {
    /// Whether the probe does not answer in the framework's place.
    pub(crate) fn is_own(&self) -> bool {
        !matches!(self, Self::Derived)
    }
}

impl<T: Copy> Attribute<T> {
    /// How the attribute behaves, where the backend itself has it.
    #[must_use]
    pub fn observed(self) -> Option<T> {
        match self {
            Self::Observed(mode) => Some(mode),
            Self::Derived | Self::Missing => None,
        }
    }
}

impl Survey {
    /// Observes a backend. [`run`](crate::run) does that by itself.
    ///
    /// # Errors
    ///
    /// [`PreflightError`] where the backend does not answer at all.
    pub async fn of(backend: Rc<dyn Backend>, patience: Duration) -> Result<Self, PreflightError> {
        let front = Rc::new(Front::default());
        let backend = fronted(backend, &front);
        LocalSet::new().run_until(observe(&backend, &front, patience)).await
    }

    /// Whether the backend has this operation, as far as the survey has seen. `op` is its name in the protocol.
    #[must_use]
    pub fn supports(&self, op: &str) -> bool {
        debug_assert!(OperationKind::named(op).is_some(), "the protocol has no operation `{op}`");
        !self.unsupported.iter().any(|unsupported| unsupported == op)
    }

    /// Whether the backend itself moves a session to a new id, with all that belongs to it. A probe that composes `regenerate` begins
    /// another session and copies the items, and nothing else.
    #[must_use]
    pub fn rotates(&self) -> bool {
        self.supports("regenerate") && !self.description.composed.iter().any(|op| op == "regenerate")
    }

    /// Whether the probe has a further spelling of this operation.
    #[must_use]
    pub fn spells(&self, operation: OperationKind) -> bool {
        let is_of_it = |spelling: &FurtherSpelling| spelling.operation == operation && spelling.is_known;
        self.supports(operation.as_str()) && self.spellings.iter().any(is_of_it)
    }

    /// Whether a session may have ended of itself within this time. A second is left for clocks that count in seconds.
    #[must_use]
    pub fn outlives_a_session(&self, elapsed: Duration) -> bool {
        self.outlives_a_session_of(&self.description, elapsed)
    }

    /// The same, on processes of the backend that describe themselves so: they may have been started with another lifetime.
    #[must_use]
    pub(crate) fn outlives_a_session_of(&self, description: &Description, elapsed: Duration) -> bool {
        !self.virtual_time && may_have_ended(description, elapsed)
    }

    /// Whether a session may have ended of itself within this time, on processes of the backend that describe themselves so, or on
    /// the service beside where the script goes there.
    #[must_use]
    pub(crate) fn may_end_in(&self, script: &Script, description: &Description, elapsed: Duration) -> bool {
        let beside = self.beside.as_ref().filter(|_| script.goes_beside());
        self.outlives_a_session_of(description, elapsed)
            || beside.is_some_and(|beside| self.outlives_a_session_of(&beside.description, elapsed))
    }

    /// Why no check that holds a request can be judged, where none could be held.
    #[must_use]
    pub fn no_hold(&self) -> String {
        let said = self.hold_said.as_deref().unwrap_or("it did not say why");
        format!(
            "no request of this probe can be held: {said}; its `hold` has to fetch the gate's URL (see --callback-addr)"
        )
    }

    /// Why nothing can be judged that needs this operation of the probe: it lacks it, or only says that it does it.
    #[must_use]
    pub fn gap_of_probe(&self, op: &str) -> Option<String> {
        if self.not_done.iter().any(|not_done| not_done == op) {
            return Some(format!("the probe answers `{op}` as done, and has not done it"));
        }
        (!self.supports(op)).then(|| format!("the probe has no `{op}`"))
    }

    /// The modes in which the reference behaves like this backend.
    #[must_use]
    pub fn modes(&self) -> Modes {
        let plain = Modes::default();
        Modes {
            modified: self.modified.observed().unwrap_or(plain.modified),
            new: self.new.observed().unwrap_or(plain.new),
            permanent: match self.permanent.observed() {
                // The answers are those of an attribute, but for the item, which is never compared.
                Some(Permanent::KeptInData) => Permanent::Attribute,
                // The contract asks for more than this, and the oracle answers what the contract asks for.
                Some(Permanent::PerResponse) | None => plain.permanent,
                Some(permanent) => permanent,
            },
            permanent_default: self.permanent_default,
            // What a change inside of a value leads to is compared only where it is seen at all.
            nested: if self.nested == Nested::Tracked { Nested::Tracked } else { Nested::Untracked },
            write_back: self.nested == Nested::WrittenBack,
            emptied: self.emptied,
            ..plain
        }
    }

    /// Whether what was observed bears a claim out; `None` where nothing was observed that could.
    #[must_use]
    pub fn bears_out(&self, claim: &str, declared: &str) -> Option<bool> {
        if self.untold.contains(claim) {
            return None;
        }
        let observed = match claim {
            "modified" => self.modified.observed()?.as_str(),
            "new" => self.new.observed()?.as_str(),
            "permanent" => {
                let observed = self.permanent.observed()?;
                let claim = observed.claim().unwrap_or(observed);
                // A key in the data that is hidden from the application looks like an attribute, too.
                if claim == Permanent::Attribute && declared == Permanent::InData.as_str() {
                    return None;
                }
                claim.as_str()
            }
            "nested" => self.nested.claim()?.as_str(),
            "store" if self.store == Store::Unknown => return None,
            "store" => self.store.as_str(),
            "empty" => self.emptied.as_str(),
            "concurrency" if self.concurrency == Concurrency::Unknown => return None,
            "concurrency" => self.concurrency.as_str(),
            "on_error" => self.on_error.claim()?.as_str(),
            // Time has to pass until it shows: `expiry/as-declared` judges it.
            "expiry" => return None,
            // The process has to be ended until it shows: `restart/saved-survives` judges it.
            "durability" => return None,
            _ => return None,
        };
        Some(observed == declared)
    }
}

/// Whether a session of this backend may have ended of itself within this time. A second is left for clocks that count in
/// seconds.
fn may_have_ended(description: &Description, elapsed: Duration) -> bool {
    let lifetimes = [description.lifetime_seconds, description.browser_lifetime_seconds.flatten()];
    let mut bounds = lifetimes.into_iter().flatten().map(|lifetime| (lifetime - 1.0).max(lifetime / 2.0));
    bounds.any(|bound| elapsed.as_secs_f64() >= bound)
}
