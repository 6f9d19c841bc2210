//! The macro that makes a probe of tower-sessions, whichever version of it the crate under test has.

/// Makes a module with a handler for a router of axum, and with what puts that router under test.
///
/// ```ignore
/// use axum::{Router, routing::post};
/// use sessionspec::backend::Backend;
/// use tower_sessions::{MemoryStore, SessionManagerLayer};
///
/// sessionspec::tower_sessions_probe! { mod probe: axum, tower_sessions }
///
/// fn application() -> impl Backend {
///     let sessions = SessionManagerLayer::new(MemoryStore::default());
///     probe::backend(Router::new().route(probe::PATH, post(probe::handler)).layer(sessions))
/// }
///
/// sessionspec::conformance! { backend: application(), level: minimum }
/// ```
///
/// The two names are those under which the crate under test has axum and tower-sessions, or the paths by which a framework
/// passes them on; neither is a dependency of this crate. It was compiled with tower-sessions 0.10, 0.11, 0.12 and 0.13 on axum
/// 0.7, and with 0.14 and 0.15 on axum 0.8; the tests of the repository run it with 0.10, 0.12 and 0.14.
///
/// The address, `PATH`, is below a folder: there it shows whether the cookie and its removal have a `Path`.
#[macro_export]
macro_rules! tower_sessions_probe {
    (mod $module:ident : $($axum:ident)::+, $($sessions:ident)::+ $(,)?) => {
        mod $module {
            use $($axum)::+::{Extension, Router, body::Body, response::Response};
            use $($sessions)::+::{Session as TowerSession, session::Error as TowerError};
            use $crate::adapters::{WrittenKeys, tower};
            use $crate::backend::{Backend, Work};
            use $crate::reference::{Error, Map, Result, Session, Value};

            /// Where the router mounts the handler.
            pub const PATH: &str = "/account/session";

            /// Puts the router under test.
            pub fn backend(router: Router) -> impl Backend {
                let router = router.layer(Extension(WrittenKeys::default()));
                tower::service::<Router, Body>(router).at(PATH).described(|description| {
                    let names = |names: &[&str]| names.iter().map(::std::string::ToString::to_string).collect();
                    description.name = Some("tower-sessions".to_owned());
                    description.derived = names(&["permanent", "set_permanent", "set_modified", "new"]);
                    description.composed = names(&["contains", "items", "len", "pop", "setdefault", "update"]);
                })
            }

            /// Performs what the suite asks for on the session that the layer has opened.
            pub async fn handler(
                session: TowerSession,
                Extension(keys): Extension<WrittenKeys>,
                Extension(work): Extension<Work>,
            ) -> Response {
                tower::respond(&work, &mut HandlerSession { session, keys }).await
            }

            /// The session of tower-sessions, and the keys that its application knows: it cannot list its items.
            struct HandlerSession {
                session: TowerSession,
                keys: WrittenKeys,
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
                    Ok(self.session.remove_value(key).await.map_err(error)?.is_some())
                }

                async fn items(&mut self) -> Result<Map> {
                    let mut items = Map::new();
                    for key in self.keys.all() {
                        items.extend(self.get(&key).await?.map(|value| (key, value)));
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
        }
    };
}
