//! What a mistake in `conformance!` looks like: one error that says what to do.

#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/mistakes/*.rs");
}
