//! Plays scripts: sends the cycles of several browsers to a backend, holds and releases them, keeps the transcript.

mod answered;
mod beside;
mod command;
mod cookies;
mod crowd;
mod held;
mod judgeable;
mod paused;
mod processes;
mod replayed;
mod store;

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::backend::{Backend, BackendError, Connections, CycleRequest, CycleResponse, Gate};
use crate::browser::{Jar, Origin};
use crate::play::{Exchange, Lanes, Moment, Outcome, OwnedPlace, Transcript};
use crate::script::{Connection, Operation, Operations, Script, Step, StoreFault};

use answered::flatten;
use beside::Neighbour;
use command::Witness;
pub(crate) use crowd::has_crowds;
use held::Held;
pub(crate) use judgeable::{
    play_judgeable, play_judgeable_alone_but_for_waits, play_judgeable_alone_throughout,
    play_judgeable_together, still_answers,
};
pub use replayed::play;
pub(crate) use replayed::undisturbed;

/// After so many steps the player yields, also where a backend never waits for anything, so that a request to stop the
/// run is noticed.
const BREATH: usize = 64;

/// Browsers in front of one backend.
///
/// It needs a tokio runtime with time, and a [`LocalSet`](tokio::task::LocalSet) where cycles are held.
pub struct Player {
    backend: Rc<dyn Backend>,
    /// Where browsers see it now.
    origin: Origin,
    patience: Duration,
    /// How many requests of a crowd are sent together.
    together: usize,
    jars: BTreeMap<String, Jar>,
    /// The forged `Cookie` headers of browsers to which no response has set a cookie since.
    forged: BTreeMap<String, Vec<u8>>,
    held: Vec<Held>,
    /// What is wrong with the way to the store.
    fault: Option<StoreFault>,
    /// The session by which is seen whether the command that breaks the store breaks it.
    witness: Option<Witness>,
    /// The backend that all scripts have in common, where this one went apart from it.
    given: Option<Rc<dyn Backend>>,
    /// Whether the way to the store was broken before, so that the process may have ended of that.
    was_broken: bool,
    /// The node that is stopped, counted from one.
    paused: Option<usize>,
    /// The node to which requests go now, counted from one; the first where none is named.
    node: Option<usize>,
    /// Whether requests go to the service beside now.
    is_beside: bool,
    /// The service beside, once a request has gone there.
    neighbour: Option<Neighbour>,
    /// How the connection is opened over which the next request goes, where one is opened for it.
    over: Option<Connection>,
    connections: Connections,
    /// Nobody may be left waiting, also where a script is broken off.
    gates: OpenInTheEnd,
    room: Option<Room>,
    transcript: Transcript,
}

/// The room that is taken while a request is at work, and given back while time passes.
struct Room {
    lanes: Rc<Lanes>,
    /// Whether it is given back while time passes.
    is_shared: bool,
    taken: Option<OwnedPlace>,
}

/// Gates that open when this is dropped.
#[derive(Default)]
struct OpenInTheEnd(Vec<Gate>);

impl Drop for OpenInTheEnd {
    fn drop(&mut self) {
        self.0.iter().for_each(Gate::open);
    }
}

impl Player {
    /// Browsers without cookies. A cycle that takes longer than `patience` counts as never answered.
    #[must_use]
    pub fn new(backend: Rc<dyn Backend>, patience: Duration) -> Self {
        let transcript = Transcript {
            origin: backend.origin(),
            path: backend.path().to_owned(),
            foreign: backend.foreign_cookies(),
            ..Transcript::default()
        };
        Self {
            origin: transcript.origin.clone(),
            backend,
            patience,
            together: 1,
            jars: BTreeMap::new(),
            forged: BTreeMap::new(),
            held: Vec::new(),
            fault: None,
            witness: None,
            given: None,
            was_broken: false,
            paused: None,
            node: None,
            is_beside: false,
            neighbour: None,
            over: None,
            connections: Connections::default(),
            gates: OpenInTheEnd::default(),
            room: None,
            transcript,
        }
    }

