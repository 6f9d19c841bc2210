//! Sets a backend up for a test, and runs the checks on it.

use std::error::Error;
use std::future::Future;
use std::rc::Rc;

use tokio::runtime;
use tokio::task::LocalSet;

use crate::backend::Backend;
use crate::report::Report;
use crate::run::{Options, run_until};

/// The error with which the expression for a backend fails where something is missing on this machine, for instance a
/// database.
///
/// Such a test says on standard error that it was not run, and passes. Where the environment variable `CI` is set, it
/// fails, so that nothing is left out there unseen.
///
/// ```
/// use sessionspec::NotRun;
/// use sessionspec::reference::Memory;
///
/// async fn connect() -> Result<Memory, Box<dyn std::error::Error>> {
///     let Some(url) = std::env::var_os("STORE_URL") else {
///         return Err(NotRun::because("STORE_URL is not set").into());
///     };
///     # let _ = url;
///     Ok(Memory::default())
/// }
///
/// sessionspec::conformance! { backend: connect().await?, level: minimum }
/// # fn main() {}
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotRun(String);

impl NotRun {
    /// Says what is missing.
    pub fn because(missing: impl Into<String>) -> Self {
        Self(missing.into())
    }
}

/// The result of the expression for a backend.
pub(crate) type SetUp = Result<Rc<dyn Backend>, Box<dyn Error>>;

/// The reason for which there is no report.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unjudged {
    #[error("{0}")]
    NotRun(NotRun),
    #[error("the backend could not be set up: {0}")]
    SetUp(Box<dyn Error>),
    #[error("nothing could be judged; {0}")]
    Preflight(#[from] crate::survey::PreflightError),
    #[error("this runs on a runtime of its own: use a plain #[test] instead of an async one")]
    WithinARuntime,
    #[error("there is no runtime for this test: {0}")]
    NoRuntime(std::io::Error),
}

/// Sets the backend up and runs the checks, on a runtime of its own. The backend never leaves this runtime.
pub(crate) fn report_on(backend: impl Future<Output = SetUp>, options: Options) -> Result<Report, Unjudged> {
    if runtime::Handle::try_current().is_ok() {
        return Err(Unjudged::WithinARuntime);
    }
    let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(Unjudged::NoRuntime)?;
    LocalSet::new().block_on(&runtime, async {
        let backend = backend.await.map_err(|error| match error.downcast::<NotRun>() {
            Ok(not_run) => Unjudged::NotRun(*not_run),
            Err(error) => Unjudged::SetUp(error),
        })?;
        Ok(run_until(backend, options, |_| {}, std::future::pending()).await?)
    })
}
