//! Where a test stands, and what its crate says of the check: what the macros hand to the functions that they expand to.

/// The place of a test.
#[derive(Debug, Clone, Copy)]
pub struct TestPlace {
    /// The name of the check, as in [`names`](crate::checks::names).
    pub check: &'static str,
    /// The level that is asked of the backend.
    pub asked: &'static str,
    /// The path of the module that the test is in, with its crate.
    pub module: &'static str,
    /// The package of that crate.
    pub package: &'static str,
}

impl TestPlace {
    /// The path of the test as `cargo test` prints it: without the crate.
    pub(super) fn test(self) -> String {
        self.test_of(self.check)
    }

    /// The path of the test of another check, by its name, beside this one.
    pub(super) fn test_of(self, check: &str) -> String {
        // The crate comes first, and the suite last.
        let modules: Vec<&str> = self.module.split("::").collect();
        let around = modules.get(1..modules.len() - 1).unwrap_or_default();
        [around, &[check]].concat().join("::")
    }
}

/// A check that is known to fail.
#[derive(Debug, Clone, Copy)]
pub struct KnownFailure {
    /// Its name, as in [`names`](crate::checks::names).
    pub check: &'static str,
    /// The reason.
    pub reason: &'static str,
}
