//! A backend that is started again with other lifetimes of permanent sessions.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::convert::Infallible;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use sessionspec::Options;
use sessionspec::backend::{Backend, in_process};
use sessionspec::backend::{BackendError, Body, CycleRequest, CycleResponse, LocalBoxFuture};
use sessionspec::engine::checks::Lacking;
use sessionspec::engine::report::{CheckReport, Verdict};
use sessionspec::engine::script::{Answer, Operation};
use sessionspec::reference::{Description, Memory, Modes, Record, Store, Stored};

const CHECKS: [&str; 3] = ["expiry/own-lifetime", "expiry/past-lifetime", "expiry/long-lifetime"];

/// The reference without `set_lifetime`.
struct Launched {
    backend: Rc<dyn Backend>,
    takes_lifetimes: bool,
    starts_with: fn(f64) -> bool,
}

impl Backend for Launched {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.backend.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async {
            let ops = request.ops.clone();
            let mut response = self.backend.cycle(request).await?;
            if let Body::Answers { results, .. } = &mut response.body {
                for (op, answer) in ops.iter().zip(results) {
                    if matches!(op, Operation::SetLifetime { .. }) {
                        *answer = Answer::Unsupported;
                    }
                }
            }
            Ok(response)
        })
    }

    fn takes_lifetimes(&self) -> bool {
        self.takes_lifetimes
    }

    fn with_lifetime(&self, seconds: f64) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        let launched = || {
            let modes = Modes { lifetime: Duration::try_from_secs_f64(seconds).ok()?, ..Modes::default() };
            (self.starts_with)(seconds).then(|| in_process(Memory::new(modes)))
        };
        let launched = launched().ok_or_else(|| format!("it does not start with {seconds} s"));
        Box::pin(async { launched })
    }
}

async fn judged(takes_lifetimes: bool, starts_with: fn(f64) -> bool) -> Vec<CheckReport> {
    let backend: Rc<dyn Backend> =
        Rc::new(Launched { backend: in_process(Memory::default()), takes_lifetimes, starts_with });
    let options = Options { only: Some(CHECKS.map(str::to_owned).into()), ..Options::default() };
    sessionspec::run(backend, options).await.unwrap().checks
}

#[tokio::test]
async fn who_does_not_start_with_such_a_lifetime_has_refused_it() {
    for check in judged(true, |_| false).await {
        assert_eq!(check.verdict, Verdict::NotApplicable, "{check:?}");
        let because = check.because.unwrap();
        assert!(because.starts_with("it does not start with "), "{because}");
    }
}

#[tokio::test]
async fn a_lifetime_that_is_refused_is_named_where_others_are_not() {
    let checks = judged(true, |seconds| seconds >= 0.0).await;
    let past = checks.iter().find(|check| check.id == "expiry/past-lifetime").unwrap();
    assert_eq!(past.verdict, Verdict::Pass, "{past:?}");
    let refused = "not started with a lifetime of -60 s, which is a refusal";
    assert_eq!(past.held_to, ["started again with a lifetime of 0 s", refused]);
}

#[tokio::test]
async fn without_a_lifetime_in_the_command_nothing_is_asked() {
    for check in judged(false, |_| true).await {
        assert_eq!(check.verdict, Verdict::NotApplicable, "{check:?}");
        assert!(check.because.unwrap().contains("no command starts it with another lifetime"));
    }
}

/// The reference, which says that its sessions end so many seconds earlier or later than declared.
struct Vague {
    backend: Rc<dyn Backend>,
    grace: f64,
}

impl Backend for Vague {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        Box::pin(async {
            let grace = Some(self.grace);
            Ok(Description { lifetime_grace_seconds: grace, ..self.backend.describe().await? })
        })
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        self.backend.cycle(request)
    }

    fn now(&self) -> SystemTime {
        self.backend.now()
    }

    fn wait(&self, duration: Duration) -> LocalBoxFuture<'_, ()> {
        self.backend.wait(duration)
    }

    fn on_virtual_time(&self) -> LocalBoxFuture<'_, Option<Rc<dyn Backend>>> {
        Box::pin(async {
            let backend = self.backend.on_virtual_time().await?;
            Some(Rc::new(Self { backend, grace: self.grace }) as Rc<dyn Backend>)
        })
    }
}

