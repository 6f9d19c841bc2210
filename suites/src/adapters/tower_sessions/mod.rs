//! tower-sessions 0.15: the middleware as an application has it, and its stores alone.
//!
//! ```
//! use tower_sessions::{MemoryStore, SessionManagerLayer};
//!
//! mod middleware {
//!     use super::*;
//!     sessionspec::conformance! {
//!         backend: SessionManagerLayer::new(MemoryStore::default()),
//!         level: minimum,
//!     }
//! }
//!
//! mod store {
//!     use super::*;
//!     use sessionspec::adapters::tower_sessions::store;
//!     sessionspec::conformance! { backend: store(MemoryStore::default()), level: minimum }
//! }
//! # fn main() {}
//! ```

mod middleware;
mod session;
mod session_store;

use ::tower_sessions as tower;

pub use middleware::{ByLayer, Middleware};
pub use session_store::{TowerStore, store};
