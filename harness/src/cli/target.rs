//! A service that was reached, or started for this run, and is left in the end.

use std::rc::Rc;

use sessionspec::PreflightError;
use sessionspec::backend::BackendError;
use sessionspec::reference::Description;

use super::{CliError, tell};
use crate::http::{HeaderField, shown_url, without_secrets};
use crate::launch::{Launched, Others, Recipe};
use crate::peer_storage::PeerStorage;

/// A service that can be asked, and has to be left when that is done.
pub(super) struct Target {
    url: String,
    launched: Option<Launched>,
    /// How it was started, and with which lifetime of permanent sessions.
    recipe: Option<(Recipe, f64)>,
    others: Rc<Others>,
    /// The storage of a peer, where several of its processes share it.
    storage: Option<PeerStorage>,
    /// What is sent with every request, and must not be shown.
    fields: Vec<HeaderField>,
}

impl Target {
    /// A service that was launched, with its probe at this path.
    pub(super) fn launched(
        service: Launched,
        scheme: &str,
        path: &str,
        recipe: (Recipe, f64),
        fields: Vec<HeaderField>,
    ) -> Self {
        let running = Self::running(format!("{scheme}://{}{path}", service.address()));
        Self { launched: Some(service), recipe: Some(recipe), fields, ..running }
    }

    /// The same, with the storage that the processes of a peer share.
    pub(super) fn over(self, storage: Option<PeerStorage>) -> Self {
        Self { storage, ..self }
    }

    /// How it was started, and where the others are that are started like it.
    pub(super) fn recipe(&self) -> Option<(&Recipe, f64, &Rc<Others>)> {
        self.recipe.as_ref().map(|(recipe, lifetime)| (recipe, *lifetime, &self.others))
    }

    /// What to say where the command has a `{lifetime}` and the description names none. The run then waits for no end of a session.
    pub(super) fn undeclared_lifetime(&self, description: &Description) -> Option<&'static str> {
        let is_asked_for = self.recipe.as_ref().is_some_and(|(recipe, _)| recipe.takes_a_lifetime());
        let is_declared =
            description.lifetime_seconds.is_some() || description.browser_lifetime_seconds.is_some();
        (is_asked_for && !is_declared).then_some(
            "the command has a {lifetime}, and the probe's description names neither `lifetime_seconds` nor \
             `browser_lifetime_seconds`, so that a run waits for no session to end",
        )
    }

    /// Starts the command of the service once more, beside it: the port of the new process, which ends with the service.
    pub(super) async fn start_another(&self) -> Result<u16, CliError> {
        let Some((recipe, lifetime)) = &self.recipe else {
            return Err(CliError::usage(
                "--nodes is for a service that is started; name the nodes of this one with --node",
            ));
        };
        let started = recipe.start(*lifetime).await.map_err(CliError::not_verified)?;
        let port = started.address().port();
        self.others.add(started);
        Ok(port)
    }

    /// A service that runs already.
    pub(super) fn running(url: String) -> Self {
        Self { url, launched: None, recipe: None, others: Rc::default(), storage: None, fields: Vec::new() }
    }

    /// The URL of the probe.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// What a launched service said last: where it is at fault, that is where its own reason stands.
    pub(super) fn last_words(&self) -> Option<String> {
        let last_words = self.launched.as_ref().map(Launched::last_words);
        last_words.map(|said| without_secrets(said, &self.fields))
    }

    /// Whether the service was launched.
    pub(super) fn is_launched(&self) -> bool {
        self.launched.is_some()
    }

    /// Mends the store where it is still broken, and stops the service where it was launched; whether it ended when it was asked to.
    pub(super) async fn leave(self) -> bool {
        let store = self.recipe.as_ref().and_then(|(recipe, _)| recipe.store.as_ref());
        if let Some(switch) = store.and_then(|store| store.switch.as_ref())
            && let Err(why) = switch.mend().await
        {
            tell(format_args!("sessionspec: the store is still broken: {why}; mend it by hand"));
        }
        self.others.stop().await;
        let ended = match self.launched {
            Some(service) => service.stop().await,
            None => true,
        };
        if let Some((recipe, _)) = &self.recipe {
            recipe.mark.kill_all();
        }
        if let Some(storage) = self.storage {
            storage.end().await;
        }
        ended
    }
}

/// Why nothing could be judged, and what to do about it, in one line.
///
/// Of a service that was launched its last words are known; its URL says nothing, since its port was ours to choose.
pub(super) fn unjudged(url: &str, error: &PreflightError, last_words: Option<String>) -> String {
    let fault = match error {
        PreflightError::Describe(error) | PreflightError::Cycle { error, .. } => Some(error),
        PreflightError::Failed { .. } => None,
        PreflightError::Stopped => return error.to_string(),
        told => return format!("nothing could be judged at {}; {told}", shown_url(url)),
    };
    if let Some(last_words) = last_words {
        return format!("nothing could be judged; {error}; {last_words}");
    }
    let advice = match fault {
        // What TLS says has its own advice in it.
        Some(BackendError::Unreachable(_)) if url.starts_with("https:") => {
            "start the service if it does not run"
        }
        Some(BackendError::Unreachable(_)) => "start the service, or let --launch start it",
        Some(BackendError::NoAnswer(_)) => "if it is only slow, allow more with --timeout",
        Some(BackendError::NotAProbe(_)) => "look closer with `sessionspec doctor`",
        _ => "look at what the service logged",
    };
    format!("nothing could be judged at {}; {error}; {advice}", shown_url(url))
}
