//! A service that is started again, as often as a check asks for another lifetime of permanent sessions.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::SystemTime;

use sessionspec::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture};
use sessionspec::engine::browser::Origin;
use sessionspec::engine::script::{Processes, StoreControl};
use sessionspec::reference::Description;

use super::apart::{Apart, Place};
use super::{Launched, Recipe, StoreOfService, clock};
use crate::http::HttpBackend;

/// A service that runs, and that can be started again beside itself.
pub struct StartedAgain {
    http: HttpBackend,
    recipe: Recipe,
    /// How long its permanent sessions live, in seconds.
    lifetime: f64,
    /// Those that were started besides.
    others: Rc<Others>,
}

/// What was started besides a service. They end when they are asked to, or are killed when this is dropped.
#[derive(Default)]
pub struct Others {
    started: RefCell<Vec<Launched>>,
    /// The process that scripts end and start again.
    apart: Place,
    /// The same, for scripts that wait for sessions to end.
    apart_for_ends: Place,
    /// The nodes that a script has to itself.
    nodes_apart: Place,
}

impl Others {
    /// Keeps one more.
    pub fn add(&self, started: Launched) {
        self.started.borrow_mut().push(started);
    }

    /// Asks them all to end, and waits for them.
    pub async fn stop(&self) {
        let others = self.started.take();
        // Whoever has it has been broken off with its run.
        let left = [&self.apart, &self.apart_for_ends, &self.nodes_apart]
            .into_iter()
            .filter_map(|place| place.try_lock().ok()?.take())
            .flat_map(|group| group.running);
        for other in others.into_iter().chain(left) {
            other.stop().await;
        }
    }
}

impl StartedAgain {
    /// This service, which was started so; `others` are to be stopped in the end.
    #[must_use]
    pub fn new(http: HttpBackend, recipe: Recipe, lifetime: f64, others: Rc<Others>) -> Self {
        Self { http, recipe, lifetime, others }
    }

    async fn start(&self, seconds: f64) -> Result<Rc<dyn Backend>, String> {
        // What it says about that differs from run to run, by its port at least.
        let does_not = || format!("the service does not start with a lifetime of {seconds} s");
        let service = self.recipe.start(seconds).await.map_err(|_| does_not())?;
        let port = service.address().port();
        self.others.add(service);
        let backend = self.http.beside(port).map_err(|error| error.to_string())?;
        let described = backend.describe().await.map_err(|_| does_not())?.lifetime_seconds;
        if described == Some(seconds) {
            return Ok(Rc::new(backend));
        }
        let described = described.map_or("none".to_owned(), |described| format!("{described} s"));
        Err(format!("started with a lifetime of {seconds} s, it says that it has {described}"))
    }
}

impl Backend for StartedAgain {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.http.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        self.http.cycle(request)
    }

    fn origin(&self) -> Origin {
        self.http.origin()
    }

    fn path(&self) -> &str {
        self.http.path()
    }

    fn now(&self) -> SystemTime {
        self.http.now()
    }

    fn lost_connections(&self) -> usize {
        self.http.lost_connections()
    }

    fn restarts(&self) -> bool {
        self.recipe.keeps_its_store
    }

    fn store_control(&self) -> StoreControl {
        self.recipe.store.as_ref().map(StoreOfService::control).unwrap_or_default()
    }

    fn moves_clocks(&self) -> bool {
        clock::library().is_some()
    }

    fn apart(&self, wanted: Processes) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        Box::pin(async move {
            let place = match wanted {
                Processes { see_sessions_end: true, .. } => &self.others.apart_for_ends,
                wanted if wanted.is_one() => &self.others.apart,
                _ => &self.others.nodes_apart,
            };
            let apart = Apart::of(place, &self.http, &self.recipe, self.lifetime, wanted).await?;
            Ok(Rc::new(apart) as Rc<dyn Backend>)
        })
    }

    fn takes_lifetimes(&self) -> bool {
        self.recipe.takes_a_lifetime()
    }

    fn with_lifetime(&self, seconds: f64) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        Box::pin(self.start(seconds))
    }
}
