//! The macro that makes a probe of actix-session, whichever version of it the crate under test has.

/// Makes a module with a handler for an application of actix-web, and with what puts that application under test.
///
/// ```ignore
/// use actix_session::{SessionMiddleware, storage::CookieSessionStore};
/// use actix_web::{App, cookie::Key, test, web};
/// use sessionspec::backend::Backend;
///
/// sessionspec::actix_session_probe! { mod probe: actix_web, actix_session }
///
/// async fn application() -> impl Backend {
///     let sessions = SessionMiddleware::new(CookieSessionStore::default(), Key::generate());
///     let application = App::new().wrap(sessions).route(probe::PATH, web::post().to(probe::handler));
///     probe::backend(test::init_service(application).await, test::TestRequest::to_request)
/// }
///
/// sessionspec::conformance! { backend: application().await, level: minimum }
/// ```
///
/// The two names are those under which the crate under test has actix-web and actix-session; neither is a dependency of
/// this crate. It compiles with actix-web 4 and actix-session 0.11, and with every other version that has the same calls.
///
/// The address, `PATH`, is below a folder: there it shows whether the cookie and its removal have a `Path`.
#[macro_export]
macro_rules! actix_session_probe {
    (mod $module:ident : $($web:ident)::+, $($sessions:ident)::+ $(,)?) => {
        mod $module {
            use $($sessions)::+::{Session as ActixSession, SessionStatus};
            use $($web)::+::body::MessageBody;
            use $($web)::+::dev::{Service, ServiceResponse};
            use $($web)::+::error::ErrorInternalServerError;
            use $($web)::+::http::{StatusCode, header::HeaderValue};
            use $($web)::+::test::TestRequest;
            use $($web)::+::{Error as WebError, HttpMessage, HttpResponse, web};
            use $crate::backend::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture, Work};
            use $crate::reference::http::Headers;
            use $crate::reference::{Description, Error, Map, Result, Session, Value};

            /// Where the application mounts the handler.
            pub const PATH: &str = "/account/session";

            /// Puts the application under test. `to_request` is `TestRequest::to_request`.
            pub fn backend<S, R, B>(application: S, to_request: fn(TestRequest) -> R) -> impl Backend
            where
                S: Service<R, Response = ServiceResponse<B>, Error = WebError>,
                R: HttpMessage,
                B: MessageBody,
            {
                Application { application, to_request }
            }

            struct Application<S, R> {
                application: S,
                to_request: fn(TestRequest) -> R,
            }

            impl<S, R, B> Backend for Application<S, R>
            where
                S: Service<R, Response = ServiceResponse<B>, Error = WebError>,
                R: HttpMessage,
                B: MessageBody,
            {
                fn describe(&self) -> LocalBoxFuture<'_, ::core::result::Result<Description, BackendError>> {
                    let names = |names: &[&str]| names.iter().map(::std::string::ToString::to_string).collect();
                    Box::pin(::core::future::ready(Ok(Description {
                        name: Some("actix-session".to_owned()),
                        derived: names(&["permanent", "set_permanent", "set_modified", "new"]),
                        composed: names(&["len", "pop", "setdefault", "update"]),
                        without_body: $crate::reference::description::WITHOUT_BODY.into(),
                        ..Description::default()
                    })))
                }

                fn path(&self) -> &str {
                    PATH
                }

                fn cycle(
                    &self,
                    asked: CycleRequest,
                ) -> LocalBoxFuture<'_, ::core::result::Result<CycleResponse, BackendError>> {
                    Box::pin(async move {
                        let work = Work::new(&asked);
                        let mut request = TestRequest::post().uri(PATH);
                        for (name, value) in asked.headers.iter() {
                            // A server would refuse any other value, too.
                            let Ok(value) = HeaderValue::from_bytes(value) else {
                                return Ok(work.response(400, Headers::default()));
                            };
                            request = request.append_header((name, value));
                        }
                        let request = (self.to_request)(request);
                        request.extensions_mut().insert(work.clone());
                        let (status, sent) = match self.application.call(request).await {
                            Ok(response) => (response.status(), response.headers().clone()),
                            Err(error) => {
                                let response = error.error_response();
                                (response.status(), response.headers().clone())
                            }
                        };
                        let mut headers = Headers::default();
                        for (name, value) in &sent {
                            headers.append(name.as_str(), value.as_bytes());
                        }
                        Ok(work.response(status.as_u16(), headers))
                    })
                }
            }

            /// Performs what the suite asks for on the session that the middleware has opened.
            pub async fn handler(
                session: ActixSession,
                work: web::ReqData<Work>,
            ) -> ::core::result::Result<HttpResponse, WebError> {
                let handled = work.perform(&mut HandlerSession(session)).await.map_err(ErrorInternalServerError)?;
                let status = StatusCode::from_u16(handled.status).map_err(ErrorInternalServerError)?;
                let mut response = HttpResponse::build(status);
                for (name, value) in handled.headers.iter() {
                    response.append_header((name, value));
                }
                Ok(response.finish())
            }

            struct HandlerSession(ActixSession);

            impl Session for HandlerSession {
                async fn get(&mut self, key: &str) -> Result<Option<Value>> {
                    self.0.get(key).map_err(|error| Error::store(error.to_string()))
                }

                async fn set(&mut self, key: &str, value: Value) -> Result<()> {
                    self.0.insert(key, value).map_err(|error| Error::refused(error.to_string()))
                }

                async fn delete(&mut self, key: &str) -> Result<bool> {
                    Ok(self.0.remove(key).is_some())
                }

                async fn items(&mut self) -> Result<Map> {
                    let keys: Vec<String> = self.0.entries().keys().cloned().collect();
                    let mut items = Map::new();
                    for key in keys {
                        items.extend(self.get(&key).await?.map(|value| (key, value)));
                    }
                    Ok(items)
                }

                async fn contains(&mut self, key: &str) -> Result<bool> {
                    Ok(self.0.contains_key(key))
                }

                async fn clear(&mut self) -> Result<()> {
                    self.0.clear();
                    Ok(())
                }

                async fn modified(&mut self) -> Result<bool> {
                    Ok(self.0.status() != SessionStatus::Unchanged)
                }

                async fn regenerate(&mut self) -> Result<()> {
                    self.0.renew();
                    Ok(())
                }

                async fn destroy(&mut self) -> Result<()> {
                    self.0.purge();
                    Ok(())
                }
            }
        }
    };
}
