//! What is drawn: the same for the same seed, within what the backend keeps, and of every kind.

use std::collections::BTreeSet;
use std::time::Duration;

use sessionspec_reference::{Memory, Value};

use super::Generated;
use crate::backend::in_process;
use crate::expect::Scenario;
use crate::script::ops::set;
use crate::script::{Forgery, Operation, Step};
use crate::search::case_seed;
use crate::survey::{Numbers, Survey, Values};
use sessionspec_reference::value::same_value;

async fn survey() -> Survey {
    Survey::of(in_process(Memory::default()), Duration::from_secs(10)).await.unwrap()
}

fn scenarios(generated: &Generated) -> impl Iterator<Item = Scenario> + '_ {
    (0..2000).map(|case| generated.scenario(case_seed(0, "suite/check", case)))
}

fn items(survey: &Survey) -> Vec<(String, Value)> {
    let generated = Generated::items(survey, |key, value| {
        Scenario::new("set").cycle("ann", [set(key, value.clone()).unjudged()])
    });
    let ops = scenarios(&generated).flat_map(|scenario| {
        scenario.script.cycles().flat_map(|cycle| cycle.ops.clone()).collect::<Vec<_>>()
    });
    let items = ops.filter_map(|op| match op {
        Operation::Set { key, value } => Some((key, value)),
        _ => None,
    });
    items.collect()
}

fn forgeries(survey: &Survey) -> Vec<Forgery> {
    let generated =
        Generated::forgeries(survey, |_, forgery| Scenario::new("forged").forge("ann", "bob", forgery));
    let steps = scenarios(&generated).flat_map(|scenario| scenario.script.steps);
    let forgeries = steps.filter_map(|step| match step {
        Step::Forge { forgery, .. } => Some(forgery),
        _ => None,
    });
    forgeries.collect()
}

/// All values in a value.
fn inside(value: &Value) -> Vec<&Value> {
    let inner: Vec<&Value> = match value {
        Value::Array(elements) => elements.iter().flat_map(inside).collect(),
        Value::Object(members) => members.values().flat_map(inside).collect(),
        _ => Vec::new(),
    };
    std::iter::once(value).chain(inner).collect()
}

#[tokio::test]
async fn the_same_seed_draws_the_same_and_another_one_another() {
    let survey = survey().await;
    assert_eq!(items(&survey), items(&survey));
    assert_eq!(forgeries(&survey), forgeries(&survey));
    let distinct: BTreeSet<String> = items(&survey).iter().map(|item| format!("{item:?}")).collect();
    assert!(distinct.len() > 1800, "{} of 2000", distinct.len());
}

#[tokio::test]
async fn an_item_fits_into_a_cookie_and_into_json() {
    for (key, value) in items(&survey().await) {
        let json = serde_json::to_string(&[&key.clone().into(), &value]).unwrap();
        assert!(json.len() <= 1500, "{} bytes: {json}", json.len());
        let [_, read] = serde_json::from_str::<[Value; 2]>(&json).unwrap();
        assert!(same_value(&read, &value), "{json}");
    }
}

#[tokio::test]
async fn items_are_of_every_kind() {
    let items = items(&survey().await);
    let share = |name: &str, is_meant: fn(&str, &Value) -> bool| {
        let meant = items.iter().filter(|(key, value)| is_meant(key, value)).count();
        assert!(meant >= 20, "only {meant} of 2000 items are: {name}");
    };
    share("under an empty key", |key, _| key.is_empty());
    share("under a key with a dot", |key, _| key.contains('.'));
    share("under a key beyond ASCII", |key, _| !key.is_ascii());
    share("null", |_, value| inside(value).contains(&&Value::Null));
    share("beyond 2^53", |_, value| {
        inside(value).iter().any(|inner| inner.as_i64().is_some_and(|it| it.unsigned_abs() > 1 << 53))
    });
    share("fractions", |_, value| {
        inside(value).iter().any(|inner| inner.as_f64().is_some_and(|it| it.fract() != 0.0))
    });
    share("text with a NUL inside of something", |_, value| {
        !value.is_string()
            && inside(value).iter().any(|inner| inner.as_str().is_some_and(|text| text.contains('\0')))
    });
    share("an empty list inside of something", |_, value| {
        value != &Value::Array(Vec::new()) && inside(value).contains(&&Value::Array(Vec::new()))
    });
    share("an object inside of a list", |_, value| {
        inside(value)
            .iter()
            .any(|inner| inner.as_array().is_some_and(|list| list.iter().any(Value::is_object)))
    });
    share("three deep", |_, value| {
        let is_container = |value: &&Value| value.is_array() || value.is_object();
        let below = |value: &Value| inside(value).into_iter().skip(1).filter(is_container).count();
        inside(value).into_iter().skip(1).any(|inner| below(inner) > 0)
    });
}

#[tokio::test]
async fn what_a_backend_does_not_keep_is_not_drawn() {
    let survey = survey().await;
    let strings = Survey { values: Values::Strings, ..survey.clone() };
    assert!(items(&strings).iter().all(|(_, value)| value.is_string()));
    let doubles = Survey { numbers: Numbers::Doubles, ..survey.clone() };
    let items_of_doubles = items(&doubles);
    let mut integers = items_of_doubles.iter().flat_map(|(_, value)| inside(value)).filter_map(Value::as_i64);
    assert!(integers.all(|number| number.abs() <= 1 << 53));
    let own_keys = BTreeSet::from(["0", "0_"].map(str::to_owned));
    let own = Survey { own_keys: own_keys.clone(), ..survey };
    assert!(items(&own).iter().all(|(key, _)| !own_keys.contains(key)));
}

/// Servers refuse headers of 8 kB, and some cut off who sends them.
#[tokio::test]
async fn only_what_is_said_to_be_long_is() {
    let cookies = |value: &str| vec![(b"session".to_vec(), value.repeat(200).into_bytes())];
    for forgery in forgeries(&survey().await) {
        let length = forgery.header(&cookies("a"), &cookies("b")).len();
        assert_eq!(length > 8000, forgery.is_long(), "{forgery}: {length} bytes");
    }
}

#[tokio::test]
async fn forgeries_are_of_every_kind() {
    let mut survey = survey().await;
    let has_only =
        |forgeries: &[Forgery]| forgeries.iter().any(|forgery| matches!(forgery, Forgery::Only { .. }));
    let forged = forgeries(&survey);
    assert!(!has_only(&forged), "of one cookie, that is nothing else");
    for is_meant in [
        |forgery: &Forgery| matches!(forgery, Forgery::Field { .. }),
        |forgery: &Forgery| matches!(forgery, Forgery::Length(length) if *length > 0 && length % 2 == 1),
        |forgery: &Forgery| matches!(forgery, Forgery::Byte { .. }),
        |forgery: &Forgery| matches!(forgery, Forgery::Value(_)),
        |forgery: &Forgery| matches!(forgery, Forgery::Among(_)),
        |forgery: &Forgery| matches!(forgery, Forgery::Composed(parts) if parts.len() == 2),
        |forgery: &Forgery| !forgery.is_lawful(),
        Forgery::is_long,
    ] {
        let meant = forged.iter().filter(|forgery| is_meant(forgery)).count();
        assert!(meant >= 20, "{meant} of {}", forged.len());
    }
    survey.cookies.push("session.sig".to_owned());
    assert!(has_only(&forgeries(&survey)));
}
