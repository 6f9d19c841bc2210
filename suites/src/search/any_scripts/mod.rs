//! Writes scripts in which every situation is met: an episode brings a session into a situation, does something in a
//! certain company, ends the request in a certain way, and looks at what is left.

mod contents;
mod deeds;
mod past;

use sessionspec_reference::Map;

use super::Shape;
use super::generate::{BROWSERS, Generator};
use super::rng::Rng;
use super::situations::{COMPANY, Company, Deed, EPISODES, Ending, Plan};
use crate::oracle::promises::{Asked, SHORTEST, World};
use crate::script::ops::{contains, get, items, len, modified, new, permanent, set};
use crate::script::{Change, Cycle, Forgery, Operation, Script, Step, Stranger};
use crate::survey::{OnError, Store, Survey};

/// The browser that comes along.
const COMPANION: &str = BROWSERS[3];

/// How many fields of a cookie's value are forged, one at a time.
const MOST_FIELDS: usize = 3;

/// A text that no cookie holds by chance.
const OWNER: &str = "annabelle";

/// As long as [`OWNER`], so that no length in the cookie has to change.
const IMPOSTOR: &str = "bernadine";

/// Writes one script.
pub(super) struct AnyScripts<'a> {
    plan: &'a Generator,
    rng: Rng,
    world: World<'a>,
    /// The number of the first episode.
    first: usize,
    /// How the last session began.
    beginning: Option<Vec<Operation>>,
    /// What the next request does, in scripts about any request.
    next: Option<Deed>,
    /// The key of the item that was made for that.
    made_for_next: Option<String>,
    steps: Vec<Step>,
}

impl<'a> AnyScripts<'a> {
    /// The seed says which case it is (see [`case_seed`](super::case_seed)): the situations follow from its number, and
    /// from the run's seed where they begin.
    pub(super) fn new(plan: &'a Generator, rng: Rng, seed: [u8; 32]) -> Self {
        let asked = match plan.property.shape {
            Shape::AnyLife => Asked::Hardened,
            _ => Asked::Recommended,
        };
        let number = |at: usize| u32::from_le_bytes([seed[at], seed[at + 1], seed[at + 2], seed[at + 3]]);
        let [run, case] = [number(0), number(16)].map(|number| usize::try_from(number).unwrap_or_default());
        let first = (run % 10_007) * 211 + case * EPISODES;
        let world = World::new(&plan.survey, asked);
        Self { plan, rng, world, first, beginning: None, next: None, made_for_next: None, steps: Vec::new() }
    }

    pub(super) fn script(mut self) -> Script {
        for (episode, browser) in BROWSERS.into_iter().take(EPISODES).enumerate() {
            let number = self.first + episode;
            match self.plan.property.shape {
                Shape::AnyLife => self.life(browser, Plan::of_life(number)),
                _ => self.episode(browser, number),
            }
        }
        Script { steps: self.steps }
    }

