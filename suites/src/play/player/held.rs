//! Here requests are held and released: cycles that wait at a gate, and cycles for which the script does not wait.

use std::collections::VecDeque;
use std::rc::Rc;

use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{Player, flatten};
use crate::backend::{BackendError, CycleResponse, Gate};
use crate::play::Outcome;
use crate::script::{Ending, Operation, Operations};

/// A cycle that waits at its gate, or has not reached it yet.
pub(super) struct Held {
    pub(super) exchange: usize,
    pub(super) browser: String,
    /// The gates at which it has still to wait, in their order. A cycle without any is one that the script does not
    /// wait for, or one whose gates are all open.
    pub(super) closed: VecDeque<(String, Gate)>,
    pub(super) task: JoinHandle<Result<CycleResponse, BackendError>>,
}

impl Held {
    fn waits_at(&self, gate: &str) -> bool {
        self.closed.front().is_some_and(|(name, _)| name == gate)
    }

    pub(super) fn open_all(&self) {
        self.closed.iter().for_each(|(_, gate)| gate.open());
    }
}

/// Which of these have ended although their gates are closed.
pub(super) fn ended(held: &[Held]) -> Vec<usize> {
    let has_ended = |held: &&Held| !held.closed.is_empty() && held.task.is_finished();
    held.iter().filter(has_ended).map(|held| held.exchange).collect()
}

impl Player {
    /// Whether a cycle waits at this gate.
    #[must_use]
    pub fn is_held(&self, gate: &str) -> bool {
        self.held.iter().any(|held| held.waits_at(gate))
    }

    /// Opens a gate to all cycles that wait at it, and waits until each was answered or has come to its next gate.
    pub async fn release(&mut self, gate: &str) {
        let (mut released, held): (Vec<Held>, _) =
            std::mem::take(&mut self.held).into_iter().partition(|held| held.waits_at(gate));
        self.held = held;
        let early = ended(&released);
        for held in &mut released {
            if let Some((_, gate)) = held.closed.pop_front() {
                gate.open();
            }
        }
        let browsers: Vec<String> = released.iter().map(|held| held.browser.clone()).collect();
        for held in released {
            self.wait_for(held).await;
        }
        self.note_early(&early);
        for browser in browsers {
            self.await_started(&browser).await;
        }
    }

    /// Ends the process of the backend and starts it again. What was held, or not waited for, is answered or cut off.
    pub(super) async fn restart(&mut self, by: Ending) {
        let mut interrupted = std::mem::take(&mut self.held);
        let backend = Rc::clone(&self.backend);
        let restarted = backend.restart(by, &|| interrupted.iter().for_each(Held::open_all)).await;
        // It may be at another port now.
        self.origin = backend.origin();
        interrupted.iter().for_each(Held::open_all);
        for held in &mut interrupted {
            held.closed.clear();
            self.transcript.exchanges[held.exchange].interrupted = true;
        }
        for held in interrupted {
            self.wait_for(held).await;
        }
        if let Err(why) = restarted {
            self.transcript.not_launched = Some(why);
        }
    }

    /// Whether any request waits at a gate.
    fn holds_any(&self) -> bool {
        self.held.iter().any(|held| !held.closed.is_empty())
    }

    /// Takes down which of these, which had ended before they were released, have been answered by the handler.
    pub(super) fn note_early(&mut self, ended: &[usize]) {
        let is_answered =
            |at: &usize| matches!(self.transcript.exchanges[*at].outcome, Outcome::Answered { .. });
        self.transcript.left_early |= ended.iter().any(is_answered);
    }

    /// Waits for the requests of this browser that the script did not wait for, once no other request of it is held.
    async fn await_started(&mut self, browser: &str) {
        let is_of_browser = |held: &Held| held.browser == browser;
        if self.held.iter().any(|held| is_of_browser(held) && !held.closed.is_empty()) {
            return;
        }
        let (started, held) = std::mem::take(&mut self.held).into_iter().partition(is_of_browser);
        self.held = held;
        for started in started {
            self.wait_for(started).await;
        }
    }

    /// Sends one cycle and waits for nothing.
    pub(super) fn start(&mut self, browser: &str, ops: Operations) {
        let held = self.spawn_held(browser, ops);
        self.held.push(held);
    }

    /// Waits until the cycle was answered, or has come to the first of its gates that is closed, if any is.
    pub(super) async fn wait_for(&mut self, mut held: Held) {
        let next = held.closed.front().map(|(_, gate)| gate.clone());
        let arrived_or_answered = async {
            let arrived = async {
                match &next {
                    Some(gate) => gate.arrival().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = arrived => None,
                joined = &mut held.task => Some(joined),
            }
        };
        match timeout(self.patience_now(), arrived_or_answered).await {
            Ok(Some(joined)) => self.end(held.exchange, flatten(joined)),
            Ok(None) => {
                self.keep(held);
                self.count_at_once(0);
            }
            // A cycle that has not come to its gate in time is not held any more. Its answer is awaited until the
            // script ends.
            Err(_) if !held.closed.is_empty() => {
                self.transcript.exchanges[held.exchange].came_late = true;
                self.transcript.held_late |= !self.is_disturbed() && !self.holds_any();
                held.open_all();
                self.keep(Held { closed: VecDeque::new(), ..held });
            }
            // Its answer is awaited once the store can be reached again.
            Err(_) if self.is_disturbed() => self.keep(held),
            // It stays without an answer, as it has been since it began.
            Err(_) => {
                held.task.abort();
                if self.transcript.exchanges[held.exchange].interrupted {
                    self.end(held.exchange, Err(BackendError::Dropped));
                }
            }
        }
    }

    /// Keeps a cycle. They stay in the order in which they began, so that their answers are taken in that order.
    pub(super) fn keep(&mut self, held: Held) {
        self.held.push(held);
        self.held.sort_by_key(|held| held.exchange);
    }

    /// Notes how many requests are at work: those that are held, and so many more.
    pub(super) fn count_at_once(&mut self, more: usize) {
        let held = self.held.iter().filter(|held| !held.closed.is_empty()).count();
        self.transcript.at_once = self.transcript.at_once.max(held + more);
    }

    /// Sends one cycle, with its gates closed.
    pub(super) fn spawn_held(&mut self, browser: &str, ops: Operations) -> Held {
        let (exchange, request) = self.begin(browser, ops);
        let mut closed: VecDeque<(String, Gate)> = VecDeque::new();
        for op in &request.ops {
            if let Operation::Hold { gate } = op
                && !closed.iter().any(|(name, _)| name == gate)
            {
                closed.push_back((gate.clone(), request.gates[gate].clone()));
            }
        }
        let task = self.spawn(request);
        Held { exchange, browser: browser.to_owned(), closed, task }
    }
}
