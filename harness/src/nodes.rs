//! A service that runs as several nodes: each request goes to the one that it names.

use std::rc::Rc;
use std::time::{Duration, SystemTime};

use sessionspec::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture};
use sessionspec::engine::browser::Origin;
use sessionspec::engine::script::{Ending, Processes, StoreChange, StoreControl};
use sessionspec::reference::Description;

/// A service on several nodes. Whatever is asked of the service as a whole is asked of the first.
pub struct Nodes {
    first: Rc<dyn Backend>,
    others: Vec<Rc<dyn Backend>>,
}

impl Nodes {
    /// The service whose first node this is, with others beside it.
    #[must_use]
    pub fn new(first: Rc<dyn Backend>, others: Vec<Rc<dyn Backend>>) -> Self {
        Self { first, others }
    }

    fn of(&self, node: usize) -> Option<&Rc<dyn Backend>> {
        node.checked_sub(1).map_or(Some(&self.first), |other| self.others.get(other))
    }
}

impl Backend for Nodes {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.first.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        match self.of(request.node) {
            Some(node) => node.cycle(CycleRequest { node: 0, ..request }),
            None => {
                let fault = BackendError::Internal(format!("there is no node {}", request.node + 1));
                Box::pin(std::future::ready(Err(fault)))
            }
        }
    }

    fn origin(&self) -> Origin {
        self.first.origin()
    }

    fn path(&self) -> &str {
        self.first.path()
    }

    fn now(&self) -> SystemTime {
        self.first.now()
    }

    fn wait(&self, duration: Duration) -> LocalBoxFuture<'_, ()> {
        self.first.wait(duration)
    }

    fn lost_connections(&self) -> usize {
        let others = self.others.iter().map(|node| node.lost_connections());
        self.first.lost_connections() + others.sum::<usize>()
    }

    fn nodes(&self) -> usize {
        1 + self.others.len()
    }

    fn restarts(&self) -> bool {
        self.first.restarts()
    }

    fn moves_clocks(&self) -> bool {
        self.first.moves_clocks()
    }

    fn pause(&self, node: usize, is_paused: bool) -> LocalBoxFuture<'_, Result<(), String>> {
        self.first.pause(node, is_paused)
    }

    fn apart(&self, wanted: Processes) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        self.first.apart(wanted)
    }

    fn store_control(&self) -> StoreControl {
        self.first.store_control()
    }

    fn has_come_to_its_store(&self) -> bool {
        self.first.has_come_to_its_store()
    }

    fn change_store(&self, change: StoreChange) -> LocalBoxFuture<'_, Result<(), String>> {
        self.first.change_store(change)
    }

    fn restart<'a>(&'a self, by: Ending, let_go: &'a dyn Fn()) -> LocalBoxFuture<'a, Result<(), String>> {
        self.first.restart(by, let_go)
    }

    fn takes_lifetimes(&self) -> bool {
        self.first.takes_lifetimes()
    }

    fn with_lifetime(&self, seconds: f64) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        self.first.with_lifetime(seconds)
    }
}
