//! A service that takes its time: what takes longer there than a session lives is not judged, and all else is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::rc::Rc;
use std::time::Duration;

use sessionspec::backend::{
    Backend, BackendError, Body, CycleRequest, CycleResponse, LocalBoxFuture, in_process,
};
use sessionspec::engine::script::{Answer, Operation};
use sessionspec::reference::clock::SystemClock;
use sessionspec::reference::{Description, MemoryStore, Modes, Stored};
use sessionspec::{CheckReport, KnownFailure, Level, LevelVerdict, Options, Report, Verdict};

/// The check of which one scenario has more requests in a row than any other.
const CROWDED: &str = "minimum/browsers-isolated";

/// That scenario: a session is looked for after those of 110 others.
const HUNDRED: &str = "forgotten-after-a-hundred-others";

/// The reference, which takes so long for each answer, and says that its sessions live for so many seconds. It may have no way to
/// give a session a lifetime.
struct Slow {
    backend: Rc<dyn Backend>,
    answers_take: Duration,
    lifetime: f64,
    gives_lifetimes: bool,
}

impl Backend for Slow {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        Box::pin(async {
            let lifetime_seconds = Some(self.lifetime);
            let browser_lifetime_seconds = Some(lifetime_seconds);
            Ok(Description { lifetime_seconds, browser_lifetime_seconds, ..self.backend.describe().await? })
        })
    }

    fn cycle(&self, mut request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async move {
            tokio::time::sleep(self.answers_take).await;
            let is_lacking =
                |op: &Operation| matches!(op, Operation::SetLifetime { .. }) && !self.gives_lifetimes;
            let lacking: Vec<usize> =
                request.ops.iter().enumerate().filter(|(_, op)| is_lacking(op)).map(|(at, _)| at).collect();
            request.ops = request.ops.iter().filter(|op| !is_lacking(op)).cloned().collect();
            let mut response = self.backend.cycle(request).await?;
            if let Body::Answers { results, .. } = &mut response.body {
                lacking.into_iter().for_each(|at| results.insert(at, Answer::Unsupported));
            }
            Ok(response)
        })
    }
}

/// A service whose answers take so many milliseconds, and whose sessions live for as many.
async fn judged(answers_take: u64, live: u64, gives_lifetimes: bool, options: Options) -> Report {
    judged_as(answers_take, live, Duration::from_millis(live).as_secs_f64(), gives_lifetimes, options).await
}

/// The same, where it says that its sessions live for so many seconds.
async fn judged_as(
    answers_take: u64,
    live: u64,
    said: f64,
    gives_lifetimes: bool,
    options: Options,
) -> Report {
    let lifetime = Duration::from_millis(live);
    let modes = Modes { lifetime, browser_lifetime: Some(lifetime), ..Modes::default() };
    let backend = in_process(Stored::with_modes(MemoryStore::new(Rc::new(SystemClock)), modes));
    let answers_take = Duration::from_millis(answers_take);
    let slow: Rc<dyn Backend> = Rc::new(Slow { backend, answers_take, lifetime: said, gives_lifetimes });
    let only = Some(vec![CROWDED.to_owned()]);
    sessionspec::run(slow, Options { only, ..options }).await.unwrap()
}

fn one_at_a_time() -> Options {
    Options { jobs: Some(1), ..Options::default() }
}

/// The scenarios from which nothing is concluded, where it is for the time that they take.
fn too_slow(check: &CheckReport) -> Vec<&str> {
    let is_for_time =
        |because: &str| because.starts_with("the script takes longer here than a session lives");
    assert!(check.unjudged.iter().all(|one| is_for_time(&one.because)), "{check:?}");
    check.unjudged.iter().map(|one| one.scenario.as_str()).collect()
}

#[tokio::test]
async fn a_script_that_outlives_its_sessions_leaves_the_others_of_its_check_to_be_judged() {
    let report = judged(20, 2_000, false, one_at_a_time()).await;
    let check = &report.checks[0];
    assert_eq!(check.verdict, Verdict::Pass, "{check:?}");
    assert_eq!(too_slow(check), [HUNDRED]);
    assert_eq!(report.verdict(Level::Minimum), Some(LevelVerdict::Conforms));
    // It may be this scenario that is known to fail.
    let known = [(CROWDED.to_owned(), KnownFailure::from("it forgets"))];
    let options = Options { known_failures: known.into(), ..one_at_a_time() };
    let check = &judged(20, 2_000, false, options).await.checks[0];
    assert_eq!((check.verdict, check.entry_is_outdated()), (Verdict::Unverified, false), "{check:?}");
}

#[tokio::test]
async fn a_script_that_outlives_its_sessions_is_played_with_sessions_that_live_longer() {
    let report = judged(20, 2_000, true, one_at_a_time()).await;
    let check = &report.checks[0];
    assert_eq!((check.verdict, too_slow(check)), (Verdict::Pass, vec![""; 0]), "{check:?}");
    assert_eq!(report.this_run.unwrap().lived_longer, [CROWDED]);
}

#[tokio::test]
async fn a_script_that_takes_long_and_finds_its_session_in_the_end_is_judged() {
    let report = judged_as(5, 3_600_000, 0.001, false, one_at_a_time()).await;
    let check = &report.checks[0];
    let late = too_slow(check);
    assert_eq!(check.verdict, Verdict::Pass, "{check:?}");
    assert!(!late.contains(&HUNDRED) && !late.contains(&"own-items-lost"), "{late:?}");
    // It would pass also where a session has ended.
    assert!(late.contains(&"items-of-another-browser"), "{late:?}");
}

#[tokio::test]
async fn where_every_script_outlives_its_sessions_nothing_is_judged() {
    let check = &judged(5, 1, false, Options::default()).await.checks[0];
    assert_eq!(check.verdict, Verdict::Unverified, "{check:?}");
    assert!(too_slow(check).contains(&HUNDRED), "{check:?}");
    assert_eq!(check.because.as_ref(), Some(&check.unjudged[0].because));
}

#[tokio::test]
async fn a_crowd_comes_together_where_it_takes_too_long_one_after_the_other() {
    let options = Options { jobs: Some(16), ..Options::default() };
    let check = &judged(30, 3_000, false, options).await.checks[0];
    assert_eq!((check.verdict, too_slow(check)), (Verdict::Pass, vec![""; 0]), "{check:?}");
}
