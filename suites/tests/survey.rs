//! The survey finds the reference to be what it was set to, and says which claims that bears out.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use sessionspec::backend::in_process;
use sessionspec::backend::{Backend, BackendError, Body, CycleRequest, CycleResponse, LocalBoxFuture};
use sessionspec::engine::script::{Answer, Operation};
use sessionspec::engine::survey::Survey;
use sessionspec::engine::survey::{
    AtOnce, Attribute, Emptied, Expiry, Modified, Nested, New, OnError, Permanent, ResentWhenOlder, Store,
    UNTOLD,
};
use sessionspec::reference::{Description, Memory, Modes};

async fn surveyed(modes: Modes) -> Survey {
    let backend = in_process(Memory::new(modes));
    Survey::of(backend, Duration::from_secs(10)).await.expect("the reference answers")
}

/// The oracle is the reference in these modes: what they say wrongly would be expected of the backend.
#[tokio::test]
async fn what_is_observed_leads_back_to_the_modes() {
    let plain = Modes::default();
    for set in [
        plain.clone(),
        Modes { modified: Modified::Always, ..plain.clone() },
        Modes { new: New::Constant, ..plain.clone() },
        Modes { new: New::OnceChanged, ..plain.clone() },
        Modes { permanent: Permanent::Attribute, ..plain.clone() },
        Modes { permanent: Permanent::ClearedAttribute, ..plain.clone() },
        Modes { permanent_default: true, ..plain.clone() },
        Modes { nested: Nested::Tracked, ..plain.clone() },
        Modes { write_back: true, ..plain.clone() },
        Modes { emptied: Emptied::Kept, ..plain.clone() },
    ] {
        let found = surveyed(set.clone()).await.modes();
        // Whoever is always modified also writes back whatever was changed.
        let write_back = set.write_back || set.modified == Modified::Always;
        assert_eq!(found, Modes { write_back, ..set });
    }
}

#[tokio::test]
async fn whether_use_prolongs_a_session_is_observed_on_virtual_time() {
    let plain = Modes::default();
    for (modes, expected) in [
        (plain.clone(), Expiry::Writes),
        (Modes { modified: Modified::Always, ..plain.clone() }, Expiry::Sliding),
        (Modes { write_back: true, ..plain.clone() }, Expiry::Sliding),
        // With a second of grace, half of that time does not tell.
        (Modes { lifetime: Duration::from_secs(3), write_back: true, ..plain.clone() }, Expiry::Unknown),
    ] {
        let survey = surveyed(modes).await;
        assert_eq!(survey.expiry, expected);
        assert_eq!(survey.bears_out("expiry", "sliding"), None, "a check of its own judges it");
    }
}

