//! A service that runs as several nodes: each request goes to the one that it names.

use std::rc::Rc;

use sessionspec::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture};
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
    fn inner(&self) -> Option<&dyn Backend> {
        Some(&*self.first)
    }

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

    fn lost_connections(&self) -> usize {
        let others = self.others.iter().map(|node| node.lost_connections());
        self.first.lost_connections() + others.sum::<usize>()
    }

    fn nodes(&self) -> usize {
        1 + self.others.len()
    }
}
