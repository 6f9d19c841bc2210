//! The items that the scripts write: keys and values of level `minimum`, among them some that resemble each other, and a few
//! values beyond it.

use serde_json::json;
use sessionspec_reference::{Map, Value};

use super::AnyScripts;
use crate::script::Operation;
use crate::script::ops::set;
use crate::search::values::{fits, small_value};
use crate::survey::Values;

/// More items than a list of slots has, and more entries than a page shows.
const MANY: usize = 60;
const LONG: usize = 120;

/// Keys of which one is the beginning of another, or differs in case alone.
const NEIGHBOURS: [&str; 4] = ["user", "user_id", "User", "users"];

impl AnyScripts<'_> {
    pub(super) fn set_new(&mut self, browser: &str) -> Operation {
        let key = self.new_key(browser);
        let value = self.value();
        let value = if fits(&self.items(browser), &key, &value) { value } else { small_value() };
        set(&key, value)
    }

    pub(super) fn value(&mut self) -> Value {
        match self.rng.below(5) {
            0 => self.lookalike(),
            1 if self.survey().values == Values::Json => json!({"n": 1}),
            _ => self.rng.value(&self.plan.values).unwrap_or_else(small_value),
        }
    }

    /// A value that some language takes for another one.
    pub(super) fn lookalike(&mut self) -> Value {
        let alike = lookalikes(self.survey().values == Values::Json);
        alike[self.rng.below(alike.len())].clone()
    }

    /// An item with this value, for what comes next; another value where the backend keeps none but text.
    pub(super) fn prepared(&mut self, value: Value) -> Operation {
        let is_kept = value.is_string() || self.survey().values == Values::Json;
        let value = if is_kept { value } else { self.lookalike() };
        let key = self.plan.more_keys[0].clone();
        self.made_for_next = Some(key.clone());
        set(&key, value)
    }

    /// Whether the framework has none of these keys for itself.
    pub(super) fn has_neighbours(&self) -> bool {
        !NEIGHBOURS.iter().any(|key| self.survey().own_keys.contains(*key))
    }

    /// Two items whose keys resemble each other; the first is for what comes next.
    pub(super) fn neighbours(&mut self) -> [Operation; 2] {
        let [shortest, others @ ..] = NEIGHBOURS;
        self.made_for_next = Some(shortest.to_owned());
        let other = others[self.rng.below(others.len())];
        [shortest, other].map(|key| set(key, self.value()))
    }

    /// A value that takes the place of another; more often than not one that some language takes for the same.
    pub(super) fn other_value(&mut self, browser: &str, key: &str) -> Value {
        let now = self.items(browser).get(key).cloned().unwrap_or_else(small_value);
        let is_json = self.survey().values == Values::Json;
        let alike: Vec<Value> =
            lookalikes(is_json).into_iter().filter(|value| *value != now && is_alike(value, &now)).collect();
        match self.rng.choose(&alike) {
            Some(value) => value.clone(),
            None => self.value(),
        }
    }

    /// A list with many entries, where there is room for it.
    pub(super) fn long_list(&mut self, browser: &str, key: &str) -> Value {
        let list = json!(vec![""; LONG]);
        let is_json = self.survey().values == Values::Json;
        if is_json && fits(&self.items(browser), key, &list) { list } else { small_value() }
    }

    /// Many small items, as far as there is room for them.
    pub(super) fn many_items(&mut self, browser: &str) -> Map {
        let mut there = self.items(browser);
        let mut items = Map::new();
        for key in (1..=MANY).map(|number| format!("i{number}")) {
            if fits(&there, &key, &small_value()) {
                there.insert(key.clone(), small_value());
                items.insert(key, small_value());
            }
        }
        items
    }

    pub(super) fn existing_key(&mut self, browser: &str) -> Option<String> {
        let keys: Vec<String> = self.items(browser).keys().cloned().collect();
        let made = self.made_for_next.clone().filter(|key| keys.contains(key));
        if let Some(made) = made.filter(|_| !self.rng.once_in(4)) {
            return Some(made);
        }
        self.rng.choose(&keys).cloned()
    }

    /// A key that is not there, where one is left.
    pub(super) fn new_key(&mut self, browser: &str) -> String {
        let there = self.items(browser);
        let is_new = |key: &&String| !there.contains_key(*key);
        let neighbours: Vec<String> = NEIGHBOURS
            .into_iter()
            .map(str::to_owned)
            .filter(|key| is_new(&key) && !self.survey().own_keys.contains(key))
            .collect();
        let keys = self.plan.keys.iter().chain(&self.plan.more_keys);
        let others: Vec<String> = keys.filter(is_new).take(4).cloned().collect();
        let has_neighbours = neighbours.len() < NEIGHBOURS.len();
        let is_neighbour = if has_neighbours { !self.rng.once_in(4) } else { self.rng.once_in(2) };
        let among = if is_neighbour && !neighbours.is_empty() { neighbours } else { others };
        self.rng.choose(&among).cloned().unwrap_or_else(|| "a".to_owned())
    }
}

/// Values that some language takes for each other.
fn lookalikes(is_json: bool) -> Vec<Value> {
    let mut values = vec![json!(""), json!("1"), json!("Ann"), json!("ann"), json!("0")];
    if is_json {
        values.extend([json!(false), json!(0), json!([]), json!({}), json!(1), json!(true)]);
    }
    values
}

/// Whether both are empty or false, both are one, or both are text that differs in case alone.
fn is_alike(one: &Value, other: &Value) -> bool {
    let group = |value: &Value| match value {
        Value::String(text) if text.is_empty() || text == "0" => Some("nothing".to_owned()),
        Value::String(text) if text == "1" => Some("one".to_owned()),
        Value::String(text) => Some(text.to_lowercase()),
        Value::Bool(false) => Some("nothing".to_owned()),
        Value::Bool(true) => Some("one".to_owned()),
        Value::Number(number) => match number.as_i64() {
            Some(0) => Some("nothing".to_owned()),
            Some(1) => Some("one".to_owned()),
            _ => None,
        },
        Value::Array(elements) => elements.is_empty().then(|| "nothing".to_owned()),
        Value::Object(members) => members.is_empty().then(|| "nothing".to_owned()),
        Value::Null => None,
    };
    group(one).is_some_and(|one| group(other) == Some(one))
}
