//! Processes of the service that one script at a time has to itself, and may end, start again and stop where they are.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use sessionspec::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture};
use sessionspec::engine::browser::Origin;
use sessionspec::engine::script::{Ending, Processes, StoreChange, StoreControl};
use sessionspec::reference::Description;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{Launched, Recipe, StoreOfService, clock};
use crate::http::HttpBackend;

/// Where the processes are kept from one script to the next.
pub(super) type Place = Arc<Mutex<Option<Group>>>;

/// The lifetime of permanent sessions on processes that a script has to itself, in seconds, unless it waits for the end of a
/// session. With a short lifetime none would outlast clocks that differ, or a restart on a slow machine.
const LONG_LIFETIME: f64 = 86_400.0;

/// Processes that run.
pub(super) struct Group {
    wanted: Processes,
    /// How often the store had been broken by a command when they were started.
    times_broken: u64,
    pub(super) running: Vec<Launched>,
}

/// The processes, for whoever has them now.
pub(super) struct Apart {
    place: RefCell<OwnedMutexGuard<Option<Group>>>,
    http: RefCell<Vec<Rc<HttpBackend>>>,
    recipe: Recipe,
    lifetime: f64,
    wanted: Processes,
    path: String,
    /// Whether the way to their store was broken, or one of them was stopped: what such a process has kept of that is nothing
    /// for others.
    was_disturbed: Cell<bool>,
}

impl Apart {
    /// Waits until nobody else has the processes, and starts them where they do not run.
    ///
    /// # Errors
    ///
    /// Where they do not start.
    pub(super) async fn of(
        place: &Place,
        beside: &HttpBackend,
        recipe: &Recipe,
        lifetime: f64,
        wanted: Processes,
    ) -> Result<Self, String> {
        let mut place = Arc::clone(place).lock_owned().await;
        let times_broken = recipe.store.as_ref().map_or(0, StoreOfService::times_broken);
        // Those that are another kind of nodes, or have seen a store that was broken, are killed.
        let fits = |group: &Group| group.wanted == wanted && group.times_broken == times_broken;
        let running = place.take().filter(fits).map(|group| group.running);
        let is_long = !wanted.see_sessions_end && recipe.takes_a_lifetime();
        let lifetime = if is_long { LONG_LIFETIME } else { lifetime };
        let running = match running {
            Some(running) => running,
            None => {
                let started = started(recipe, lifetime, wanted).await;
                let started = started.map_err(|_| "a second process does not start".to_owned())?;
                has_clock_and_lifetime(&started, beside, recipe, lifetime, wanted).await?;
                started
            }
        };
        let http = asked(beside, &running)?;
        *place = Some(Group { wanted, times_broken, running });
        Ok(Self {
            place: RefCell::new(place),
            path: beside.path().to_owned(),
            http: RefCell::new(http),
            recipe: recipe.clone(),
            lifetime,
            wanted,
            was_disturbed: Cell::new(false),
        })
    }

    async fn change(&self, change: StoreChange) -> Result<(), String> {
        let ways: Vec<_> = match &**self.place.borrow() {
            Some(group) => group.running.iter().filter_map(Launched::way).cloned().collect(),
            None => Vec::new(),
        };
        self.was_disturbed.set(true);
        self.recipe.store.clone().unwrap_or_default().change(&ways, change).await
    }

    fn http(&self, node: usize) -> Option<Rc<HttpBackend>> {
        self.http.borrow().get(node).cloned()
    }

    fn first(&self) -> Rc<HttpBackend> {
        Rc::clone(&self.http.borrow()[0])
    }

    async fn end_and_start(&self, by: Ending, let_go: &dyn Fn()) -> Result<(), String> {
        self.http.borrow().iter().for_each(|http| http.expect_the_end());
        let running = self.place.borrow_mut().take().map(|group| group.running).unwrap_or_default();
        if running.is_empty() {
            let_go();
        }
        for process in running {
            match by {
                Ending::Term => drop(process.stop_after(let_go).await),
                Ending::Kill => process.kill(let_go).await,
            }
        }
        let started = started(&self.recipe, self.lifetime, self.wanted).await;
        let started = started.map_err(|_| "the service does not start again".to_owned())?;
        self.http.replace(asked(&self.first(), &started)?);
        let times_broken = self.recipe.store.as_ref().map_or(0, StoreOfService::times_broken);
        **self.place.borrow_mut() = Some(Group { wanted: self.wanted, times_broken, running: started });
        Ok(())
    }

