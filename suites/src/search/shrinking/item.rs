//! What is simpler than an item: a shorter key, a part of its value, plainer text, smaller numbers.

use serde_json::{Number, json};
use sessionspec_reference::{Map, Value};

use super::Simpler;
use crate::search::any_item::Item;

impl Simpler for Item {
    fn simpler(&self) -> Vec<Self> {
        let values = simpler_values(&self.value).into_iter().map(|value| Self { value, ..self.clone() });
        let keys = simpler_keys(&self.key).into_iter().map(|key| Self { key, ..self.clone() });
        let weight = |item: &Self| weight_of_key(&item.key) + weight(&item.value);
        values.chain(keys).filter(|simpler| weight(simpler) < weight(self)).collect()
    }
}

/// The simplest key: an empty one is no plain key.
const PLAIN: &str = "a";

fn weight_of_key(key: &str) -> u64 {
    if key.is_empty() { 3 } else { weight_of_text(key) }
}

/// Every character counts, and more where it is another than `a`.
fn weight_of_text(text: &str) -> u64 {
    text.chars().map(|char| if char == 'a' { 1 } else { 2 }).sum()
}

fn weight(value: &Value) -> u64 {
    match value {
        Value::String(text) => weight_of_text(text),
        Value::Null => 1,
        Value::Bool(_) => 2,
        Value::Number(number) => 2 + weight_of_text(&number.to_string()),
        Value::Array(elements) => 8 + elements.iter().map(|element| 2 + weight(element)).sum::<u64>(),
        Value::Object(members) => {
            8 + members.iter().map(|(key, member)| 2 + weight_of_key(key) + weight(member)).sum::<u64>()
        }
    }
}

/// Values of which some are simpler, the boldest first.
fn simpler_values(value: &Value) -> Vec<Value> {
    let mut simpler = vec![json!(""), Value::Null];
    match value {
        Value::String(text) => simpler.extend(simpler_texts(text).into_iter().map(Value::from)),
        Value::Number(number) => simpler.extend(simpler_numbers(number)),
        Value::Array(elements) => {
            simpler.extend(elements.iter().cloned());
            simpler.extend(simpler_elements(elements).into_iter().map(Value::Array));
        }
        Value::Object(members) => {
            simpler.extend(members.values().cloned());
            simpler.extend(simpler_members(members).into_iter().map(Value::Object));
        }
        Value::Bool(_) | Value::Null => {}
    }
    simpler
}

fn simpler_keys(key: &str) -> Vec<String> {
    let texts = simpler_texts(key).into_iter().filter(|text| !text.is_empty());
    std::iter::once(PLAIN.to_owned()).chain(texts).collect()
}

/// Halves of the text, the text without one character, and with `a` for one.
fn simpler_texts(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let (first, second) = chars.split_at(chars.len() / 2);
    let mut simpler: Vec<String> = vec![first.iter().collect(), second.iter().collect()];
    for by in [None, Some('a')] {
        simpler.extend((0..chars.len()).map(|at| {
            let (before, after) = (&chars[..at], &chars[at + 1..]);
            before.iter().copied().chain(by).chain(after.iter().copied()).collect()
        }));
    }
    simpler
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

/// Without an element, or with a simpler one.
fn simpler_elements(elements: &[Value]) -> Vec<Vec<Value>> {
    let without = (0..elements.len()).map(|at| {
        let mut without = elements.to_vec();
        without.remove(at);
        without
    });
    let with_simpler = elements.iter().enumerate().flat_map(|(at, element)| {
        simpler_values(element).into_iter().map(move |element| {
            let mut with = elements.to_vec();
            with[at] = element;
            with
        })
    });
    without.chain(with_simpler).collect()
}

/// Without a member, with a simpler one, or with a simpler key that nobody has.
fn simpler_members(members: &Map) -> Vec<Map> {
    let but_for = |gone: &str| {
        let mut without = members.clone();
        without.remove(gone);
        without
    };
    let with = |mut others: Map, key: &str, member: Value| {
        others.insert(key.to_owned(), member);
        others
    };
    let mut simpler: Vec<Map> = members.keys().map(|key| but_for(key)).collect();
    for (key, member) in members {
        let values = simpler_values(member).into_iter();
        simpler.extend(values.map(|member| with(members.clone(), key, member)));
        let keys = simpler_keys(key).into_iter().filter(|key| !members.contains_key(key));
        simpler.extend(keys.map(|simpler| with(but_for(key), &simpler, member.clone())));
    }
    simpler
}
