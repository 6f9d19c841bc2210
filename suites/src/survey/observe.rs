//! Observes one capability after the other, in the order of `survey`: fresh browsers send a few cycles, and the answers
//! decide. `store`, `empty` and `cookie re-sent` are decided here; `values.rs` beside it decides `modified`, `new` and
//! `nested`, `permanent.rs`, `endings.rs` and `overlap.rs` what their names say, and `operations.rs` the own keys.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use sessionspec_reference::{Description, Value};

use super::age::{Age, resent_when_older};
use super::cookies::names_seen;
use super::expiry::expiry;
use super::in_time::InTime;
use super::observer::{Observer, TEXT};
use super::{
    AtOnce, Concurrency, Emptied, Expiry, Numbers, OnError, Resent, RotationOverEnd, Store, Survey,
    TwoRotations,
};
use crate::backend::{Backend, Foreign};
use crate::play::Player;
use crate::script::ops::{clear, get, set, set_permanent};
use crate::script::{Answer, Operation, is_readable};

/// Observes which cookies are no part of the session of a backend that has answered before (see the preflight).
pub(crate) async fn foreign_cookies(
    backend: &Rc<dyn Backend>,
    description: &Description,
    patience: Duration,
) -> Foreign {
    Observer::new(backend, description, patience).foreign_cookies().await
}

/// The names of all cookies that are set, where those that were named as the session's do not open it.
pub(crate) async fn misnamed_cookies(
    backend: &Rc<dyn Backend>,
    description: &Description,
    patience: Duration,
) -> Option<Vec<String>> {
    Observer::new(backend, description, patience).misnamed().await
}

/// Observes every capability of a backend that has answered before.
pub(crate) async fn survey(
    backend: &Rc<dyn Backend>,
    description: Description,
    patience: Duration,
) -> Survey {
    let observer = Observer::new(backend, &description, patience);
    let on_virtual_time = backend.on_virtual_time().await;
    let age = Age::default();
    if let Some(backend) = &on_virtual_time {
        age.get_or_init(|| resent_when_older(backend, &description, patience)).await;
    }
    let in_time = InTime::new(&description);
    let (permanent, permanent_default) = in_time.look("permanent", async || observer.permanent().await).await;
    let ends = async |row, ending: fn() -> Operation| {
        in_time.look_or(row, OnError::Unknown, async || observer.after_a_change_and(ending()).await).await
    };
    let mut survey = Survey {
        null: observer.null().await,
        modified: in_time.look("modified", async || observer.modified().await).await,
        new: observer.new_on_fresh().await,
        permanent,
        permanent_default,
        nested: in_time.look("nested", async || observer.nested().await).await,
        store: in_time.look("store", async || observer.store().await).await,
        readable_cookie: observer.readable_cookie().await,
        emptied: in_time.look("empty", async || observer.emptied().await).await,
        on_error: ends("on_error", || Operation::Raise).await,
        on_not_found: ends("on 404", || Operation::Respond { status: 404 }).await,
        on_server_error: ends("on 500", || Operation::Respond { status: 500 }).await,
        resent: in_time.look("cookie re-sent", async || observer.resent().await).await,
        age,
        values: observer.values().await,
        numbers: in_time.look_or("numbers", Numbers::Unknown, async || observer.numbers().await).await,
        // Who is served while a request is held does not depend on what is in a session.
        at_once: observer.at_once().await,
        expiry: match &on_virtual_time {
            Some(backend) => expiry(backend, &description, patience).await,
            None => Expiry::Unknown,
        },
        virtual_time: on_virtual_time.is_some(),
        other_lifetimes: backend.takes_lifetimes(),
        restarts: backend.restarts(),
        moves_clocks: backend.moves_clocks(),
        store_control: backend.store_control(),
        nodes: backend.nodes(),
        beside: None,
        // Who has answered is known in the end.
        processes: 0,
        concurrency: Concurrency::Unknown,
        rotation_over_end: RotationOverEnd::Unknown,
        live_objects: false,
        two_rotations: TwoRotations::Unknown,
        https: backend.origin().scheme() == "https",
        cookies: Vec::new(),
        other_cookies: Vec::new(),
        not_done: Vec::new(),
        lock_patience: None,
        hold_said: None,
        own_keys: observer.own_keys().await,
        unsupported: observer.unsupported().await,
        spellings: observer.spellings().await,
        takes_short_lifetimes: observer.takes_short_lifetimes().await,
        untold: BTreeSet::new(),
        description: description.clone(),
    };
    (survey.other_cookies, survey.cookies) = observer.cookies().await;
    observer.header().await;
    let at_once = survey.at_once;
    let raced = async || observer.concurrency(at_once).await;
    survey.concurrency = in_time.look_or("concurrency", Concurrency::Unknown, raced).await;
    // Where a cookie brings its own data, no id ends.
    if survey.at_once == AtOnce::Many && survey.store == Store::Server {
        let ended = async || observer.rotation_over_end().await;
        survey.rotation_over_end =
            in_time.look_or("rotation over end", RotationOverEnd::Unknown, ended).await;
        let shared = async || observer.shares_live_objects(at_once).await;
        survey.live_objects = in_time.look_or("unsaved changes", false, shared).await;
        let twice = async || observer.two_rotations().await;
        survey.two_rotations = in_time.look_or("two rotations", TwoRotations::Unknown, twice).await;
    }
    if observer.not_done.borrow().contains("hold") {
        survey.at_once = AtOnce::Unknown;
    }
    survey.not_done = observer.not_done.take().into_iter().map(str::to_owned).collect();
    survey.hold_said = observer.hold_said.take();
    survey.untold = in_time.untold();
    survey
}

