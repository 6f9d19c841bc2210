//! A session over a store: a copy of its record, with what happened to it since it was opened.

use std::rc::Rc;
use std::time::Duration;

use super::{COOKIE_NAME, fault};
use crate::capability::{Emptied, Modified, Nested, New, Permanent};
use crate::error::{Error, Result};
use crate::interface::{PERMANENT_KEY, Session};
use crate::modes::Modes;
use crate::store::{Record, Store};
use crate::value::{Map, PathStep, Value, assign_in};

/// How often a new id may be taken already before the store is called broken. Not even once is to be expected.
const ATTEMPTS: usize = 8;

/// A session of the [`Stored`](super::Stored) interface.
pub struct StoredSession<S> {
    modes: Rc<Modes>,
    store: Rc<S>,
    /// Whether the request came with the cookie of a live session.
    returning: bool,
    /// The id under which the record is stored; `None` until the first save.
    id: Option<String>,
    record: Record,
    /// Ids that were rotated away or destroyed. Their records are deleted by the next commit.
    retired: Vec<String>,
    accessed: bool,
    modified: bool,
}

impl<S: Store> StoredSession<S> {
    pub(super) fn open(modes: Rc<Modes>, store: Rc<S>, known: Option<(String, Record)>) -> Self {
        let (id, record) = known.unzip();
        Self {
            modes,
            store,
            returning: id.is_some(),
            id,
            record: record.unwrap_or_default(),
            retired: Vec::new(),
            accessed: false,
            modified: false,
        }
    }

    pub(super) fn accessed(&self) -> bool {
        self.accessed
    }

    /// Brings the store up to date. Returns the cookie that the browser has to be sent, if any.
    pub(super) async fn commit(&mut self) -> Result<Option<String>> {
        let must_save =
            self.is_modified() || self.modes.write_back || self.modes.nested == Nested::WrittenBack;
        if !must_save {
            return Ok(None);
        }
        let cookie = if self.is_empty() && (self.id.is_none() || self.modes.emptied == Emptied::Removed) {
            self.retired.extend(self.id.take());
            self.returning.then(removal_cookie)
        } else {
            self.write_record().await?
        };
        // The old records are deleted last: where the new one cannot be stored, the old id still works.
        for id in &self.retired {
            self.store.delete(id).await.map_err(fault)?;
        }
        self.retired.clear();
        Ok(cookie)
    }

    /// Stores the record, and returns the cookie that the browser has to be sent, if any.
    async fn write_record(&mut self) -> Result<Option<String>> {
        let lifetime = self.lifetime();
        let id = match &self.id {
            Some(id) if self.store.replace(id, &self.record, lifetime).await.map_err(fault)? => id.clone(),
            // The record is gone, for one of two reasons. Where another request has ended the session, it stays ended.
            // Where another request has given the session a new id, a removal would take the new cookie from the
            // browser.
            Some(_) => return Ok(None),
            None => self.create_record(lifetime).await?,
        };
        self.id = Some(id.clone());
        let max_age = match (self.is_permanent(), lifetime) {
            // The lifetime is rounded up, since browsers take 0 for a removal.
            (true, Some(lifetime)) => format!("; Max-Age={}", lifetime.as_secs_f64().ceil()),
            _ => String::new(),
        };
        Ok(Some(format!("{COOKIE_NAME}={id}; Path=/; HttpOnly; SameSite=Lax{max_age}")))
    }

    /// Stores a new record under an id that nobody has.
    async fn create_record(&self, lifetime: Option<Duration>) -> Result<String> {
        for _ in 0..ATTEMPTS {
            let id = fresh_id()?;
            if self.store.create(&id, &self.record, lifetime).await.map_err(fault)? {
                return Ok(id);
            }
        }
        Err(Error::store(format!("it says of {ATTEMPTS} random ids that it has a record of each")))
    }

    fn lifetime(&self) -> Option<Duration> {
        self.record.own_lifetime.or(if self.is_permanent() {
            Some(self.modes.lifetime)
        } else {
            self.modes.browser_lifetime
        })
    }

    fn is_modified(&self) -> bool {
        self.modified || self.modes.modified == Modified::Always
    }

    fn is_empty(&self) -> bool {
        self.record.items.is_empty()
    }

    fn is_permanent(&self) -> bool {
        match self.modes.permanent {
            Permanent::InData | Permanent::KeptInData | Permanent::PerResponse => {
                self.record.items.get(PERMANENT_KEY).and_then(Value::as_bool)
            }
            Permanent::Attribute | Permanent::ClearedAttribute => self.record.permanent,
        }
        .unwrap_or(self.modes.permanent_default)
    }

