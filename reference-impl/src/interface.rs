//! The two traits that say what a session backend is.
//!
//! Everything here is local to a thread: no future has to be `Send`, since some frameworks' sessions are not.

use std::rc::Rc;

use crate::clock::Clock;
use crate::description::Description;
use crate::error::{Error, Result};
use crate::http::{Request, Response};
use crate::item_operation::ItemOperation;
use crate::value::{Map, PathStep, Value};

/// The item under which the mixin keeps `permanent` in the session's own data.
pub const PERMANENT_KEY: &str = "_permanent";

/// A session: a mapping that also knows `permanent`, `modified` and `new`.
///
/// Four methods are required. The others are provided: the other operations of a mapping are composed of those four,
/// and the three attributes have the mixin's defaults (`permanent` is kept in the data, `new` is false, `modified` is
/// true). An operation that only some backends have answers [`Error::Unsupported`].
///
/// Every method takes `&mut self` and is fallible and asynchronous, so that a session which loads itself at its first
/// use needs no locks. A session over a map takes a few lines:
///
/// ```
/// use sessionspec_reference::{Map, Result, Session, Value};
///
/// struct DictSession(Map);
///
/// impl Session for DictSession {
///     async fn get(&mut self, key: &str) -> Result<Option<Value>> { Ok(self.0.get(key).cloned()) }
///     async fn set(&mut self, key: &str, value: Value) -> Result<()> { self.0.insert(key.into(), value); Ok(()) }
///     async fn delete(&mut self, key: &str) -> Result<bool> { Ok(self.0.remove(key).is_some()) }
///     async fn items(&mut self) -> Result<Map> { Ok(self.0.clone()) }
/// }
/// ```
///
/// # Errors
///
/// A method answers [`Error::Refused`] where the session refuses the operation, [`Error::Unsupported`] where the
/// backend has no such operation, and [`Error::Store`] where the store failed.
#[expect(
    async_fn_in_trait,
    reason = "sessions of local frameworks are not Send, and nothing here asks for it"
)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a session",
    label = "a session implements `Session`",
    note = "implement `Session` for it: `get`, `set`, `delete` and `items` are all that is required"
)]
#[expect(
    clippy::len_without_is_empty,
    reason = "the probe protocol has `len`; a session is empty if that is 0"
)]
pub trait Session {
    /// The value of this item, if there is one.
    async fn get(&mut self, key: &str) -> Result<Option<Value>>;

    /// Adds or replaces this item.
    async fn set(&mut self, key: &str, value: Value) -> Result<()>;

    /// Removes this item, and says whether it was there.
    async fn delete(&mut self, key: &str) -> Result<bool>;

    /// All items that the application can see.
    async fn items(&mut self) -> Result<Map>;

    /// Whether there is such an item.
    async fn contains(&mut self, key: &str) -> Result<bool> {
        Ok(self.get(key).await?.is_some())
    }

    /// The number of items that the application can see.
    async fn len(&mut self) -> Result<usize> {
        Ok(self.items().await?.len())
    }

    /// Removes this item and returns its value, if it was there.
    async fn pop(&mut self, key: &str) -> Result<Option<Value>> {
        let value = self.get(key).await?;
        if value.is_some() {
            self.delete(key).await?;
        }
        Ok(value)
    }

    /// The value of this item; where it is missing, it is set to `default` first.
    async fn setdefault(&mut self, key: &str, default: Value) -> Result<Value> {
        if let Some(value) = self.get(key).await? {
            return Ok(value);
        }
        self.set(key, default.clone()).await?;
        Ok(default)
    }

    /// Adds or replaces these items and leaves the others.
    async fn update(&mut self, items: Map) -> Result<()> {
        for (key, value) in items {
            self.set(&key, value).await?;
        }
        Ok(())
    }

    /// Removes all items.
    async fn clear(&mut self) -> Result<()> {
        for (key, _) in self.items().await? {
            self.delete(&key).await?;
        }
        Ok(())
    }