#[tokio::test]
async fn a_claim_is_borne_out_by_what_was_observed_and_by_nothing_else() {
    let plain = surveyed(Modes::default()).await;
    let modified = |modified| Survey { modified, ..plain.clone() };
    let new = |new| Survey { new, ..plain.clone() };
    let permanent = |permanent| Survey { permanent, ..plain.clone() };
    let nested = |nested| Survey { nested, ..plain.clone() };
    let store = |store| Survey { store, ..plain.clone() };
    let emptied = |emptied| Survey { emptied, ..plain.clone() };
    let on_error = |on_error| Survey { on_error, ..plain.clone() };
    let yes = Some(true);
    let no = Some(false);
    for (survey, claim, declared, expected) in [
        (modified(Attribute::Observed(Modified::Always)), "modified", ["always", "tracked"], [yes, no]),
        (modified(Attribute::Observed(Modified::Tracked)), "modified", ["always", "tracked"], [no, yes]),
        (modified(Attribute::Derived), "modified", ["always", "tracked"], [None, None]),
        (modified(Attribute::Missing), "modified", ["always", "tracked"], [None, None]),
        (new(Attribute::Observed(New::Real)), "new", ["real", "constant"], [yes, no]),
        (new(Attribute::Observed(New::Constant)), "new", ["real", "constant"], [no, yes]),
        (new(Attribute::Observed(New::OnceChanged)), "new", ["real", "constant"], [no, no]),
        (new(Attribute::Derived), "new", ["real", "constant"], [None, None]),
        (permanent(Attribute::Observed(Permanent::InData)), "permanent", ["in-data", "attribute"], [yes, no]),
        (
            permanent(Attribute::Observed(Permanent::KeptInData)),
            "permanent",
            ["in-data", "attribute"],
            [yes, no],
        ),
        // A hidden key in the data cannot be told from an attribute.
        (
            permanent(Attribute::Observed(Permanent::Attribute)),
            "permanent",
            ["in-data", "attribute"],
            [None, yes],
        ),
        (
            permanent(Attribute::Observed(Permanent::ClearedAttribute)),
            "permanent",
            ["in-data", "attribute"],
            [None, yes],
        ),
        (
            permanent(Attribute::Observed(Permanent::PerResponse)),
            "permanent",
            ["in-data", "attribute"],
            [no, no],
        ),
        (permanent(Attribute::Missing), "permanent", ["in-data", "attribute"], [None, None]),
        (nested(Nested::Tracked), "nested", ["tracked", "untracked"], [yes, no]),
        (nested(Nested::Untracked), "nested", ["tracked", "untracked"], [no, yes]),
        (nested(Nested::Copies), "nested", ["tracked", "untracked"], [no, yes]),
        (nested(Nested::WrittenBack), "nested", ["tracked", "untracked"], [None, None]),
        (nested(Nested::Unsupported), "nested", ["tracked", "untracked"], [None, None]),
        (store(Store::Server), "store", ["server", "client"], [yes, no]),
        (store(Store::Client), "store", ["server", "client"], [no, yes]),
        (store(Store::Unknown), "store", ["server", "client"], [None, None]),
        (emptied(Emptied::Removed), "empty", ["removed", "kept"], [yes, no]),
        (emptied(Emptied::Kept), "empty", ["removed", "kept"], [no, yes]),
        (on_error(OnError::Saved), "on_error", ["saved", "discarded"], [yes, no]),
        (on_error(OnError::Discarded), "on_error", ["saved", "discarded"], [no, yes]),
        (on_error(OnError::Unknown), "on_error", ["saved", "discarded"], [None, None]),
        // What the survey does not look at it cannot refute.
        (plain.clone(), "expiry", ["sliding", "absolute"], [None, None]),
    ] {
        let found = declared.map(|declared| survey.bears_out(claim, declared));
        assert_eq!(found, expected, "{claim}: {declared:?}");
    }
}

/// The reference behind a probe that lacks one operation.
struct Lacking {
    inner: Rc<dyn Backend>,
    is_lacking: fn(&Operation) -> bool,
}

impl Backend for Lacking {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.inner.describe()
    }

    fn cycle(&self, mut request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        let lacking: Vec<usize> =
            (0..request.ops.len()).filter(|op| (self.is_lacking)(&request.ops[*op])).collect();
        request.ops.retain(|op| !(self.is_lacking)(op));
        Box::pin(async move {
            let mut response = self.inner.cycle(request).await?;
            if let Body::Answers { results, .. } = &mut response.body {
                lacking.into_iter().for_each(|op| results.insert(op, Answer::Unsupported));
            }
            Ok(response)
        })
    }
}

async fn surveyed_without(is_lacking: fn(&Operation) -> bool) -> Survey {
    let backend = Lacking { inner: in_process(Memory::default()), is_lacking };
    Survey::of(Rc::new(backend), Duration::from_secs(10)).await.expect("the reference answers")
}

/// Else a claim would be refuted that nobody could look into.
#[tokio::test]
async fn what_the_probe_cannot_do_shows_nothing() {
    let survey = surveyed_without(|op| matches!(op, Operation::Raise)).await;
    assert_eq!(survey.on_error, OnError::Unknown);
    let survey = surveyed_without(|op| matches!(op, Operation::Hold { .. })).await;
    assert_eq!(survey.at_once, AtOnce::Unknown);
    let survey = surveyed_without(|op| matches!(op, Operation::SetIn { .. })).await;
    assert_eq!((survey.nested, survey.unsupported), (Nested::Unsupported, vec!["set_in".to_owned()]));
    let survey = surveyed_without(|_| false).await;
    assert_eq!((survey.on_error, survey.at_once), (OnError::Saved, AtOnce::Many));
}

