//! What the command line `sessionspec` and this project's own tests use of the engine.
//!
//! Nothing in here is promised: names and shapes change with any release. It is a module and no crate of its own,
//! because the engine and the macros are released together, and a user of the dev-dependency downloads one package
//! less.

pub mod browser {
    pub use crate::browser::*;
}
pub mod checks {
    pub use crate::checks::*;
}
pub mod contract {
    pub use crate::contract::*;
}
pub mod expect {
    pub use crate::expect::*;
}
pub mod play {
    pub use crate::play::*;
}
pub mod replay {
    pub use crate::replay::*;
}
pub mod report {
    pub use crate::report::*;
}
pub mod run {
    pub use crate::run::*;
}
pub mod script {
    pub use crate::script::*;
}
pub mod search {
    pub use crate::search::*;
}
pub mod survey {
    pub use crate::survey::*;
}
