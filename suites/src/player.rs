//! Plays scripts: sends the cycles of several browsers to a backend, holds and releases them, keeps the transcript.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::backend::{Backend, BackendError, CycleRequest, CycleResponse, Gate};
use crate::browser::Jar;
use crate::script::{Cookies, Forgery, Operation, Script, Step};
use crate::transcript::{Exchange, Outcome, Transcript};

/// Browsers in front of one backend.
///
/// It needs a tokio runtime with time, and a [`LocalSet`](tokio::task::LocalSet) where cycles are held.
pub struct Player {
    backend: Rc<dyn Backend>,
    patience: Duration,
    jars: BTreeMap<String, Jar>,
    /// The forged `Cookie` headers of browsers to which no response has set a cookie since.
    forged: BTreeMap<String, Vec<u8>>,
    held: Vec<Held>,
    transcript: Transcript,
}

/// A cycle that waits at its gate, or is on its way there.
struct Held {
    exchange: usize,
    browser: String,
    /// The gates that are closed to it, in the order in which it comes to them. One without any waits for others.
    closed: VecDeque<(String, Gate)>,
    task: JoinHandle<Result<CycleResponse, BackendError>>,
}

impl Held {
    fn waits_at(&self, gate: &str) -> bool {
        self.closed.front().is_some_and(|(name, _)| name == gate)
    }

    fn open_all(&self) {
        self.closed.iter().for_each(|(_, gate)| gate.open());
    }
}

impl Player {
    /// Browsers without cookies. A cycle that takes longer than `patience` counts as never answered.
    #[must_use]
    pub fn new(backend: Rc<dyn Backend>, patience: Duration) -> Self {
        let transcript =
            Transcript { origin: backend.origin(), path: backend.path().to_owned(), ..Transcript::default() };
        Self {
            backend,
            patience,
            jars: BTreeMap::new(),
            forged: BTreeMap::new(),
            held: Vec::new(),
            transcript,
        }
    }

    /// Plays a whole script. When it ends, for whatever reason, all gates are open and all answers are in.
    pub async fn play(mut self, script: &Script) -> Transcript {
        for step in &script.steps {
            match step {
                Step::Cycle(cycle) => drop(self.cycle(&cycle.browser, cycle.ops.clone()).await),
                Step::Start(cycle) => self.start(&cycle.browser, cycle.ops.clone()),
                Step::Release(gate) => self.release(gate).await,
                Step::CopyCookies { from, to } => self.copy_cookies(from, to),
                Step::Forge { from, to, with, forgery } => self.forge(from, with.as_deref(), to, forgery),
                Step::Wait { seconds } => self.wait(*seconds).await,
                Step::Launch { lifetime } => self.launch(*lifetime).await,
            }
            if self.has_broken_off() || self.transcript.not_launched.is_some() {
                break;
            }
        }
        self.finish().await
    }

    /// Sends one cycle and waits until it was answered or has arrived at its gate; its index in the transcript.
    pub async fn cycle(&mut self, browser: &str, ops: Vec<Operation>) -> usize {
        if ops.iter().any(|op| matches!(op, Operation::Hold { .. })) {
            let held = self.spawn_held(browser, ops);
            let exchange = held.exchange;
            self.hold(held).await;
            return exchange;
        }
        let (exchange, request) = self.begin(browser, ops);
        self.count_at_once(1);
        let outcome = timeout(self.patience, self.backend.cycle(request)).await;
        self.end(exchange, outcome.unwrap_or(Err(BackendError::NoAnswer(self.patience))));
        exchange
    }

    /// Sends one cycle that is not expected to be answered before something else is released, and waits no longer
    /// than patience allows; whether it was answered. The answer of one that was not is awaited at the end.
    pub async fn try_cycle(&mut self, browser: &str, ops: Vec<Operation>) -> bool {
        let (exchange, request) = self.begin(browser, ops);
        let mut task = self.spawn(request);
        match timeout(self.patience, &mut task).await {
            Ok(joined) => {
                self.end(exchange, flatten(joined));
                true
            }
            Err(_) => {
                self.held.push(Held { exchange, browser: browser.to_owned(), closed: VecDeque::new(), task });
                false
            }
        }
    }

    /// Whether a cycle waits at this gate.
    #[must_use]
    pub fn is_held(&self, gate: &str) -> bool {
        self.held.iter().any(|held| held.waits_at(gate))
    }