    fn stop_or_go_on(&self, node: usize, is_paused: bool) -> Result<(), String> {
        let place = self.place.borrow();
        let running = place.as_ref().map(|group| &group.running[..]).unwrap_or_default();
        let process = node.checked_sub(1).and_then(|node| running.get(node));
        let process = process.ok_or_else(|| format!("there is no node {node}"))?;
        self.was_disturbed.set(true);
        process.pause(is_paused);
        Ok(())
    }
}

/// Starts them; what they say about a start that fails differs from run to run, by their ports at least.
async fn started(
    recipe: &Recipe,
    lifetime: f64,
    wanted: Processes,
) -> Result<Vec<Launched>, super::LaunchError> {
    let mut running = Vec::new();
    for node in 1..=wanted.nodes.max(1) {
        let ahead = if node == wanted.nodes { wanted.ahead } else { 0 };
        running.push(recipe.start_ahead(lifetime, ahead).await?);
    }
    Ok(running)
}

fn asked(beside: &HttpBackend, running: &[Launched]) -> Result<Vec<Rc<HttpBackend>>, String> {
    let at = |process: &Launched| beside.beside(process.address().port()).map(Rc::new);
    running.iter().map(at).collect::<Result<_, _>>().map_err(|error| error.to_string())
}

/// Looks whether the last of them has the clock that is wanted, and all of them the lifetime.
async fn has_clock_and_lifetime(
    running: &[Launched],
    beside: &HttpBackend,
    recipe: &Recipe,
    lifetime: f64,
    wanted: Processes,
) -> Result<(), String> {
    // One that does not say how long its sessions live is judged as if they lived as long as elsewhere.
    if wanted.is_one() {
        return Ok(());
    }
    let nodes = asked(beside, running)?;
    if let (Some(last), true) = (nodes.last(), wanted.ahead > 0) {
        clock::is_ahead(last, wanted.ahead).await?;
    }
    if !recipe.takes_a_lifetime() {
        return Ok(());
    }
    let described = nodes[0].describe().await.map_err(|error| error.to_string())?;
    let said = [described.lifetime_seconds, described.browser_lifetime_seconds.flatten()];
    if said.contains(&Some(lifetime)) {
        return Ok(());
    }
    Err(format!("started with a lifetime of {lifetime} s, the service does not say that it has it"))
}

impl Drop for Apart {
    fn drop(&mut self) {
        if self.was_disturbed.get() {
            // The next script starts others. These are killed.
            drop(self.place.borrow_mut().take());
        }
    }
}

impl Backend for Apart {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        let http = self.first();
        Box::pin(async move { http.describe().await })
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        let http = self.http(request.node);
        Box::pin(async move {
            match http {
                Some(http) => http.cycle(CycleRequest { node: 0, ..request }).await,
                None => Err(BackendError::Internal(format!("there is no node {}", request.node + 1))),
            }
        })
    }

    fn origin(&self) -> Origin {
        self.first().origin()
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn lost_connections(&self) -> usize {
        self.http.borrow().iter().map(|http| http.lost_connections()).sum()
    }

    fn nodes(&self) -> usize {
        self.http.borrow().len()
    }

    fn restarts(&self) -> bool {
        true
    }

    fn store_control(&self) -> StoreControl {
        self.recipe.store.as_ref().map(StoreOfService::control).unwrap_or_default()
    }

    fn has_come_to_its_store(&self) -> bool {
        let place = self.place.borrow();
        let running = place.as_ref().map(|group| &group.running[..]).unwrap_or_default();
        running.iter().filter_map(Launched::way).all(|way| way.is_used())
    }

    fn change_store(&self, change: StoreChange) -> LocalBoxFuture<'_, Result<(), String>> {
        Box::pin(self.change(change))
    }

    fn pause(&self, node: usize, is_paused: bool) -> LocalBoxFuture<'_, Result<(), String>> {
        Box::pin(std::future::ready(self.stop_or_go_on(node, is_paused)))
    }

    fn restart<'a>(&'a self, by: Ending, let_go: &'a dyn Fn()) -> LocalBoxFuture<'a, Result<(), String>> {
        Box::pin(self.end_and_start(by, let_go))
    }
}
