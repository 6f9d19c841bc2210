//! Observes the service beside, as far as scripts depend on it.

use std::collections::BTreeSet;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use sessionspec_reference::{Description, Value};

use super::Store;
use super::observer::{Observer, TEXT};
use super::preflight::{PreflightError, preflight};
use super::rows::listed;
use crate::backend::{Backend, Foreign, Front};
use crate::browser::{SetCookie, Stored};
use crate::play::{Exchange, play};
use crate::script::ops::{get, set};
use crate::script::{Answer, Script};

/// Another service, whose sessions are beside those of the one that is tested.
#[derive(Debug, Clone)]
pub struct Beside {
    /// What it says of itself.
    pub description: Description,
    /// Where its data live.
    pub store: Store,
    /// The names of the cookies that carry its sessions.
    pub cookies: Vec<String>,
    /// Operations that it does not have.
    pub unsupported: Vec<String>,
}

impl Beside {
    /// Whether it has this operation.
    #[must_use]
    pub fn supports(&self, op: &str) -> bool {
        !self.unsupported.iter().any(|unsupported| unsupported == op)
    }
}

impl fmt::Display for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "store {}, cookies {}", self.store.as_str(), listed(&self.cookies))
    }
}

/// Observes the service beside this one, if there is one.
pub(super) async fn observe(
    backend: &Rc<dyn Backend>,
    front: &Front,
    patience: Duration,
) -> Result<Option<Beside>, PreflightError> {
    let Some(other) = backend.beside() else { return Ok(None) };
    let described = preflight(&other, patience).await;
    let description = described.map_err(|error| PreflightError::Beside(Box::new(error)))?;
    if !keeps(&other, patience).await {
        return Err(PreflightError::BesideKeepsNothing);
    }
    if let Some(name) = cookie_of_both(backend, patience).await {
        return Err(PreflightError::OneCookie(name));
    }
    let observer = Observer::new(&other, &description, patience);
    front.beside().set_foreign(observer.foreign_cookies().await);
    let (_, cookies) = observer.cookies().await;
    // Whatever else it sets is nobody's session, also where the first service does not know of it.
    let own: BTreeSet<Vec<u8>> = cookies.iter().map(|name| name.clone().into_bytes()).collect();
    front.beside().set_foreign(Foreign::AllBut(own));
    let (store, unsupported) = (observer.store().await, observer.unsupported().await);
    Ok(Some(Beside { store, cookies, unsupported, description }))
}

/// Whether a browser finds again what it has set.
async fn keeps(other: &Rc<dyn Backend>, patience: Duration) -> bool {
    let script = Script::new().cycle("ann", [set("text", TEXT)]).cycle("ann", [get("text")]);
    let transcript = play(other, &script, patience).await;
    let found = transcript.exchanges.last().and_then(|exchange| exchange.answer(0));
    *found.unwrap_or(&Answer::Absent) == Answer::Ok(Value::from(TEXT))
}

/// The name of a cookie of the one service which that of the other replaces.
async fn cookie_of_both(backend: &Rc<dyn Backend>, patience: Duration) -> Option<String> {
    let script = Script::new().cycle("ann", [set("text", TEXT)]).cycle("ann", [set("text", TEXT)]).beside();
    let transcript = play(backend, &script, patience).await;
    let [here, there] = transcript.exchanges.as_slice() else { return None };
    let given: Vec<Vec<u8>> = set_by(here).map(|(cookie, _)| cookie.name).collect();
    let replaced = set_by(there)
        .find(|(cookie, stored)| *stored == Some(Stored::Replaced) && given.contains(&cookie.name));
    replaced.map(|(cookie, _)| String::from_utf8_lossy(&cookie.name).into_owned())
}

/// The cookies that this response sets, each with what it did to those of the browser.
fn set_by(exchange: &Exchange) -> impl Iterator<Item = (SetCookie, Option<Stored>)> {
    let fields = exchange.headers.all("Set-Cookie").zip(&exchange.stored);
    fields.filter_map(|(field, stored)| Some((SetCookie::parse(field).ok()?, stored.as_ref().ok().copied())))
}

#[cfg(test)]
mod tests {
    use sessionspec_reference::{Memory, SignedCookies};

    use super::*;
    use crate::backend::{BackendError, CycleRequest, CycleResponse, LocalBoxFuture, in_process};
    use crate::browser::Origin;
    use crate::survey::Survey;

    /// A service, with another one beside it.
    struct With {
        service: Rc<dyn Backend>,
        other: Rc<dyn Backend>,
    }

    impl Backend for With {
        fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
            self.service.describe()
        }

        fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
            self.service.cycle(request)
        }

        fn beside(&self) -> Option<Rc<dyn Backend>> {
            Some(Rc::clone(&self.other))
        }
    }

    /// The reference, at another host.
    struct Elsewhere(Rc<dyn Backend>);

    impl Backend for Elsewhere {
        fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
            self.0.describe()
        }

        fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
            self.0.cycle(request)
        }

        fn origin(&self) -> Origin {
            Origin::parse("http://forum.test").unwrap()
        }
    }

    /// A service that cannot be reached.
    struct Gone;

    impl Backend for Gone {
        fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
            Box::pin(std::future::ready(Err(BackendError::Unreachable("nobody is there".to_owned()))))
        }

        fn cycle(&self, _: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
            Box::pin(std::future::ready(Err(BackendError::Unreachable("nobody is there".to_owned()))))
        }
    }

    async fn seen(other: Rc<dyn Backend>) -> Result<String, PreflightError> {
        let with = With { service: in_process(Memory::default()), other };
        let survey = Survey::of(Rc::new(with), Duration::from_secs(10)).await?;
        Ok(survey.beside.map(|beside| beside.to_string()).unwrap_or_default())
    }

    #[tokio::test]
    async fn two_services_whose_cookies_have_one_name_are_at_two_hosts() {
        let same = seen(in_process(Memory::default())).await;
        assert_eq!(same, Err(PreflightError::OneCookie("session".to_owned())));
        let elsewhere = seen(Rc::new(Elsewhere(in_process(Memory::default())))).await;
        assert_eq!(elsewhere.as_deref(), Ok("store server, cookies session"));
    }

    #[tokio::test]
    async fn a_service_beside_has_to_keep_what_it_is_given() {
        let null = seen(in_process(SignedCookies::without_secret())).await;
        assert_eq!(null, Err(PreflightError::BesideKeepsNothing));
        let gone = seen(Rc::new(Gone)).await;
        assert!(matches!(gone, Err(PreflightError::Beside(_))), "{gone:?}");
    }
}
