//! What a player does while the way to the store is broken: requests may fail, and may take until it is mended.

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};

use super::Player;
use super::held::Held;
use crate::backend::{Backend, BackendError, Body, CycleRequest, CycleResponse};
use crate::browser::Jar;
use crate::script::{Answer, Operation, Operations, StoreChange, StoreFault, ops};

/// The share of patience for which a request is waited for that may not be answered before the store is there again.
const SHARE: u32 = 5;

/// The item by which a session is found that is no part of the script.
const MARK: &str = "recovered";

/// How often a backend is asked whether it has found its store again.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// So many requests in a row have to be answered: each may have come to another connection that has to be made anew.
const IN_A_ROW: usize = 3;

impl Player {
    /// Whether the backend cannot reach its store.
    pub(super) fn is_out_of_reach(&self) -> bool {
        self.fault.is_some_and(|fault| !fault.lets_through())
    }

    /// Whether requests may fail, and may take until that is over: the store is out of reach, or a node is stopped.
    pub(super) fn is_disturbed(&self) -> bool {
        self.is_out_of_reach() || self.paused.is_some()
    }

    /// How long an answer is waited for now. A silent store says nothing for as long as it may: whoever waits for it has all
    /// the time that a request has.
    pub(super) fn patience_now(&self) -> Duration {
        let waits_for_all_of_it = self.fault == Some(StoreFault::Timeout);
        if self.is_disturbed() && !waits_for_all_of_it { self.patience / SHARE } else { self.patience }
    }

    /// Breaks the way to the store.
    pub(super) async fn break_store(&mut self, fault: StoreFault) {
        let backend = Rc::clone(&self.backend);
        match backend.change_store(StoreChange::Break(fault)).await {
            Ok(()) => {
                self.fault = Some(fault);
                if self.is_out_of_reach() {
                    self.was_broken = true;
                    self.held.iter().for_each(|held| {
                        self.transcript.exchanges[held.exchange].disturbed = true;
                    });
                }
            }
            Err(why) => self.transcript.not_launched = Some(why),
        }
    }

    /// Empties the store.
    ///
    /// Where a session from before is still there, it is in a cache, or another store was emptied: then nobody can say what
    /// becomes of a session whose record is gone.
    pub(super) async fn flush_store(&mut self) {
        let backend = Rc::clone(&self.backend);
        let mut jar = Jar::default();
        let begun = self.visit(&mut jar, ops::set(MARK, true)).await;
        let emptied = backend.change_store(StoreChange::Flush).await;
        let there = self.visit(&mut jar, ops::get(MARK)).await;
        if let Err(why) = emptied {
            self.transcript.not_launched = Some(why);
        } else if begun.is_some() && matches!(there, Some(Answer::Ok(_))) {
            let why = "a session is still there after its store was emptied: it is in a cache, or --flush empties another store";
            self.transcript.not_launched = Some(why.to_owned());
        }
    }

    /// One request that is no part of the script, and what its only operation answers.
    async fn visit(&self, jar: &mut Jar, op: Operation) -> Option<Answer> {
        let (origin, path) = (self.backend.origin(), self.backend.path().to_owned());
        let mut request = CycleRequest { ops: vec![op].into(), ..CycleRequest::default() };
        if let Some(cookie) = jar.header(&origin, &path, self.backend.now()) {
            request.headers.append("Cookie", cookie);
        }
        let response = timeout(self.patience, self.backend.cycle(request)).await.ok()?.ok()?;
        for cookie in response.headers.all("Set-Cookie") {
            // What browsers drop is judged elsewhere.
            let _ = jar.store(&origin, &path, cookie, self.backend.now());
        }
        match response.body {
            Body::Answers { results, .. } => results.into_iter().next(),
            Body::Other(_) => None,
        }
    }

    /// Mends the way to the store, and waits for what was not answered without it. Those that are held stay so.
    pub(super) async fn mend_store(&mut self) {
        let was_out_of_reach = self.is_out_of_reach();
        for held in &self.held {
            let is_waited_for = held.closed.is_empty() && !held.task.is_finished();
            self.transcript.exchanges[held.exchange].outlasted |= is_waited_for;
        }
        let backend = Rc::clone(&self.backend);
        let mended = backend.change_store(StoreChange::Mend).await;
        self.fault = None;
        if let Err(why) = mended {
            self.transcript.not_launched = Some(why.clone());
            self.transcript.unmended = Some(why);
        }
        let (waiting, held) = std::mem::take(&mut self.held).into_iter().partition(|held: &Held| {
            held.closed.is_empty() && self.transcript.exchanges[held.exchange].disturbed
        });
        self.held = held;
        for held in waiting {
            self.hold(held).await;
        }
        if was_out_of_reach {
            // Where it does not find its store again, the requests that follow show that.
            let _ = timeout(self.patience, has_recovered(&backend)).await;
        }
        if !backend.has_come_to_its_store() {
            let why = "the service does not come to its store at the port that it was given: let the command use {store_port}";
            self.transcript.not_launched = Some(why.to_owned());
        }
    }

    /// Sends one cycle while the store is out of reach, or a node is stopped. What is not answered soon is awaited once that is
    /// over.
    pub(super) async fn cycle_without_store(&mut self, browser: &str, ops: Operations) -> usize {
        let (exchange, request) = self.begin(browser, ops);
        self.count_at_once(1);
        let mut task = self.spawn(request);
        match timeout(self.patience_now(), &mut task).await {
            Ok(joined) => self.end(exchange, super::flatten(joined)),
            Err(_) => {
                self.keep(Held { exchange, browser: browser.to_owned(), closed: VecDeque::new(), task });
            }
        }
        exchange
    }
}

/// Ready when the backend serves sessions again: new ones are saved. Nobody sends an event when it has found its store, so
/// that it is asked again and again. These requests are no part of the script.
async fn has_recovered(backend: &Rc<dyn Backend>) {
    let mut looks = interval(LOOK_AGAIN);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut in_a_row = 0;
    while in_a_row < IN_A_ROW {
        // Only what was not served is asked for again later.
        if in_a_row == 0 {
            looks.tick().await;
        }
        let request = CycleRequest { ops: vec![ops::set(MARK, true)].into(), ..CycleRequest::default() };
        in_a_row = if is_served(&backend.cycle(request).await) { in_a_row + 1 } else { 0 };
    }
}

fn is_served(response: &Result<CycleResponse, BackendError>) -> bool {
    let Ok(CycleResponse { status, body: Body::Answers { results, save_error: None }, .. }) = response else {
        return false;
    };
    *status < 400 && results.iter().all(Answer::is_done)
}
