//! What a run makes of a check whose own code is at fault, of a store that stays broken, and of what fails once.

use std::cell::Cell;
use std::time::Duration;

use super::*;
use crate::backend::{BackendError, CycleRequest, CycleResponse, LocalBoxFuture, in_process};
use crate::checks::{Harm, Requirement, Test};
use crate::level::Level;
use crate::script::ops::set;
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

/// The scenarios of a run on this backend.
async fn scenarios_of(backend: Rc<dyn Backend>) -> Scenarios {
    let patience = Duration::from_secs(10);
    let survey = Rc::new(Survey::of(Rc::clone(&backend), patience).await.unwrap());
    let responses = Rc::new(Responses::of(&[], &survey));
    Scenarios::new(backend, survey, patience, Rc::new(Lanes::new(1)), responses)
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

/// A backend that loses so many of the first changes that overwrite this item, although it says that they are done.
struct LosesTheFirst {
    backend: Rc<dyn Backend>,
    /// How many it still loses. It loses none before the run is planned, so that the survey sees nothing of it.
    left: Rc<Cell<u32>>,
}

impl Backend for LosesTheFirst {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.backend.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        let left = self.left.get();
        let is_lost = left > 0 && request.ops.as_slice() == [set("colour", "blue")];
        if !is_lost {
            return self.backend.cycle(request);
        }
        self.left.set(left - 1);
        // A session that nobody has a cookie of takes the change.
        let request = CycleRequest { headers: Default::default(), ..request };
        Box::pin(async {
            let response = self.backend.cycle(request).await?;
            Ok(CycleResponse { headers: Default::default(), ..response })
        })
    }
}

/// The report of the check that names lone changes, and of another one that relies on one of them, where so many of these changes
/// are lost.
async fn judged_where_changes_are_lost(lost: u32) -> Report {
    let left = Rc::new(Cell::new(0));
    let backend = LosesTheFirst { backend: in_process(Memory::default()), left: Rc::clone(&left) };
    let only = ["minimum/each-mutator-persists", "fault/redirects-are-saved"];
    let options = Options { only: Some(only.map(str::to_owned).into()), ..Options::default() };
    let arms = |event: Event<'_>| {
        if matches!(event, Event::Planned { .. }) {
            left.set(lost);
        }
    };
    let report = run_until(Rc::new(backend), options, arms, std::future::pending()).await.unwrap();
    assert_eq!(left.get(), 0, "not all of them were lost");
    report
}

/// What becomes of them: each check, with whether as many scripts were judged as where none is lost, and with how its failures came
/// again; and the scenarios that are hindered.
async fn where_changes_are_lost(lost: u32) -> (Vec<String>, Vec<String>) {
    let (right, report) = (judged_where_changes_are_lost(0).await, judged_where_changes_are_lost(lost).await);
    let told = report.checks.iter().zip(&right.checks).map(|(check, right)| {
        let failures = check.failures.iter().map(|failure| {
            format!(", {}: {}", failure.scenario_name(), failure.note.as_deref().unwrap_or("every time"))
        });
        let scripts = if check.evidence.scripts == right.evidence.scripts { "ALL" } else { "SOME" };
        format!("{} {:?} by {scripts}{}", check.id, check.verdict, failures.collect::<String>())
    });
    let hindered = report.checks.iter().flat_map(|check| &check.blocked).flat_map(|blocked| {
        blocked.hindered.iter().map(move |hindered| format!("{hindered} by {}", blocked.scenario))
    });
    (told.collect(), hindered.collect())
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_no_replay_shows_hinders_nobody_who_relies_on_the_scenario() {
    let (told, hindered) = where_changes_are_lost(1).await;
    let unstable = "overwrite: unstable: played again on fresh sessions, the script failed 0 times in 2";
    let expected = [
        format!("minimum/each-mutator-persists Fail by ALL, {unstable}"),
        "fault/redirects-are-saved Pass by ALL".to_owned(),
    ];
    assert_eq!((told.as_slice(), hindered.as_slice()), (expected.as_slice(), [].as_slice()));
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_one_of_two_replays_shows_hinders_whoever_relies_on_the_scenario() {
    let (told, hindered) = where_changes_are_lost(2).await;
    let unstable = "overwrite: unstable: played again on fresh sessions, the script failed 1 times in 2";
    let expected = [
        format!("minimum/each-mutator-persists Fail by SOME, {unstable}"),
        "fault/redirects-are-saved Pass by SOME".to_owned(),
    ];
    assert_eq!(told, expected);
    for of_either in ["a-dozen-times by overwrite", "overwrite-302 by overwrite"] {
        assert!(hindered.iter().any(|hindered| hindered == of_either), "{of_either}: {hindered:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_hindered_scenario_that_fails_once_and_in_no_replay_holds_all_the_same() {
    let holds = async |lost| {
        let left = Rc::new(Cell::new(0));
        let backend: Rc<dyn Backend> =
            Rc::new(LosesTheFirst { backend: in_process(Memory::default()), left: Rc::clone(&left) });
        let scenarios = scenarios_of(backend).await;
        let check = crate::checks::named("minimum/each-mutator-persists").unwrap();
        let overwrite = scenarios.of(check).iter().find(|one| one.reason == "overwrite").cloned().unwrap();
        left.set(lost);
        LocalSet::new().run_until(scenarios.holds_all_the_same(check, &overwrite)).await
    };
    assert_eq!([holds(0).await, holds(1).await, holds(2).await], [true, true, false]);
}
