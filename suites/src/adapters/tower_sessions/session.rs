//! The session that a handler under tower-sessions gets, as a [`Session`].

use sessionspec_reference::value::{PathStep, assign_in};
use sessionspec_reference::{Error, Map, Result, Session, Value};
use tower_sessions::session::Error as TowerError;

use crate::adapters::WrittenKeys;

/// The operations of the trait as calls of tower-sessions. Its `permanent` is the mixin's default.
pub(super) struct HandlerSession {
    pub(super) session: tower_sessions::Session,
    pub(super) keys: WrittenKeys,
}

impl Session for HandlerSession {
    async fn get(&mut self, key: &str) -> Result<Option<Value>> {
        self.session.get_value(key).await.map_err(error)
    }

    async fn set(&mut self, key: &str, value: Value) -> Result<()> {
        self.keys.note(key);
        self.session.insert_value(key, value).await.map(drop).map_err(error)
    }

    async fn delete(&mut self, key: &str) -> Result<bool> {
        Ok(self.pop(key).await?.is_some())
    }

    async fn pop(&mut self, key: &str) -> Result<Option<Value>> {
        self.session.remove_value(key).await.map_err(error)
    }

    async fn items(&mut self) -> Result<Map> {
        let mut items = Map::new();
        for key in self.keys.all() {
            if let Some(value) = self.session.get_value(&key).await.map_err(error)? {
                items.insert(key, value);
            }
        }
        Ok(items)
    }

    async fn clear(&mut self) -> Result<()> {
        self.session.clear().await;
        Ok(())
    }

    async fn modified(&mut self) -> Result<bool> {
        Ok(self.session.is_modified())
    }

    async fn set_modified(&mut self) -> Result<()> {
        Err(Error::Unsupported)
    }

    /// A session without an id was never saved. The first read drops the id of an unknown cookie.
    async fn is_new(&mut self) -> Result<bool> {
        self.session.get_value("").await.map_err(error)?;
        Ok(self.session.id().is_none())
    }

    /// `get` returns a copy, so that the change is lost.
    async fn set_in(&mut self, path: &[PathStep], value: Value) -> Result<()> {
        let mut copy = Map::new();
        if let Some(PathStep::Key(key)) = path.first() {
            copy.extend(self.get(key).await?.map(|value| (key.clone(), value)));
        }
        assign_in(&mut copy, path, value)
    }

    async fn regenerate(&mut self) -> Result<()> {
        self.session.cycle_id().await.map_err(error)
    }

    async fn destroy(&mut self) -> Result<()> {
        self.session.flush().await.map_err(error)
    }

    async fn save(&mut self) -> Result<()> {
        self.session.save().await.map_err(error)
    }
}

fn error(error: TowerError) -> Error {
    match error {
        TowerError::SerdeJson(error) => Error::refused(error.to_string()),
        TowerError::Store(error) => Error::store(error.to_string()),
    }
}
