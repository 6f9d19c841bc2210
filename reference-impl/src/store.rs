//! Where sessions are kept: what a database has to do for the session layer above it.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::description::Description;
use crate::value::Map;

/// What is kept of a session between two requests. A store keeps all of it, for instance as JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The items of the session.
    pub items: Map,
    /// What `permanent` was set to, where it is kept beside the items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permanent: Option<bool>,
    /// The lifetime that was set for this session alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_lifetime: Option<Duration>,
}

/// A store of sessions: [`Stored`](crate::Stored) makes a session interface of it.
///
/// A store has four functions, and in a database each is one statement: `INSERT … ON CONFLICT DO NOTHING`, `SELECT`,
/// `UPDATE` and `DELETE`; or, in Redis, `SET NX EX`, `GET`, `SET XX EX` and `DEL`. A write says whether it found what
/// it asked for, in that same statement: a store that looks first and writes afterwards lets two requests overwrite
/// each other.
///
/// A lifetime begins with the write, by the clock of the store; `None` means for ever. An expired record counts as
/// unknown.
///
/// ```
/// use std::cell::RefCell;
/// use std::collections::HashMap;
/// use std::convert::Infallible;
/// use std::time::{Duration, Instant};
///
/// use sessionspec_reference::{Record, Store};
///
/// #[derive(Default)]
/// struct Shelf(RefCell<HashMap<String, (Record, Option<Instant>)>>);
///
/// impl Shelf {
///     fn holds(&self, id: &str) -> bool {
///         self.0.borrow().get(id).is_some_and(|(_, expires)| expires.is_none_or(|at| at > Instant::now()))
///     }
///
///     fn put(&self, id: &str, record: &Record, lifetime: Option<Duration>) {
///         let expires = lifetime.and_then(|lifetime| Instant::now().checked_add(lifetime));
///         self.0.borrow_mut().insert(id.to_owned(), (record.clone(), expires));
///     }
/// }
///
/// impl Store for Shelf {
///     type Error = Infallible;
///
///     async fn create(&self, id: &str, record: &Record, lifetime: Option<Duration>) -> Result<bool, Infallible> {
///         let is_free = !self.holds(id);
///         if is_free {
///             self.put(id, record, lifetime);
///         }
///         Ok(is_free)
///     }
///
///     async fn load(&self, id: &str) -> Result<Option<Record>, Infallible> {
///         Ok(self.holds(id).then(|| self.0.borrow()[id].0.clone()))
///     }
///
///     async fn replace(&self, id: &str, record: &Record, lifetime: Option<Duration>) -> Result<bool, Infallible> {
///         let is_there = self.holds(id);
///         if is_there {
///             self.put(id, record, lifetime);
///         }
///         Ok(is_there)
///     }
///
///     async fn delete(&self, id: &str) -> Result<(), Infallible> {
///         self.0.borrow_mut().remove(id);
///         Ok(())
///     }
/// }
/// ```
#[expect(async_fn_in_trait, reason = "stores of local frameworks are not Send, and nothing here asks for it")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a store of sessions",
    label = "a store implements `Store`",
    note = "implement `Store` for it: `create`, `load`, `replace` and `delete` are all that is required",
    note = "a type of another crate cannot be given a trait of another crate: wrap it, `struct Mine(Theirs);`, and implement `Store` for `Mine`"
)]
pub trait Store {
    /// The error of the store; the session layer passes its text on.
    type Error: fmt::Display;

    /// Keeps a new record under this id. Where a live record has that id, nothing is kept, and the answer is false.
    ///
    /// # Errors
    ///
    /// Returns an error where the store cannot do it.
    async fn create(
        &self,
        id: &str,
        record: &Record,
        lifetime: Option<Duration>,
    ) -> Result<bool, Self::Error>;

    /// The record of this id, or `None` where the id is unknown or has expired. The id comes from a cookie, so it may
    /// be anything.
    ///
    /// # Errors
    ///
    /// Returns an error where the store cannot tell. A store that is out of reach must not look like one without such a
    /// record.
    async fn load(&self, id: &str) -> Result<Option<Record>, Self::Error>;

    /// Replaces the record of this id as a whole, and its lifetime. Where there is no such record, nothing is kept, and
    /// the answer is false. So a session that was destroyed stays destroyed, although a request was still at work on
    /// it.
    ///
    /// # Errors
    ///
    /// Returns an error where the store cannot do it.
    async fn replace(
        &self,
        id: &str,
        record: &Record,
        lifetime: Option<Duration>,
    ) -> Result<bool, Self::Error>;

    /// Removes the record of this id, if there is one.
    ///
    /// # Errors
    ///
    /// Returns an error where the store cannot do it.
    async fn delete(&self, id: &str) -> Result<(), Self::Error>;

    /// What the store says of itself: its name, its version, how exactly it keeps to lifetimes.
    fn describe(&self) -> Description {
        Description::default()
    }
}
