//! What a player does with a node that is stopped where it is, and goes on later.

use std::rc::Rc;

use super::Player;

impl Player {
    /// Stops a node. Whatever is at work there may fail of that, or end later.
    pub(super) async fn pause(&mut self, node: usize) {
        let backend = Rc::clone(&self.backend);
        match backend.pause(node, true).await {
            Ok(()) => {
                self.paused = Some(node);
                for held in &self.held {
                    let exchange = &mut self.transcript.exchanges[held.exchange];
                    exchange.disturbed |= exchange.node.unwrap_or(1) == node;
                }
            }
            Err(why) => self.transcript.not_launched = Some(why),
        }
    }

    /// Lets it go on. Who waits for a lock that is held there may wait for longer, so that nobody is waited for here.
    pub(super) async fn wake(&mut self, node: usize) {
        let backend = Rc::clone(&self.backend);
        self.paused = None;
        if let Err(why) = backend.pause(node, false).await {
            self.transcript.not_launched = Some(why);
        }
    }
}
