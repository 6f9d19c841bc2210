//! What becomes of a panic of the harness itself: a line that acts on nobody's terminal, and a documented exit code.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

use super::{CliError, tell};

/// From now on a panic is told as everything else is told: it may repeat what a service has said.
pub(super) fn tell_them() {
    set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
        tell(format_args!("sessionspec: it panicked{place}: {}", said(panic.payload())));
        let backtrace = Backtrace::capture();
        if backtrace.status() == BacktraceStatus::Captured {
            tell(backtrace);
        }
    }));
}

/// Does this; a panic is a complaint.
pub(super) fn caught<T>(what: &str, work: impl FnOnce() -> T) -> Result<T, CliError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        CliError::not_verified(format!("{what} has failed by a mistake of its own: {}", said(&*panic)))
    })
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("it did not say why")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    #[test]
    fn a_panic_is_a_complaint_that_says_what_it_said() {
        let complaint = caught("the form html", || -> u8 { panic!("no {}", "table") }).unwrap_err();
        assert_eq!(complaint.exit, Exit::NotVerified);
        assert_eq!(complaint.message, "the form html has failed by a mistake of its own: no table");
        assert_eq!(caught("nothing", || 7).unwrap(), 7);
    }
}
