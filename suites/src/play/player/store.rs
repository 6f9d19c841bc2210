//! What a player does while the way to the store is broken: requests may fail, and may take until it is mended.

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};

use super::Player;
use super::held::Held;
use crate::backend::{Backend, BackendError, Body, CycleRequest, CycleResponse};
use crate::browser::Jar;
use crate::script::{Answer, Operations, StoreChange, StoreFault, ops};

/// The share of patience for which a request is waited for that may not be answered before the store is there again.
const SHARE: u32 = 5;

/// The item by which a session is found that is no part of the script.
pub(super) const MARK: &str = "recovered";

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

    /// Breaks the store, or the way to it.
    pub(super) async fn break_store(&mut self, fault: StoreFault) {
        let backend = Rc::clone(&self.backend);
        let is_by_command = fault == StoreFault::Command;
        let witness = if is_by_command { self.begin_witness().await } else { None };
        match backend.change_store(StoreChange::Break(fault)).await {
            Ok(()) => {
                self.fault = Some(fault);
                self.witness = witness;
                if self.is_out_of_reach() {
                    self.was_broken = true;
                    self.held.iter().for_each(|held| {
                        self.transcript.exchanges[held.exchange].disturbed = true;
                    });
                    if fault.ends_connections() && self.held.is_empty() {
                        self.let_it_be_noticed().await;
                    }
                }
            }
            Err(why) => {
                self.transcript.not_launched = Some(why);
                // A command that has failed may have broken something all the same, which is mended in the end.
                self.fault = is_by_command.then_some(fault).or(self.fault);
            }
        }
    }

    /// Lets the service notice that its connections have ended. Until it has, it is a matter of chance whether a request is sent
    /// on one of them and lost, or waits for another; scripts that break the store beside a request that is held ask for the
    /// former. What these requests of nobody do is no part of the script.
    ///
    /// Where one thread waits for events, whatever has come before a request is dealt with before the second one after it.
    async fn let_it_be_noticed(&self) {
        for _ in 0..IN_A_ROW {
            let nobody = &mut Jar::default();
            if timeout(self.patience_now(), self.visit(nobody, [])).await.is_err() {
                return;
            }
        }
    }

    /// Empties the store.
    ///
    /// Where a session from before is still there, it is in a cache, or another store was emptied: then nobody can say what
    /// becomes of a session whose record is gone.
    pub(super) async fn flush_store(&mut self) {
        let backend = Rc::clone(&self.backend);
        let mut jar = Jar::default();
        let begun = self.visit(&mut jar, [ops::set(MARK, true)]).await;
        let emptied = backend.change_store(StoreChange::Flush).await;
        let there = self.visit(&mut jar, [ops::get(MARK)]).await.unwrap_or_default();
        if let Err(why) = emptied {
            self.transcript.not_launched = Some(why);
        } else if begun.is_some() && matches!(there.first(), Some(Answer::Ok(_))) {
            let why = "a session is still there after its store was emptied: it is in a cache, or --flush empties another store";
            self.transcript.not_launched = Some(why.to_owned());
        }
    }

    /// Mends the store and the way to it, and waits for what was not answered without it. Those that are held stay so.
    pub(super) async fn mend_store(&mut self) {
        let was_out_of_reach = self.is_out_of_reach();
        let was_by_command = self.fault == Some(StoreFault::Command);
        self.ask_witness().await;
        for held in &self.held {
            let is_waited_for = held.closed.is_empty() && !held.task.is_finished();
            self.transcript.exchanges[held.exchange].outlasted |= is_waited_for;
        }
        let backend = Rc::clone(&self.backend);
        let mended = backend.change_store(StoreChange::Mend).await;
        self.fault = None;
        if let Err(why) = mended {
            self.transcript.not_launched.get_or_insert_with(|| why.clone());
            self.transcript.unmended = Some(why);
        }
        let (waiting, held) = std::mem::take(&mut self.held).into_iter().partition(|held: &Held| {
            held.closed.is_empty() && self.transcript.exchanges[held.exchange].disturbed
        });
        self.held = held;
        for held in waiting {
            self.wait_for(held).await;
        }
        if was_out_of_reach {
            // Where it does not find its store again, the requests that follow show that.
            let _ = timeout(self.patience, has_recovered(&backend)).await;
        }
        self.hear_witness().await;
        if was_by_command {
            self.recover_what_others_have().await;
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

/// Ready when each node of the backend serves sessions again: new ones are saved. Nobody sends an event when it has found its store, so
/// that it is asked again and again. These requests are no part of the script.
pub(super) async fn has_recovered(backend: &Rc<dyn Backend>) {
    let mut looks = interval(LOOK_AGAIN);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for node in 0..backend.nodes() {
        let mut in_a_row = 0;
        while in_a_row < IN_A_ROW {
            // Only what was not served is asked for again later.
            if in_a_row == 0 {
                looks.tick().await;
            }
            let ops = vec![ops::set(MARK, true)].into();
            let request = CycleRequest { ops, node, ..CycleRequest::default() };
            in_a_row = if is_served(&backend.cycle(request).await) { in_a_row + 1 } else { 0 };
        }
    }
}

fn is_served(response: &Result<CycleResponse, BackendError>) -> bool {
    let Ok(CycleResponse { status, body: Body::Answers { results, save_error: None }, .. }) = response else {
        return false;
    };
    *status < 400 && results.iter().all(Answer::is_done)
}