    /// Has the service to itself, except while it lets time pass and holds no request.
    #[must_use]
    pub(crate) fn alone_but_for_waits(self, lanes: &Rc<Lanes>) -> Self {
        Self { room: Some(Room { lanes: Rc::clone(lanes), is_shared: true, taken: None }), ..self }
    }

    /// Has the service to itself, also while it lets time pass: nothing delays the answer that comes after that.
    #[must_use]
    pub(crate) fn alone_throughout(self, lanes: &Rc<Lanes>) -> Self {
        Self { room: Some(Room { lanes: Rc::clone(lanes), is_shared: false, taken: None }), ..self }
    }

    /// Plays a whole script. When this returns, for whatever reason, all gates are open and all answers have come.
    pub async fn play(mut self, script: &Script) -> Transcript {
        if script.goes_apart() {
            self.go_apart(script.processes()).await;
        }
        self.transcript.exchanges.reserve_exact(script.cycles().count());
        let steps = if self.transcript.not_launched.is_none() { &script.steps[..] } else { &[] };
        let mut together = 0..0;
        for (number, step) in steps.iter().enumerate() {
            if together.contains(&number) {
                continue;
            }
            if number % BREATH == BREATH - 1 {
                tokio::task::yield_now().await;
            }
            self.take_room(step).await;
            if let Step::Cycle(cycle) | Step::Start(cycle) = step
                && !(self.goes_to(cycle.node) && self.goes_beside(cycle.beside))
            {
                break;
            }
            self.over = match step {
                Step::Cycle(cycle) | Step::Start(cycle) => cycle.connection,
                _ => None,
            };
            together = number..number + self.sent_together(script, &steps[number..]);
            match step {
                Step::Cycle(_) if together.len() > 1 => self.send_together(&steps[together.clone()]).await,
                Step::Cycle(cycle) => drop(self.send(&cycle.browser, cycle.ops.clone()).await),
                Step::Start(cycle) => {
                    self.breathe().await;
                    self.start(&cycle.browser, cycle.ops.clone());
                }
                Step::Release(gate) => self.release(gate).await,
                Step::CopyCookies { from, to } => self.copy_cookies(from, to),
                Step::Forge { from, to, with, forgery } => self.forge(from, with.as_deref(), to, forgery),
                Step::Wait { seconds } => self.wait(*seconds).await,
                Step::Launch { lifetime } => self.launch(*lifetime).await,
                Step::Restart { by } => self.restart(*by).await,
                // They are there from the beginning.
                Step::Apart { .. } => {}
                Step::Pause { node } => self.pause(*node).await,
                Step::Wake { node } => self.wake(*node).await,
                Step::Break { fault } => self.break_store(*fault).await,
                Step::Mend {} => self.mend_store().await,
                Step::Flush {} => self.flush_store().await,
            }
            if self.has_broken_off() || self.transcript.not_launched.is_some() {
                break;
            }
        }
        self.finish().await
    }

    /// Sends one cycle and waits until it was answered or has arrived at its gate. Returns its index in the transcript.
    pub async fn cycle(&mut self, browser: &str, ops: Vec<Operation>) -> usize {
        self.send(browser, ops.into()).await
    }

    /// Sends operations in whatever spelling, as [`cycle`](Self::cycle) does.
    pub async fn send(&mut self, browser: &str, ops: Operations) -> usize {
        self.breathe().await;
        if ops.iter().any(|op| matches!(op, Operation::Hold { .. })) {
            let held = self.spawn_held(browser, ops);
            let exchange = held.exchange;
            self.wait_for(held).await;
            return exchange;
        }
        if self.is_disturbed() {
            return self.cycle_without_store(browser, ops).await;
        }
        let (exchange, request) = self.begin(browser, ops);
        self.count_at_once(1);
        let outcome = timeout(self.patience, self.asked().cycle(request)).await;
        self.end(exchange, outcome.unwrap_or(Err(BackendError::NoAnswer(self.patience))));
        exchange
    }

