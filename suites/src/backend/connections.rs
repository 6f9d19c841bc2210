//! Connections that a script opens on purpose. What is kept open in them is the matter of the door: in this process there is
//! nothing to open.

use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::script::Connection;

/// So many are kept open at once, at most: a case file may come from anybody. The oldest are closed first.
const MOST: usize = 64;

/// The connections of one script, which are closed when this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Connections(Arc<Mutex<Opened>>);

#[derive(Debug, Default)]
struct Opened {
    /// How many were opened since all were closed.
    count: usize,
    /// What keeps them open.
    kept: Vec<Box<dyn Any + Send>>,
}

impl Connections {
    /// The connection for one request.
    pub(crate) fn open(&self, how: Connection) -> OpenConnection {
        let mut opened = locked(&self.0);
        if how == Connection::Alone {
            *opened = Opened::default();
        }
        opened.count += 1;
        OpenConnection { how, number: opened.count, opened: Arc::clone(&self.0) }
    }
}

impl Drop for Connections {
    fn drop(&mut self) {
        // Whoever still has a connection of this script has no use for the others.
        locked(&self.0).kept.clear();
    }
}

/// A connection over which one request comes.
#[derive(Debug, Clone)]
pub struct OpenConnection {
    how: Connection,
    number: usize,
    opened: Arc<Mutex<Opened>>,
}

impl OpenConnection {
    /// How many were open when it was opened, this one among them.
    #[must_use]
    pub fn number(&self) -> usize {
        self.number
    }

    /// Whether the others have to be closed first.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.how == Connection::Alone
    }

    /// How many others of its script are kept open.
    #[doc(hidden)]
    #[must_use]
    pub fn others(&self) -> usize {
        locked(&self.opened).kept.len()
    }

    /// Keeps this until the script ends: what the connection is open in.
    #[doc(hidden)]
    pub fn keep(&self, open: impl Any + Send) {
        let mut opened = locked(&self.opened);
        if opened.kept.len() >= MOST {
            opened.kept.remove(0);
        }
        opened.kept.push(Box::new(open));
    }

    /// Closes the others of its script.
    #[doc(hidden)]
    pub fn close_others(&self) {
        locked(&self.opened).kept.clear();
    }
}

/// Nothing panics while it has this.
fn locked(opened: &Mutex<Opened>) -> MutexGuard<'_, Opened> {
    opened.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_lasts_as_long_as_the_script_and_not_too_much_of_it() {
        let connections = Connections::default();
        let kept: Vec<Arc<()>> = (0..MOST + 1).map(|_| Arc::default()).collect();
        for (at, what) in kept.iter().enumerate() {
            let connection = connections.open(Connection::New);
            assert_eq!((connection.number(), connection.others()), (at + 1, at));
            connection.keep(Arc::clone(what));
        }
        let open = || kept.iter().filter(|what| Arc::strong_count(what) > 1).count();
        assert_eq!((open(), Arc::strong_count(&kept[0])), (MOST, 1));
        let alone = connections.open(Connection::Alone);
        assert_eq!((alone.number(), alone.others(), open()), (1, 0, 0));
        alone.keep(Arc::clone(&kept[0]));
        drop(connections);
        assert_eq!(open(), 0);
    }
}