#[tokio::test]
async fn where_the_decisive_moment_is_over_before_it_comes_its_scenario_alone_is_not_judged() {
    let description = in_process(Memory::default()).describe().await.unwrap();
    let shorter = description.browser_lifetime_seconds.unwrap().unwrap();
    let longer = description.lifetime_seconds.unwrap();
    let judged = async |grace: f64| {
        let vague: Rc<dyn Backend> = Rc::new(Vague { backend: in_process(Memory::default()), grace });
        let only = Some(vec!["cookie/refreshed-with-the-record".to_owned()]);
        let report = sessionspec::run(vague, Options { only, ..Options::default() }).await.unwrap();
        report.checks[0].clone()
    };
    let too_late = |check: &CheckReport| {
        let is_for_time = |because: &str| because.contains("the moment in which the answer decides was over");
        assert!(check.unjudged.iter().all(|one| is_for_time(&one.because)), "{check:?}");
        check.unjudged.iter().map(|one| one.scenario.clone()).collect::<Vec<_>>()
    };
    let exact = judged(0.1 * shorter).await;
    assert_eq!((exact.verdict, too_late(&exact)), (Verdict::Pass, Vec::new()));
    let in_part = judged(0.6 * shorter).await;
    let named = vec!["browser-session-cookie-over".to_owned()];
    assert_eq!((in_part.verdict, too_late(&in_part)), (Verdict::Pass, named.clone()));
    let vague = judged(0.6 * longer).await;
    assert_eq!(vague.verdict, Verdict::Unverified);
    assert_eq!(too_late(&vague), ["permanent-cookie-over".to_owned(), named[0].clone()]);
    assert_eq!(vague.because.as_ref(), Some(&vague.unjudged[0].because));
}

/// What does not apply says who lacks it.
#[tokio::test]
async fn each_reason_for_which_a_check_does_not_apply_says_who_lacks_what() {
    let report = sessionspec::run(in_process(Memory::default()), Options::default()).await.unwrap();
    for check in &report.checks {
        assert_eq!(check.lacks.is_some(), check.verdict == Verdict::NotApplicable, "{}", check.id);
    }
    let lacks = |id: &str| report.checks.iter().find(|check| check.id == id).unwrap().lacks;
    assert_eq!(lacks("minimum/null-session"), Some(Lacking::Backend));
    assert_eq!(lacks("cookie/secure"), Some(Lacking::Probe));
}

/// A record with its end, and with the number of sessions that had begun by then.
type Kept = (Record, Option<SystemTime>, usize);

/// A store with a collector, which runs whenever a session begins and takes along what will be over: a session that nobody has
/// followed never ends.
#[derive(Default)]
struct Collected {
    /// By their ids.
    records: RefCell<HashMap<String, Kept>>,
    begun: Cell<usize>,
}

impl Collected {
    fn put(&self, id: &str, record: &Record, lifetime: Option<Duration>) {
        let end = lifetime.map(|lifetime| SystemTime::now() + lifetime);
        let mut records = self.records.borrow_mut();
        let number = records.get(id).map_or(self.begun.get(), |(_, _, number)| *number);
        records.insert(id.to_owned(), (record.clone(), end, number));
    }
}

impl Store for Collected {
    type Error = Infallible;

    async fn create(
        &self,
        id: &str,
        record: &Record,
        lifetime: Option<Duration>,
    ) -> Result<bool, Infallible> {
        self.begun.set(self.begun.get() + 1);
        self.put(id, record, lifetime);
        Ok(true)
    }

    async fn load(&self, id: &str) -> Result<Option<Record>, Infallible> {
        let records = self.records.borrow();
        let found = records.get(id).filter(|(_, end, number)| {
            let is_over = end.is_some_and(|end| end <= SystemTime::now());
            !is_over || *number == self.begun.get()
        });
        Ok(found.map(|(record, _, _)| record.clone()))
    }

    async fn replace(
        &self,
        id: &str,
        record: &Record,
        lifetime: Option<Duration>,
    ) -> Result<bool, Infallible> {
        self.put(id, record, lifetime);
        Ok(true)
    }

    async fn delete(&self, id: &str) -> Result<(), Infallible> {
        self.records.borrow_mut().remove(id);
        Ok(())
    }
}

/// A backend in real time whose sessions end when others come.
#[tokio::test]
async fn an_end_that_only_others_bring_about_is_told_in_real_time() {
    let lifetime = Duration::from_secs(2);
    let modes = Modes { lifetime, browser_lifetime: Some(lifetime), ..Modes::default() };
    let stored = Stored::with_modes(Collected::default(), modes);
    let options = Options { only: Some(vec!["expiry/gone".to_owned()]), ..Options::default() };
    let report = sessionspec::run(in_process(stored), options).await.unwrap();
    let gone = report.checks.iter().find(|check| check.id == "expiry/gone").unwrap();
    assert_eq!(gone.verdict, Verdict::Fail, "{gone:?}");
    let told =
        gone.failures.iter().any(|failure| failure.reason.ends_with("-still-there-unless-others-come"));
    assert!(told, "{:?}", gone.failures);
}
