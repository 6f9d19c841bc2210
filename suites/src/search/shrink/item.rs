//! What is simpler than an item or a value: a shorter key, a part of the value, plainer text, smaller numbers.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::{Number, json};
use sessionspec_reference::{Map, Value};

use super::{Shrink, Way, with_one_simpler, without_one};

/// An item of a session.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::search) struct Item {
    pub(in crate::search) key: String,
    pub(in crate::search) value: Value,
    /// The keys under which the framework keeps items of its own. This item and simpler ones have none of them.
    pub(in crate::search) own_keys: Rc<BTreeSet<String>>,
}

impl Shrink for Item {
    type Weight = u64;

    fn weight(&self) -> u64 {
        weight_of_key(&self.key) + self.value.weight()
    }

    fn ways() -> Vec<Way<Self>> {
        vec![
            |item| item.value.simpler().into_iter().map(|value| Self { value, ..item.clone() }).collect(),
            |item| {
                let keys = simpler_keys(&item.key).into_iter().filter(|key| !item.own_keys.contains(key));
                keys.map(|key| Self { key, ..item.clone() }).collect()
            },
        ]
    }
}

impl Shrink for Value {
    type Weight = u64;

    fn weight(&self) -> u64 {
        match self {
            Self::String(text) => weight_of_text(text, PLAIN_IN_TEXT),
            Self::Null => 1,
            Self::Bool(_) => 2,
            Self::Number(number) => weight_of_number(number),
            Self::Array(elements) => 8 + elements.iter().map(|element| 2 + element.weight()).sum::<u64>(),
            Self::Object(members) => {
                8 + members.iter().map(|(key, member)| 2 + weight_of_key(key) + member.weight()).sum::<u64>()
            }
        }
    }

    fn ways() -> Vec<Way<Self>> {
        vec![simpler_values]
    }
}

/// The plainest character of a key.
const PLAIN_IN_KEY: char = 'a';

/// The plainest character of a text. It is another one, so that key and value are told apart where both are plain.
const PLAIN_IN_TEXT: char = 'x';

/// Up to so many characters each one is looked at. Of longer texts, what matters is mostly the length.
const SHORT: usize = 16;

/// The simplest values, the parts of this one, and this one with less in it.
fn simpler_values(value: &Value) -> Vec<Value> {
    let mut simpler = vec![json!(""), Value::Null, PLAIN_IN_TEXT.to_string().into()];
    match value {
        Value::String(text) => {
            simpler.extend(simpler_texts(text, PLAIN_IN_TEXT).into_iter().map(Value::from));
        }
        Value::Number(number) => simpler.extend(simpler_numbers(number)),
        Value::Array(elements) => {
            simpler.extend(elements.iter().cloned());
            let with_simpler = with_one_simpler(elements, simpler_values);
            simpler.extend(without_one(elements).chain(with_simpler).map(Value::Array));
        }
        Value::Object(members) => {
            simpler.extend(members.values().cloned());
            let less = simpler_members(members).into_iter().chain(with_simpler_key(members));
            simpler.extend(less.map(Value::Object));
        }
        Value::Bool(_) | Value::Null => {}
    }
    simpler
}

/// An empty key is no plain one.
fn weight_of_key(key: &str) -> u64 {
    if key.is_empty() { 3 } else { weight_of_text(key, PLAIN_IN_KEY) }
}

/// Every character counts, and more if it is not the plainest.
fn weight_of_text(text: &str, plain: char) -> u64 {
    text.chars().map(|char| if char == plain { 1 } else { 2 }).sum()
}

/// Every digit counts. 0 is the simplest number, and 1 comes next.
fn weight_of_number(number: &Number) -> u64 {
    match number.as_u64() {
        Some(simplest @ (0 | 1)) => 3 + simplest,
        _ => 3 + weight_of_text(&number.to_string(), PLAIN_IN_TEXT),
    }
}

fn simpler_keys(key: &str) -> Vec<String> {
    let texts = simpler_texts(key, PLAIN_IN_KEY).into_iter().filter(|text| !text.is_empty());
    std::iter::once(PLAIN_IN_KEY.to_string()).chain(texts).collect()
}

/// Halves of the text, and a short text without one character, or with the plainest one in its place.
fn simpler_texts(text: &str, plain: char) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let (first, second) = chars.split_at(chars.len() / 2);
    let mut simpler = vec![first.to_vec(), second.to_vec()];
    if chars.len() <= SHORT {
        simpler.extend(without_one(&chars));
        simpler.extend(with_one_simpler(&chars, |_| vec![plain]));
    }
    simpler.into_iter().map(String::from_iter).collect()
}

/// The simplest numbers, the same without its fraction, a part of it, and the same without its sign.
fn simpler_numbers(number: &Number) -> Vec<Value> {
    let mut simpler = vec![json!(0), json!(1), json!(-1)];
    if let Some(integer) = number.as_i64() {
        simpler.extend([integer / 10, integer / 2, integer.saturating_abs()].map(Value::from));
    } else if let Some(float) = number.as_f64() {
        simpler.extend([0.5, float.trunc(), float / 2.0, float.abs()].map(Value::from));
    }
    simpler
}

/// The members without one of them, or with a simpler value of one.
pub(super) fn simpler_members(members: &Map) -> Vec<Map> {
    let without = members.keys().map(|key| but_for(members, key));
    let with_simpler = members.iter().flat_map(|(key, member)| {
        let values = simpler_values(member).into_iter();
        values.map(move |member| with(members.clone(), key, member))
    });
    without.chain(with_simpler).collect()
}

/// The members with a simpler key of one, which no other has.
fn with_simpler_key(members: &Map) -> Vec<Map> {
    let with_key = members.iter().flat_map(|(key, member)| {
        let keys = simpler_keys(key).into_iter().filter(|key| !members.contains_key(key));
        keys.map(move |simpler| with(but_for(members, key), &simpler, member.clone()))
    });
    with_key.collect()
}

fn but_for(members: &Map, gone: &str) -> Map {
    let mut others = members.clone();
    others.remove(gone);
    others
}

fn with(mut others: Map, key: &str, member: Value) -> Map {
    others.insert(key.to_owned(), member);
    others
}
