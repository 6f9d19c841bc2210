//! A backend together with a value that has to live as long as the backend does.

use std::rc::Rc;

use sessionspec_reference::Description;

use super::{Backend, BackendError, CycleRequest, CycleResponse, IntoBackend, LocalBoxFuture};

struct Guarded<G> {
    backend: Rc<dyn Backend>,
    _guard: G,
}

/// Keeps a value alive for as long as the backend is under test: the folder of its database, for instance, or the
/// database's server. The value is dropped after the backend.
///
/// ```
/// # fn started() -> std::io::Result<(u16, Vec<u8>)> { Ok((6379, Vec::new())) }
/// # fn connect(_port: u16) -> sessionspec::reference::Memory { Default::default() }
/// sessionspec::conformance! {
///     backend: {
///         let (port, server) = started()?;
///         sessionspec::backend::guarded(connect(port), server)
///     },
///     level: minimum,
/// }
/// # fn main() {}
/// ```
pub fn guarded<Kind>(backend: impl IntoBackend<Kind>, guard: impl Sized + 'static) -> Rc<dyn Backend> {
    Rc::new(Guarded { backend: backend.into_backend(), _guard: guard })
}

impl<G> Backend for Guarded<G> {
    fn inner(&self) -> Option<&dyn Backend> {
        Some(&*self.backend)
    }

    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.backend.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        self.backend.cycle(request)
    }
}
