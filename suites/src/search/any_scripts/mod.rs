//! Writes scripts in which every situation is met: an episode brings a session into a situation, does something
//! to it, ends the request in one of many ways, and looks at what is left, while others come along.

mod actions;
mod contents;
mod lives;
mod past;
mod unusual;

use sessionspec_reference::Map;

use super::Shape;
use super::generator::{BROWSERS, Generator};
use super::rng::Rng;
use super::situations::{
    ACTIONS, ACTIONS_OF_LIVES, Action, ENDINGS, EPISODES, Ending, OTHERS, Others, PASTS, Past, Plan, Reach,
    Row, number,
};
use crate::oracle::promises::{Asked, Tracker};
use crate::script::ops::{contains, delete, get, items, len, modified, new, permanent, pop, set};
use crate::script::{Cycle, Forgery, Operation, Script, Step, Stranger};
use crate::survey::{OnError, Survey};

/// The browser that comes along.
const COMPANION: &str = BROWSERS[3];

/// So often an item is replaced where nobody comes along.
const OVERWRITTEN: usize = 4;

/// Writes one script.
pub(super) struct AnyScripts<'a> {
    plan: &'a Generator,
    rng: Rng,
    tracker: Tracker<'a>,
    /// The number of the first episode.
    first: usize,
    /// How the last session began.
    beginning: Option<Vec<Operation>>,
    /// What the next request does, in scripts about any request.
    next: Option<Action>,
    /// The key of the item that was made for that.
    made_for_next: Option<String>,
    /// How often the action of this episode was planned before, and that in turns of three.
    count: usize,
    turn: usize,
    /// Whether what is written twice is written often.
    is_often: bool,
    /// Whether somebody else has the cookies of this episode's session and is going to use it. Cookies count in whole seconds, so
    /// that nobody knows what they open in the last seconds of a session.
    is_shared: bool,
    /// Those who took the cookies of this episode's browser, the first one first.
    keepers: Vec<String>,
    /// The situations that each episode has met.
    met: Vec<Vec<Row>>,
    steps: Vec<Step>,
}

/// A script, and the situations that each of its episodes meets.
pub(super) struct Written {
    pub(super) script: Script,
    pub(super) met: Vec<Vec<Row>>,
}

impl<'a> AnyScripts<'a> {
    /// The seed says which case it is (see [`case_seed`](super::case_seed)): the situations follow from its number, and
    /// from the run's seed where they begin.
    pub(super) fn new(plan: &'a Generator, rng: Rng, seed: [u8; 32]) -> Self {
        let asked = match plan.property.shape {
            Shape::AnyLife => Asked::Hardened,
            _ => Asked::Recommended,
        };
        let first = number(seed, EPISODES);
        let tracker = Tracker::new(&plan.survey, asked);
        Self {
            plan,
            rng,
            tracker,
            first,
            beginning: None,
            next: None,
            made_for_next: None,
            count: 0,
            turn: 0,
            is_often: false,
            is_shared: false,
            keepers: Vec::new(),
            met: Vec::new(),
            steps: Vec::new(),
        }
    }

    pub(super) fn written(mut self) -> Written {
        let is_life = self.plan.property.shape == Shape::AnyLife;
        if is_life && self.is_crowded() {
            self.crowd();
        }
        if is_life && self.is_about_one() {
            self.rotated_often();
        }
        for (episode, browser) in BROWSERS.into_iter().take(EPISODES).enumerate() {
            let number = self.first + episode;
            self.count = number / if is_life { ACTIONS_OF_LIVES.len() } else { ACTIONS.len() };
            self.turn = self.count % 3;
            if is_life { self.life(browser, number) } else { self.episode(browser, number) }
        }
        Written { script: Script { steps: self.steps }, met: self.met }
    }

    /// Notes which situations were met in an episode that was planned so and has come to this; nobody may have come along.
    fn note(&mut self, plan: Plan, ending: Ending, others: Option<Others>) {
        let generator = self.plan;
        let reach = Reach { survey: &generator.survey, is_tried: &|kind| generator.tries(kind) };
        self.met.push(reach.rows(plan, ending, others));
    }

