//! The `glue` suite: one extension serves applications with two hooks (Flask 0.7) and with an interface (0.8).
//!
//! It is in-process: what is under test is the function that puts an interface into an application.

mod checks;

use std::rc::Rc;

use sessionspec_reference::MemorySession;
use sessionspec_reference::legacy::{AnyInterface, App, LocalBoxFuture};

pub(crate) use checks::CHECKS;

/// The glue under test: puts an interface into an application, as [`install`] does.
///
/// [`install`]: sessionspec_reference::legacy::install
pub type Glue = Rc<dyn Fn(&Rc<App<MemorySession>>, Rc<dyn AnyInterface<MemorySession>>)>;

/// The body of a check of the glue: the number of comparisons, or what was seen.
pub type GlueCheck = fn(Glue) -> LocalBoxFuture<'static, Result<usize, GlueFinding>>;

/// What the glue did that it should not, or did not that it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlueFinding {
    /// What went wrong, in a word or two that stay the same from run to run.
    pub reason: &'static str,
    /// What was done.
    pub done: &'static str,
    /// What was expected.
    pub expected: String,
    /// What was seen.
    pub seen: String,
}
