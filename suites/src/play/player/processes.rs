//! The processes to which the requests of a script go: nodes, processes of its own, another start.

use std::rc::Rc;

use super::Player;
use crate::backend::Backend;
use crate::script::Processes;

impl Player {
    /// Sends the next request to this node, if there is one of that number.
    pub(super) fn goes_to(&mut self, node: Option<usize>) -> bool {
        self.node = node;
        let there_are = self.backend.nodes();
        let is_there = node.is_none_or(|node| (1..=there_are).contains(&node));
        if let (Some(node), false) = (node, is_there) {
            self.transcript.not_launched = Some(format!(
                "it goes to node {node}, and {there_are} {}: name more with --node, or start several with --nodes",
                if there_are == 1 { "is known" } else { "are known" }
            ));
        }
        is_there
    }

    /// Goes on with processes of the backend that nobody else has.
    pub(super) async fn go_apart(&mut self, wanted: Processes) {
        match self.backend.apart(wanted).await {
            Ok(backend) => {
                if !wanted.see_sessions_end {
                    // Where they do not say how long their sessions live, that is what it is elsewhere.
                    self.transcript.apart = backend.describe().await.ok().map(Box::new);
                }
                self.given = Some(Rc::clone(&self.backend));
                self.goes_on_with(backend);
                // It needs no room of the others. Whoever waited here for some could keep the one waiting who has it.
                self.room = None;
            }
            Err(why) => self.transcript.not_launched = Some(why),
        }
    }

    /// Goes on with the backend as it is with this lifetime of permanent sessions, if it starts so.
    pub(super) async fn launch(&mut self, lifetime: f64) {
        match self.backend.with_lifetime(lifetime).await {
            Ok(backend) => self.goes_on_with(backend),
            Err(why) => self.transcript.not_launched = Some(why),
        }
    }

    fn goes_on_with(&mut self, backend: Rc<dyn Backend>) {
        self.origin = backend.origin();
        self.backend = backend;
    }
}
