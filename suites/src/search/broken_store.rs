//! A script that breaks the way to a store is made small like any other, and what is left of it shows the same again.

use std::cell::Cell;
use std::io::{self, ErrorKind};
use std::rc::Rc;
use std::time::Duration;

use serde_json::json;
use sessionspec_reference::clock::SystemClock;
use sessionspec_reference::{Description, MemoryStore, Record, Store, Stored};
use tokio::task::LocalSet;

use super::case_runner::Room;
use super::shrink::GeneratedScript;
use super::values::KEYS;
use super::{CaseRunner, Cases, Counterexample, DeadSessions, Property, Shape, ShrinkBounds};
use crate::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture, in_process};
use crate::play::Lanes;
use crate::replay::{CaseFile, ReplayOutcome, replay_surveyed};
use crate::script::ops::{contains, delete, get, items, set};
use crate::script::{Processes, Script, StoreChange, StoreControl, StoreFault};
use crate::survey::Survey;

const PATIENCE: Duration = Duration::from_secs(10);

/// The check whose property judges.
const CHECK: &str = "promises/any-script";
const PROPERTY: Property = Property { shape: Shape::AnyScript, dead_sessions: DeadSessions::Avoided };

/// What becomes of a new record that does not reach the store.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Error {
    /// The request fails.
    Told,
    /// Nobody hears of it: this is the flaw.
    Dropped,
}

/// A store at the end of a connection that can be down.
struct Connected {
    store: MemoryStore,
    is_down: Rc<Cell<bool>>,
    error: Error,
}

impl Connected {
    fn reached(&self) -> io::Result<&MemoryStore> {
        if self.is_down.get() { Err(ErrorKind::ConnectionRefused.into()) } else { Ok(&self.store) }
    }
}

fn told<T>(kept: Result<T, <MemoryStore as Store>::Error>) -> io::Result<T> {
    kept.map_err(|error| io::Error::other(error.to_string()))
}

impl Store for Connected {
    type Error = io::Error;

    async fn create(&self, id: &str, record: &Record, lifetime: Option<Duration>) -> io::Result<bool> {
        match (self.reached(), self.error) {
            (Err(_), Error::Dropped) => Ok(true),
            (reached, _) => told(reached?.create(id, record, lifetime).await),
        }
    }

    async fn load(&self, id: &str) -> io::Result<Option<Record>> {
        told(self.reached()?.load(id).await)
    }

    async fn replace(&self, id: &str, record: &Record, lifetime: Option<Duration>) -> io::Result<bool> {
        told(self.reached()?.replace(id, record, lifetime).await)
    }

    async fn delete(&self, id: &str) -> io::Result<()> {
        told(self.reached()?.delete(id).await)
    }

    fn describe(&self) -> Description {
        self.store.describe()
    }
}

/// A service with such a store.
struct Service {
    backend: Rc<dyn Backend>,
    is_down: Rc<Cell<bool>>,
    error: Error,
}

impl Service {
    fn with(error: Error) -> Rc<dyn Backend> {
        let is_down = Rc::new(Cell::new(false));
        let store = MemoryStore::new(Rc::new(SystemClock));
        let store = Connected { store, is_down: Rc::clone(&is_down), error };
        Rc::new(Self { backend: in_process(Stored::new(store)), is_down, error })
    }
}

impl Backend for Service {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.backend.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        self.backend.cycle(request)
    }

    fn apart(&self, _wanted: Processes) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        Box::pin(std::future::ready(Ok(Self::with(self.error))))
    }

    fn store_control(&self) -> StoreControl {
        StoreControl { connections: true, command: false, flushes: false }
    }

    fn change_store(&self, change: StoreChange) -> LocalBoxFuture<'_, Result<(), String>> {
        let is_down = matches!(change, StoreChange::Break(fault) if !fault.lets_through());
        self.is_down.set(is_down);
        Box::pin(std::future::ready(Ok(())))
    }
}

/// What the first difference on this script is made into; nothing where there is none.
async fn counterexample(error: Error, script: Script) -> Option<Counterexample> {
    let backend = Service::with(error);
    let survey = Survey::of(Rc::clone(&backend), PATIENCE).await.unwrap();
    let lanes = Rc::new(Lanes::default());
    let runner = CaseRunner {
        backend,
        survey: &survey,
        patience: PATIENCE,
        lanes: Rc::clone(&lanes),
        excused: Default::default(),
    };
    let cases = Cases {
        check: CHECK,
        property: PROPERTY,
        run_seed: 0,
        cases: 1,
        only_case: None,
        bounds: ShrinkBounds::default(),
    };
    let keys = KEYS.map(str::to_owned);
    let draw = |_| GeneratedScript { script: script.clone(), shape: PROPERTY.shape, keys: &keys };
    let play = async |drawn: &GeneratedScript<'_>, room: Room| {
        runner.play(PROPERTY, drawn.script.clone(), room).await
    };
    let played = cases.run(&lanes, &|_, _| {}, draw, &play);
    let (evidence, counterexample) = LocalSet::new().run_until(played).await.unwrap();
    assert!(evidence.comparisons > 0);
    counterexample
}

/// Two outages, of which the second matters, among requests that do not.
fn long_script() -> Script {
    Script::new()
        .cycle("ann", [set("c", "x"), get("c")])
        .break_store(StoreFault::Latency { milliseconds: 1 })
        .cycle("bob", [set("d", 1), get("d")])
        .mend_store()
        .cycle("cyd", [set("d", json!([1]))])
        .break_store(StoreFault::Down)
        .cycle("ann", [contains("c"), get("c")])
        .cycle("dan", [set("d", json!(["long text"])), set("c", true), get("d")])
        .mend_store()
        .cycle("cyd", [items()])
        .cycle("dan", [get("d"), get("c")])
        .cycle("bob", [delete("d")])
}

#[tokio::test]
async fn what_a_broken_store_shows_is_made_small_and_shows_it_again() {
    let Counterexample { smallest, note, .. } = counterexample(Error::Dropped, long_script()).await.unwrap();
    assert_eq!(note, None, "it fails every time, and nothing stopped the search");
    let broken = Script::new()
        .break_store(StoreFault::Down)
        .cycle("ann", [set("a", "")])
        .mend_store()
        .cycle("ann", [get("a")]);
    assert_eq!(smallest.scenario.script, broken);
    let case = CaseFile {
        version: CaseFile::VERSION,
        check: CHECK.to_owned(),
        reason: smallest.finding.reason.clone(),
        backend: None,
        scenario: smallest.scenario,
    };
    let case = CaseFile::from_json(&case.to_json()).unwrap();
    let again = async |error| replay_surveyed(Service::with(error), &case, PATIENCE).await.unwrap().outcome;
    let flawed = again(Error::Dropped).await;
    assert!(matches!(&flawed, ReplayOutcome::StillFails(finding) if finding.cycle == 1), "{flawed:?}");
    let right = again(Error::Told).await;
    assert!(!matches!(right, ReplayOutcome::StillFails(_) | ReplayOutcome::DiffersOtherwise(_)), "{right:?}");
}

#[tokio::test]
async fn a_service_that_says_that_it_could_not_save_shows_nothing() {
    assert!(counterexample(Error::Told, long_script()).await.is_none());
}
