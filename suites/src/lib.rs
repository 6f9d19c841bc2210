//! A conformance suite for web-session backends: does a backend honour the contract that Flask 0.8 set down?
//!
//! A *session interface* opens a session for a request and saves it with the response; a session is a mapping that
//! also knows `permanent`, `modified` and `new`. [`contract::TEXT`] says what that means, clause by clause. This crate
//! is the dev-dependency that holds your backend to it: every check of every clause becomes one of your tests.
//!
//! This page goes from an empty file to a backend that conforms.
//!
//! # A backend
//!
//! Two traits of [`mod@reference`] say what a backend is, and only six functions are asked for: `get`, `set`, `delete` and
//! `items` of a [`Session`](reference::Session), `open_session` and `save_session` of a
//! [`SessionInterface`](reference::SessionInterface). The rest is provided. Here are sessions on a shelf, with a
//! mistake in them:
//!
//! ```
//! use std::cell::RefCell;
//! use std::collections::HashMap;
//! use std::rc::Rc;
//!
//! use sessionspec::reference::http::{Request, Response};
//! use sessionspec::reference::{Map, Result, Session, SessionInterface, Value};
//!
//! /// Every session is a map on the shelf, and the cookie says which.
//! #[derive(Clone, Default)]
//! pub struct Shelf(Rc<RefCell<HashMap<String, Map>>>);
//!
//! pub struct ShelfSession {
//!     id: Option<String>,
//!     items: Map,
//!     modified: bool,
//! }
//!
//! impl Session for ShelfSession {
//!     async fn get(&mut self, key: &str) -> Result<Option<Value>> {
//!         Ok(self.items.get(key).cloned())
//!     }
//!
//!     async fn set(&mut self, key: &str, value: Value) -> Result<()> {
//!         self.modified = true;
//!         self.items.insert(key.to_owned(), value);
//!         Ok(())
//!     }
//!
//!     async fn delete(&mut self, key: &str) -> Result<bool> {
//!         Ok(self.items.remove(key).is_some())
//!     }
//!
//!     async fn items(&mut self) -> Result<Map> {
//!         Ok(self.items.clone())
//!     }
//!
//!     async fn modified(&mut self) -> Result<bool> {
//!         Ok(self.modified)
//!     }
//! }
//!
//! impl SessionInterface for Shelf {
//!     type Session = ShelfSession;
//!
//!     async fn open_session(&self, request: &Request) -> Result<Option<ShelfSession>> {
//!         let known = request.cookies("session").find_map(|value| {
//!             let id = std::str::from_utf8(value).ok()?;
//!             Some((id.to_owned(), self.0.borrow().get(id)?.clone()))
//!         });
//!         // An id that is not on the shelf is never adopted: its session gets one of its own.
//!         let (id, items) = known.unzip();
//!         Ok(Some(ShelfSession { id, items: items.unwrap_or_default(), modified: false }))
//!     }
//!
//!     async fn save_session(&self, session: &mut ShelfSession, response: &mut Response) -> Result<()> {
//!         if session.modified {
//!             let id = session.id.get_or_insert_with(fresh_id);
//!             self.0.borrow_mut().insert(id.clone(), session.items.clone());
//!             response.headers.append("Set-Cookie", format!("session={id}; Path=/; HttpOnly; SameSite=Lax"));
//!         }
//!         Ok(())
//!     }
//! }
//!
//! # /*
//! fn fresh_id() -> String {
//!     // 128 random bits, as text
//! }
//! # */
//! # fn fresh_id() -> String {
//! #     use std::hash::{BuildHasher, RandomState};
//! #     format!("{:016x}{:016x}", RandomState::new().hash_one(1), RandomState::new().hash_one(2))
//! # }
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
//! # let options = sessionspec::Options { cases: 10, ..Default::default() };
//! # let report = runtime.block_on(sessionspec::run(Shelf::default(), options)).unwrap();
//! # let check = report.checks.iter().find(|check| check.id == "minimum/each-mutator-persists").unwrap();
//! # let text = sessionspec::report::failure_text(check, &check.failures[0]);
//! # assert_eq!(text, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide_failure.txt")));
//! ```
//!
//! # The tests
//!
//! `cargo add --dev --path ../sessionspec/suites sessionspec`, where `../sessionspec` is a clone, and in
//! `tests/conformance.rs`:
//!
//! ```
//! # use sessionspec::reference::Memory as Shelf;
//! sessionspec::conformance! {
//!     backend: Shelf::default(),
//!     level: minimum,
//! }
//! ```
//!
//! That is one `#[test]` for each check. `cargo test` (or `cargo nextest run`) says, among others:
//!
//! ```text
//! test minimum::each_mutator_persists ... FAILED
//! test minimum::modified_after_change ... FAILED
//! test minimum::new_for_fresh ... ignored, above the level asked for: recommended
//! test minimum::null_session ... ok
//! ```
//!
//! # Reading a failure
//!
//! ```text
#![doc = include_str!("guide_failure.txt")]
//! ```
//!
//! A *cycle* is one request: the session is opened, the operations are performed, the session is saved. The browser
//! `ann` has put two items into her session, has deleted one of them in the next request, and finds it again in the
//! third. The deletion was the only thing that her second request did, and nobody had noticed it. Then follow the
//! words of the contract, and the command that runs this test alone.
//!
//! `minimum::modified_after_change` has less to say: `unverified: needs minimum/each-mutator-persists, which failed`.
//! What could not be verified does not pass, but it is no mistake of its own. `minimum::persists` has come across the
//! same mistake with scripts that it made up itself.
//!
//! # Mending it
//!
//! ```
//! # use sessionspec::reference::{Map, Result, Session, SessionInterface, Value, http::{Request, Response}};
//! # use std::{cell::RefCell, collections::HashMap, rc::Rc};
//! # #[derive(Clone, Default)]
//! # struct Shelf(Rc<RefCell<HashMap<String, Map>>>);
//! # struct ShelfSession { id: Option<String>, items: Map, modified: bool }
//! # impl Session for ShelfSession {
//! #     async fn get(&mut self, key: &str) -> Result<Option<Value>> { Ok(self.items.get(key).cloned()) }
//! #     async fn set(&mut self, key: &str, value: Value) -> Result<()> {
//! #         self.modified = true;
//! #         self.items.insert(key.to_owned(), value);
//! #         Ok(())
//! #     }
//! async fn delete(&mut self, key: &str) -> Result<bool> {
//!     let removed = self.items.remove(key);
//!     self.modified |= removed.is_some();
//!     Ok(removed.is_some())
//! }
//! #     async fn items(&mut self) -> Result<Map> { Ok(self.items.clone()) }
//! #     async fn modified(&mut self) -> Result<bool> { Ok(self.modified) }
//! # }
//! # impl SessionInterface for Shelf {
//! #     type Session = ShelfSession;
//! #     async fn open_session(&self, request: &Request) -> Result<Option<ShelfSession>> {
//! #         let known = request.cookies("session").find_map(|value| {
//! #             let id = std::str::from_utf8(value).ok()?;
//! #             Some((id.to_owned(), self.0.borrow().get(id)?.clone()))
//! #         });
//! #         let (id, items) = known.unzip();
//! #         Ok(Some(ShelfSession { id, items: items.unwrap_or_default(), modified: false }))
//! #     }
//! #     async fn save_session(&self, session: &mut ShelfSession, response: &mut Response) -> Result<()> {
//! #         if session.modified {
//! #             let id = session.id.get_or_insert_with(fresh_id);
//! #             self.0.borrow_mut().insert(id.clone(), session.items.clone());
//! #             response.headers.append("Set-Cookie", format!("session={id}; Path=/"));
//! #         }
//! #         Ok(())
//! #     }
//! # }
//! # fn fresh_id() -> String {
//! #     use std::hash::{BuildHasher, RandomState};
//! #     format!("{:016x}{:016x}", RandomState::new().hash_one(1), RandomState::new().hash_one(2))
//! # }
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
//! # let options = sessionspec::Options { cases: 10, ..Default::default() };
//! # let report = runtime.block_on(sessionspec::run(Shelf::default(), options)).unwrap();
//! # let verdict = report.verdict(sessionspec::Level::Minimum);
//! # assert_eq!(verdict, Some(sessionspec::LevelVerdict::Conforms));
//! ```
//!
//! All tests pass: the shelf conforms at level `minimum`. `cargo test -- --ignored` tries the checks above it.
//!
//! What cannot be mended today is [listed with a reason](conformance!): that test passes, and fails again on the day on
//! which the entry is out of date.
//!
//! # A store
//!
//! Most new backends are not new interfaces: they are new places to keep sessions in. For these there is
//! [`Store`](reference::Store): `create`, `load`, `replace` and `delete` of a record, each a statement of a database.
//! [`Stored`](reference::Stored) is the session layer above it, the same one that the reference in memory has, so that
//! whatever fails is the store's:
//!
//! ```
//! # use sessionspec::reference::{MemoryStore, clock::SystemClock};
//! # struct MyStore;
//! # impl MyStore {
//! #     async fn connect() -> Result<MemoryStore, std::io::Error> {
//! #         Ok(MemoryStore::new(std::rc::Rc::new(SystemClock)))
//! #     }
//! # }
//! use sessionspec::reference::Stored;
//!
//! sessionspec::conformance! {
//!     backend: Stored::new(MyStore::connect().await?),
//!     level: recommended,
//! }
//! ```
//!
//! # A framework's own sessions
//!
//! The middleware of tower-sessions, as your application configures it, is put under test without a server, and so are
//! its stores: see [`adapters`]. What your release of it *does* can be pinned in your own repository with
//! `assert_conformance_snapshot!` (feature `snapshots`), so that an update that changes its behaviour is a diff.
//!
//! # Without the macro
//!
//! [`run`] gives the whole [`Report`], as data:
//!
//! ```
//! use sessionspec::{Level, LevelVerdict, Options, reference::Memory};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), sessionspec::PreflightError> {
//! let report = sessionspec::run(Memory::default(), Options::default()).await?;
//! assert_eq!(report.verdict(Level::Minimum), Some(LevelVerdict::Conforms));
//! # Ok(()) }
//! ```
//!
//! A backend in another language, or one that is only reached over HTTP, is put under test by the command line
//! `sessionspec` of the package `sessionspec-harness`.

