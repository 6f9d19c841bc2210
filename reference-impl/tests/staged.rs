//! Layers over a store that are wrong, each caught by a store which the test directs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::rc::Rc;
use std::time::Duration;

use sessionspec_reference::clock::{ManualClock, SystemClock};
use sessionspec_reference::http::{Request, Response};
use sessionspec_reference::{
    Function, MemoryStore, Record, Session, SessionInterface, Stage, Staged, Store, Stored,
};

/// What is wrong with the layer.
#[derive(Clone, Copy, PartialEq)]
enum Defect {
    /// A save asks whether the record is there, and then writes whatever has happened in between.
    ChecksThenSaves,
    /// What is created is written like anything else, over the record of somebody else.
    ForgetsCreate,
    /// Lifetimes are cut to whole seconds.
    TruncatesLifetimes,
    /// What is deleted stays.
    ForgetsDelete,
}

struct Layer<S> {
    store: S,
    defect: Option<Defect>,
}

impl<S: Store> Layer<S> {
    fn has(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }

    /// Writes, whether or not there is such a record.
    async fn upsert(&self, id: &str, record: &Record, lifetime: Option<Duration>) -> Result<(), S::Error> {
        if !self.store.replace(id, record, lifetime).await? {
            self.store.create(id, record, lifetime).await?;
        }
        Ok(())
    }
}

impl<S: Store> Store for Layer<S> {
    type Error = S::Error;

    async fn create(&self, id: &str, record: &Record, lifetime: Option<Duration>) -> Result<bool, S::Error> {
        if self.has(Defect::ForgetsCreate) {
            return self.upsert(id, record, lifetime).await.map(|()| true);
        }
        self.store.create(id, record, lifetime).await
    }

    async fn load(&self, id: &str) -> Result<Option<Record>, S::Error> {
        self.store.load(id).await
    }

    async fn replace(&self, id: &str, record: &Record, lifetime: Option<Duration>) -> Result<bool, S::Error> {
        if self.has(Defect::ChecksThenSaves) {
            let is_there = self.store.load(id).await?.is_some();
            if is_there {
                self.upsert(id, record, lifetime).await?;
            }
            return Ok(is_there);
        }
        let lifetime = if self.has(Defect::TruncatesLifetimes) {
            lifetime.map(|lifetime| Duration::from_secs(lifetime.as_secs()))
        } else {
            lifetime
        };
        self.store.replace(id, record, lifetime).await
    }

    async fn delete(&self, id: &str) -> Result<(), S::Error> {
        if self.has(Defect::ForgetsDelete) { Ok(()) } else { self.store.delete(id).await }
    }
}

/// A layer over a store in memory that has a record under `id`, and what directs that store.
async fn layer(defect: impl Into<Option<Defect>>) -> (Layer<Staged<MemoryStore>>, Stage) {
    let (store, stage) = Staged::new(MemoryStore::new(Rc::new(SystemClock)));
    assert!(store.create("id", &record("ann"), None).await.unwrap());
    (Layer { store, defect: defect.into() }, stage)
}

fn record(user: &str) -> Record {
    let mut record = Record::default();
    record.items.insert("user".to_owned(), user.into());
    record
}

/// Whether a session that is ended in the middle of a late save stays ended.
async fn stays_ended(defect: Option<Defect>) -> bool {
    let (layer, stage) = layer(defect).await;
    let held = stage.hold(Function::Replace);
    let late = record("late");
    let save = layer.replace("id", &late, None);
    let end = async {
        held.reached().await;
        layer.delete("id").await.unwrap();
        held.release();
    };
    let (saved, ()) = tokio::join!(save, end);
    saved.unwrap();
    layer.load("id").await.unwrap().is_none()
}

#[tokio::test]
async fn a_save_of_two_statements_brings_back_what_ended_between_them() {
    assert!(stays_ended(None).await);
    assert!(!stays_ended(Some(Defect::ChecksThenSaves)).await);
}

#[tokio::test]
async fn a_layer_that_does_not_pass_create_on_overwrites_somebody_else() {
    let calls = async |defect: Option<Defect>| {
        let (layer, stage) = layer(defect).await;
        let is_created = layer.create("id", &record("bob"), None).await.unwrap();
        let functions: Vec<Function> = stage.calls().iter().skip(1).map(|call| call.function).collect();
        (is_created, functions, layer.load("id").await.unwrap())
    };
    assert_eq!(calls(None).await, (false, vec![Function::Create], Some(record("ann"))));
    let (is_created, functions, kept) = calls(Some(Defect::ForgetsCreate)).await;
    assert_eq!((is_created, functions, kept), (true, vec![Function::Replace], Some(record("bob"))));
}

#[tokio::test]
async fn a_layer_that_cuts_lifetimes_is_seen_in_the_calls() {
    let lifetime = async |defect: Option<Defect>| {
        let (layer, stage) = layer(defect).await;
        layer.replace("id", &record("ann"), Some(Duration::from_millis(2_500))).await.unwrap();
        stage.calls().pop().and_then(|call| call.lifetime)
    };
    assert_eq!(lifetime(None).await, Some(Duration::from_millis(2_500)));
    assert_eq!(lifetime(Some(Defect::TruncatesLifetimes)).await, Some(Duration::from_secs(2)));
}

#[tokio::test]
async fn a_layer_that_cuts_half_a_second_ends_the_session_at_once_on_a_clock_that_stands_still() {
    let lives = async |defect: Option<Defect>| {
        let clock = Rc::new(ManualClock::default());
        let layer = Layer { store: MemoryStore::new(clock.clone()), defect };
        layer.create("id", &Record::default(), None).await.unwrap();
        layer.replace("id", &Record::default(), Some(Duration::from_millis(500))).await.unwrap();
        let before = layer.load("id").await.unwrap().is_some();
        clock.advance(Duration::from_millis(500));
        (before, layer.load("id").await.unwrap().is_some())
    };
    assert_eq!(lives(None).await, (true, false));
    assert_eq!(lives(Some(Defect::TruncatesLifetimes)).await, (false, false));
}

#[tokio::test]
async fn a_layer_that_forgets_to_delete_never_calls_the_store() {
    let (layer, stage) = layer(Defect::ForgetsDelete).await;
    layer.delete("id").await.unwrap();
    assert!(stage.calls().iter().all(|call| call.function != Function::Delete));
    assert!(layer.load("id").await.unwrap().is_some());
}

#[tokio::test]
async fn the_session_layer_takes_a_store_that_is_out_of_reach_for_no_empty_session() {
    let (store, stage) = Staged::new(MemoryStore::new(Rc::new(SystemClock)));
    let sessions = Stored::new(store);
    let mut session = sessions.open_session(&Request::default()).await.unwrap().unwrap();
    session.set("user", "ann".into()).await.unwrap();
    let mut response = Response::default();
    sessions.save_session(&mut session, &mut response).await.unwrap();
    let id = stage.calls().pop().unwrap().id;

    let mut request = Request::default();
    request.headers.append("Cookie", format!("session={id}"));
    stage.fail(Function::Load, "out of reach");
    assert!(sessions.open_session(&request).await.is_err());
    let mut again = sessions.open_session(&request).await.unwrap().unwrap();
    assert_eq!(again.get("user").await.unwrap(), Some("ann".into()));
}

#[tokio::test]
async fn a_hold_that_is_dropped_lets_the_call_go_on() {
    let (layer, stage) = layer(None).await;
    drop(stage.hold(Function::Load));
    assert_eq!(layer.load("id").await.unwrap(), Some(record("ann")));
}
