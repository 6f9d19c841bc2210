//! Plays scripts against a backend, and keeps what happened.

mod evidence;
mod player;
mod transcript;

pub use evidence::Evidence;
pub use player::{Player, play};
pub(crate) use player::{play_judgeable, still_answers, undisturbed};
pub use transcript::{Exchange, Moment, Outcome, Transcript};
