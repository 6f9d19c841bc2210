//! A `SessionStore` of tower-sessions as a [`Store`], so that it can be tested behind the reference's session layer.

use std::time::{Duration, SystemTime};

use sessionspec_reference::{Description, Record, Store, Stored, Value};
use time::OffsetDateTime;

use super::tower::SessionStore;
use super::tower::session::{Id, Record as TowerRecord};
use super::tower::session_store::{Error, Result};

/// Sessions in this store, behind the reference's session layer. Where a check fails, the store is at fault.
pub fn store<S: SessionStore>(store: S) -> Stored<TowerStore<S>> {
    Stored::new(TowerStore(store))
}

/// A `SessionStore` as a [`Store`].
///
/// A `SessionStore` cannot be told to save only where the record still exists. So [`replace`](Store::replace) is its
/// `save`, which brings a record back that another request has deleted, as it does under tower-sessions itself.
#[derive(Debug, Clone)]
pub struct TowerStore<S>(pub S);

impl<S: SessionStore> Store for TowerStore<S> {
    type Error = Error;

    async fn create(&self, id: &str, record: &Record, lifetime: Option<Duration>) -> Result<bool> {
        let mut kept = tower_record(id, record, lifetime)?;
        let wanted = kept.id;
        self.0.create(&mut kept).await?;
        // Where the id is taken, the store picks another one, but the layer above wants to do that itself.
        let is_free = kept.id == wanted;
        if !is_free {
            self.0.delete(&kept.id).await?;
        }
        Ok(is_free)
    }

    async fn load(&self, id: &str) -> Result<Option<Record>> {
        let Some(id) = tower_id(id) else { return Ok(None) };
        let Some(kept) = self.0.load(&id).await? else { return Ok(None) };
        let data = Value::Object(kept.data.into_iter().collect());
        serde_json::from_value(data).map(Some).map_err(|error| Error::Decode(error.to_string()))
    }

    async fn replace(&self, id: &str, record: &Record, lifetime: Option<Duration>) -> Result<bool> {
        self.0.save(&tower_record(id, record, lifetime)?).await?;
        Ok(true)
    }

    async fn delete(&self, id: &str) -> Result<()> {
        match tower_id(id) {
            Some(id) => self.0.delete(&id).await,
            None => Ok(()),
        }
    }

    fn describe(&self) -> Description {
        // The name is the type's own: `RedisStore` for `some_crate::RedisStore<Pool>`.
        let path = std::any::type_name::<S>().split('<').next().unwrap_or_default();
        let name = path.rsplit("::").next().map(ToOwned::to_owned);
        Description { name, ..Description::default() }
    }
}

fn tower_record(id: &str, record: &Record, lifetime: Option<Duration>) -> Result<TowerRecord> {
    let id = tower_id(id).ok_or_else(|| Error::Encode(format!("`{id}` is no id of the layer above")))?;
    let data = match serde_json::to_value(record) {
        Ok(Value::Object(data)) => data.into_iter().collect(),
        Ok(_) => return Err(Error::Encode("a record is an object".to_owned())),
        Err(error) => return Err(Error::Encode(error.to_string())),
    };
    Ok(TowerRecord { id, data, expiry_date: expiry_date(lifetime) })
}

/// Reads an id of the layer above, which has 128 bits in hexadecimal. Any other text comes from a forged cookie.
fn tower_id(id: &str) -> Option<Id> {
    let is_hexadecimal = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bits = u128::from_str_radix(id, 16).ok().filter(|_| is_hexadecimal)?;
    Some(Id(i128::from_ne_bytes(bits.to_ne_bytes())))
}

/// tower-sessions has no record without an expiry. A record that is kept for ever gets the last date that can be
/// written.
fn expiry_date(lifetime: Option<Duration>) -> OffsetDateTime {
    let lifetime = lifetime.and_then(|lifetime| time::Duration::try_from(lifetime).ok());
    OffsetDateTime::from(SystemTime::now()).saturating_add(lifetime.unwrap_or(time::Duration::MAX))
}
