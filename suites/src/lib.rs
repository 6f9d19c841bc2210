#![doc = include_str!("../docs/guide.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod adapters;
pub mod backend;
mod browser;
mod checks;
mod contract;
#[doc(hidden)]
pub mod engine;
mod expect;
mod level;
mod macros;
mod oracle;
mod play;
mod replay;
mod report;
mod run;
mod script;
mod search;
mod survey;

pub use level::Level;
pub use macros::NotRun;
pub use report::{CheckReport, Failure, KnownFailure, LevelVerdict, Report, Verdict};
pub use run::{Options, run};
pub use sessionspec_reference as reference;
pub use survey::PreflightError;

#[doc(hidden)]
pub mod __support {
    pub use crate::checks::names;
    #[cfg(feature = "snapshots")]
    pub use crate::macros::behaviour;
    pub use crate::macros::{KnownFailure, TestPlace, judge, namespace};
    #[cfg(feature = "snapshots")]
    pub use insta;
}
