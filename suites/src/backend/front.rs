//! What stands in front of a service, as far as it shows: it refuses requests before any session is opened, it wants less
//! of them, and the application beside the session has cookies of its own.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep, sleep_until};

use super::{BackendError, Body, CycleResponse, Foreign};
use crate::browser::parse_cookie_date;
use crate::script::Operation;

/// The status of a request that came too soon after others.
pub(crate) const TOO_MANY: u16 = 429;

/// From so many of these on, requests are sent more slowly.
const PATIENT_UNTIL: usize = 3;

/// How long is waited between requests at first, and at most. It doubles with each that came too soon all the same.
const GAPS: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(1)];

/// How long is waited at most because a response asks for it, and in a whole run.
const WAITS: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(30)];

/// After so many requests that did not come too soon, the pause between them is halved.
const CALM: usize = 20;

/// After so many refusals without anything else in between, nobody expects another answer.
const SHUT: usize = 25;

/// Whether a response with this status, and without the answers of the handler, refuses the request.
pub(crate) fn is_refusal(status: u16) -> bool {
    (400..500).contains(&status)
}

/// Whether it says nothing of a session, whatever the request was: somebody in front of the handler has refused it.
pub(crate) fn is_refusal_in_front(status: u16) -> bool {
    matches!(status, 401 | 403 | 404 | 405 | 407 | TOO_MANY)
}

/// The header field in which a probe names the process that answers.
const PROCESS: &str = "Sessionspec-Process";

/// So many processes are told apart.
const MOST_PROCESSES: usize = 64;

/// What is known of it, by everybody who asks the service.
#[derive(Debug, Default)]
pub(crate) struct Front {
    refused: RefCell<BTreeMap<u16, usize>>,
    /// What was refused, in front or not, or has failed since somebody looked.
    latest: RefCell<Vec<Disturbed>>,
    in_a_row: Cell<usize>,
    gap: Cell<Option<Duration>>,
    /// How many requests in a row did not come too soon.
    calm: Cell<usize>,
    is_slowed: Cell<bool>,
    not_before: Cell<Option<Instant>>,
    waited: Cell<Duration>,
    foreign: RefCell<Foreign>,
    /// The processes that have answered, as the probe names them.
    processes: RefCell<BTreeSet<Vec<u8>>>,
    /// What stands in front of the service beside.
    beside: OnceCell<Rc<Front>>,
}

/// A request that was refused in front of the backend, or that has failed although nothing had asked for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Disturbed {
    /// The status of the response; none where there was none.
    pub(crate) status: Option<u16>,
    /// The operations of the cycle.
    ops: Vec<&'static str>,
}

impl Front {
    /// Nothing is known yet but the names of the session's cookies, where there are some.
    pub(crate) fn of_session_cookies(names: &[String]) -> Self {
        let front = Self::default();
        if !names.is_empty() {
            front.set_foreign(Foreign::AllBut(names.iter().map(|name| name.clone().into_bytes()).collect()));
        }
        front
    }

    /// What stands in front of the service beside.
    pub(crate) fn beside(&self) -> Rc<Front> {
        Rc::clone(self.beside.get_or_init(Rc::default))
    }

    /// How many requests were refused, by the status of the response.
    pub(crate) fn refused(&self) -> BTreeMap<u16, usize> {
        self.refused.borrow().clone()
    }

    /// Whether requests are sent more slowly than they could be.
    pub(crate) fn is_slowed(&self) -> bool {
        self.is_slowed.get()
    }

    /// What was refused or has failed since this was asked last.
    pub(crate) fn take_latest(&self) -> Vec<Disturbed> {
        self.latest.take()
    }

    /// Why nothing more is asked, where everything is refused by now.
    pub(crate) fn shut(&self) -> Option<String> {
        let counts = self.refused();
        (self.in_a_row.get() >= SHUT)
            .then(|| format!("the service has refused the last {SHUT} requests, of {} in all", told(&counts)))
    }

    /// How many processes have answered, as far as the probe names them.
    pub(crate) fn processes(&self) -> usize {
        self.processes.borrow().len()
    }

    /// Which cookies are known to be no part of the session.
    pub(super) fn foreign(&self) -> Foreign {
        self.foreign.borrow().clone()
    }

    /// Says which cookies are no part of the session.
    pub(crate) fn set_foreign(&self, foreign: Foreign) {
        self.foreign.replace(foreign);
    }

    /// Takes down what came of a cycle with these operations.
    pub(super) fn note(
        &self,
        ops: &[Operation],
        response: &Result<CycleResponse, BackendError>,
        now: SystemTime,
    ) {
        if let Ok(response) = response {
            let mut processes = self.processes.borrow_mut();
            let has_room = processes.len() < MOST_PROCESSES;
            let named = response.headers.all(PROCESS).next().filter(|_| has_room);
            processes.extend(named.map(<[u8]>::to_vec));
        }
        let status = match response {
            Ok(CycleResponse { status, body: Body::Other(_), .. }) => Some(*status),
            Err(BackendError::CutOff(_) | BackendError::Dropped) => None,
            _ => return self.note_answer(),
        };
        let is_asked_for = |status| ops.contains(&Operation::Respond { status });
        let is_failure = |status: u16| is_refusal(status) || status >= 500;
        let is_unasked = status.is_none_or(|status| is_failure(status) && !is_asked_for(status));
        let has_failed = !ops.contains(&Operation::Raise) && is_unasked;
        let refused = status.filter(|status| is_refusal_in_front(*status) && !is_asked_for(*status));
        if has_failed || refused.is_some() {
            let ops = ops.iter().map(Operation::name).collect();
            self.latest.borrow_mut().push(Disturbed { status, ops });
        }
        let Some(status) = refused else { return self.note_answer() };
        self.in_a_row.set(self.in_a_row.get() + 1);
        *self.refused.borrow_mut().entry(status).or_default() += 1;
        if status == TOO_MANY && self.refused.borrow()[&TOO_MANY] >= PATIENT_UNTIL {
            let asked = response.as_ref().ok().and_then(|response| retry_after(response, now));
            self.slow_down(asked.unwrap_or_default());
        }
    }