/// A backend that counts what it is asked, and never answers some of it.
struct Silent {
    inner: Rc<dyn Backend>,
    asked: Cell<u32>,
    is_silent: fn(u32, &CycleRequest) -> bool,
}

impl Backend for Silent {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.inner.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        self.asked.set(self.asked.get() + 1);
        if (self.is_silent)(self.asked.get(), &request) {
            return Box::pin(std::future::pending());
        }
        self.inner.cycle(request)
    }
}

async fn surveyed_silent(is_silent: fn(u32, &CycleRequest) -> bool) -> (Survey, u32) {
    let inner = in_process(Memory::default());
    let backend = Rc::new(Silent { inner, asked: Cell::new(0), is_silent });
    let survey = Survey::of(Rc::clone(&backend) as Rc<dyn Backend>, Duration::from_millis(20)).await;
    (survey.expect("the first contact is answered"), backend.asked.get())
}

#[tokio::test]
async fn a_backend_that_has_fallen_silent_is_not_asked_again_and_again() {
    let first_contact = 3;
    let (_, asked) = surveyed_silent(|asked, _| asked > 3).await;
    assert_eq!(asked, first_contact + 2, "one cycle, and an empty one to see whether it is only that one");
}

#[tokio::test]
async fn an_operation_that_is_never_answered_hides_nothing_else() {
    let (survey, _) = surveyed_silent(|_, request| request.ops.contains(&Operation::Regenerate)).await;
    assert_eq!(survey.modified, Attribute::Observed(Modified::Tracked));
    assert_eq!(survey.permanent, Attribute::Observed(Permanent::InData));
    assert_eq!(survey.unsupported, [""; 0]);
}

/// A backend that takes ten times as long to answer as its sessions live.
struct Slow(Rc<dyn Backend>);

const ANSWERS_TAKE: Duration = Duration::from_millis(2);

impl Backend for Slow {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        Box::pin(async {
            let lifetime_seconds = Some(ANSWERS_TAKE.as_secs_f64() / 10.0);
            let browser_lifetime_seconds = Some(lifetime_seconds);
            Ok(Description { lifetime_seconds, browser_lifetime_seconds, ..self.0.describe().await? })
        })
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async move {
            tokio::time::sleep(ANSWERS_TAKE).await;
            self.0.cycle(request).await
        })
    }
}

/// Else a session that has ended of itself would be taken for one that was removed, never saved, or discarded.
#[tokio::test]
async fn what_outlives_a_session_shows_nothing() {
    let backend = Rc::new(Slow(in_process(Memory::default())));
    let survey = Survey::of(backend, Duration::from_secs(10)).await.expect("the reference answers");
    let untold: Vec<&str> =
        survey.capabilities().iter().filter(|row| row.observed == UNTOLD).map(|row| row.name).collect();
    assert_eq!(
        untold,
        [
            "modified",
            "permanent",
            "nested",
            "store",
            "empty",
            "on_error",
            "on 404",
            "on 500",
            "cookie re-sent",
            "numbers",
            "concurrency",
            "unsaved changes",
            "rotation over end",
            "two rotations",
        ]
    );
    assert_eq!(survey.on_error, OnError::Unknown);
    assert_eq!(survey.bears_out("modified", "always"), None, "nothing was observed that could refute it");
    assert_eq!(survey.resent_when_older(), ResentWhenOlder::Unknown, "no session lives as long");
}

#[tokio::test]
async fn whether_an_older_cookie_is_sent_again_is_observed_on_virtual_time() {
    let always = Modes { modified: Modified::Always, ..Modes::default() };
    for (modes, expected) in [
        (Modes::default(), ResentWhenOlder::No),
        (Modes { lifetime: Duration::from_secs(3), ..Modes::default() }, ResentWhenOlder::Unknown),
    ] {
        assert_eq!(surveyed(modes).await.resent_when_older(), expected);
    }
    assert!(!surveyed(always).await.goes_by_age());
}