/// A text that no cookie holds by chance.
const LEGIBLE: &str = "legible";

impl Observer<'_> {
    pub(super) async fn store(&self) -> Store {
        let mut player = self.player();
        player.cycle("owner", vec![set("text", "older")]).await;
        if !has_cookies(&player, "owner") {
            return Store::Unknown;
        }
        player.copy_cookies("owner", "replayer");
        player.cycle("owner", vec![set("text", "newer")]).await;
        let replayed = player.cycle("replayer", vec![get("text")]).await;
        match player.transcript().exchanges[replayed].answer(0) {
            Some(Answer::Ok(Value::String(text))) if text == "older" => Store::Client,
            _ => Store::Server,
        }
    }

    /// Whether somebody who has the cookies can read in one of them what the session holds.
    async fn readable_cookie(&self) -> bool {
        let mut player = self.player();
        player.cycle("owner", vec![set("text", LEGIBLE)]).await;
        let foreign = &player.transcript().foreign;
        player.jar("owner").is_some_and(|jar| {
            let own = jar.cookies().filter(|cookie| !foreign.has(&cookie.name));
            own.into_iter().any(|cookie| is_readable(&cookie.value, LEGIBLE))
        })
    }

    async fn emptied(&self) -> Emptied {
        let mut player = self.player();
        player.cycle("surveyor", vec![set("text", TEXT)]).await;
        player.cycle("surveyor", vec![clear()]).await;
        if has_cookies(&player, "surveyor") { Emptied::Kept } else { Emptied::Removed }
    }

    async fn resent(&self) -> Resent {
        let sends_again = async |ops: Vec<Operation>| {
            let mut player = self.player();
            player.cycle("surveyor", ops).await;
            let read = player.cycle("surveyor", vec![get("text")]).await;
            let transcript = player.transcript();
            let read = &transcript.exchanges[read];
            read.headers.all("Set-Cookie").any(|field| transcript.is_of_session(read, field))
        };
        if sends_again(vec![set("text", TEXT)]).await {
            Resent::Always
        } else if sends_again(vec![set("text", TEXT), set_permanent(true)]).await {
            Resent::Permanent
        } else {
            Resent::Never
        }
    }

    /// The names of the cookies that are no part of the session, and of those that are.
    pub(super) async fn cookies(&self) -> (Vec<String>, Vec<String>) {
        let mut player = self.player();
        player.cycle("surveyor", vec![set("text", TEXT)]).await;
        let foreign = &player.transcript().foreign;
        let in_words = |name: Vec<u8>| (foreign.has(&name), String::from_utf8_lossy(&name).into_owned());
        let (others, own): (Vec<_>, Vec<_>) =
            names_seen(&player).into_iter().map(in_words).partition(|(is_foreign, _)| *is_foreign);
        [others, own].map(|names| names.into_iter().map(|(_, name)| name).collect()).into()
    }
}

/// Whether a browser has cookies of the session.
fn has_cookies(player: &Player, browser: &str) -> bool {
    let foreign = &player.transcript().foreign;
    player.jar(browser).is_some_and(|jar| jar.cookies().any(|cookie| !foreign.has(&cookie.name)))
}
