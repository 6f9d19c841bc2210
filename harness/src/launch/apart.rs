//! A process of the service that one script at a time has to itself, and may end and start again.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use sessionspec::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture};
use sessionspec::engine::browser::Origin;
use sessionspec::engine::script::{Ending, StoreChange, StoreControl};
use sessionspec::reference::Description;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{Launched, Recipe, StoreOfService};
use crate::http::HttpBackend;

/// Where the process is kept from one script to the next.
pub(super) type Place = Arc<Mutex<Option<Launched>>>;

/// The process, for whoever has it now.
pub(super) struct Apart {
    place: RefCell<OwnedMutexGuard<Option<Launched>>>,
    http: RefCell<Rc<HttpBackend>>,
    recipe: Recipe,
    lifetime: f64,
    path: String,
    /// Whether the way to its store was broken: what such a process has kept of that is nothing for others.
    was_broken: Cell<bool>,
}

impl Apart {
    /// Waits until nobody else has the process, and starts it where it does not run.
    ///
    /// # Errors
    ///
    /// Where it does not start.
    pub(super) async fn of(
        place: &Place,
        beside: &HttpBackend,
        recipe: &Recipe,
        lifetime: f64,
    ) -> Result<Self, String> {
        let mut place = Arc::clone(place).lock_owned().await;
        let running = match place.take() {
            Some(running) => running,
            // What it says about that differs from run to run, by its port at least.
            None => recipe.start(lifetime).await.map_err(|_| "a second process does not start".to_owned())?,
        };
        let http = beside.beside(running.address().port()).map_err(|error| error.to_string())?;
        *place = Some(running);
        Ok(Self {
            place: RefCell::new(place),
            path: http.path().to_owned(),
            http: RefCell::new(Rc::new(http)),
            recipe: recipe.clone(),
            lifetime,
            was_broken: Cell::new(false),
        })
    }

    async fn change(&self, change: StoreChange) -> Result<(), String> {
        let proxy = self.place.borrow().as_ref().and_then(Launched::proxy).cloned();
        match (proxy, &self.recipe.store) {
            (Some(proxy), Some(store)) => {
                self.was_broken.set(true);
                store.change(&proxy, change).await
            }
            _ => Err("nobody stands between this service and its store".to_owned()),
        }
    }

    fn http(&self) -> Rc<HttpBackend> {
        Rc::clone(&self.http.borrow())
    }

    async fn end_and_start(&self, by: Ending, let_go: &dyn Fn()) -> Result<(), String> {
        let running = self.place.borrow_mut().take();
        match (running, by) {
            (Some(running), Ending::Term) => {
                running.stop_after(let_go).await;
            }
            (Some(running), Ending::Kill) => running.kill(let_go).await,
            (None, _) => let_go(),
        }
        let started = self.recipe.start(self.lifetime).await;
        let started = started.map_err(|_| "the service does not start again".to_owned())?;
        let http = self.http().beside(started.address().port()).map_err(|error| error.to_string())?;
        self.http.replace(Rc::new(http));
        **self.place.borrow_mut() = Some(started);
        Ok(())
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        if self.was_broken.get() {
            // The next script starts another one. This one is killed.
            drop(self.place.borrow_mut().take());
        }
    }
}

impl Backend for Apart {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        let http = self.http();
        Box::pin(async move { http.describe().await })
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        let http = self.http();
        Box::pin(async move { http.cycle(request).await })
    }

    fn origin(&self) -> Origin {
        self.http().origin()
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn lost_connections(&self) -> usize {
        self.http().lost_connections()
    }

    fn restarts(&self) -> bool {
        true
    }

    fn store_control(&self) -> StoreControl {
        self.recipe.store.as_ref().map(StoreOfService::control).unwrap_or_default()
    }

    fn has_come_to_its_store(&self) -> bool {
        let place = self.place.borrow();
        place.as_ref().and_then(Launched::proxy).is_none_or(|proxy| proxy.is_used())
    }

    fn change_store(&self, change: StoreChange) -> LocalBoxFuture<'_, Result<(), String>> {
        Box::pin(self.change(change))
    }

    fn restart<'a>(&'a self, by: Ending, let_go: &'a dyn Fn()) -> LocalBoxFuture<'a, Result<(), String>> {
        Box::pin(self.end_and_start(by, let_go))
    }
}