    fn survey(&self) -> &'a Survey {
        &self.plan.survey
    }

    /// Something done in a situation, and a look at what is left.
    fn episode(&mut self, browser: &'static str, number: usize) {
        let plan = Plan::of(number);
        (self.next, self.made_for_next) = (Some(plan.action), None);
        // Each action comes after many writes, and after few.
        self.is_often = (number / (ACTIONS.len() * PASTS.len())) % 2 == 1;
        self.past(browser, plan.past, plan.ending);
        let stranger = matches!(plan.others, Others::StrangerBefore | Others::StrangerAfter);
        let actor = if stranger {
            // One after the other, so that each comes along.
            let stranger = Stranger::met(number / OTHERS.len());
            let first = plan.others == Others::StrangerBefore;
            self.forge(browser, COMPANION, Forgery::Beside { stranger, first });
            if plan.past != Past::Fresh {
                self.look(COMPANION);
            }
            COMPANION
        } else {
            browser
        };
        let ops = self.action(actor, plan.action);
        let ending = self.request(actor, ops, plan.ending);
        self.look(actor);
        let has_others = plan.others != Others::SecondTab || self.tracker.is_known(browser);
        self.note(plan, ending, has_others.then_some(plan.others));
        match plan.others {
            Others::SecondTab if self.tracker.is_known(browser) => {
                self.copy_cookies(browser, COMPANION);
                if self.tracker.is_known(COMPANION) {
                    let ops = self.action(COMPANION, Action::Set);
                    self.cycle(COMPANION, ops);
                    self.look(browser);
                }
            }
            Others::Visitor => self.visit(ENDINGS[(number / OTHERS.len()) % ENDINGS.len()]),
            Others::Alone => self.overwrite_again_and_again(actor),
            _ => {}
        }
    }

    /// An item is replaced by values that some language takes for it, one after the other.
    fn overwrite_again_and_again(&mut self, browser: &str) {
        let Some(key) = self.existing_key(browser).filter(|_| self.tracker.is_known(browser)) else { return };
        for _ in 0..OVERWRITTEN {
            let value = self.other_value(browser, &key);
            self.cycle(browser, vec![set(&key, value)]);
            self.cycle(browser, vec![get(&key)]);
        }
    }

    /// Somebody comes who sends no cookie: at first with a request that leaves the session alone, then to look.
    fn visit(&mut self, ending: Ending) {
        self.request("passer-by", Vec::new(), ending);
        let key = self.new_key("visitor");
        let looks = [items(), get(&key), contains(&key), len(), delete(&key), pop(&key), permanent()];
        let looks: Vec<Operation> =
            looks.into_iter().filter(|op| self.survey().supports(op.name()) && self.is_asked(op)).collect();
        let look = self.rng.choose(&looks).cloned();
        self.cycle("visitor", look.into_iter().collect());
    }

    /// A request that does this and ends like that, as far as the probe can. Returns how it ends.
    fn request(&mut self, browser: &str, mut ops: Vec<Operation>, ending: Ending) -> Ending {
        let survey = self.survey();
        match ending {
            Ending::WithoutBody { status, otherwise } => {
                let is_lifetime = |op: &Operation| matches!(op, Operation::SetLifetime { .. });
                if !survey.ends_without_body(status) || ops.iter().any(is_lifetime) {
                    return self.request(browser, ops, Ending::Status(otherwise));
                }
                // A backend may refuse these, and then the answers that are lost would have said so.
                ops.retain(|op| !matches!(op, Operation::Save | Operation::SetModified));
                return self.request(browser, ops, Ending::Status(status));
            }
            Ending::Status(200) => {}
            Ending::Status(status) if survey.supports("respond") => ops.push(Operation::Respond { status }),
            Ending::Raised if survey.on_error != OnError::Unknown => ops.push(Operation::Raise),
            _ => {}
        }
        self.cycle(browser, ops);
        ending
    }

    /// Looks at what is there.
    fn look(&mut self, browser: &str) {
        let ops = match self.rng.below(3) {
            0 => vec![items()],
            1 => vec![modified(), items(), permanent(), new()],
            _ => vec![new(), items(), len(), permanent(), modified()],
        };
        let ops = ops.into_iter().filter(|op| self.is_asked(op)).collect();
        self.cycle(browser, ops);
    }

    /// Whether the backend itself is asked for this attribute. One that answers something else than a boolean is.
    fn is_asked(&self, op: &Operation) -> bool {
        let survey = self.survey();
        match op {
            Operation::Permanent => survey.permanent.is_own() && survey.supports("permanent"),
            Operation::Modified => survey.modified.is_own() && survey.supports("modified"),
            Operation::New => survey.new.is_own() && survey.supports("new"),
            _ => true,
        }
    }

    fn write(&mut self, browser: &str) {
        let ops = vec![self.set_new(browser)];
        self.cycle(browser, ops);
    }

    fn wait_until_nearly_over(&mut self, browser: &str) {
        if let Some((there, _)) = self.tracker.left_to_live(browser) {
            // The cookie counts in whole seconds.
            self.wait((there - 4.0).max(there / 2.0) * 0.999);
        }
    }

    fn wait_until_over(&mut self, browser: &str) {
        if let Some((_, gone)) = self.tracker.left_to_live(browser) {
            self.wait(gone + 0.5);
        }
    }

    /// Lets time pass, where it can be moved.
    fn wait(&mut self, seconds: f64) {
        if self.survey().virtual_time && seconds > 0.0 {
            self.tracker.wait(seconds);
            self.steps.push(Step::Wait { seconds });
        }
    }

    fn copy_cookies(&mut self, from: &str, to: &str) {
        self.tracker.copy_cookies(from, to);
        self.steps.push(Step::CopyCookies { from: from.to_owned(), to: to.to_owned() });
    }

    fn forge(&mut self, from: &str, to: &str, forgery: Forgery) {
        self.tracker.forge(from, to, &forgery);
        let (from, to) = (from.to_owned(), to.to_owned());
        self.steps.push(Step::Forge { from, to, with: None, forgery });
    }

    fn cycle(&mut self, browser: &str, ops: Vec<Operation>) {
        self.tracker.begin(browser, None);
        for (index, op) in ops.iter().enumerate() {
            self.tracker.perform(index, op, None);
        }
        self.tracker.end(None);
        self.steps.push(Step::Cycle(Cycle::new(browser, ops)));
    }

    fn items(&self, browser: &str) -> Map {
        self.tracker.items(browser)
    }
}