    fn survey(&self) -> &'a Survey {
        &self.plan.survey
    }

    /// Something done in a situation, and a look at what is left.
    fn episode(&mut self, browser: &'static str, number: usize) {
        let plan = Plan::of(number);
        (self.next, self.made_for_next) = (Some(plan.deed), None);
        self.past(browser, plan.past);
        let stranger = matches!(plan.company, Company::StrangerBefore | Company::StrangerAfter);
        let actor = if stranger {
            // One after the other, so that each comes along.
            let stranger = Stranger::ALL[(number / COMPANY.len()) % Stranger::ALL.len()];
            let first = plan.company == Company::StrangerBefore;
            self.forge(browser, COMPANION, Forgery::Beside { stranger, first });
            COMPANION
        } else {
            browser
        };
        let ops = self.deed(actor, plan.deed);
        self.request(actor, ops, plan.ending);
        self.look(actor);
        match plan.company {
            Company::SecondTab if self.world.is_known(browser) => {
                self.copy_cookies(browser, COMPANION);
                if self.world.is_known(COMPANION) {
                    let ops = self.deed(COMPANION, Deed::Set);
                    self.cycle(COMPANION, ops);
                    self.look(browser);
                }
            }
            Company::Visitor => self.visit(),
            _ => {}
        }
    }

    /// A session from its beginning to its end, and those who have kept its cookies.
    fn life(&mut self, browser: &'static str, plan: Plan) {
        self.past(browser, plan.past);
        match plan.company {
            Company::Thief | Company::WritingThief => self.copy_cookies(browser, COMPANION),
            _ => {}
        }
        let ops = self.deed(browser, plan.deed);
        self.request(browser, ops, plan.ending);
        // What is over at once is looked for at once.
        let is_over = self.world.left_to_live(browser).is_some_and(|(there, _)| there <= 0.0);
        let company = if is_over { Company::LateKeeper } else { plan.company };
        match company {
            Company::Thief if self.world.is_known(COMPANION) => self.look(COMPANION),
            Company::WritingThief if self.world.is_known(COMPANION) => {
                let deed = if self.rng.once_in(3) { Deed::Rotate } else { Deed::Set };
                let ops = self.deed(COMPANION, deed);
                self.cycle(COMPANION, ops);
                self.look(COMPANION);
            }
            Company::LateKeeper => {
                self.forge(browser, COMPANION, Forgery::Replayed);
                if self.rng.once_in(2) {
                    self.use_meanwhile(browser, false);
                }
                self.wait_until_over(browser);
                self.look(COMPANION);
            }
            Company::InTime => {
                if self.rng.once_in(2) {
                    let writes = self.rng.once_in(2);
                    self.use_meanwhile(browser, writes);
                }
                self.wait_until_nearly_over(browser);
            }
            Company::Visitor => self.visit(),
            Company::Forger => self.forged(browser),
            _ => {}
        }
        self.look(browser);
    }

    /// The session is used when half of its time is over.
    fn use_meanwhile(&mut self, browser: &str, writes: bool) {
        let Some((there, _)) = self.world.left_to_live(browser).filter(|_| self.survey().virtual_time) else {
            return;
        };
        if there > 10.0 {
            self.wait(there / 2.0);
            if writes { self.write(browser) } else { self.look(browser) }
        }
    }

    /// Somebody looks who sends no cookie.
    fn visit(&mut self) {
        let key = self.new_key("visitor");
        let looks = [items(), get(&key), contains(&key), len()];
        let look = looks[self.rng.below(looks.len())].clone();
        self.cycle("visitor", vec![look]);
    }

    /// Somebody comes with a cookie of which a part was changed, or its data rewritten.
    fn forged(&mut self, browser: &str) {
        let survey = self.survey();
        if survey.cookies.is_empty() {
            return;
        }
        let signatures = [
            None,
            Some(Change::Truncated),
            Some(Change::Emptied),
            Some(Change::Missing),
            Some(Change::Zeroed),
        ];
        let is_data = survey.store == Store::Client;
        if is_data {
            self.cycle(browser, vec![set("owner", OWNER)]);
        }
        for _ in 0..2 {
            let forgery = if is_data && self.rng.once_in(2) {
                let signature = signatures[self.rng.below(signatures.len())];
                Forgery::Rewritten { from: OWNER.to_owned(), to: IMPOSTOR.to_owned(), signature }
            } else {
                let changes = [
                    Change::Emptied,
                    Change::Truncated,
                    Change::Doubled,
                    Change::Flipped,
                    Change::Zeroed,
                    Change::Missing,
                ];
                Forgery::LongField {
                    cookie: self.rng.below(survey.cookies.len()),
                    field: self.rng.below(MOST_FIELDS),
                    change: changes[self.rng.below(changes.len())],
                    shortest: SHORTEST,
                }
            };
            self.forge(browser, COMPANION, forgery);
            self.cycle(COMPANION, vec![items()]);
        }
    }

    /// A request that does this and ends like that, as far as the probe can.
    fn request(&mut self, browser: &str, mut ops: Vec<Operation>, ending: Ending) {
        let survey = self.survey();
        match ending {
            Ending::Status(200) => {}
            Ending::Status(status) if survey.supports("respond") => ops.push(Operation::Respond { status }),
            Ending::Raised if survey.on_error != OnError::Unknown => ops.push(Operation::Raise),
            _ => {}
        }
        self.cycle(browser, ops);
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
        if let Some((there, _)) = self.world.left_to_live(browser) {
            // The cookie counts in whole seconds.
            self.wait((there - 4.0).max(there / 2.0) * 0.999);
        }
    }

    fn wait_until_over(&mut self, browser: &str) {
        if let Some((_, gone)) = self.world.left_to_live(browser) {
            self.wait(gone + 0.5);
        }
    }

    /// Lets time pass, where it can be moved.
    fn wait(&mut self, seconds: f64) {
        if self.survey().virtual_time && seconds > 0.0 {
            self.world.wait(seconds);
            self.steps.push(Step::Wait { seconds });
        }
    }

    fn copy_cookies(&mut self, from: &str, to: &str) {
        self.world.copy_cookies(from, to);
        self.steps.push(Step::CopyCookies { from: from.to_owned(), to: to.to_owned() });
    }

    fn forge(&mut self, from: &str, to: &str, forgery: Forgery) {
        self.world.forge(from, to, &forgery);
        let (from, to) = (from.to_owned(), to.to_owned());
        self.steps.push(Step::Forge { from, to, with: None, forgery });
    }

    fn cycle(&mut self, browser: &str, ops: Vec<Operation>) {
        self.world.begin(browser, None);
        for (index, op) in ops.iter().enumerate() {
            self.world.perform(index, op, None);
        }
        self.world.end(None);
        self.steps.push(Step::Cycle(Cycle::new(browser, ops)));
    }

    fn items(&self, browser: &str) -> Map {
        self.world.items(browser)
    }
}
