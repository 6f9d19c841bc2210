//! The reference with one bug planted, whose smallest script is known.

use std::cell::Cell;
use std::rc::Rc;

use sessionspec::reference::http::{Request, Response};
use sessionspec::reference::value::PathStep;
use sessionspec::reference::{
    Description, Map, Memory, MemorySession, PERMANENT_KEY, Result, Session, SessionInterface, Value,
};

/// A bug, and the smallest script that shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bug {
    /// `delete` as the only change of a cycle is not saved.
    LoneDeleteLost,
    /// `update` as the only change of a cycle is not saved.
    LoneUpdateLost,
    /// An overwritten item is not saved, unless something else has changed.
    LoneOverwriteLost,
    /// `pop` answers the value and leaves the item.
    PopKeeps,
    /// `setdefault` overwrites what is there.
    SetdefaultOverwrites,
    /// `update` drops the items that it does not name.
    UpdateReplaces,
    /// A `set` after a `clear` brings everything back.
    ClearComesBack,
    /// A nested change is lost if its value is older than the cycle, although `modified` was set.
    OlderNestedChangeLost,
    /// `permanent` cannot be set back to false.
    PermanentStuck,
    /// `regenerate` carries over what was stored, not what the cycle has changed. Two kinds of scripts show it, and
    /// neither is part of the other: an item that was added is gone, or one that was removed is back.
    RegenerateForgets,
    /// Only two items of the application are saved.
    ThirdItemDropped,
    /// Every fifth save is lost: no script shows it every time.
    FifthSaveLost,
}

/// The least that shows a bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Least {
    pub(crate) cycles: usize,
    pub(crate) operations: usize,
}

impl Bug {
    /// The bugs that a script shows every time.
    pub(crate) const STABLE: [Self; 11] = [
        Self::LoneDeleteLost,
        Self::LoneUpdateLost,
        Self::LoneOverwriteLost,
        Self::PopKeeps,
        Self::SetdefaultOverwrites,
        Self::UpdateReplaces,
        Self::ClearComesBack,
        Self::OlderNestedChangeLost,
        Self::PermanentStuck,
        Self::RegenerateForgets,
        Self::ThirdItemDropped,
    ];

    /// Worked out by hand: the operations that set the scene, the one that goes wrong, and the one that shows it.
    pub(crate) fn least(self) -> Least {
        let (cycles, operations) = match self {
            Self::LoneDeleteLost => (3, 3),
            Self::LoneUpdateLost => (2, 2),
            Self::LoneOverwriteLost => (3, 3),
            Self::PopKeeps => (1, 3),
            Self::SetdefaultOverwrites => (1, 2),
            Self::UpdateReplaces => (1, 3),
            Self::ClearComesBack => (1, 4),
            Self::OlderNestedChangeLost => (3, 4),
            Self::PermanentStuck => (1, 3),
            Self::RegenerateForgets => (1, 3),
            Self::ThirdItemDropped => (2, 2),
            Self::FifthSaveLost => (2, 2),
        };
        Least { cycles, operations }
    }

    /// The name of its case file.
    pub(crate) fn name(self) -> String {
        let mut name = String::new();
        for char in format!("{self:?}").chars() {
            if char.is_ascii_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(char.to_ascii_lowercase());
        }
        name
    }
}

/// The reference with a bug.
#[derive(Clone)]
pub(crate) struct Planted {
    inner: Memory,
    bug: Bug,
    saves: Rc<Cell<u32>>,
}

pub(crate) struct PlantedSession {
    inner: MemorySession,
    bug: Bug,
    /// What was stored when the session was opened.
    stored: Map,
    /// The changes of this cycle, by name.
    changes: Vec<&'static str>,
    cleared: Option<Map>,
}

impl Planted {
    pub(crate) fn new(bug: Bug) -> Self {
        Self { inner: Memory::default(), bug, saves: Rc::default() }
    }
}

impl SessionInterface for Planted {
    type Session = PlantedSession;

    async fn open_session(&self, request: &Request) -> Result<Option<PlantedSession>> {
        let Some(inner) = self.inner.open_session(request).await? else { return Ok(None) };
        // A second copy, since looking at the session's own items would count as access.
        let stored = match self.inner.open_session(request).await? {
            Some(mut copy) => copy.items().await?,
            None => Map::new(),
        };
        Ok(Some(PlantedSession { inner, bug: self.bug, stored, changes: Vec::new(), cleared: None }))
    }

