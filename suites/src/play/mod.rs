//! Plays scripts against a backend, and keeps what happened. `player/held.rs` holds requests at their gates and
//! releases them; the gate itself is `backend/gate.rs`.

mod evidence;
mod lanes;
mod player;
mod side_by_side;
mod transcript;

pub use evidence::Evidence;
pub(crate) use lanes::{Lanes, OwnedPlace, Place};
pub use player::{Player, play};
pub(crate) use player::{
    has_crowds, play_judgeable, play_judgeable_alone_but_for_waits, play_judgeable_alone_throughout,
    play_judgeable_together, still_answers, undisturbed,
};
pub(crate) use side_by_side::SideBySide;
pub use transcript::{Exchange, Moment, Outcome, Transcript};
