//! What a run makes of a check whose own code is at fault.

use std::time::Duration;

use super::*;
use crate::backend::{BackendError, CycleRequest, CycleResponse, LocalBoxFuture, in_process};
use crate::checks::{Harm, Requirement, Test};
use crate::level::Level;
use crate::script::{Processes, StoreChange, StoreControl};
use crate::survey::Survey;
use sessionspec_reference::{Description, Memory};

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
    let responses = Rc::new(Responses::of(&[], &survey));
    let scenarios = Scenarios::new(
        Rc::clone(&backend),
        Rc::clone(&survey),
        patience,
        Rc::clone(&lanes),
        Rc::clone(&responses),
    );
    let options = Rc::new(Options::default());
    let judging = Judging { backend, survey, options, lanes, scenarios, responses };
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

/// A backend whose store can be broken, and not mended.
#[derive(Clone)]
struct Unmendable(Rc<dyn Backend>);

impl Backend for Unmendable {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.0.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        self.0.cycle(request)
    }

    fn apart(&self, _wanted: Processes) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        let apart: Rc<dyn Backend> = Rc::new(self.clone());
        Box::pin(std::future::ready(Ok(apart)))
    }

    fn store_control(&self) -> StoreControl {
        StoreControl { connections: true, command: false, flushes: false }
    }

    fn change_store(&self, change: StoreChange) -> LocalBoxFuture<'_, Result<(), String>> {
        let changed = match change {
            StoreChange::Mend => Err("no port for it".to_owned()),
            StoreChange::Break(_) | StoreChange::Flush => Ok(()),
        };
        Box::pin(std::future::ready(changed))
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_cannot_be_mended_ends_the_run_with_what_was_found() {
    let backend: Rc<dyn Backend> = Rc::new(Unmendable(in_process(Memory::default())));
    let only = ["minimum/persists", "outage/usable-afterwards", "outage/no-logout"];
    let options = Options { only: Some(only.map(str::to_owned).into()), ..Options::default() };
    let report = run_until(backend, options, |_| {}, std::future::pending()).await.unwrap();
    let why = "the store may still be out of reach: no port for it";
    assert_eq!(report.incomplete.as_deref(), Some(why));
    let verdicts: Vec<_> = report.checks.iter().map(|check| (check.id.as_str(), check.verdict)).collect();
    let [persists, usable, logout] = only;
    let expected = [(persists, Verdict::Pass), (usable, Verdict::Unverified), (logout, Verdict::Unverified)];
    assert_eq!(verdicts, expected);
}
