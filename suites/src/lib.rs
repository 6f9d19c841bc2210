//! A conformance suite for web-session backends: does a backend honour the contract that Flask 0.8 set down?

pub mod backend;
pub mod browser;
mod check;
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
pub mod survey;
pub mod transcript;

pub use backend::{Backend, in_process};
pub use check::{Check, Level, Plan, Test, catalogue};
pub use player::Player;
pub use report::{LevelVerdict, Report, Verdict};
pub use runner::{Event, Options, run, run_with};
pub use scenario::{Expectation, Finding, Judgement, Line, Scenario};
pub use search::{DeadSessions, Generator, Property, Shape, ShrinkBounds, case_seed};
pub use sessionspec_reference as reference;
pub use survey::{PreflightError, Survey};
