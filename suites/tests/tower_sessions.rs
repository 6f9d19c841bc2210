//! tower-sessions 0.15 and its store in memory, as they are.

use std::rc::Rc;
use std::time::Duration;

use serde_json::json;
use sessionspec::adapters::tower_sessions::TowerStore;
use sessionspec::backend::{Backend, IntoBackend};
use sessionspec::backend::{BackendError, CycleRequest, CycleResponse, LocalBoxFuture};
use sessionspec::engine::browser::Origin;
use sessionspec::engine::play::Player;
use sessionspec::engine::script::ops::{destroy, get, items, set, set_in};
use sessionspec::engine::script::{Answer, Operation, Script};
use sessionspec::engine::survey::Survey;
use sessionspec::engine::survey::{Nested, Store as Lives};
use sessionspec::reference::{Description, Record, Store};
use tower_sessions::{MemoryStore, SessionManagerLayer};

mod middleware {
    use super::*;

    sessionspec::conformance! {
        backend: SessionManagerLayer::new(MemoryStore::default()),
        level: hardened,
        known_failures {
            cookie::removal_repeats_attributes:
                "the removal lacks the cookie's HttpOnly, Secure and SameSite; \
                 tower-sessions pull 268 adds the Secure, after 0.15.0",
            cookie::strangers_hide_nothing:
                "a cookie of somebody else's with bytes beyond ASCII hides the session: the layer reads a `Cookie` header \
                 only where all of it is ASCII; not reported upstream as far as we found",
            cookie::vary:
                "nothing is said to caches: the layer leaves `Vary` to the application; \
                 not reported upstream as far as we found",
            identity::rotation_survives_failure:
                "the browser loses its session: `cycle_id` deletes the old record at once, and a response of \
                 500 or more gets no cookie; not reported upstream as far as we found",
            identity::destroy_then_write:
                "what is written after `flush` is stored under the old id, for whoever has kept it; \
                 not reported upstream as far as we found",
            concurrency::write_does_not_resurrect:
                "a late write undoes a logout: a save stores its record, whether or not it is still there; \
                 not reported upstream as far as we found",
            concurrency::write_does_not_revive_a_rotated_id:
                "a late write undoes a rotation: a save stores its record, whether or not it is still there; \
                 not reported upstream as far as we found",
        },
    }
}

mod store {
    use super::*;
    use sessionspec::adapters::tower_sessions::store;

    sessionspec::conformance! {
        backend: store(MemoryStore::default()),
        level: hardened,
        known_failures {
            concurrency::write_does_not_resurrect:
                "a late write undoes a logout: `save` stores a record, whether or not it is still there; \
                 not reported upstream as far as we found",
            concurrency::write_does_not_revive_a_rotated_id:
                "a late write undoes a rotation: `save` stores a record, whether or not it is still there; \
                 not reported upstream as far as we found",
        },
    }
}

#[test]
fn the_behaviour_of_the_middleware() {
    sessionspec::assert_conformance_snapshot!(SessionManagerLayer::new(MemoryStore::default()));
}

/// The last answer of the script's last cycle.
async fn last_answer(backend: &Rc<dyn Backend>, script: Script) -> Option<Answer> {
    let transcript = Player::new(Rc::clone(backend), Duration::from_secs(10)).play(&script).await;
    transcript.exchanges.last()?.answers().last().cloned()
}

/// The adapters perform what no check of level `minimum` asks for.
#[tokio::test]
async fn a_session_that_has_ended_or_moved_is_gone_for_its_old_cookie() {
    let store = sessionspec::adapters::tower_sessions::store(MemoryStore::default());
    assert_eq!(store.into_backend().describe().await.unwrap().name.as_deref(), Some("MemoryStore"));

    let store = sessionspec::adapters::tower_sessions::store(MemoryStore::default());
    let middleware = SessionManagerLayer::new(MemoryStore::default());
    for backend in [store.into_backend(), middleware.into_backend()] {
        for end in [destroy(), Operation::Regenerate] {
            let script = Script::new()
                .cycle("ann", [set("a", 1)])
                .copy_cookies("ann", "bob")
                .cycle("ann", [end.clone()])
                .cycle("bob", [items()]);
            assert_eq!(last_answer(&backend, script).await, Some(Answer::Ok(json!({}))), "{end:?}");
        }
    }
}

#[tokio::test]
async fn under_the_middleware_a_handler_can_save_before_it_fails() {
    let backend = SessionManagerLayer::new(MemoryStore::default()).into_backend();
    for (failing, found) in
        [(vec![set("a", 2), Operation::Save, Operation::Raise], 2), (vec![set("a", 2), Operation::Raise], 1)]
    {
        let script = Script::new().cycle("ann", [set("a", 1)]).cycle("ann", failing).cycle("ann", [get("a")]);
        assert_eq!(last_answer(&backend, script).await, Some(Answer::Ok(json!(found))));
    }
}

#[tokio::test]
async fn under_the_middleware_a_path_that_leads_nowhere_is_refused() {
    let backend = SessionManagerLayer::new(MemoryStore::default()).into_backend();
    let script = Script::new().cycle("ann", [set("a", "text"), set_in(["a".into(), "n".into()], 1)]);
    assert!(matches!(last_answer(&backend, script).await, Some(Answer::Error(_))));
}

#[tokio::test]
async fn a_record_is_found_by_its_own_id_alone() {
    let store = TowerStore(MemoryStore::default());
    let id = format!("{:032x}", 7);
    assert!(store.create(&id, &Record::default(), None).await.unwrap());
    assert!(store.load(&id).await.unwrap().is_some());
    for other in ["7".to_owned(), format!("+{}", &id[1..])] {
        assert!(store.load(&other).await.unwrap().is_none(), "{other}");
    }
    store.delete(&id).await.unwrap();
    assert!(store.load(&id).await.unwrap().is_none());
}

/// A backend as it is reached under a domain and a path of its own.
struct Placed(Rc<dyn Backend>);

impl Backend for Placed {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.0.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        self.0.cycle(request)
    }

    fn origin(&self) -> Origin {
        "https://shop.example".parse().expect("it is an origin")
    }

    fn path(&self) -> &str {
        "/app/probe"
    }
}

#[tokio::test]
async fn cookies_with_a_domain_and_a_path_are_sent_back_to_it() {
    let layer =
        SessionManagerLayer::new(MemoryStore::default()).with_domain("shop.example").with_path("/app");
    let placed = Rc::new(Placed(layer.into_backend()));
    let survey = Survey::of(placed, Duration::from_secs(10)).await.unwrap();
    // Without its cookie the second cycle of the survey would find nothing to change inside of.
    assert_eq!((survey.store, survey.nested), (Lives::Server, Nested::Copies));
}
