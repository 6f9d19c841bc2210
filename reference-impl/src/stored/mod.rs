//! The session layer over a store: it makes ids and cookies, and decides what is saved when.

mod session;

use std::rc::Rc;

use crate::capability::{self, Concurrency, Expiry, Modified, OnError};
use crate::description::{Claims, Description};
use crate::error::{Error, Result};
use crate::http::{Request, Response};
use crate::interface::SessionInterface;
use crate::modes::Modes;
use crate::store::Store;

pub use session::StoredSession;

/// The name of the reference's cookie.
pub const COOKIE_NAME: &str = "session";

/// Server-side sessions in a [`Store`]: the cookie holds a random id, and the record is in the store.
///
/// The reference in memory is this layer over a map. So a store that is tested behind this layer differs from the
/// reference in nothing but the store.
///
/// - An id that is not in the store (unknown, forged, expired, destroyed) opens a fresh session, which gets an id of
///   its own when it is saved: ids are never adopted.
/// - A save replaces the record as a whole, and only where it still exists: what was destroyed stays destroyed.
/// - A clone shares the store.
pub struct Stored<S> {
    modes: Rc<Modes>,
    store: Rc<S>,
}

impl<S: Store> Stored<S> {
    /// Sessions in this store.
    #[must_use]
    pub fn new(store: S) -> Self {
        Self::with_modes(store, Modes::default())
    }

    /// Sessions in this store, with these modes.
    #[must_use]
    pub fn with_modes(store: S, modes: Modes) -> Self {
        Self { modes: Rc::new(modes), store: Rc::new(store) }
    }

    /// The modes that this interface was made with.
    #[must_use]
    pub fn modes(&self) -> &Modes {
        &self.modes
    }
}

impl<S> Clone for Stored<S> {
    fn clone(&self) -> Self {
        Self { modes: Rc::clone(&self.modes), store: Rc::clone(&self.store) }
    }
}

impl<S: Store> SessionInterface for Stored<S> {
    type Session = StoredSession<S>;

    async fn open_session(&self, request: &Request) -> Result<Option<StoredSession<S>>> {
        // A browser may send several cookies of one name, from other paths; the first that names a record counts.
        let mut known = None;
        for id in request.cookies(COOKIE_NAME).filter_map(|value| std::str::from_utf8(value).ok()) {
            if let Some(record) = self.store.load(id).await.map_err(fault)? {
                known = Some((id.to_owned(), record));
                break;
            }
        }
        Ok(Some(StoredSession::open(Rc::clone(&self.modes), Rc::clone(&self.store), known)))
    }

    async fn save_session(&self, session: &mut StoredSession<S>, response: &mut Response) -> Result<()> {
        let is_saved = response.status < 500 || self.modes.on_error == OnError::Saved;
        let cookie = if is_saved { session.commit().await? } else { None };
        if session.accessed() || cookie.is_some() {
            response.headers.append("Vary", "Cookie");
        }
        if let Some(cookie) = cookie {
            response.headers.append("Set-Cookie", cookie);
        }
        Ok(())
    }

    /// The store's own description, with what this layer decides.
    fn describe(&self) -> Description {
        Description {
            lifetime_seconds: Some(self.modes.lifetime.as_secs_f64()),
            browser_lifetime_seconds: Some(
                self.modes.browser_lifetime.map(|lifetime| lifetime.as_secs_f64()),
            ),
            declares: claims(&self.modes),
            ..self.store.describe()
        }
    }
}

fn fault(error: impl std::fmt::Display) -> Error {
    Error::store(error.to_string())
}

fn claims(modes: &Modes) -> Claims {
    Claims {
        modified: Some(modes.modified),
        new: modes.new.claim(),
        permanent: modes.permanent.claim(),
        nested: modes.nested.claim(),
        store: Some(capability::Store::Server),
        concurrency: Some(Concurrency::LastWriteWins),
        // Where every session is saved, a request that only reads saves its session, too, and so prolongs it.
        expiry: Some(if modes.modified == Modified::Always || modes.write_back {
            Expiry::Sliding
        } else {
            Expiry::Absolute
        }),
        on_error: modes.on_error.claim(),
        empty: Some(modes.emptied),
        // That is up to the store, and to where it is.
        durability: None,
    }
}
