//! The session of a backend that cannot open one.

use crate::error::{Error, Result};
use crate::interface::Session;
use crate::value::{Map, PathStep, Value};

/// A session that reads as empty, refuses every change with a reason, and is never saved.
///
/// Flask hands it out when the application has no secret key: pages that only read still work, and a page that
/// writes fails with a message instead of losing the change.
#[derive(Debug, Clone, Copy, Default)]
pub struct NullSession;

impl NullSession {
    fn refuse<T>() -> Result<T> {
        Err(Error::refused(
            "this session cannot be changed: the backend could not open one (is its secret key or its store missing?)",
        ))
    }
}

impl Session for NullSession {
    async fn get(&mut self, _key: &str) -> Result<Option<Value>> {
        Ok(None)
    }

    async fn items(&mut self) -> Result<Map> {
        Ok(Map::new())
    }

    async fn modified(&mut self) -> Result<bool> {
        Ok(false)
    }

    async fn set(&mut self, _key: &str, _value: Value) -> Result<()> {
        Self::refuse()
    }

    async fn delete(&mut self, _key: &str) -> Result<bool> {
        Self::refuse()
    }

    async fn pop(&mut self, _key: &str) -> Result<Option<Value>> {
        Self::refuse()
    }

    async fn update(&mut self, _items: Map) -> Result<()> {
        Self::refuse()
    }

    async fn clear(&mut self) -> Result<()> {
        Self::refuse()
    }

    async fn set_modified(&mut self) -> Result<()> {
        Self::refuse()
    }

    async fn set_in(&mut self, _path: &[PathStep], _value: Value) -> Result<()> {
        Self::refuse()
    }
}
