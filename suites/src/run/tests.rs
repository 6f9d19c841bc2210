//! What a run makes of a check whose own code is at fault.

use std::time::Duration;

use super::*;
use crate::backend::in_process;
use crate::checks::{Harm, Requirement, Test};
use crate::level::Level;
use crate::survey::Survey;
use sessionspec_reference::Memory;

/// A check that is tested so.
fn check(applies: &'static [Requirement], test: Test) -> Check {
    Check {
        id: "minimum/at-fault",
        level: Level::Minimum,
        harm: Harm::Correctness,
        clause: "save.persists",
        promise: "None.",
        source: "None",
        applies,
        relies: &[],
        test,
    }
}

#[tokio::test]
async fn a_panic_within_a_check_is_its_error_and_the_others_are_run() {
    let backend = in_process(Memory::default());
    let patience = Duration::from_secs(10);
    let survey = Rc::new(Survey::of(Rc::clone(&backend), patience).await.unwrap());
    let lanes = Rc::new(Lanes::new(1));
    let scenarios = Scenarios::new(Rc::clone(&backend), Rc::clone(&survey), patience, Rc::clone(&lanes));
    let options = Rc::new(Options::default());
    let judging = Judging { backend, survey, options, lanes, scenarios };
    let plan = check(&[], Test::Scenarios(|_| panic!("no plan at 127.0.0.1:4711")));
    let generator = check(&[], Test::Generated(|_| panic!("no generator")));
    judging.scenarios.begin_waits(&[plan, generator]);
    for (check, said) in [(plan, "no plan at 127.0.0.1:<port>"), (generator, "no generator")] {
        let outcome = LocalSet::new().run_until(judging.outcome(&check, &|_, _| {})).await;
        assert_eq!(outcome.verdict, Verdict::Error);
        assert_eq!(outcome.because, Some(format!("the suite itself has failed: it panicked: {said}")));
    }
    let catalogue = catalogue();
    let outcome = LocalSet::new().run_until(judging.outcome(&catalogue[0], &|_, _| {})).await;
    assert_eq!(outcome.verdict, Verdict::Pass);
}
