//! The session layer over a store that does not do as it is told.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use sessionspec_reference::clock::SystemClock;
use sessionspec_reference::http::{Request, Response};
use sessionspec_reference::{Error, MemoryStore, Record, Result, Session, SessionInterface, Store, Stored};

/// A store in memory with a fault that comes and goes.
struct Faulty {
    store: MemoryStore,
    fault: Rc<Cell<Fault>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    /// Every new id is taken.
    Taken,
    /// Nothing can be created.
    CreateFails,
    /// Nothing can be read.
    LoadFails,
}

impl Store for Faulty {
    type Error = String;

    async fn create(&self, id: &str, record: &Record, lifetime: Option<Duration>) -> Result<bool, String> {
        match self.fault.get() {
            Fault::Taken => Ok(false),
            Fault::CreateFails => Err("disk full".into()),
            _ => self.store.create(id, record, lifetime).await.map_err(|never| match never {}),
        }
    }

    async fn load(&self, id: &str) -> Result<Option<Record>, String> {
        if self.fault.get() == Fault::LoadFails {
            return Err("out of reach".into());
        }
        self.store.load(id).await.map_err(|never| match never {})
    }

    async fn replace(&self, id: &str, record: &Record, lifetime: Option<Duration>) -> Result<bool, String> {
        self.store.replace(id, record, lifetime).await.map_err(|never| match never {})
    }

    async fn delete(&self, id: &str) -> Result<(), String> {
        self.store.delete(id).await.map_err(|never| match never {})
    }
}

fn sessions() -> (Stored<Faulty>, Rc<Cell<Fault>>) {
    let fault = Rc::new(Cell::new(Fault::None));
    let store = MemoryStore::new(Rc::new(SystemClock));
    (Stored::new(Faulty { store, fault: Rc::clone(&fault) }), fault)
}

/// The request of a browser that got this response.
fn next_request(response: &Response) -> Request {
    let set_cookie = response.headers.all("Set-Cookie").next().expect("a cookie was set");
    let pair = set_cookie.split(|byte| *byte == b';').next().expect("a split has a first part");
    let mut request = Request::default();
    request.headers.append("Cookie", pair);
    request
}

/// A request that holds a session with one item.
async fn known(sessions: &Stored<Faulty>) -> Result<Request> {
    let mut session = sessions.open_session(&Request::default()).await?.expect("it always opens");
    session.set("colour", "red".into()).await?;
    let mut response = Response::default();
    sessions.save_session(&mut session, &mut response).await?;
    Ok(next_request(&response))
}

#[tokio::test]
async fn a_store_that_cannot_be_read_is_no_empty_session() {
    let (sessions, fault) = sessions();
    let request = known(&sessions).await.unwrap();
    fault.set(Fault::LoadFails);
    let error = sessions.open_session(&request).await.err();
    assert_eq!(error, Some(Error::store("out of reach")));
}

#[tokio::test]
async fn an_id_that_is_taken_is_never_used() {
    let (sessions, fault) = sessions();
    fault.set(Fault::Taken);
    let error = known(&sessions).await.unwrap_err();
    assert!(error.to_string().contains("random ids"), "{error}");
}

#[tokio::test]
async fn a_rotation_that_fails_leaves_the_old_id_good() {
    let (sessions, fault) = sessions();
    let request = known(&sessions).await.unwrap();
    let mut session = sessions.open_session(&request).await.unwrap().unwrap();
    session.regenerate().await.unwrap();
    fault.set(Fault::CreateFails);
    assert!(sessions.save_session(&mut session, &mut Response::default()).await.is_err());
    let mut again = sessions.open_session(&request).await.unwrap().unwrap();
    assert_eq!(again.get("colour").await.unwrap(), Some("red".into()));
}
