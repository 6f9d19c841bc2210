//! The provided methods of `Session` are the mixin's defaults, and compose the mapping's verbs of four.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use sessionspec_reference::{Error, Map, Result, Session, Value};

struct DictSession(Map);

impl Session for DictSession {
    async fn get(&mut self, key: &str) -> Result<Option<Value>> {
        Ok(self.0.get(key).cloned())
    }

    async fn set(&mut self, key: &str, value: Value) -> Result<()> {
        self.0.insert(key.to_owned(), value);
        Ok(())
    }

    async fn delete(&mut self, key: &str) -> Result<bool> {
        Ok(self.0.remove(key).is_some())
    }

    async fn items(&mut self) -> Result<Map> {
        Ok(self.0.clone())
    }
}

fn session(items: Value) -> DictSession {
    DictSession(items.as_object().unwrap().clone())
}

#[tokio::test]
async fn permanent_is_read_from_and_written_into_the_data() {
    let mut session = session(serde_json::json!({}));
    assert!(!session.permanent().await.unwrap());
    session.set_permanent(true).await.unwrap();
    assert!(session.permanent().await.unwrap());
    assert_eq!(session.0["_permanent"], true);
    session.set_permanent(false).await.unwrap();
    assert!(!session.permanent().await.unwrap());
    assert_eq!(session.0["_permanent"], false, "setting it to false stores the key, too");
}

#[tokio::test]
async fn new_is_false_and_modified_is_true() {
    let mut session = session(serde_json::json!({}));
    assert!(!session.is_new().await.unwrap());
    assert!(session.modified().await.unwrap());
}

#[tokio::test]
async fn the_verbs_of_a_mapping_are_composed() {
    let mut session = session(serde_json::json!({"a": 1, "b": 2}));
    assert_eq!(session.pop("a").await.unwrap(), Some(1.into()));
    assert_eq!(session.pop("a").await.unwrap(), None);
    assert_eq!(session.setdefault("b", 3.into()).await.unwrap(), 2);
    assert_eq!(session.setdefault("c", 3.into()).await.unwrap(), 3);
    session.update(Map::from_iter([("b".to_owned(), 4.into())])).await.unwrap();
    assert_eq!(Value::Object(session.items().await.unwrap()), serde_json::json!({"b": 4, "c": 3}));
    assert!(session.contains("b").await.unwrap());
    assert_eq!(session.len().await.unwrap(), 2);
    session.clear().await.unwrap();
    assert_eq!(session.len().await.unwrap(), 0);
}

#[tokio::test]
async fn what_only_some_backends_can_do_is_unsupported() {
    let mut session = session(serde_json::json!({}));
    assert_eq!(session.regenerate().await, Err(Error::Unsupported));
    assert_eq!(session.destroy().await, Err(Error::Unsupported));
    assert_eq!(session.set_lifetime(1.0).await, Err(Error::Unsupported));
    assert_eq!(session.save().await, Err(Error::Unsupported));
    assert_eq!(session.set_in(&["a".into(), "b".into()], 1.into()).await, Err(Error::Unsupported));
}
