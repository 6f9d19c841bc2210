//! The checks of a run as tasks: so many are judged at once, and their results are taken in the order of the catalogue.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, OnceCell, Semaphore};
use tokio::task::{JoinError, JoinHandle};

use super::judging::Judging;
use super::outcome::Outcome;
use super::scenarios::comes_after_isolation;
use super::timed::Timed;
use crate::backend::BackendError;
use crate::checks::Check;
use crate::report::Verdict;

/// The checks of a run that are being judged. What has not ended when this is dropped is broken off.
#[derive(Default)]
pub(super) struct Tasks(BTreeMap<&'static str, Task>);

struct Task {
    handle: JoinHandle<Ended>,
    played: Rc<Played>,
}

/// How many generated scripts of a check were played, and of how many.
#[derive(Default)]
struct Played {
    now: Cell<Option<(u32, u32)>>,
    more: Notify,
}

/// A check that has ended.
pub(super) struct Ended {
    pub(super) outcome: Outcome,
    /// How long it took from its beginning to its end. Others may have been judged at the same time.
    pub(super) took: Duration,
    /// Whether all of the check was judged.
    pub(super) is_whole: bool,
}

/// Why nothing is known of a check before time has passed; nobody is told that.
const TAKES_TIME: &str = "it takes time";

impl Tasks {
    /// Begins to judge these checks. What waits for time to pass begins first and takes no place of another.
    pub(super) fn begin(judging: &Rc<Judging>, wanted: &[Check]) -> Self {
        judging.scenarios.begin_waits(wanted);
        Self::begin_now(judging, wanted, None)
    }

    /// Begins to judge of these checks what needs no time to pass.
    pub(super) fn begin_at_once(judging: &Rc<Judging>, wanted: &[Check]) -> Self {
        let timed = Rc::new(judging.scenarios.timed());
        Self::begin_now(judging, wanted, Some(&timed))
    }

    fn begin_now(judging: &Rc<Judging>, wanted: &[Check], timed: Option<&Rc<Timed>>) -> Self {
        let is_worthwhile = wanted.iter().any(comes_after_isolation);
        let places = Rc::new(Semaphore::new(1));
        // Whether browsers are apart is looked at before anything else, since until then one script is played at a time.
        let apart: Rc<OnceCell<()>> = Rc::default();
        let task = |check: &Check| {
            let (judging, check) = (Rc::clone(judging), *check);
            let played = Rc::new(Played::default());
            let noted = Rc::clone(&played);
            let (places, apart) = (Rc::clone(&places), Rc::clone(&apart));
            let takes_a_place = timed.is_some() || !judging.scenarios.waits_in_real_time(&check);
            let timed = timed.map(Rc::clone);
            let handle = tokio::task::spawn_local(async move {
                let widen = async || places.add_permits(judging.room_for_more(is_worthwhile).await);
                apart.get_or_init(widen).await;
                // Nobody closes the semaphore.
                let _place = if takes_a_place { places.acquire().await.ok() } else { None };
                let began = Instant::now();
                let played = |cases, of| noted.note(cases, of);
                let (outcome, is_whole) = match timed {
                    None => (judging.outcome(&check, &played).await, true),
                    Some(timed) => judging.at_once(&check, &timed, &played).await.unwrap_or_else(|| {
                        (Outcome::without_evidence(Verdict::Unverified, TAKES_TIME.to_owned()), false)
                    }),
                };
                Ended { outcome, took: began.elapsed(), is_whole }
            });
            (check.id, Task { handle, played })
        };
        Self(wanted.iter().map(task).collect())
    }

    /// What became of this check, when it has ended; meanwhile it says how many scripts were played.
    pub(super) async fn end_of(&mut self, check: &Check, played: &dyn Fn(u32, u32)) -> Ended {
        let Some(Task { handle, played: noted }) = self.0.get_mut(check.id) else {
            return Ended::by_own_fault("the check was never begun");
        };
        loop {
            tokio::select! {
                ended = &mut *handle => return Ended::of(ended),
                () = noted.more.notified() => {
                    if let Some((cases, of)) = noted.now.get() {
                        played(cases, of);
                    }
                }
            }
        }
    }

    /// What became of this check, if it has ended by now.
    pub(super) async fn ended(&mut self, check: &Check) -> Option<Ended> {
        let mut task = self.0.remove(check.id).filter(|task| task.handle.is_finished())?;
        Some(Ended::of((&mut task.handle).await))
    }
}

impl Ended {
    /// A panic of the suite itself goes on here.
    fn of(ended: Result<Self, JoinError>) -> Self {
        ended.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(error) => Self::by_own_fault(&error.to_string()),
        })
    }

    fn by_own_fault(why: &str) -> Self {
        let fault = BackendError::Internal(why.to_owned());
        let outcome = Outcome::without_evidence(Verdict::Error, fault.to_string());
        Self { outcome, took: Duration::ZERO, is_whole: true }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.handle.abort();
    }
}

impl Played {
    fn note(&self, cases: u32, of: u32) {
        self.now.set(Some((cases, of)));
        self.more.notify_one();
    }
}
