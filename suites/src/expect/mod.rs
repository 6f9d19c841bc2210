//! Expectations: short scripts with the answers and the responses that a backend has to give.

mod condition;
mod expected;
mod fact;
mod response_rule;
mod scenario;

pub use condition::Condition;
pub use expected::Expected;
pub(crate) use expected::without;
pub use fact::Fact;
pub use response_rule::ResponseRule;
pub(crate) use scenario::failed_request;
pub use scenario::{Expectation, Finding, Judgement, Line, Scenario};