    /// Opens a gate to everybody who waits at it, and waits until each was answered or has come to its next gate.
    pub async fn release(&mut self, gate: &str) {
        let (mut released, held): (Vec<Held>, _) =
            std::mem::take(&mut self.held).into_iter().partition(|held| held.waits_at(gate));
        self.held = held;
        for held in &mut released {
            if let Some((_, gate)) = held.closed.pop_front() {
                gate.open();
            }
        }
        let browsers: Vec<String> = released.iter().map(|held| held.browser.clone()).collect();
        for held in released {
            self.hold(held).await;
        }
        for browser in browsers {
            self.await_started(&browser).await;
        }
    }

    /// Waits for the requests of this browser that were only waiting for others, once none of those is held.
    async fn await_started(&mut self, browser: &str) {
        let is_of_browser = |held: &Held| held.browser == browser;
        if self.held.iter().any(|held| is_of_browser(held) && !held.closed.is_empty()) {
            return;
        }
        let (started, held) = std::mem::take(&mut self.held).into_iter().partition(is_of_browser);
        self.held = held;
        for started in started {
            self.hold(started).await;
        }
    }

    /// Sends one cycle and waits for nothing.
    fn start(&mut self, browser: &str, ops: Vec<Operation>) {
        let held = self.spawn_held(browser, ops);
        self.held.push(held);
    }

    /// Gives `to` a copy of the cookies of `from`.
    pub fn copy_cookies(&mut self, from: &str, to: &str) {
        let copy = self.jars.get(from).cloned().unwrap_or_default();
        self.jars.insert(to.to_owned(), copy);
        match self.forged.get(from).cloned() {
            Some(header) => self.forged.insert(to.to_owned(), header),
            None => self.forged.remove(to),
        };
    }

    /// Gives `to` cookies that are forged from those of `from`, and of `with` where another's are needed.
    pub fn forge(&mut self, from: &str, with: Option<&str>, to: &str, forgery: &Forgery) {
        let real = self.sent_by(from);
        let others = with.map(|with| self.sent_by(with)).unwrap_or_default();
        self.jars.remove(to);
        self.forged.insert(to.to_owned(), forgery.header(&real, &others));
    }

    /// The cookies that this browser would send now.
    fn sent_by(&self, browser: &str) -> Cookies {
        let (origin, path, now) = (self.backend.origin(), self.backend.path(), self.backend.now());
        let cookies = self.jars.get(browser).map(|jar| jar.sent_to(&origin, path, now)).unwrap_or_default();
        cookies.into_iter().map(|cookie| (cookie.name.clone(), cookie.value.clone())).collect()
    }

    /// Lets time pass, by the backend's clock.
    pub async fn wait(&mut self, seconds: f64) {
        // What is no duration is none.
        let duration = Duration::try_from_secs_f64(seconds).unwrap_or_default();
        self.backend.wait(duration).await;
    }

    /// Goes on with the backend as it is with this lifetime of permanent sessions, if it starts so.
    async fn launch(&mut self, lifetime: f64) {
        match self.backend.with_lifetime(lifetime).await {
            Ok(backend) => self.backend = backend,
            Err(why) => self.transcript.not_launched = Some(why),
        }
    }

    /// The cookies of this browser.
    #[must_use]
    pub fn jar(&self, browser: &str) -> Option<&Jar> {
        self.jars.get(browser)
    }

    /// What happened so far.
    #[must_use]
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// Opens all gates, waits for all answers, and returns what happened.
    pub async fn finish(mut self) -> Transcript {
        let mut held = std::mem::take(&mut self.held);
        held.iter().for_each(Held::open_all);
        for held in &mut held {
            held.closed.clear();
        }
        for held in held {
            self.hold(held).await;
        }
        self.transcript
    }

    /// Whether a cycle that nobody holds ended without a response: what follows would not mean anything.
    fn has_broken_off(&self) -> bool {
        let is_held = |index| self.held.iter().any(|held| held.exchange == index);
        let mut exchanges = self.transcript.exchanges.iter().enumerate();
        exchanges.any(|(index, exchange)| matches!(exchange.outcome, Outcome::Broken(_)) && !is_held(index))
    }

