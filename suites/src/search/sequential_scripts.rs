//! Writes one script, step by step: a model of what each session holds says what is worth doing next.

use serde_json::json;
use sessionspec_reference::value::PathStep;
use sessionspec_reference::{Map, Value};

use super::generator::{BROWSERS, Generator};
use super::rng::Rng;
use super::values::{KEYS, fits, small_value};
use crate::oracle::model::Model;
use crate::script::{Cycle, Operation, OperationKind, Script, Step};
use crate::survey::{Nested, Values};

/// Writes one script.
pub(super) struct SequentialScripts<'a> {
    plan: &'a Generator,
    rng: Rng,
    model: Model<'a>,
}

impl<'a> SequentialScripts<'a> {
    pub(super) fn new(plan: &'a Generator, rng: Rng) -> Self {
        Self { plan, rng, model: Model::new(&plan.survey, plan.property.dead_sessions) }
    }

    /// One cycle of one browser, with several operations.
    pub(super) fn one_cycle(mut self) -> Script {
        let turns = 1 + self.rng.below(8);
        Script { steps: vec![self.cycle(BROWSERS[0], turns)] }
    }

    /// Several cycles of one to three browsers.
    pub(super) fn several_cycles(mut self) -> Script {
        let mut script = Script::new();
        let browsers = &BROWSERS[..self.rng.weighted(&[(5, 1), (3, 2), (3, 3)]).unwrap_or(1)];
        for _ in 0..1 + browsers.len() + self.rng.below(7) {
            script.steps.extend(self.copy_cookies(browsers));
            let browser = self.browser(browsers);
            let turns = self.rng.weighted(&[(1, 0), (6, 1), (3, 2), (2, 3), (1, 5)]).unwrap_or(1);
            script.steps.push(self.cycle(browser, turns));
        }
        script
    }

