//! A conformance suite for web-session backends: does a backend honour the contract that Flask 0.8 set down?

pub mod backend;
pub mod browser;
mod catalogue;
mod check;
pub mod checks;
mod conformance;
pub mod contract;
pub mod expectation;
pub mod glue;
mod minimum;
mod model;
mod oracle;
mod player;
pub mod report;
mod runner;
mod scenario;
pub mod script;
mod search;
mod support;
pub mod survey;
pub mod transcript;

pub use backend::{Backend, IntoBackend, in_process};
pub use catalogue::catalogue;
pub use check::{Check, Level, Plan, Test};
pub use player::Player;
pub use report::{LevelVerdict, Report, Verdict};
pub use runner::{Event, Options, run, run_until};
pub use scenario::{Expectation, Finding, Judgement, Line, Scenario};
pub use search::{DeadSessions, Generator, Property, Shape, ShrinkBounds, case_seed};
pub use sessionspec_reference as reference;
pub use survey::{PreflightError, Survey};

#[doc(hidden)]
pub mod __support {
    pub use crate::support::{KnownFailure, Place, judge};
}