    /// Takes down a request that nobody has refused.
    fn note_answer(&self) {
        self.in_a_row.set(0);
        self.calm.set(self.calm.get() + 1);
        if self.calm.get().is_multiple_of(CALM) {
            self.gap.set(self.gap.get().map(|gap| gap / 2).filter(|gap| *gap >= GAPS[0]));
        }
    }

    /// Leaves more time between requests, and as much as is asked for, within bounds, before the next one.
    fn slow_down(&self, asked: Duration) {
        let [first, most] = GAPS;
        self.gap.set(Some(self.gap.get().map_or(first, |gap| (2 * gap).min(most))));
        self.is_slowed.set(true);
        self.calm.set(0);
        let [longest, in_all] = WAITS;
        let wait = asked.min(longest).min(in_all.saturating_sub(self.waited.get()));
        self.waited.set(self.waited.get() + wait);
        self.not_before.set(Some(Instant::now() + wait));
    }

    /// Waits until the next request may be sent.
    pub(super) async fn breathe(&self) {
        if let Some(moment) = self.not_before.get() {
            sleep_until(moment).await;
        }
        if let Some(gap) = self.gap.get() {
            sleep(gap).await;
        }
    }
}

/// How many requests were refused with which status, in words.
pub(crate) fn told(refused: &BTreeMap<u16, usize>) -> String {
    let each = refused.iter().map(|(status, count)| format!("{count} with {status}"));
    each.collect::<Vec<_>>().join(", ")
}

/// How long the response asks to wait: so many seconds, or until a date (RFC 9110, section 10.2.3).
fn retry_after(response: &CycleResponse, now: SystemTime) -> Option<Duration> {
    let value = response.headers.all("Retry-After").next()?;
    match std::str::from_utf8(value).ok()?.trim().parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => parse_cookie_date(value).ok()?.duration_since(now).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sessionspec_reference::http::Headers;

    fn response(status: u16, retry_after: Option<&str>) -> Result<CycleResponse, BackendError> {
        let mut headers = Headers::default();
        if let Some(value) = retry_after {
            headers.append("Retry-After", value);
        }
        Ok(CycleResponse { status, headers, body: Body::Other(String::new()) })
    }

    #[tokio::test(start_paused = true)]
    async fn from_the_third_on_requests_are_sent_more_slowly_and_no_longer_than_is_bearable() {
        let (front, now) = (Front::default(), SystemTime::now());
        let pause = async || {
            let before = Instant::now();
            front.breathe().await;
            before.elapsed()
        };
        for _ in 0..2 {
            front.note(&[], &response(TOO_MANY, Some("2")), now);
            assert!(!front.is_slowed() && pause().await.is_zero());
        }
        front.note(&[], &response(TOO_MANY, Some("2")), now);
        assert!(front.is_slowed());
        let asked = pause().await;
        assert!(asked >= Duration::from_secs(2) && asked < Duration::from_secs(3), "{asked:?}");
        // An hour is nobody's pause, and a run has a bound, too.
        for _ in 0..100 {
            front.note(&[], &response(TOO_MANY, Some("3600")), now);
        }
        let asked = pause().await;
        assert!(asked <= WAITS[0] + GAPS[1], "{asked:?}");
        front.note(&[], &response(TOO_MANY, Some("3600")), now);
        assert!(pause().await <= GAPS[1] + Duration::from_millis(10));
        // Whoever is not refused any more goes on as before.
        for _ in 0..10 * CALM {
            front.note(&[], &response(200, None), now);
        }
        assert!(pause().await.is_zero() && front.is_slowed());
    }

    #[test]
    fn a_wait_is_told_in_seconds_or_by_a_date() {
        let now = SystemTime::UNIX_EPOCH;
        let asked = |value| retry_after(&response(TOO_MANY, Some(value)).unwrap(), now);
        assert_eq!(asked(" 7 "), Some(Duration::from_secs(7)));
        assert_eq!(asked("Thu, 01 Jan 1970 00:00:09 GMT"), Some(Duration::from_secs(9)));
        assert_eq!(asked("soon"), None);
        assert_eq!(asked("-1"), None);
    }

    #[test]
    fn what_was_asked_for_is_no_refusal() {
        let (front, now) = (Front::default(), SystemTime::now());
        front.note(&[Operation::Respond { status: 404 }], &response(404, None), now);
        front.note(&[Operation::Raise], &response(500, None), now);
        assert_eq!(front.take_latest(), []);
        front.note(&[], &response(500, None), now);
        front.note(&[], &Err(BackendError::Dropped), now);
        let failed = [Some(500), None].map(|status| Disturbed { status, ops: Vec::new() });
        assert_eq!(front.take_latest(), failed);
        // What the framework refuses is looked at again, and what the handler did not choose.
        front.note(&[], &response(400, None), now);
        front.note(&[Operation::Respond { status: 404 }], &response(500, None), now);
        assert_eq!(front.take_latest().len(), 2);
        assert!(front.refused().is_empty());
        front.note(&[], &response(404, None), now);
        assert_eq!(front.refused(), BTreeMap::from([(404, 1)]));
        assert_eq!(front.shut(), None);
        for _ in 0..SHUT {
            front.note(&[], &response(403, None), now);
        }
        assert!(front.shut().is_some_and(|why| why.ends_with("25 with 403, 1 with 404 in all")));
    }
}