    fn begin(&mut self, browser: &str, ops: Vec<Operation>) -> (usize, CycleRequest) {
        let jar = self.jars.entry(browser.to_owned()).or_default();
        let real = jar.header(&self.backend.origin(), self.backend.path(), self.backend.now());
        let cookie = self.forged.get(browser).cloned().or(real);
        let mut request = CycleRequest { ops: ops.clone(), ..CycleRequest::default() };
        if let Some(cookie) = &cookie {
            request.headers.append("Cookie", cookie.clone());
        }
        for op in &ops {
            if let Operation::Hold { gate } = op {
                request.gates.insert(gate.clone(), Gate::default());
            }
        }
        self.transcript.exchanges.push(Exchange {
            browser: browser.to_owned(),
            ops,
            cookie,
            // Until the answer is in, the cycle has not been answered.
            outcome: Outcome::Broken(BackendError::NoAnswer(self.patience)),
            headers: Default::default(),
            stored: Vec::new(),
            answered: None,
        });
        (self.transcript.exchanges.len() - 1, request)
    }

    fn end(&mut self, exchange: usize, result: Result<CycleResponse, BackendError>) {
        let exchange = &mut self.transcript.exchanges[exchange];
        let response = match result {
            Ok(response) => response,
            Err(error) => {
                exchange.outcome = Outcome::Broken(error);
                return;
            }
        };
        let jar = self.jars.entry(exchange.browser.clone()).or_default();
        if response.headers.all("Set-Cookie").next().is_some() {
            self.forged.remove(&exchange.browser);
        }
        let now = self.backend.now();
        for cookie in response.headers.all("Set-Cookie") {
            exchange.stored.push(jar.store(&self.backend.origin(), self.backend.path(), cookie, now));
        }
        exchange.answered = Some(now);
        exchange.headers = response.headers;
        exchange.outcome = Outcome::of(response.status, response.body);
    }

    /// Waits until the cycle was answered, or has come to the first of its gates that is closed.
    async fn hold(&mut self, mut held: Held) {
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
        match timeout(self.patience, arrived_or_answered).await {
            Ok(Some(joined)) => self.end(held.exchange, flatten(joined)),
            Ok(None) => {
                self.keep(held);
                self.count_at_once(0);
            }
            // One that has not even come to its gate is given time until the script ends.
            Err(_) if !held.closed.is_empty() => {
                held.open_all();
                self.keep(Held { closed: VecDeque::new(), ..held });
            }
            Err(_) => held.task.abort(),
        }
    }

    /// Answers to requests that go on together are taken in the order in which those began.
    fn keep(&mut self, held: Held) {
        self.held.push(held);
        self.held.sort_by_key(|held| held.exchange);
    }

    /// Takes down how many requests are at work: those that are held, and so many more.
    fn count_at_once(&mut self, more: usize) {
        let held = self.held.iter().filter(|held| !held.closed.is_empty()).count();
        self.transcript.at_once = self.transcript.at_once.max(held + more);
    }

    /// Sends one cycle, with its gates closed.
    fn spawn_held(&mut self, browser: &str, ops: Vec<Operation>) -> Held {
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

    fn spawn(&self, request: CycleRequest) -> JoinHandle<Result<CycleResponse, BackendError>> {
        let backend = Rc::clone(&self.backend);
        tokio::task::spawn_local(async move { backend.cycle(request).await })
    }
}

/// Plays a script with fresh browsers. A cycle that was never answered is a fault only if others are not answered
/// either; else it is for the checks to judge.
///
/// # Errors
///
/// A fault that leaves nothing to judge.
pub(crate) async fn play_judgeable(
    backend: &Rc<dyn Backend>,
    script: &Script,
    patience: Duration,
) -> Result<Transcript, BackendError> {
    // A backend in this process may never wait for anything; then a stop would not be heard.
    tokio::task::yield_now().await;
    let transcript = Player::new(Rc::clone(backend), patience).play(script).await;
    if let Some(fault) = transcript.broken() {
        return Err(fault.clone());
    }
    if transcript.has_unanswered() {
        still_answers(backend, patience).await?;
    }
    Ok(transcript)
}

/// Sends an empty cycle of a fresh browser: whether the service answers at all.
///
/// # Errors
///
/// The fault that keeps it from answering.
pub(crate) async fn still_answers(backend: &Rc<dyn Backend>, patience: Duration) -> Result<(), BackendError> {
    let control = Script::new().cycle("control", []);
    let transcript = Player::new(Rc::clone(backend), patience).play(&control).await;
    match transcript.exchanges.first().map(|exchange| &exchange.outcome) {
        Some(Outcome::Broken(fault)) => Err(fault.clone()),
        _ => Ok(()),
    }
}

/// A task that panicked has not answered; its message is on standard error already.
fn flatten(
    joined: Result<Result<CycleResponse, BackendError>, tokio::task::JoinError>,
) -> Result<CycleResponse, BackendError> {
    joined.unwrap_or_else(|error| Err(BackendError::CutOff(error.to_string())))
}
