//! What a web-session backend *is*, in the form that Flask 0.8 gave it: a session interface opens a session for a
//! request and saves it with the response; a session is a mapping with `permanent`, `modified` and `new`.
//!
//! - [`SessionInterface`] and [`Session`] are the contract as traits. The provided methods of [`Session`] are the
//!   mixin's defaults, so a session over a map takes a handful of lines.
//! - [`Memory`] is the reference, settable to every legal [`Modes`]: the conformance suite compares with it.
//! - [`capability`] has the choices that the contract leaves, each as one table for modes, claims and observations.
//! - [`Store`] is what a database has to do for sessions, and [`Stored`] the session layer above it; [`Staged`] is a store that a
//!   test directs, so that it holds and fails where the test wants it to.
//! - [`SignedCookies`] is the same contract with no store: the browser keeps the session, in a signed cookie. It needs
//!   the feature `signed-cookies`.
//! - [`legacy`] has Flask 0.7's two hooks, and the glue that serves old and new applications.
//! - [`NullSession`] is what an application gets where no session can be opened.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod capability;
pub mod clock;
pub mod description;
mod error;
pub mod http;
mod interface;
mod item_operation;
pub mod legacy;
mod memory;
pub mod modes;
mod null;
#[cfg(feature = "signed-cookies")]
mod signed_cookie;
mod spellings;
mod staged;
mod store;
mod stored;
pub mod value;

pub use description::Description;
pub use error::{Error, Result};
pub use interface::{PERMANENT_KEY, Session, SessionInterface};
pub use item_operation::ItemOperation;
pub use memory::{Memory, MemorySession, MemoryStore};
pub use modes::Modes;
pub use null::NullSession;
#[cfg(feature = "signed-cookies")]
pub use signed_cookie::{SignedCookieSession, SignedCookies};
pub use staged::{Call, Function, Held, Stage, Staged, StagedError};
pub use store::{Record, Store};
pub use stored::{COOKIE_NAME, Stored, StoredSession};
pub use value::{Map, Value};
