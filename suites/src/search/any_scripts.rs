//! Writes scripts in which every situation is met: an episode brings a session into a situation, does something in a
//! certain company, ends the request in a certain way, and looks at what is left.

use serde_json::json;
use sessionspec_reference::Map;
use sessionspec_reference::value::PathStep;

use super::Shape;
use super::generate::{BROWSERS, Generator, OperationKind};
use super::rng::Rng;
use super::situations::{Company, Deed, EPISODES, Ending, Past, Plan};
use super::values::{fits, small_value};
use crate::oracle::promises::{Asked, World};
use crate::script::ops::{
    clear, contains, delete, get, header, items, len, modified, new, permanent, pop, set, set_in,
    set_modified, set_permanent, setdefault,
};
use crate::script::{Cycle, Forgery, Operation, Script, Step, Stranger, incompressible};
use crate::survey::{OnError, Survey, Values};

/// Larger than a cookie.
const LARGE: usize = 6000;

/// The browser that comes along.
const COMPANION: &str = BROWSERS[3];

/// Writes one script.
pub(super) struct AnyScripts<'a> {
    plan: &'a Generator,
    rng: Rng,
    world: World<'a>,
    /// The number of the first episode.
    first: usize,
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
        Self { plan, rng, world: World::new(&plan.survey, asked), first, steps: Vec::new() }
    }

    pub(super) fn script(mut self) -> Script {
        for (episode, browser) in BROWSERS.into_iter().take(EPISODES).enumerate() {
            let number = self.first + episode;
            match self.plan.property.shape {
                Shape::AnyLife => self.life(browser, Plan::of_life(number)),
                _ => self.episode(browser, Plan::of(number)),
            }
        }
        Script { steps: self.steps }
    }

    fn survey(&self) -> &'a Survey {
        &self.plan.survey
    }

    /// Something done in a situation, and a look at what is left.
    fn episode(&mut self, browser: &'static str, plan: Plan) {
        self.past(browser, plan.past);
        let stranger = matches!(plan.company, Company::StrangerBefore | Company::StrangerAfter);
        let actor = if stranger {
            let strangers = Stranger::ALL;
            let stranger = strangers[self.rng.below(strangers.len())];
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
            Company::Visitor => self.cycle("visitor", vec![items()]),
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
        match plan.company {
            Company::Thief if self.world.is_known(COMPANION) => self.look(COMPANION),
            Company::WritingThief if self.world.is_known(COMPANION) => {
                let ops = self.deed(COMPANION, Deed::Set);
                self.cycle(COMPANION, ops);
                self.look(COMPANION);
            }
            Company::LateKeeper => {
                self.forge(browser, COMPANION, Forgery::Replayed);
                self.wait_until_over(browser);
                self.look(COMPANION);
            }
            Company::InTime => self.wait_until_nearly_over(browser),
            Company::Visitor => self.cycle("visitor", vec![items()]),
            _ => {}
        }
        self.look(browser);
    }

    /// Brings the browser's session into a situation.
    fn past(&mut self, browser: &'static str, past: Past) {
        if past == Past::Fresh {
            return;
        }
        let mut ops = vec![self.set_new(browser), self.set_new(browser)];
        let flipped = !self.survey().permanent_default;
        match past {
            Past::Permanent | Past::NoLongerPermanent | Past::PermanentRotated | Past::PermanentWritten => {
                ops.extend(self.if_tried(set_permanent(flipped)))
            }
            // Half of those that are waited for are permanent.
            Past::NearItsEnd | Past::Over | Past::OlderThanASecond if self.rng.below(2) == 0 => {
                ops.extend(self.if_tried(set_permanent(flipped)));
            }
            _ => {}
        }
        self.cycle(browser, ops);
        match past {
            Past::WrittenTwice => self.write(browser),
            Past::ReadBefore => self.cycle(browser, vec![items()]),
            Past::PermanentWritten => {
                self.write(browser);
                self.look(browser);
            }
            Past::NoLongerPermanent => {
                let ops = [Some(self.set_new(browser)), self.if_tried(set_permanent(!flipped))];
                self.cycle(browser, ops.into_iter().flatten().collect());
            }
            Past::Refilled => {
                self.cycle(browser, vec![clear()]);
                self.write(browser);
            }
            Past::Shrunk => {
                let key = self.new_key(browser);
                self.cycle(browser, vec![set(&key, incompressible(LARGE))]);
                self.cycle(browser, vec![set(&key, "small")]);
            }
            Past::Rotated | Past::PermanentRotated => self.rotate(browser),
            Past::RotatedTwice => {
                self.rotate(browser);
                self.rotate(browser);
            }
            Past::BegunAgain => {
                let end = if self.survey().supports("destroy") { Operation::Destroy } else { clear() };
                self.cycle(browser, vec![end]);
                self.write(browser);
            }
            Past::ShorterLifetime => self.own_lifetime(browser, false),
            Past::LongerLifetime => self.own_lifetime(browser, true),
            Past::OwnLifetimeUsed => {
                let longer = self.rng.below(2) == 0;
                self.own_lifetime(browser, longer);
                match self.rng.below(3) {
                    0 => self.write(browser),
                    1 => self.look(browser),
                    _ => self.rotate(browser),
                }
            }
            Past::OlderThanASecond => self.wait(1.5),
            Past::NearItsEnd => self.wait_until_nearly_over(browser),
            Past::Over => self.wait_until_over(browser),
            _ => {}
        }
    }

    /// What the handler does to the session.
    fn deed(&mut self, browser: &str, deed: Deed) -> Vec<Operation> {
        let existing = self.existing_key(browser);
        let mut ops = match deed {
            Deed::Nothing => return Vec::new(),
            Deed::Read => {
                let key = existing.unwrap_or_else(|| self.new_key(browser));
                return vec![[get(&key), contains(&key), items(), len()][self.rng.below(4)].clone()];
            }
            Deed::Set => vec![self.set_new(browser)],
            Deed::Overwrite => match existing {
                Some(key) => vec![set(&key, self.value())],
                None => vec![self.set_new(browser)],
            },
            Deed::Remove => match existing {
                Some(key) if self.rng.below(2) == 0 && self.survey().supports("pop") => vec![pop(&key)],
                Some(key) => vec![delete(&key)],
                None => vec![self.set_new(browser)],
            },
            Deed::Merge => {
                let (key, value) = (self.new_key(browser), self.value());
                if self.rng.below(2) == 0 {
                    vec![setdefault(&key, value)]
                } else {
                    vec![Operation::Update { items: Map::from_iter([(key, value)]) }]
                }
            }
            Deed::Clear => vec![clear()],
            Deed::Nested => self.nested(browser),
            Deed::SetPermanent => {
                let now = self.world.permanent(browser).unwrap_or(false);
                self.if_tried(set_permanent(!now)).map_or_else(|| vec![self.set_new(browser)], |op| vec![op])
            }
            Deed::Large => {
                let key = self.new_key(browser);
                return vec![set(&key, incompressible(LARGE))];
            }
            Deed::Headers => {
                let secure = if self.survey().https { "; Secure" } else { "" };
                let cookie = format!("mine=1; Path=/; HttpOnly; SameSite=Lax{secure}");
                let own = match self.rng.below(2) {
                    0 => header("Vary", "Accept-Language"),
                    _ => header("Set-Cookie", &cookie),
                };
                let own = Some(own).filter(|_| self.survey().supports("header"));
                let others = [
                    vec![],
                    vec![self.set_new(browser)],
                    vec![clear()],
                    vec![existing.map_or(items(), |key| get(&key))],
                ];
                return own.into_iter().chain(others[self.rng.below(4)].clone()).collect();
            }
            Deed::Rotate => self.rotation(browser, false, false),
            Deed::WriteAndRotate => self.rotation(browser, true, false),
            Deed::RotateAndWrite => self.rotation(browser, false, true),
            Deed::Destroy if self.survey().supports("destroy") => vec![Operation::Destroy],
            Deed::Destroy => vec![clear()],
            Deed::Shorten => self.lifetime(browser, false),
            Deed::Lengthen => self.lifetime(browser, true),
        };
        // Attributes are read before and after, now and then.
        if self.rng.below(3) == 0 {
            ops.insert(0, self.attribute());
            if !ops.contains(&Operation::Destroy) {
                ops.push(self.attribute());
            }
        }
        ops
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
            _ => vec![new(), items(), len(), modified(), permanent()],
        };
        let is_tried = |op: &Operation| match op {
            Operation::Permanent => self.survey().permanent.observed().is_some(),
            Operation::Modified => self.survey().modified.observed().is_some(),
            Operation::New => self.survey().new.observed().is_some(),
            _ => true,
        };
        let ops = ops.into_iter().filter(is_tried).collect();
        self.cycle(browser, ops);
    }

    fn write(&mut self, browser: &str) {
        let ops = vec![self.set_new(browser)];
        self.cycle(browser, ops);
    }

    fn rotate(&mut self, browser: &str) {
        let ops = self.rotation(browser, false, false);
        self.cycle(browser, ops);
    }

    /// A rotation, or a write where there is none.
    fn rotation(&mut self, browser: &str, after_a_write: bool, before_a_write: bool) -> Vec<Operation> {
        let mut ops = Vec::new();
        if after_a_write {
            ops.push(self.set_new(browser));
        }
        if self.survey().supports("regenerate") {
            ops.push(Operation::Regenerate);
            ops.extend((self.rng.below(4) == 0).then_some(Operation::Regenerate));
        }
        if before_a_write || ops.is_empty() {
            ops.push(self.set_new(browser));
        }
        ops
    }

    fn own_lifetime(&mut self, browser: &str, longer: bool) {
        let ops = self.lifetime(browser, longer);
        self.cycle(browser, ops);
    }

    /// A lifetime of its own, together with a change, since that is saved for certain.
    fn lifetime(&mut self, browser: &str, longer: bool) -> Vec<Operation> {
        let mut ops = vec![self.set_new(browser)];
        if self.survey().supports("set_lifetime") && self.survey().virtual_time {
            let description = &self.survey().description;
            let usual = description.lifetime_seconds.unwrap_or(3600.0);
            let seconds = match (longer, self.rng.below(3)) {
                (true, _) => 3.0 * usual.max(description.browser_lifetime_seconds.flatten().unwrap_or(usual)),
                (false, 0) => 3.0,
                (false, _) => (usual / 100.0).max(10.0),
            };
            ops.insert(0, Operation::SetLifetime { seconds });
        }
        ops
    }

    /// A change inside of a value, of which the session is told.
    fn nested(&mut self, browser: &str) -> Vec<Operation> {
        let is_tried = self.plan.kinds.iter().any(|(_, kind)| *kind == OperationKind::SetIn);
        let key = self.new_key(browser);
        if !is_tried || self.survey().values != Values::Json {
            return vec![set(&key, self.value())];
        }
        let there = self.world.items(browser).into_iter().find(|(_, value)| value.get("n").is_some());
        let (key, mut ops) = match there {
            Some((key, _)) => (key, Vec::new()),
            None => (key.clone(), vec![set(&key, json!({"n": 1}))]),
        };
        ops.push(set_in([PathStep::Key(key), PathStep::from("n")], json!(self.rng.below(9))));
        ops.extend(self.survey().supports("set_modified").then(set_modified));
        ops
    }

    fn attribute(&mut self) -> Operation {
        let survey = self.survey();
        let known = [
            survey.modified.observed().map(|_| modified()),
            survey.new.observed().map(|_| new()),
            survey.permanent.observed().map(|_| permanent()),
        ];
        let known: Vec<Operation> = known.into_iter().flatten().collect();
        self.rng.choose(&known).cloned().unwrap_or_else(items)
    }

    /// The operation, where the contract says enough about it for this backend.
    fn if_tried(&self, op: Operation) -> Option<Operation> {
        self.plan.kinds.iter().any(|(_, kind)| *kind == op.kind()).then_some(op)
    }

    fn set_new(&mut self, browser: &str) -> Operation {
        let key = self.new_key(browser);
        let value = self.value();
        let value = if fits(&self.world.items(browser), &key, &value) { value } else { small_value() };
        set(&key, value)
    }

    fn value(&mut self) -> sessionspec_reference::Value {
        self.rng.value(&self.plan.values).unwrap_or_else(small_value)
    }

    fn existing_key(&mut self, browser: &str) -> Option<String> {
        let keys: Vec<String> = self.world.items(browser).keys().cloned().collect();
        self.rng.choose(&keys).cloned()
    }

    /// A key that is not there, where one is left.
    fn new_key(&mut self, browser: &str) -> String {
        let there = self.world.items(browser);
        let keys = self.plan.keys.iter().chain(&self.plan.more_keys);
        let missing: Vec<&String> = keys.filter(|key| !there.contains_key(*key)).take(4).collect();
        self.rng.choose(&missing).map_or_else(|| "a".to_owned(), |key| (*key).clone())
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
        if self.survey().virtual_time {
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
        self.steps.push(Step::Cycle(Cycle { browser: browser.to_owned(), ops }));
    }
}