    fn read(&mut self) -> &Map {
        self.accessed = true;
        &self.record.items
    }

    fn write(&mut self) -> &mut Map {
        self.accessed = true;
        self.modified = true;
        &mut self.record.items
    }
}

impl<S: Store> Session for StoredSession<S> {
    async fn get(&mut self, key: &str) -> Result<Option<Value>> {
        Ok(self.read().get(key).cloned())
    }

    async fn contains(&mut self, key: &str) -> Result<bool> {
        Ok(self.read().contains_key(key))
    }

    async fn items(&mut self) -> Result<Map> {
        Ok(self.read().clone())
    }

    async fn len(&mut self) -> Result<usize> {
        Ok(self.read().len())
    }

    async fn set(&mut self, key: &str, value: Value) -> Result<()> {
        self.write().insert(key.to_owned(), value);
        Ok(())
    }

    async fn delete(&mut self, key: &str) -> Result<bool> {
        Ok(self.pop(key).await?.is_some())
    }

    async fn pop(&mut self, key: &str) -> Result<Option<Value>> {
        if self.read().contains_key(key) { Ok(self.write().remove(key)) } else { Ok(None) }
    }

    async fn setdefault(&mut self, key: &str, default: Value) -> Result<Value> {
        if let Some(value) = self.read().get(key) {
            return Ok(value.clone());
        }
        self.write().insert(key.to_owned(), default.clone());
        Ok(default)
    }

    async fn update(&mut self, items: Map) -> Result<()> {
        self.write().extend(items);
        Ok(())
    }

    async fn clear(&mut self) -> Result<()> {
        let own = self.read().get(PERMANENT_KEY).cloned();
        self.write().clear();
        match self.modes.permanent {
            Permanent::KeptInData => {
                self.write().extend(own.map(|permanent| (PERMANENT_KEY.to_owned(), permanent)));
            }
            Permanent::ClearedAttribute => self.record.permanent = None,
            Permanent::InData | Permanent::Attribute | Permanent::PerResponse => {}
        }
        Ok(())
    }

    async fn permanent(&mut self) -> Result<bool> {
        self.accessed = true;
        Ok(self.is_permanent())
    }

    async fn set_permanent(&mut self, permanent: bool) -> Result<()> {
        match self.modes.permanent {
            Permanent::InData | Permanent::KeptInData | Permanent::PerResponse => {
                self.set(PERMANENT_KEY, permanent.into()).await
            }
            Permanent::Attribute | Permanent::ClearedAttribute => {
                self.record.permanent = Some(permanent);
                self.write();
                Ok(())
            }
        }
    }

    async fn modified(&mut self) -> Result<bool> {
        Ok(self.is_modified())
    }

    async fn set_modified(&mut self) -> Result<()> {
        self.write();
        Ok(())
    }

    async fn is_new(&mut self) -> Result<bool> {
        let is_told = match self.modes.new {
            New::Real => true,
            New::Constant => false,
            New::OnceChanged => self.modified,
        };
        Ok(is_told && !self.returning && self.id.is_none())
    }

    async fn set_in(&mut self, path: &[PathStep], value: Value) -> Result<()> {
        match self.modes.nested {
            Nested::Copies => assign_in(&mut self.read().clone(), path, value),
            Nested::Untracked | Nested::WrittenBack => {
                self.accessed = true;
                assign_in(&mut self.record.items, path, value)
            }
            Nested::Tracked => {
                assign_in(&mut self.record.items, path, value)?;
                self.write();
                Ok(())
            }
            Nested::Unsupported => Err(Error::Unsupported),
        }
    }

    async fn regenerate(&mut self) -> Result<()> {
        self.retired.extend(self.id.take());
        self.write();
        Ok(())
    }

    async fn destroy(&mut self) -> Result<()> {
        self.retired.extend(self.id.take());
        self.record = Record::default();
        self.write();
        Ok(())
    }

    async fn set_lifetime(&mut self, seconds: f64) -> Result<()> {
        let lifetime = Duration::try_from_secs_f64(seconds)
            .map_err(|error| Error::refused(format!("{seconds} seconds is no lifetime: {error}")))?;
        self.record.own_lifetime = Some(lifetime);
        self.write();
        Ok(())
    }

    async fn save(&mut self) -> Result<()> {
        // The cookie is set again with the response, which commits once more.
        self.commit().await.map(drop)
    }
}

/// The removal of the cookie. It has the attributes with which the cookie was set, or a browser keeps the original.
fn removal_cookie() -> String {
    format!("{COOKIE_NAME}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// An id of 128 random bits, in hexadecimal: twice as many bits as OWASP's advice on session management asks for.
fn fresh_id() -> Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::store(format!("no random numbers for an id: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
