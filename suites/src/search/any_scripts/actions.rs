//! What a handler does to its session.

use serde_json::json;
use sessionspec_reference::Map;
use sessionspec_reference::value::PathStep;

use super::AnyScripts;
use crate::script::ops::{
    clear, contains, delete, get, header, items, len, modified, new, permanent, pop, set, set_in,
    set_modified, set_permanent, setdefault,
};
use crate::script::{Operation, OperationKind};
use crate::search::situations::Action;
use crate::survey::Values;

/// Most of the shorter lifetimes are one of these, in seconds: short, below one second, over at once.
const SHORT_LIFETIMES: [f64; 3] = [3.0, 0.5, -1.0];

/// The application's own cookie. Frameworks order the attributes of a longer one anew.
const OWN_COOKIE: &str = "mine=1; Path=/";

/// A second one, with more attributes.
const SECOND_COOKIE: &str = "seen=2; HttpOnly; Path=/";

/// The application's own `Vary`: a name may have the word in it, a field several names, and a response several fields.
const VARY: [&[&str]; 5] = [
    &["Accept-Language"],
    &["X-Cookie"],
    &["Cookie-Consent"],
    &["Accept-Language, Origin"],
    &["Accept-Language", "Origin"],
];

impl AnyScripts<'_> {
    /// What the handler does to the session.
    pub(super) fn action(&mut self, browser: &str, action: Action) -> Vec<Operation> {
        let existing = self.existing_key(browser);
        let ops = match action {
            Action::Nothing => return Vec::new(),
            Action::Read => return self.reading(browser, existing),
            Action::Set if self.turn == 2 => self.saved_early(browser),
            Action::Set => vec![self.set_new(browser)],
            Action::Overwrite => match existing {
                Some(key) => {
                    let value = self.other_value(browser, &key);
                    vec![set(&key, value)]
                }
                None => vec![self.set_new(browser)],
            },
            Action::Delete | Action::Pop => match existing {
                Some(key) if action == Action::Pop && self.survey().supports("pop") => vec![pop(&key)],
                Some(key) => vec![delete(&key)],
                None => vec![self.set_new(browser)],
            },
            Action::Setdefault => {
                let key = self.new_key(browser);
                let value = if self.turn == 0 { self.long_list(browser, &key) } else { self.value() };
                vec![setdefault(&key, value)]
            }
            Action::Update if self.turn == 0 => vec![Operation::Update { items: self.many_items(browser) }],
            Action::Update => {
                let item = (self.new_key(browser), self.value());
                vec![Operation::Update { items: Map::from_iter([item]) }]
            }
            Action::Clear => vec![clear()],
            Action::Nested => self.nested(browser),
            Action::SetPermanent => {
                let now = self.tracker.permanent(browser).unwrap_or(false);
                self.if_tried(set_permanent(!now)).map_or_else(|| vec![self.set_new(browser)], |op| vec![op])
            }
            Action::Unusual => return self.unusual(browser),
            Action::Headers => return self.headers(browser, existing),
            Action::Rotate => {
                let now = self.tracker.permanent(browser).unwrap_or(false);
                let first = self.if_tried(set_permanent(!now)).filter(|_| self.turn == 1);
                first.into_iter().chain(self.rotation(browser, false, false)).collect()
            }
            Action::RotateAndWrite => {
                let is_first = self.turn != 2;
                self.rotation(browser, is_first, !is_first)
            }
            Action::RotateAndRemember => {
                let flipped = !self.survey().permanent_default;
                let last = self.if_tried(set_permanent(flipped));
                self.rotation(browser, false, false).into_iter().chain(last).collect()
            }
            Action::RotateAndEnd => return self.rotation_and_end(),
            Action::Destroy => return vec![self.end()],
            Action::EndBesideHeaders => {
                let own = self.own_cookies();
                return own.into_iter().chain([self.end()]).collect();
            }
            Action::DestroyAndWrite => return vec![self.end(), self.set_new(browser)],
            Action::Shorten => self.lifetime(browser, false, true),
            Action::Lengthen => self.lifetime(browser, true, true),
        };
        self.with_attributes(browser, ops)
    }

    /// Half of the time, attributes are read before and after.
    fn with_attributes(&mut self, browser: &str, ops: Vec<Operation>) -> Vec<Operation> {
        if self.rng.once_in(2) || self.is_shared {
            return ops;
        }
        let key = self.existing_key(browser).unwrap_or_else(|| "a".to_owned());
        let before = [modified(), new(), permanent(), modified()];
        let between = [get(&key), contains(&key), items(), len()];
        let read = between[self.rng.below(between.len())].clone();
        // Or `permanent` is set to what it was.
        let now = self.tracker.permanent(browser).unwrap_or(false);
        let same = self.if_tried(set_permanent(now)).filter(|_| self.rng.once_in(4));
        let after = [same.unwrap_or(read), modified(), new(), permanent()];
        let before = before.into_iter().skip(self.rng.below(4));
        let all = before.chain(ops).chain(after);
        all.filter(|op| self.is_asked(op)).collect()
    }

    /// Reads alone, some with attributes between them.
    fn reading(&mut self, browser: &str, existing: Option<String>) -> Vec<Operation> {
        let key = existing.unwrap_or_else(|| self.new_key(browser));
        let reads = [get(&key), contains(&key), items(), len()];
        let read = reads[self.rng.below(reads.len())].clone();
        if self.rng.once_in(2) {
            return vec![read];
        }
        let alone = permanent();
        if self.is_asked(&alone) && self.rng.once_in(2) {
            return vec![alone];
        }
        let all = [permanent(), modified(), read, modified(), new()];
        all.into_iter().filter(|op| self.is_asked(op)).collect()
    }

    /// The application sets fields of its own, beside what it does to the session.
    fn headers(&mut self, browser: &str, existing: Option<String>) -> Vec<Operation> {
        let own = self.own_headers();
        let rest = match existing {
            None => vec![self.set_new(browser)],
            Some(key) => {
                let others = [vec![], vec![self.set_new(browser)], vec![clear()], vec![get(&key)]];
                others[self.rng.below(others.len())].clone()
            }
        };
        own.into_iter().chain(rest).collect()
    }

    /// One field of the application's own, or several: cookies, `Vary`, or both.
    fn own_headers(&mut self) -> Vec<Operation> {
        let vary = VARY[self.rng.below(VARY.len())].iter().map(|names| header("Vary", names));
        let vary = vary.filter(|op| self.survey().supports(op.name())).collect();
        match self.rng.below(3) {
            0 => self.own_cookies(),
            1 => vary,
            _ => [self.own_cookies(), vary].concat(),
        }
    }

    /// A cookie of the application's own, or two, or one whose name begins with that of the session's.
    fn own_cookies(&mut self) -> Vec<Operation> {
        let namesake = self.survey().cookies.first().map(|name| format!("{name}_theme=dark; Path=/"));
        let cookies = match (self.rng.below(3), namesake) {
            (0, Some(namesake)) => vec![header("Set-Cookie", &namesake)],
            (1, _) => vec![header("Set-Cookie", OWN_COOKIE), header("Set-Cookie", SECOND_COOKIE)],
            _ => vec![header("Set-Cookie", OWN_COOKIE)],
        };
        cookies.into_iter().filter(|op| self.survey().supports(op.name())).collect()
    }

    /// A rotation, or a write where there is none.
    pub(super) fn rotation(
        &mut self,
        browser: &str,
        after_a_write: bool,
        before_a_write: bool,
    ) -> Vec<Operation> {
        let mut ops = Vec::new();
        if after_a_write {
            ops.push(self.set_new(browser));
            ops.extend(self.saves_early());
        }
        if self.survey().supports("regenerate") {
            ops.push(Operation::Regenerate);
            ops.extend(self.rng.once_in(4).then_some(Operation::Regenerate));
        }
        if before_a_write || ops.is_empty() {
            ops.push(self.set_new(browser));
        }
        ops
    }

    /// A request that rotates, and ends the session or empties it before or after that.
    fn rotation_and_end(&mut self) -> Vec<Operation> {
        let is_supported = self.survey().supports("regenerate");
        let rotation = || is_supported.then_some(Operation::Regenerate);
        let end = if self.turn == 0 { clear() } else { self.end() };
        match self.turn {
            _ if self.is_shared => rotation().into_iter().chain([self.end()]).collect(),
            1 => rotation().into_iter().chain([end]).collect(),
            _ => [end].into_iter().chain(rotation()).collect(),
        }
    }

    /// How a session is ended.
    pub(super) fn end(&self) -> Operation {
        if self.survey().supports("destroy") { Operation::Destroy } else { clear() }
    }

    /// A request that saves its session before it ends, half of the time.
    fn saves_early(&mut self) -> Option<Operation> {
        (self.survey().supports("save") && self.rng.once_in(2)).then_some(Operation::Save)
    }

    /// A write, a save, and another write.
    fn saved_early(&mut self, browser: &str) -> Vec<Operation> {
        let first = self.set_new(browser);
        let key = self.plan.more_keys[1].clone();
        let save = self.survey().supports("save").then_some(Operation::Save);
        [first].into_iter().chain(save).chain([set(&key, "late")]).collect()
    }

    /// A lifetime of its own, together with a change, since that is saved for certain.
    pub(super) fn lifetime(&mut self, browser: &str, longer: bool, may_be_over: bool) -> Vec<Operation> {
        let mut ops = vec![self.set_new(browser)];
        if self.survey().supports("set_lifetime") && self.survey().virtual_time {
            let description = &self.survey().description;
            let usual = description.lifetime_seconds.unwrap_or(3600.0);
            let short = SHORT_LIFETIMES.get(self.count % (SHORT_LIFETIMES.len() + 1));
            let seconds = match short.filter(|short| !self.is_shared && (may_be_over || **short > 0.0)) {
                _ if longer => {
                    3.0 * usual.max(description.browser_lifetime_seconds.flatten().unwrap_or(usual))
                }
                Some(short) => *short,
                None => (usual / 100.0).max(10.0),
            };
            ops.insert(0, Operation::SetLifetime { seconds });
        }
        ops
    }

    /// A change inside of a value, of which the session is told or not.
    fn nested(&mut self, browser: &str) -> Vec<Operation> {
        let is_tried = self.plan.tries(OperationKind::SetIn);
        let key = self.new_key(browser);
        if !is_tried || self.survey().values != Values::Json {
            return vec![set(&key, self.value())];
        }
        let there = self.items(browser).into_iter().find(|(_, value)| value.get("n").is_some());
        let (key, mut ops) = match there {
            Some((key, _)) => (key, Vec::new()),
            None => (key.clone(), vec![set(&key, json!({"n": 1}))]),
        };
        ops.push(set_in([PathStep::Key(key), PathStep::from("n")], json!(2 + self.rng.below(9))));
        let is_told = self.survey().supports("set_modified") && !self.rng.once_in(3);
        ops.extend(is_told.then(set_modified));
        ops
    }

    /// The operation, where the contract says enough about it for this backend.
    pub(super) fn if_tried(&self, op: Operation) -> Option<Operation> {
        self.plan.tries(op.kind()).then_some(op)
    }
}