    /// Sends one cycle that may not be answered before a gate opens, and waits no longer than patience allows. Returns
    /// whether it was answered; where it was not, its answer is awaited when the script ends.
    pub async fn try_cycle(&mut self, browser: &str, ops: Vec<Operation>) -> bool {
        self.breathe().await;
        let (exchange, request) = self.begin(browser, ops.into());
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

    /// Takes the room for this step, or gives it back.
    async fn take_room(&mut self, step: &Step) {
        let is_idle = self.held.is_empty() && matches!(step, Step::Wait { .. });
        if let Some(room) = &mut self.room {
            match &room.taken {
                None if !is_idle => room.taken = Some(room.lanes.alone_owned().await),
                Some(_) if is_idle && room.is_shared => room.taken = None,
                _ => {}
            }
        }
    }

    /// Lets time pass, by the backend's clock.
    pub async fn wait(&mut self, seconds: f64) {
        // A negative or infinite wait is no wait.
        let duration = Duration::try_from_secs_f64(seconds).unwrap_or_default();
        if !self.held.is_empty() {
            // Where time is moved by hand, it moves at once: whoever was not waited for comes before that.
            tokio::task::yield_now().await;
        }
        self.backend.wait(duration).await;
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
        if let Some(node) = self.paused {
            self.wake(node).await;
        }
        if self.fault.is_some() {
            self.mend_store().await;
        }
        let mut held = std::mem::take(&mut self.held);
        let early = held::ended(&held);
        held.iter().for_each(Held::open_all);
        for held in &mut held {
            held.closed.clear();
        }
        for held in held {
            self.wait_for(held).await;
        }
        self.note_early(&early);
        self.transcript
    }

    /// Whether a cycle that nobody holds ended without a response: what follows would not mean anything.
    fn has_broken_off(&self) -> bool {
        let is_held = |index| self.held.iter().any(|held| held.exchange == index);
        let mut exchanges = self.transcript.exchanges.iter().enumerate();
        exchanges.any(|(index, exchange)| {
            matches!(exchange.outcome, Outcome::Broken(_))
                && !exchange.was_dropped_as_asked()
                && !is_held(index)
        })
    }

    fn begin(&mut self, browser: &str, ops: Operations) -> (usize, CycleRequest) {
        let now = self.backend.now();
        let (backend, origin) = self.place(self.is_beside);
        let real = || self.jars.get(browser)?.header(origin, backend.path(), now);
        let cookie = self.forged.get(browser).cloned().or_else(real);
        let mut request = CycleRequest { ops: ops.clone(), ..CycleRequest::default() };
        request.node = self.node.map_or(0, |node| node.saturating_sub(1));
        request.connection = self.over.map(|how| self.connections.open(how));
        if let Some(cookie) = &cookie {
            request.headers.append("Cookie", cookie.clone());
        }
        for op in &ops {
            if let Operation::Hold { gate } = op {
                request.gates.insert(gate.clone(), Gate::default());
            }
        }
        self.gates.0.extend(request.gates.values().cloned());
        self.transcript.exchanges.push(Exchange {
            browser: browser.to_owned(),
            ops,
            node: self.node,
            connection: self.over,
            beside: self.is_beside,
            interrupted: false,
            disturbed: self.is_disturbed(),
            outlasted: false,
            came_late: false,
            cookie,
            // Until the answer is in, the cycle has not been answered.
            outcome: Outcome::Broken(BackendError::NoAnswer(self.patience)),
            headers: Default::default(),
            stored: Vec::new(),
            sent: now,
            answered: None,
        });
        let exchange = self.transcript.exchanges.len() - 1;
        self.transcript.moments.push(Moment::Sent(exchange));
        (exchange, request)
    }

    fn spawn(&self, request: CycleRequest) -> JoinHandle<Result<CycleResponse, BackendError>> {
        let backend = self.asked();
        tokio::task::spawn_local(async move { backend.cycle(request).await })
    }
}
