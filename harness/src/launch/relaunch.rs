//! A service that is started again, as often as a check asks for another lifetime of permanent sessions.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::SystemTime;

use sessionspec::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture};
use sessionspec::engine::browser::Origin;
use sessionspec::reference::Description;

use super::{Launched, Recipe};
use crate::http::HttpBackend;

/// A service that runs, and that can be started again beside itself.
pub struct StartedAgain {
    http: HttpBackend,
    recipe: Recipe,
    /// Those that were started besides.
    others: Rc<Others>,
}

/// What was started besides a service. They end when they are asked to, or are killed when this is dropped.
#[derive(Default)]
pub struct Others(RefCell<Vec<Launched>>);

impl Others {
    /// Asks them all to end, and waits for them.
    pub async fn stop(&self) {
        let others = self.0.take();
        for other in others {
            other.stop().await;
        }
    }
}

impl StartedAgain {
    /// This service, which was started so; `others` are to be stopped in the end.
    #[must_use]
    pub fn new(http: HttpBackend, recipe: Recipe, others: Rc<Others>) -> Self {
        Self { http, recipe, others }
    }

    async fn start(&self, seconds: f64) -> Result<Rc<dyn Backend>, String> {
        // What it says about that differs from run to run, by its port at least.
        let does_not = || format!("the service does not start with a lifetime of {seconds} s");
        let service = self.recipe.start(seconds).await.map_err(|_| does_not())?;
        let port = service.address().port();
        self.others.0.borrow_mut().push(service);
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

    fn takes_lifetimes(&self) -> bool {
        true
    }

    fn with_lifetime(&self, seconds: f64) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        Box::pin(self.start(seconds))
    }
}
