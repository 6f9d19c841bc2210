//! A store that a test directs: it holds calls, lets them fail, and says in which order they came.

use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use crate::description::Description;
use crate::store::{Record, Store};

/// A function of a [`Store`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they have the names of the functions")]
pub enum Function {
    Create,
    Load,
    Replace,
    Delete,
}

/// A call that has reached the store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// The function that was called.
    pub function: Function,
    /// The id that it was called with.
    pub id: String,
    /// The lifetime that it was called with; `None` for a function that takes none, too.
    pub lifetime: Option<Duration>,
}

/// The error of a [`Staged`] store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StagedError<E: fmt::Display> {
    /// The test has asked for it, with [`Stage::fail`].
    #[error("{0}")]
    Asked(String),
    /// The store itself has failed.
    #[error("{0}")]
    Store(E),
}

/// A [`Store`] around another one, which a test directs by its [`Stage`].
///
/// Whoever writes a layer over a store, such as a cache, a lock, or a store whose save takes two statements, puts it around
/// this one. Then what happens *inside* of a save is no matter of luck: the test holds the second statement until another
/// request has come in between.
///
/// ```
/// # use std::rc::Rc;
/// # use sessionspec_reference::{MemoryStore, Record, clock::SystemClock};
/// use sessionspec_reference::{Function, Staged, Store};
///
/// # let store = MemoryStore::new(Rc::new(SystemClock));
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let (store, stage) = Staged::new(store);
/// stage.fail(Function::Load, "the connection is lost");
/// assert!(store.load("an id").await.is_err());
/// assert_eq!(store.load("an id").await, Ok(None));
///
/// let held = stage.hold(Function::Create);
/// let record = Record::default();
/// let late = async { store.create("an id", &record, None).await };
/// let meanwhile = async {
///     held.reached().await;
///     assert_eq!(store.load("an id").await, Ok(None));
///     held.release();
/// };
/// let (created, ()) = tokio::join!(late, meanwhile);
/// assert_eq!(created, Ok(true));
/// # });
/// ```
pub struct Staged<S> {
    store: S,
    stage: Stage,
}

impl<S: Store> Staged<S> {
    /// Puts a store on a stage.
    #[must_use]
    pub fn new(store: S) -> (Self, Stage) {
        let stage = Stage::default();
        (Self { store, stage: stage.clone() }, stage)
    }
}

/// Directs a [`Staged`] store. Clones direct the same one.
#[derive(Debug, Clone, Default)]
pub struct Stage(Rc<RefCell<Directions>>);

#[derive(Debug, Default)]
struct Directions {
    calls: Vec<Call>,
    faults: Vec<(Function, String)>,
    holds: Vec<(Function, Rc<RefCell<Hold>>)>,
}

#[derive(Debug, Default)]
struct Hold {
    is_reached: bool,
    is_released: bool,
    wakers: Vec<Waker>,
}

impl Stage {
    /// The calls so far, in the order in which they reached the store: one that is held comes when it is released.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.0.borrow().calls.clone()
    }

    /// Lets the next call of this function fail with this text. It never reaches the store.
    pub fn fail(&self, function: Function, why: impl Into<String>) {
        self.0.borrow_mut().faults.push((function, why.into()));
    }

    /// Holds the next call of this function before it reaches the store, until what is returned is released or dropped.
    #[must_use = "the call is held only for as long as this is kept"]
    pub fn hold(&self, function: Function) -> Held {
        let hold = Rc::default();
        self.0.borrow_mut().holds.push((function, Rc::clone(&hold)));
        Held(hold)
    }

    /// Does with a call what it was directed to, up to the moment when the store gets it.
    async fn enter<E: fmt::Display>(
        &self,
        function: Function,
        id: &str,
        lifetime: Option<Duration>,
    ) -> Result<(), StagedError<E>> {
        let hold = take(&mut self.0.borrow_mut().holds, function);
        if let Some(hold) = hold {
            until(&hold, |hold| {
                hold.is_reached = true;
                hold.is_released
            })
            .await;
        }
        let mut directions = self.0.borrow_mut();
        if let Some(why) = take(&mut directions.faults, function) {
            return Err(StagedError::Asked(why));
        }
        directions.calls.push(Call { function, id: id.to_owned(), lifetime });
        Ok(())
    }
}

/// Takes what comes first for this function.
fn take<T>(directed: &mut Vec<(Function, T)>, function: Function) -> Option<T> {
    let first = directed.iter().position(|(of, _)| *of == function)?;
    Some(directed.remove(first).1)
}

/// A call that is held, or will be.
#[derive(Debug)]
pub struct Held(Rc<RefCell<Hold>>);

impl Held {
    /// Waits until the call has come.
    pub async fn reached(&self) {
        until(&self.0, |hold| hold.is_reached).await;
    }

    /// Lets the call go on.
    pub fn release(self) {}
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut hold = self.0.borrow_mut();
        hold.is_released = true;
        hold.wakers.drain(..).for_each(Waker::wake);
    }
}

/// Waits until this is so. Whoever else waits looks again whenever somebody has looked.
async fn until(hold: &RefCell<Hold>, is_so: impl Fn(&mut Hold) -> bool) {
    poll_fn(|context| {
        let mut hold = hold.borrow_mut();
        let was_reached = hold.is_reached;
        let is_so = is_so(&mut hold);
        if hold.is_reached != was_reached {
            hold.wakers.drain(..).for_each(Waker::wake);
        }
        if is_so {
            return Poll::Ready(());
        }
        hold.wakers.push(context.waker().clone());
        Poll::Pending
    })
    .await;
}

impl<S: Store> Store for Staged<S> {
    type Error = StagedError<S::Error>;

    async fn create(
        &self,
        id: &str,
        record: &Record,
        lifetime: Option<Duration>,
    ) -> Result<bool, Self::Error> {
        self.stage.enter(Function::Create, id, lifetime).await?;
        self.store.create(id, record, lifetime).await.map_err(StagedError::Store)
    }

    async fn load(&self, id: &str) -> Result<Option<Record>, Self::Error> {
        self.stage.enter(Function::Load, id, None).await?;
        self.store.load(id).await.map_err(StagedError::Store)
    }

    async fn replace(
        &self,
        id: &str,
        record: &Record,
        lifetime: Option<Duration>,
    ) -> Result<bool, Self::Error> {
        self.stage.enter(Function::Replace, id, lifetime).await?;
        self.store.replace(id, record, lifetime).await.map_err(StagedError::Store)
    }

    async fn delete(&self, id: &str) -> Result<(), Self::Error> {
        self.stage.enter(Function::Delete, id, None).await?;
        self.store.delete(id).await.map_err(StagedError::Store)
    }

    fn describe(&self) -> Description {
        self.store.describe()
    }
}
