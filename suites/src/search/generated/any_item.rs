//! Draws any item: any value that JSON can express, under any key.

use std::rc::Rc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use sessionspec_reference::{Map, Value};

use crate::search::shrink::Item;
use crate::survey::{Numbers, Survey, Values};

/// The most bytes of JSON that a value takes as it is drawn. With its escapes, its key and another item, such a value fits
/// into a cookie.
const ROOM: usize = 600;

/// Any item that a backend of this kind has to keep, or to refuse.
pub(super) fn items(survey: &Survey) -> BoxedStrategy<Item> {
    let own_keys = Rc::new(survey.own_keys.clone());
    let item = (keys(), values(survey)).prop_map(move |(mut key, value)| {
        while own_keys.contains(&key) {
            key.push('_');
        }
        Item { key, value: within(value, &mut { ROOM }), own_keys: Rc::clone(&own_keys) }
    });
    item.boxed()
}

/// Any keys. Most of them mean something to some language, format or store.
fn keys() -> impl Strategy<Value = String> {
    const USED: &[&str] = &[
        "", "0", "1", "00", "-1", "1.0", "a.", ".a", "a.b", "$a", "__a__", "a[]", "a[0]", "A", "null", "true",
    ];
    prop_oneof![
        3 => select(USED).prop_map(str::to_owned),
        1 => "[a-z]{1,8}",
        2 => text(),
    ]
}

/// Text of any characters. Most of them mean something to some language, format or encoding.
fn text() -> impl Strategy<Value = String> {
    let used: Vec<char> = "\0\t\n\r \u{7f}\"'`\\/%&+=;:,.|<>{}[]()$#@!?*~^-_09aAzZ\u{a0}\u{ad}éßİı\u{301}\u{2028}\u{feff}\u{fffd}\u{ffff}🐢"
        .chars()
        .collect();
    let char = prop_oneof![4 => select(used), 1 => any::<char>()];
    vec(char, 0..12).prop_map(String::from_iter)
}

fn values(survey: &Survey) -> BoxedStrategy<Value> {
    if survey.values == Values::Strings {
        return text().prop_map(Value::from).boxed();
    }
    let scalars = scalars(survey.numbers);
    scalars
        .prop_recursive(5, 64, 4, |inside| {
            let numbered = vec(inside.clone(), 1..4).prop_map(|values| {
                Value::Object(
                    values.into_iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
                )
            });
            let alike = (inside.clone(), 2_usize..7).prop_map(|(value, times)| json!(vec![value; times]));
            prop_oneof![
                4 => vec(inside.clone(), 0..6).prop_map(Value::from),
                4 => vec((keys(), inside), 0..5).prop_map(|members| Value::Object(Map::from_iter(members))),
                1 => numbered,
                1 => alike,
            ]
        })
        .boxed()
}

fn scalars(kept: Numbers) -> BoxedStrategy<Value> {
    // Beyond that, doubles are no longer exact.
    const SAFE: i64 = (1 << 53) - 1;
    let integers = match kept {
        Numbers::Exact => any::<i64>().boxed(),
        Numbers::Doubles | Numbers::Unknown => (-SAFE..=SAFE).boxed(),
    };
    let near_a_power = (0_u32..53, -1_i64..=1, any::<bool>()).prop_map(|(power, by, is_negative)| {
        let number = (1_i64 << power) + by;
        if is_negative { -number } else { number }
    });
    let floats = proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL | proptest::num::f64::ZERO;
    prop_oneof![
        4 => text().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => integers.prop_map(Value::from),
        1 => near_a_power.prop_map(Value::from),
        1 => (-1000_i32..1000).prop_map(|number| Value::from(f64::from(number) / 8.0)),
        1 => floats.prop_map(Value::from),
    ]
    .boxed()
}

/// The part of the value that there is room for.
fn within(value: Value, room: &mut usize) -> Value {
    let mut takes = |size: usize| {
        let fits = size <= *room;
        *room -= if fits { size } else { 0 };
        fits
    };
    match value {
        Value::Array(elements) => {
            let kept =
                elements.into_iter().map_while(|element| takes(8).then_some(element)).collect::<Vec<_>>();
            kept.into_iter().map(|element| within(element, room)).collect()
        }
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(key, _)| takes(8 + key.len())).collect::<Vec<_>>();
            kept.into_iter().map(|(key, member)| (key, within(member, room))).collect()
        }
        scalar if takes(scalar.to_string().len()) => scalar,
        _ => Value::Null,
    }
}