    /// Whether the session outlives the browser. The mixin reads it from the item [`PERMANENT_KEY`].
    async fn permanent(&mut self) -> Result<bool> {
        Ok(self.get(PERMANENT_KEY).await?.is_some_and(|value| value == true))
    }

    /// Sets whether the session outlives the browser. The mixin stores the item [`PERMANENT_KEY`], for false too.
    async fn set_permanent(&mut self, permanent: bool) -> Result<()> {
        self.set(PERMANENT_KEY, permanent.into()).await
    }

    /// Whether the session has to be saved. The mixin cannot know and says true.
    async fn modified(&mut self) -> Result<bool> {
        Ok(true)
    }

    /// Tells the session that it has changed in a way that it could not see. There is no way back.
    async fn set_modified(&mut self) -> Result<()> {
        Ok(())
    }

    /// Whether the session has never been saved (Flask's `new`). The mixin cannot know and says false.
    async fn is_new(&mut self) -> Result<bool> {
        Ok(false)
    }

    /// Changes the inside of a stored value and tells the session nothing (see [`assign_in`]).
    ///
    /// [`assign_in`]: crate::value::assign_in
    async fn set_in(&mut self, path: &[PathStep], value: Value) -> Result<()> {
        let _ = (path, value);
        Err(Error::Unsupported)
    }

    /// Gives the session a new id and keeps its items. The old id leads to no session any more once the session is
    /// saved.
    async fn regenerate(&mut self) -> Result<()> {
        Err(Error::Unsupported)
    }

    /// Ends the session: its record and its cookie are removed.
    async fn destroy(&mut self) -> Result<()> {
        Err(Error::Unsupported)
    }

    /// Sets the lifetime of this session from now on, in seconds.
    async fn set_lifetime(&mut self, seconds: f64) -> Result<()> {
        let _ = seconds;
        Err(Error::Unsupported)
    }

    /// Performs an operation in another spelling, one that [`Description::spellings`] names: `extend` for `update`, for
    /// instance. It answers what the operation answers in the probe protocol, and `None` where there is no such item; what has
    /// no value to answer is `Some(Value::Null)`. Where a spelling cannot be used on these items, it is
    /// [`Error::Unsupported`].
    async fn spelled(&mut self, spelling: &str, operation: ItemOperation) -> Result<Option<Value>> {
        let _ = (spelling, operation);
        Err(Error::Unsupported)
    }

    /// Commits the session now, without waiting for the response.
    async fn save(&mut self) -> Result<()> {
        Err(Error::Unsupported)
    }
}

/// What a framework asks of a session backend: open a session for a request, save it with the response.
#[expect(
    async_fn_in_trait,
    reason = "interfaces of local frameworks are not Send, and nothing here asks for it"
)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a session interface",
    label = "a backend under test implements `SessionInterface`",
    note = "implement `SessionInterface` for it: `open_session` and `save_session` are all that is required"
)]
pub trait SessionInterface {
    /// What a handler works with between open and save.
    type Session: Session;

    /// Opens the session of this request: the one that its cookie names, or a new and empty one.
    ///
    /// `None` says that no session can be had (a missing secret key, for instance); the handler then gets a
    /// [`NullSession`](crate::NullSession), which is never saved.
    ///
    /// # Errors
    ///
    /// Only for faults such as a store that is out of reach: the request then fails. A cookie that means nothing is
    /// no fault.
    async fn open_session(&self, request: &Request) -> Result<Option<Self::Session>>;

    /// Saves the session and tells the browser about it in the response.
    ///
    /// # Errors
    ///
    /// Where the session could not be saved: the request then fails.
    async fn save_session(&self, session: &mut Self::Session, response: &mut Response) -> Result<()>;

    /// What the backend says of itself: its name, its lifetimes, its claims.
    fn describe(&self) -> Description {
        Description::default()
    }

    /// The same interface with an empty store and this clock, so that expiry can be judged without waiting. The
    /// provided method returns `None`, for interfaces whose clock cannot be replaced.
    fn on_clock(&self, clock: Rc<dyn Clock>) -> Option<Self>
    where
        Self: Sized,
    {
        let _ = clock;
        None
    }
}
