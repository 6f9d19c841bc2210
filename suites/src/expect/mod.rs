//! Expectations: short scripts with the answers and the responses that a backend has to give.

mod condition;
mod expected;
mod fact;
mod judgement;
mod line;
mod longer;
mod response_rule;
mod scenario;
mod untold;
mod varied;

pub use condition::Condition;
pub use expected::Expected;
pub(crate) use expected::without;
pub use fact::Fact;
pub use judgement::{Finding, Judgement};
pub(crate) use judgement::{OVER, failed_request};
pub use line::Line;
pub(crate) use response_rule::Every;
pub use response_rule::ResponseRule;
pub use scenario::{Expectation, Scenario, Varied};
pub(crate) use untold::gap_of_probe;
