//! Plays the scenarios of named checks, each once in a run, and says which of them can be judged.

mod longer;
mod playing;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::OnceCell;

use crate::backend::{Backend, BackendError};
use crate::checks::{Check, Fact, catalogue, named, position};
use crate::expect::{OVER, Scenario, Varied, gap_of_probe};
use crate::play::{Lanes, Transcript};
use crate::report;
use crate::survey::Survey;

use crate::run::confirmation::Confirmation;
use crate::run::facts::relied_on;
use crate::run::judged::Judged;
use crate::run::plans::{Plan, Plans};
use crate::run::responses::Responses;
use crate::run::timed::Timed;
use crate::run::waits::Waits;

/// Why nothing is concluded from a script that may have outlived its sessions, and what to do about it. Eight seconds is about
/// the longest lifetime whose end is still waited for.
pub(super) const OUTLIVES_SESSIONS: &str = "the script takes longer here than a session lives: let sessions live longer, by \
                                 `--lifetime 8` where the command that is launched has {lifetime}, and else by the \
                                 service's own settings";

/// What a scenario came to.
#[derive(Debug)]
pub(super) enum Settled {
    /// It was played, and is judged.
    Judged(Box<Judged>),
    /// It takes for granted what does not hold. The fact is the one at the root.
    Blocked(Fact),
    /// It varies another one of its check, which shows something wrong or could not be judged.
    Hidden,
    /// It asks in a spelling that cannot be used on these items, so that nothing is asked.
    Unasked,
    /// It was played, and that took so long that nothing can be concluded, for this reason: a session may have ended of itself
    /// meanwhile, or the answer that decides came too late.
    TooSlow(&'static str),
    /// It was played, and nothing can be concluded from that, for this reason.
    Unjudged(String),
    /// The service could not be started as the script asks.
    NotLaunched(String),
    /// The service broke, and nothing is left to judge.
    Broken(BackendError),
}

/// The checks that show whether browsers come into each other's way.
const APART: [&str; 2] = ["minimum/opens-empty", "minimum/browsers-isolated"];

/// A scenario with no more requests than these shows already whether browsers come into each other's way.
const FEW: usize = 10;

/// Whether this check comes after those that show whether browsers come into each other's way.
pub(super) fn comes_after_isolation(check: &Check) -> bool {
    APART.iter().all(|apart| position(apart) < position(check.id))
}

/// What was played in the end, which may be the scenario with sessions that live longer, and what happened; nothing where a session
/// may have ended of itself before the script was over.
type Played = Result<Option<(Rc<Scenario>, Transcript)>, BackendError>;

/// A scenario: the id of its check, and its reason.
type Key = (&'static str, String);

/// The scenarios of a run.
pub(super) struct Scenarios {
    backend: Rc<dyn Backend>,
    survey: Rc<Survey>,
    patience: Duration,
    lanes: Rc<Lanes>,
    responses: Rc<Responses>,
    waits: Waits,
    plans: Plans,
    settled: RefCell<BTreeMap<Key, Rc<OnceCell<Rc<Settled>>>>>,
    /// Of those that take for granted what does not hold, which show nothing wrong all the same.
    holding: RefCell<BTreeMap<Key, Rc<OnceCell<bool>>>>,
    /// Why the way to the store is still broken, where a script could not mend it.
    unmended: RefCell<Option<String>>,
    /// The checks of which a script was played with sessions that live longer.
    lived_longer: RefCell<BTreeSet<&'static str>>,
}

impl Scenarios {
    pub(super) fn new(
        backend: Rc<dyn Backend>,
        survey: Rc<Survey>,
        patience: Duration,
        lanes: Rc<Lanes>,
        responses: Rc<Responses>,
    ) -> Self {
        Self {
            backend,
            survey,
            patience,
            lanes,
            responses,
            waits: Waits::default(),
            plans: Plans::default(),
            settled: RefCell::default(),
            holding: RefCell::default(),
            unmended: RefCell::default(),
            lived_longer: RefCell::default(),
        }
    }

    /// The checks of which a script was played with sessions that live longer, since it took longer than a session lives.
    pub(super) fn lived_longer(&self) -> Vec<String> {
        self.lived_longer.borrow().iter().map(ToString::to_string).collect()
    }

    /// Why nothing that is asked from now on means anything: the way to the store was broken, and could not be mended.
    pub(super) fn unmended(&self) -> Option<String> {
        let why = self.unmended.borrow();
        why.as_ref().map(|why| format!("the store may still be out of reach: {why}"))
    }

    /// Where time cannot be moved, everything that has to wait begins at once, so that a run waits only once.
    pub(super) fn begin_waits(&self, wanted: &[Check]) {
        if self.survey.virtual_time {
            return;
        }
        let mut asked: Vec<Check> = wanted.to_vec();
        let mut seen = 0;
        while let Some(check) = asked.get(seen).copied() {
            seen += 1;
            if check.asks_for_age() {
                let Self { backend, survey, patience, .. } = self;
                self.waits.begin_age(Rc::clone(survey), Rc::clone(backend), *patience);
            }
            // A plan that panics is the error of its own check, which comes later.
            let plan = std::panic::catch_unwind(AssertUnwindSafe(|| self.of(&check)));
            for scenario in plan.iter().flat_map(|plan| plan.iter()) {
                for fact in relied_on(&check, scenario) {
                    let check = named(fact.check);
                    asked.extend(check.filter(|check| asked.iter().all(|other| other.id != check.id)));
                }
                if scenario.script.waits() {
                    let Self { survey, backend, patience, lanes, .. } = self;
                    self.waits.begin(check.id, Rc::clone(scenario), survey, backend, *patience, lanes);
                }
            }
        }
    }

    /// Which scenarios need time to pass. A plan that panics is the error of its own check, which comes later.
    pub(super) fn timed(&self) -> Timed {
        let plan = |check: &Check| {
            let plan = std::panic::catch_unwind(AssertUnwindSafe(|| self.of(check)));
            (*check, plan.unwrap_or_else(|_| Rc::new([])))
        };
        Timed::among(catalogue().iter().map(plan))
    }

    /// Waits for what of the survey takes time to show, where this check asks for it.
    pub(super) async fn learn_what_is_asked_by(&self, check: &Check) {
        if check.asks_for_age() {
            self.survey.learn_age(&self.backend, self.patience).await;
        }
    }

    /// Whether a scenario of this check has to wait for a time that nobody can move.
    pub(super) fn waits_in_real_time(&self, check: &Check) -> bool {
        let waits = check.asks_for_age() || self.of(check).iter().any(|scenario| scenario.script.waits());
        !self.survey.virtual_time && waits
    }

    /// Whether browsers are apart from each other: only then do scripts that are played side by side show what each of them
    /// shows alone. The plain scenarios of a few requests are enough for that.
    pub(super) async fn browsers_are_apart(&self) -> bool {
        for check in catalogue().iter().filter(|check| APART.contains(&check.id)) {
            let few = |scenario: &&Rc<Scenario>| {
                scenario.varied.is_none() && scenario.script.cycles().count() <= FEW
            };
            for scenario in self.of(check).iter().filter(few) {
                let is_right = match &*self.settle(check, scenario).await {
                    Settled::Judged(judged) => judged.judgement.finding.is_none(),
                    _ => false,
                };
                if !is_right {
                    return false;
                }
            }
        }
        true
    }

    /// The scenarios of a check on this backend; none where the check does not apply, or has none.
    pub(super) fn of(&self, check: &Check) -> Plan {
        self.plans.of(check, &self.survey)
    }

    /// The scenario of a check with this reason, if the check applies and has it.
    fn with_reason(&self, check: &Check, reason: &str) -> Option<Rc<Scenario>> {
        self.of(check).iter().find(|scenario| scenario.reason == reason).cloned()
    }

    /// Plays a scenario of a check, unless it was played before, or takes for granted what does not hold. Who asks for one
    /// that is being played waits for that.
    pub(super) async fn settle(&self, check: &Check, scenario: &Rc<Scenario>) -> Rc<Settled> {
        let key = (check.id, scenario.reason.clone());
        let settled = Rc::clone(self.settled.borrow_mut().entry(key).or_default());
        let settled = settled.get_or_init(async || {
            if !Box::pin(self.plain_is_right(check, scenario)).await {
                return Rc::new(Settled::Hidden);
            }
            Rc::new(match self.first_broken(check, scenario).await {
                Some(fact) => Settled::Blocked(fact),
                None => self.play(check, scenario).await,
            })
        });
        Rc::clone(settled.await)
    }

    /// Whether the scenario that this one varies holds, if it varies any.
    async fn plain_is_right(&self, check: &Check, scenario: &Scenario) -> bool {
        let Some(Varied { of, situation, .. }) = &scenario.varied else { return true };
        let Some(plain) = self.with_reason(check, of) else { return false };
        let facts = relied_on(check, &plain);
        let holds = match &*self.settle(check, &plain).await {
            Settled::Judged(judged) => judged.holds(),
            _ => false,
        };
        if !holds {
            return false;
        }
        // What it relies on has to hold in its own situation, too; where it does not, another check says so.
        for fact in facts {
            let Some(check) = named(fact.check) else { continue };
            let reason = format!("{}-{situation}", fact.scenario);
            let Some(same) = self.with_reason(check, &reason) else { continue };
            let is_wrong = match &*self.settle(check, &same).await {
                Settled::Judged(judged) => !judged.holds(),
                settled => matches!(settled, Settled::Hidden),
            };
            if is_wrong {
                return false;
            }
        }
        true
    }

    /// The first fact that a check with generated scripts relies on and that does not hold.
    pub(super) async fn first_broken_of(&self, check: &Check) -> Option<Fact> {
        self.first_of(check.relies.to_vec()).await
    }

    /// The first fact that the scenario relies on and that does not hold.
    pub(super) async fn first_broken(&self, check: &Check, scenario: &Scenario) -> Option<Fact> {
        self.first_of(relied_on(check, scenario)).await
    }

    async fn first_of(&self, facts: Vec<Fact>) -> Option<Fact> {
        for fact in facts {
            if let Some(root) = Box::pin(self.broken(fact)).await {
                return Some(root);
            }
        }
        None
    }

    /// What is at the root of it where this fact does not hold.
    async fn broken(&self, fact: Fact) -> Option<Fact> {
        let check = named(fact.check)?;
        self.learn_what_is_asked_by(check).await;
        let scenario = self.with_reason(check, fact.scenario)?;
        match &*self.settle(check, &scenario).await {
            Settled::Judged(judged) => (!judged.holds()).then_some(fact),
            // What its own check may not be judged by can hold all the same, and then nobody else is hindered.
            Settled::Blocked(root) => (!self.holds_all_the_same(check, &scenario).await).then_some(*root),
            Settled::Hidden
            | Settled::Unasked
            | Settled::TooSlow(_)
            | Settled::Unjudged(_)
            | Settled::NotLaunched(_)
            | Settled::Broken(_) => None,
        }
    }

    /// Whether a scenario that takes for granted what does not hold shows nothing wrong, if it is played nevertheless. As with
    /// any other, what is wrong once and never again counts for nothing.
    pub(super) async fn holds_all_the_same(&self, check: &Check, scenario: &Rc<Scenario>) -> bool {
        let key = (check.id, scenario.reason.clone());
        let holding = Rc::clone(self.holding.borrow_mut().entry(key).or_default());
        let holds = holding.get_or_init(async || match self.played(check, scenario).await {
            Ok(Some((played, transcript))) => {
                let judgement = played.judge(&transcript);
                match &judgement.finding {
                    None => judgement.comparisons > 0,
                    Some(finding) => {
                        let confirmation = self.confirm(check, scenario, finding).await;
                        confirmation.is_some_and(Confirmation::was_right_each_time)
                    }
                }
            }
            Ok(None) | Err(_) => false,
        });
        *holds.await
    }

    async fn played(&self, check: &Check, scenario: &Rc<Scenario>) -> Played {
        let is_of_all = scenario.script.flushes_the_store() || scenario.script.breaks_the_store_of_all();
        let _nobody_waits = match is_of_all {
            true => Some(self.waits.are_over(&self.survey, &self.backend, self.patience).await),
            false => None,
        };
        if scenario.script.waits() {
            // On virtual time it has a backend of its own; in real time most of it is waiting.
            let Self { survey, backend, patience, lanes, .. } = self;
            let played = self.waits.played(check.id, scenario, survey, backend, *patience, lanes).await?;
            Ok(played.map(|transcript| (Rc::clone(scenario), transcript)))
        } else {
            self.play_in_time(check, scenario).await
        }
    }

    async fn play(&self, check: &Check, scenario: &Rc<Scenario>) -> Settled {
        let (scenario, transcript) = match self.played(check, scenario).await {
            Ok(Some(played)) => played,
            Ok(None) => return Settled::TooSlow(OUTLIVES_SESSIONS),
            Err(fault) => return Settled::Broken(fault),
        };
        let place =
            || self.of(check).iter().position(|own| own.reason == scenario.reason).unwrap_or(usize::MAX);
        self.responses.look(check.id, place, &scenario, &transcript, &self.survey);
        if let Some(why) = &transcript.unmended {
            self.unmended.borrow_mut().get_or_insert_with(|| report::message(why));
        }
        if transcript.exchanges.iter().any(|exchange| exchange.unspelled().next().is_some()) {
            return Settled::Unasked;
        }
        if scenario.varied.is_some() && gap_of_probe(&transcript).is_some() {
            // The session does not come into this situation. The check that asks for the operation itself says why.
            return Settled::Hidden;
        }
        if let Some(why) = scenario.why_it_is_spoilt(&transcript) {
            return Settled::Unjudged(report::message(&why.to_string()));
        }
        if scenario.is_over(&transcript) {
            return Settled::TooSlow(OVER);
        }
        if let (Some(why), true) = (&transcript.not_launched, scenario.script.goes_apart()) {
            // What was compared before the process ended says nothing of what the script is about.
            return Settled::Unjudged(why.clone());
        }
        let judgement = scenario.judge(&transcript);
        if let (Some(why), 0) = (&transcript.not_launched, judgement.comparisons) {
            return Settled::NotLaunched(why.clone());
        }
        if let (Some(why), None) = (transcript.unseen, &judgement.finding) {
            return Settled::Unjudged(why.to_owned());
        }
        let confirmation = match &judgement.finding {
            Some(finding) => self.confirm(check, &scenario, finding).await,
            None => None,
        };
        Settled::Judged(Box::new(Judged::new(scenario, transcript, judgement, confirmation, &self.survey)))
    }
}