    async fn save_session(&self, session: &mut PlantedSession, response: &mut Response) -> Result<()> {
        let lost = match (self.bug, session.changes.as_slice()) {
            (Bug::LoneDeleteLost, ["delete"])
            | (Bug::LoneUpdateLost, ["update"])
            | (Bug::LoneOverwriteLost, ["overwrite"]) => true,
            (Bug::FifthSaveLost, [_, ..]) => {
                self.saves.set(self.saves.get() + 1);
                self.saves.get().is_multiple_of(5)
            }
            _ => false,
        };
        if lost {
            return Ok(());
        }
        if let (Bug::OlderNestedChangeLost, ["set_in", "set_modified"]) =
            (self.bug, session.changes.as_slice())
        {
            session.put_back(session.stored.clone()).await?;
        }
        if self.bug == Bug::ThirdItemDropped {
            let items = session.inner.items().await?;
            for key in items.keys().filter(|key| *key != PERMANENT_KEY).skip(2) {
                session.inner.delete(key).await?;
            }
        }
        self.inner.save_session(&mut session.inner, response).await
    }

    fn describe(&self) -> Description {
        self.inner.describe()
    }
}

impl PlantedSession {
    /// Makes the items those of another time.
    async fn put_back(&mut self, items: Map) -> Result<()> {
        self.inner.clear().await?;
        self.inner.update(items).await
    }
}

impl Session for PlantedSession {
    async fn get(&mut self, key: &str) -> Result<Option<Value>> {
        self.inner.get(key).await
    }

    async fn contains(&mut self, key: &str) -> Result<bool> {
        self.inner.contains(key).await
    }

    async fn items(&mut self) -> Result<Map> {
        self.inner.items().await
    }

    async fn len(&mut self) -> Result<usize> {
        self.inner.len().await
    }

    async fn set(&mut self, key: &str, value: Value) -> Result<()> {
        self.changes.push(if self.inner.contains(key).await? { "overwrite" } else { "set" });
        if self.bug == Bug::ClearComesBack
            && let Some(cleared) = self.cleared.take()
        {
            self.inner.update(cleared).await?;
        }
        self.inner.set(key, value).await
    }

    async fn delete(&mut self, key: &str) -> Result<bool> {
        self.changes.push("delete");
        self.inner.delete(key).await
    }

    async fn pop(&mut self, key: &str) -> Result<Option<Value>> {
        self.changes.push("pop");
        if self.bug == Bug::PopKeeps {
            return self.inner.get(key).await;
        }
        self.inner.pop(key).await
    }

    async fn setdefault(&mut self, key: &str, default: Value) -> Result<Value> {
        self.changes.push("setdefault");
        if self.bug == Bug::SetdefaultOverwrites {
            self.inner.set(key, default.clone()).await?;
            return Ok(default);
        }
        self.inner.setdefault(key, default).await
    }

    async fn update(&mut self, items: Map) -> Result<()> {
        self.changes.push("update");
        if self.bug == Bug::UpdateReplaces {
            self.inner.clear().await?;
        }
        self.inner.update(items).await
    }

    async fn clear(&mut self) -> Result<()> {
        self.changes.push("clear");
        self.cleared = Some(self.inner.items().await?);
        self.inner.clear().await
    }

    async fn permanent(&mut self) -> Result<bool> {
        self.inner.permanent().await
    }

    async fn set_permanent(&mut self, permanent: bool) -> Result<()> {
        self.changes.push("set_permanent");
        if self.bug == Bug::PermanentStuck && self.inner.permanent().await? {
            return Ok(());
        }
        self.inner.set_permanent(permanent).await
    }

    async fn modified(&mut self) -> Result<bool> {
        self.inner.modified().await
    }

    async fn set_modified(&mut self) -> Result<()> {
        self.changes.push("set_modified");
        self.inner.set_modified().await
    }

    async fn is_new(&mut self) -> Result<bool> {
        self.inner.is_new().await
    }

    async fn set_in(&mut self, path: &[PathStep], value: Value) -> Result<()> {
        self.changes.push("set_in");
        self.inner.set_in(path, value).await
    }

    async fn regenerate(&mut self) -> Result<()> {
        self.changes.push("regenerate");
        self.inner.regenerate().await?;
        if self.bug == Bug::RegenerateForgets {
            self.put_back(self.stored.clone()).await?;
        }
        Ok(())
    }

    async fn destroy(&mut self) -> Result<()> {
        self.changes.push("destroy");
        self.inner.destroy().await
    }

    async fn set_lifetime(&mut self, seconds: f64) -> Result<()> {
        self.changes.push("set_lifetime");
        self.inner.set_lifetime(seconds).await
    }

    async fn save(&mut self) -> Result<()> {
        self.inner.save().await
    }
}
