//! The embedded backends, by name.

use std::rc::Rc;

use sessionspec::backend::Backend;
use sessionspec::glue::Glue;
use sessionspec::in_process;
use sessionspec::reference::Memory;
use sessionspec::reference::legacy::install;

use crate::cli::Complaint;

/// An embedded backend, with nothing in its store.
pub(crate) struct Embedded {
    /// The backend itself.
    pub(crate) backend: Rc<dyn Backend>,
    /// The glue that is tested with it.
    pub(crate) glue: Glue,
}

/// The embedded backend of this name.
pub(crate) fn find(name: &str) -> Result<Embedded, Complaint> {
    match name {
        "reference" => Ok(Embedded { backend: in_process(Memory::default()), glue: Rc::new(install) }),
        unknown => Err(Complaint::usage(format!("there is no embedded backend `{unknown}`"))),
    }
}
