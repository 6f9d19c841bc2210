//! Plays scripts against a backend, and keeps what happened. `player/held.rs` holds requests at their gates and
//! releases them; the gate itself is `backend/gate.rs`.

mod evidence;
mod player;
mod transcript;

pub use evidence::Evidence;
pub use player::{Player, play};
pub(crate) use player::{play_judgeable, still_answers, undisturbed};
pub use transcript::{Exchange, Outcome, Transcript};
