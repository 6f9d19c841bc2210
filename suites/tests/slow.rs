//! A service that takes its time: what takes longer there than a session lives is not judged, and all else is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::rc::Rc;
use std::time::Duration;

use sessionspec::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture, in_process};
use sessionspec::reference::{Description, Memory};
use sessionspec::{CheckReport, KnownFailure, Level, LevelVerdict, Options, Report, Verdict};

/// The check of which one scenario has more requests in a row than any other.
const CROWDED: &str = "minimum/browsers-isolated";

/// That scenario: a session is looked for after those of 110 others.
const HUNDRED: &str = "forgotten-after-a-hundred-others";

/// The reference, which takes so long for each answer, and says that its sessions live for so many seconds.
struct Slow {
    backend: Rc<dyn Backend>,
    answers_take: Duration,
    lifetime: f64,
}

impl Backend for Slow {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        Box::pin(async {
            let lifetime_seconds = Some(self.lifetime);
            let browser_lifetime_seconds = Some(lifetime_seconds);
            Ok(Description { lifetime_seconds, browser_lifetime_seconds, ..self.backend.describe().await? })
        })
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async move {
            tokio::time::sleep(self.answers_take).await;
            self.backend.cycle(request).await
        })
    }
}

async fn judged(answers_take: u64, lifetime: f64, options: Options) -> Report {
    let backend = in_process(Memory::default());
    let slow = Slow { backend, answers_take: Duration::from_millis(answers_take), lifetime };
    let slow: Rc<dyn Backend> = Rc::new(slow);
    let only = Some(vec![CROWDED.to_owned()]);
    sessionspec::run(slow, Options { only, ..options }).await.unwrap()
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
    let one_at_a_time = || Options { jobs: Some(1), ..Options::default() };
    let report = judged(10, 2.0, one_at_a_time()).await;
    let check = &report.checks[0];
    assert_eq!(check.verdict, Verdict::Pass, "{check:?}");
    assert_eq!(too_slow(check), [HUNDRED]);
    assert_eq!(report.verdict(Level::Minimum), Some(LevelVerdict::Conforms));
    // It may be this scenario that is known to fail.
    let known = [(CROWDED.to_owned(), KnownFailure::from("it forgets"))];
    let options = Options { known_failures: known.into(), ..one_at_a_time() };
    let check = &judged(10, 2.0, options).await.checks[0];
    assert_eq!((check.verdict, check.entry_is_outdated()), (Verdict::Unverified, false), "{check:?}");
}

#[tokio::test]
async fn where_every_script_outlives_its_sessions_nothing_is_judged() {
    let check = &judged(5, 0.001, Options::default()).await.checks[0];
    assert_eq!(check.verdict, Verdict::Unverified, "{check:?}");
    assert!(too_slow(check).contains(&HUNDRED), "{check:?}");
    assert_eq!(check.because.as_ref(), Some(&check.unjudged[0].because));
}

#[tokio::test]
async fn a_crowd_comes_together_where_it_takes_too_long_one_after_the_other() {
    let options = Options { jobs: Some(16), ..Options::default() };
    let check = &judged(30, 4.0, options).await.checks[0];
    assert_eq!((check.verdict, too_slow(check)), (Verdict::Pass, vec![""; 0]), "{check:?}");
}
