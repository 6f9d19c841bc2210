//! What probes say of themselves: the schema, the suite's own type and every embedded backend agree.

use std::rc::Rc;

use serde_json::{Value, json};
use sessionspec::backend::in_process;
use sessionspec::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture};
use sessionspec::reference::capability::{
    Concurrency, Durability, Emptied, Expiry, Modified, Nested, New, OnError, Permanent, Store,
};
use sessionspec::reference::description::{Claims, Saves};
use sessionspec::reference::{Description, Memory};
use sessionspec_backends::registry;

use crate::document::{assert_valid, component, part};
use crate::probe::{Probe, within_local_set};

/// The reference, saying this of itself.
struct Described(Description, Rc<dyn Backend>);

impl Backend for Described {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        Box::pin(async { Ok(self.0.clone()) })
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        self.1.cycle(request)
    }
}

/// Nothing is left out, so that a field that is added later has to be added here.
fn everything() -> Description {
    Description {
        name: Some("everything".to_owned()),
        version: Some("1.0".to_owned()),
        lifetime_seconds: Some(60.0),
        browser_lifetime_seconds: Some(None),
        lifetime_grace_seconds: Some(0.5),
        derived: vec!["new".to_owned()],
        composed: vec!["pop".to_owned()],
        spellings: [("update".to_owned(), vec!["|=".to_owned()])].into(),
        without_body: vec![204, 304],
        saves: Some(Saves::Explicit),
        declares: Claims {
            modified: Some(Modified::Tracked),
            new: Some(New::Real),
            permanent: Some(Permanent::InData),
            nested: Some(Nested::Untracked),
            store: Some(Store::Server),
            concurrency: Some(Concurrency::LastWriteWins),
            expiry: Some(Expiry::Sliding),
            on_error: Some(OnError::Saved),
            empty: Some(Emptied::Removed),
            durability: Some(Durability::Kept),
        },
    }
}

#[test]
fn the_schema_has_the_fields_of_a_description() {
    let backend = Described(everything(), in_process(Memory::default()));
    let said = within_local_set(async { Probe::serve(Rc::new(backend)).await.get().await });
    said.check("get");
    let json = said.json.unwrap();
    assert_eq!(names(&json), names(&part("/components/schemas/Description/properties")));
    assert_eq!(names(&json["declares"]), names(&part("/components/schemas/Claims/properties")));
}

fn names(object: &Value) -> Vec<String> {
    let mut names: Vec<String> = object.as_object().unwrap().keys().cloned().collect();
    names.sort();
    names
}

#[test]
fn what_every_embedded_backend_says_of_itself_is_valid() {
    within_local_set(async {
        for builtin in registry() {
            let said = Probe::serve(builtin.open()).await.get().await;
            said.check("get");
        }
    });
}

#[test]
fn claims_have_the_values_of_the_suite_and_no_others() {
    let schema = component("Description");
    for (claim, vocabulary) in part("/components/schemas/Claims/properties").as_object().unwrap() {
        let describes = |value: &str| json!({"protocol": 1, "declares": {claim: value}});
        let read = |value: &str| serde_json::from_value::<Description>(describes(value));
        // Its message lists what it would have read.
        let error = read("maybe").unwrap_err().to_string();
        let listed: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
        assert_eq!(json!(listed), vocabulary["enum"], "{error}");
        assert!(!schema.is_valid(&describes("maybe")));
        for value in listed {
            assert_valid(&schema, &describes(value), claim);
            assert!(read(value).is_ok());
        }
    }
}

#[test]
fn a_description_that_cannot_be_read_is_not_valid() {
    let schema = component("Description");
    let wrong = [
        json!([]),
        json!({}),
        json!({"protocol": 2}),
        json!({"protocol": "1"}),
        json!({"protocol": 1, "name": null}),
        json!({"protocol": 1, "version": 3}),
        json!({"protocol": 1, "lifetime_seconds": "60"}),
        json!({"protocol": 1, "browser_lifetime_seconds": false}),
        json!({"protocol": 1, "lifetime_grace_seconds": []}),
        json!({"protocol": 1, "derived": "new"}),
        json!({"protocol": 1, "derived": ["launch"]}),
        json!({"protocol": 1, "composed": "pop"}),
        json!({"protocol": 1, "composed": ["launch"]}),
        json!({"protocol": 1, "spellings": ["|="]}),
        json!({"protocol": 1, "spellings": {"update": "|="}}),
        json!({"protocol": 1, "spellings": {"update": ["a b"]}}),
        json!({"protocol": 1, "spellings": {"update": ["|=", "|="]}}),
        json!({"protocol": 1, "without_body": 204}),
        json!({"protocol": 1, "without_body": [200]}),
        json!({"protocol": 1, "saves": "automatic"}),
        json!({"protocol": 1, "declares": []}),
    ];
    for wrong in wrong {
        assert!(!schema.is_valid(&wrong), "{wrong}");
    }
}