pub mod adapters;
pub mod backend;
pub mod browser;
mod case;
mod catalogue;
mod check;
pub mod checks;
mod concurrency;
mod condition;
mod conformance;
pub mod contract;
mod cookie;
mod curl;
pub mod expectation;
mod expiry;
mod fault;
mod fidelity;
mod forgery;
pub mod glue;
mod history;
mod identity;
mod minimum;
mod model;
mod oracle;
mod player;
mod replay;
pub mod report;
mod response_rule;
mod runner;
mod scenario;
pub mod script;
mod search;
mod set_up;
#[cfg(feature = "snapshots")]
mod snapshot;
mod support;
pub mod survey;
pub mod transcript;

pub use backend::{Backend, IntoBackend, in_process};
pub use case::{CaseError, CaseFile};
pub use catalogue::catalogue;
pub use check::{Check, Level, Plan, Test};
pub use condition::Condition;
pub use curl::{CurlError, as_curl};
pub use player::Player;
pub use replay::{ReplayError, ReplayOutcome, Replayed, replay, replay_surveyed};
pub use report::{LevelVerdict, Report, Verdict};
pub use response_rule::ResponseRule;
pub use runner::{Event, Options, run, run_until};
pub use scenario::{Expectation, Finding, Judgement, Line, Scenario};
pub use search::{DeadSessions, Generated, Generator, Property, Shape, ShrinkBounds, case_seed};
pub use sessionspec_reference as reference;
pub use set_up::NotRun;
pub use survey::{PreflightError, Survey};

#[doc(hidden)]
pub mod __support {
    #[cfg(feature = "snapshots")]
    pub use crate::snapshot::behaviour;
    pub use crate::support::{KnownFailure, Place, judge};
    #[cfg(feature = "snapshots")]
    pub use insta;
}