    /// Gives one browser the cookies of another now and then. The two share a session from then on.
    fn copy_cookies(&mut self, browsers: &[&'static str]) -> Option<Step> {
        let sources: Vec<&str> =
            browsers.iter().copied().filter(|from| self.model.copy_can_be_judged(from)).collect();
        if browsers.len() < 2 || sources.is_empty() || self.rng.below(5) > 0 {
            return None;
        }
        let from = *self.rng.choose(&sources)?;
        let others: Vec<&str> = browsers.iter().copied().filter(|other| *other != from).collect();
        let to = *self.rng.choose(&others)?;
        self.model.copy_cookies(from, to);
        Some(Step::CopyCookies { from: from.to_owned(), to: to.to_owned() })
    }

    /// One of the browsers whose next cycle can be judged: there is always one, since whoever ends a session for
    /// others goes on with a session of its own.
    fn browser(&mut self, browsers: &[&'static str]) -> &'static str {
        let judged: Vec<&'static str> =
            browsers.iter().copied().filter(|browser| self.model.can_be_judged(browser)).collect();
        self.rng.choose(&judged).copied().unwrap_or(BROWSERS[0])
    }

    fn cycle(&mut self, browser: &'static str, turns: usize) -> Step {
        self.model.open(browser);
        let mut ops = Vec::new();
        for _ in 0..turns {
            let begin = ops.len();
            self.turn(browser, &mut ops);
            for op in &ops[begin..] {
                self.model.perform(browser, op);
            }
            if ops.last() == Some(&Operation::Destroy) {
                break;
            }
        }
        if ops.last() != Some(&Operation::Destroy) {
            self.look_at_everything(browser, &mut ops);
        }
        self.model.save(browser, false);
        Step::Cycle(Cycle::new(browser, ops))
    }

    /// Reads everything at the end of a cycle, so that nothing that went wrong stays hidden.
    fn look_at_everything(&mut self, browser: &str, ops: &mut Vec<Operation>) {
        ops.push(Operation::Items);
        if self.is_tried(OperationKind::Get) && self.rng.below(2) == 0 {
            ops.push(Operation::Get { key: self.key(browser, 4) });
        }
        if self.is_tried(OperationKind::Permanent) && self.rng.below(2) == 0 {
            ops.push(Operation::Permanent);
        }
    }

    /// One or two operations that belong together.
    fn turn(&mut self, browser: &str, ops: &mut Vec<Operation>) {
        let is_empty = self.items(browser).is_empty();
        // A backend may have none of these operations.
        let Some(mut kind) = self.rng.weighted(&self.plan.kinds) else { return };
        // On an empty session most verbs find nothing to do: every other time something is put in first.
        if is_empty && self.rng.below(2) == 0 {
            kind = self.rng.weighted(&[(3, OperationKind::Set), (1, kind)]).unwrap_or(kind);
        }
        match kind {
            OperationKind::Get => ops.push(Operation::Get { key: self.key(browser, 2) }),
            OperationKind::Contains => ops.push(Operation::Contains { key: self.key(browser, 2) }),
            OperationKind::Len => ops.extend([Operation::Items, Operation::Len]),
            OperationKind::Set => {
                let (key, value) = self.item(browser, 2);
                ops.push(Operation::Set { key, value });
            }
            OperationKind::Delete => ops.push(Operation::Delete { key: self.key(browser, 4) }),
            OperationKind::Pop => ops.push(Operation::Pop { key: self.key(browser, 4) }),
            OperationKind::Setdefault => {
                let (key, value) = self.item(browser, 2);
                ops.push(Operation::Setdefault { key, value });
            }
            OperationKind::Update => ops.push(Operation::Update { items: self.some_items(browser) }),
            OperationKind::Clear => ops.push(Operation::Clear),
            OperationKind::SetIn => self.nested_change(browser, ops),
            OperationKind::Permanent => ops.push(Operation::Permanent),
            OperationKind::SetPermanent => {
                // Mostly flipped, or a backend that forgets would look as if it remembered.
                let now = self.model.permanent(browser).unwrap_or(false);
                ops.push(Operation::SetPermanent { value: now ^ (self.rng.below(4) > 0) });
            }
            OperationKind::Modified => ops.push(Operation::Modified),
            OperationKind::New => ops.push(Operation::New),
            OperationKind::SetModified => ops.push(Operation::SetModified),
            OperationKind::Regenerate => ops.push(Operation::Regenerate),
            OperationKind::Destroy => ops.push(Operation::Destroy),
            // Each cycle ends with `items`; the others have no weight in `KINDS`.
            OperationKind::Items
            | OperationKind::SetLifetime
            | OperationKind::Save
            | OperationKind::Respond
            | OperationKind::Header
            | OperationKind::Raise
            | OperationKind::Hold => {}
        }
    }

    /// A change inside of a value that is there, or is put there for it. Mostly the session is told about it.
    fn nested_change(&mut self, browser: &str, ops: &mut Vec<Operation>) {
        let containers: Vec<(String, Value)> = self
            .items(browser)
            .iter()
            .filter(|(_, value)| value.is_object() || value.as_array().is_some_and(|list| !list.is_empty()))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let (key, container) = if containers.is_empty() {
            let key = self.key(browser, 2);
            let value = json!({"n": self.value_for(browser, &Map::new(), &key)});
            ops.push(Operation::Set { key: key.clone(), value: value.clone() });
            (key, value)
        } else {
            containers[self.rng.below(containers.len())].clone()
        };
        let mut path = vec![PathStep::Key(key)];
        self.walk_into(&container, &mut path);
        ops.push(Operation::SetIn { path, value: json!(self.rng.below(3)) });
        // Where nobody notices by itself, an untold change only casts doubt on the item.
        let told = if self.plan.survey.nested == Nested::Untracked { 3 } else { 1 };
        if self.is_tried(OperationKind::SetModified) && self.rng.below(4) < told {
            ops.push(Operation::SetModified);
        }
    }

    /// Leads the path to a place inside of this list or object.
    fn walk_into(&mut self, container: &Value, path: &mut Vec<PathStep>) {
        let (step, inside) = match container {
            Value::Array(elements) => {
                let index = self.rng.below(elements.len());
                (PathStep::Index(index), elements.get(index))
            }
            _ => {
                let key = ["n", "a", "items"][self.rng.below(3)];
                (PathStep::from(key), container.get(key))
            }
        };
        path.push(step);
        let goes_on =
            |inside: &&Value| inside.is_object() || inside.as_array().is_some_and(|list| !list.is_empty());
        if let Some(inside) = inside.filter(goes_on)
            && self.rng.below(2) == 0
        {
            self.walk_into(inside, path);
        }
    }

    /// Items for an update: none, or some that are there already and some that are not, or now and then many.
    fn some_items(&mut self, browser: &str) -> Map {
        let mut items = Map::new();
        for _ in 0..self.rng.below(4) {
            let key = self.key(browser, 1);
            let value = self.value_for(browser, &items, &key);
            items.insert(key, value);
        }
        if self.rng.below(8) == 0 {
            items.extend(self.plan.more_keys.iter().map(|key| (key.clone(), small_value())));
        }
        items
    }

    fn item(&mut self, browser: &str, existing: usize) -> (String, Value) {
        let key = self.key(browser, existing);
        let value = self.value_for(browser, &Map::new(), &key);
        (key, value)
    }

    /// A key that is there `existing` times as often as one that is not.
    fn key(&mut self, browser: &str, existing: usize) -> String {
        let wants_existing = self.rng.below(existing + 1) > 0;
        let items = self.model.items(browser);
        let is_there = |key: &&str| items.is_some_and(|items| items.contains_key(*key));
        let keys = self.plan.keys.iter().map(String::as_str);
        let (there, missing): (Vec<&str>, Vec<&str>) = keys.partition(is_there);
        let chosen =
            if (wants_existing && !there.is_empty()) || missing.is_empty() { there } else { missing };
        self.rng.choose(&chosen).copied().unwrap_or(KEYS[0]).to_owned()
    }

    /// A value that fits into the session beside its other items and those that come with it.
    fn value_for(&mut self, browser: &str, together_with: &Map, key: &str) -> Value {
        let strategy = if self.plan.survey.values == Values::Json && self.rng.below(6) == 0 {
            &self.plan.nested
        } else {
            &self.plan.values
        };
        let value = self.rng.value(strategy).unwrap_or_else(small_value);
        let mut items = self.items(browser).clone();
        items.extend(together_with.clone());
        if fits(&items, key, &value) { value } else { small_value() }
    }

    fn items(&self, browser: &str) -> &Map {
        self.model.items(browser).expect("the browser's cycle is open, so it has a session")
    }

    fn is_tried(&self, kind: OperationKind) -> bool {
        self.plan.kinds.iter().any(|(_, judged_case)| *judged_case == kind)
    }
}
