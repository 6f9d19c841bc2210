//! The glue under test: it puts a session interface into an application.

use std::rc::Rc;

use sessionspec_reference::MemorySession;
use sessionspec_reference::legacy::{AnyInterface, App};

/// The glue under test: puts an interface into an application, as [`install`] does.
///
/// [`install`]: sessionspec_reference::legacy::install
pub type Glue = Rc<dyn Fn(&Rc<App<MemorySession>>, Rc<dyn AnyInterface<MemorySession>>)>;
