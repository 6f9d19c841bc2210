//! A short script with literal expectations: what a named check consists of. `judgement.rs` beside it compares them with what
//! happened.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Condition, Expected, Fact, Line, ResponseRule};
use crate::script::{Connection, Cycle, Ending, Forgery, Operation, Script, StoreFault};

/// A script, and what some of its operations have to answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// The name of what the scenario shows when it fails. It stays the same from run to run and is unique within its
    /// check.
    pub reason: String,
    /// The script that is played.
    pub script: Script,
    /// What has to be answered to it.
    pub expectations: Vec<Expectation>,
    /// The cycles, counted from zero, that may be refused as a whole.
    #[serde(skip_serializing_if = "BTreeSet::is_empty", default)]
    pub refusable: BTreeSet<usize>,
    /// The claim of the backend by which it is judged, in words, where the expectations follow from a claim.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub held_to: Option<String>,
    /// What the scenario takes for granted beside what its check relies on.
    #[serde(skip)]
    pub relies: Vec<Fact>,
    /// Which other one of its check it varies, if it is the same in another situation.
    #[serde(skip)]
    pub varied: Option<Varied>,
    /// Whether it needs the service to itself from its first request to its last, also while time passes, since it looks at what
    /// others change.
    #[serde(skip)]
    pub alone_throughout: bool,
    /// Whether it shows the same where less time passes: it is then played so, once its moment was over.
    #[serde(skip)]
    pub may_look_sooner: bool,
}

/// What a scenario is that asks the same as another one of its check, in another situation.
#[derive(Debug, Clone, PartialEq)]
pub struct Varied {
    /// The reason of the other one. Where that shows something wrong, or cannot be judged, this one is not played.
    pub of: String,
    /// The name of the situation.
    pub situation: Cow<'static, str>,
    /// What the situation takes for granted.
    pub takes: Vec<Fact>,
}

/// What one operation of a script has to answer, or what a response has to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expectation {
    /// The cycle, counted from zero in the order in which cycles start.
    pub cycle: usize,
    /// The operation within the cycle, from zero; none where the response as a whole is meant.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub op: Option<usize>,
    /// What has to be answered.
    pub expected: Expected,
    /// A condition; where it is not met, nothing is expected.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub only_if: Option<Condition>,
}

impl Scenario {
    /// A scenario in which nothing happens yet.
    #[must_use]
    pub fn new(reason: &str) -> Self {
        Self { reason: reason.to_owned(), script: Script::new(), ..Self::default() }
    }

    /// Adds a cycle of this browser.
    #[must_use]
    pub fn cycle(mut self, browser: &str, lines: impl IntoIterator<Item = Line>) -> Self {
        let ops = self.expect(lines);
        Self { script: self.script.cycle(browser, ops), ..self }
    }

    /// Adds a cycle of this browser that is not waited for.
    #[must_use]
    pub fn start(mut self, browser: &str, lines: impl IntoIterator<Item = Line>) -> Self {
        let ops = self.expect(lines);
        Self { script: self.script.start(browser, ops), ..self }
    }

    /// Adds the expectations of these lines, for the next cycle, and returns their operations.
    fn expect(&mut self, lines: impl IntoIterator<Item = Line>) -> Vec<Operation> {
        let cycle = self.script.cycles().count();
        let mut ops = Vec::new();
        for (op, Line { op: operation, expected, only_if }) in lines.into_iter().enumerate() {
            let expectation = |expected| Expectation { cycle, op: Some(op), expected, only_if };
            self.expectations.extend(expected.map(expectation));
            ops.push(operation);
        }
        ops
    }

    /// Lets this node answer the cycle that was added last. Nodes are counted from one.
    #[must_use]
    pub fn on_node(self, node: usize) -> Self {
        Self { script: self.script.on_node(node), ..self }
    }

    /// Lets the cycle that was added last come over such a connection.
    #[must_use]
    pub fn over(self, connection: Connection) -> Self {
        Self { script: self.script.over(connection), ..self }
    }

    /// Sends the cycle that was added last to the service beside.
    #[must_use]
    pub fn beside(self) -> Self {
        Self { script: self.script.beside(), ..self }
    }

    /// Adds the release of a gate.
    #[must_use]
    pub fn release(self, gate: &str) -> Self {
        Self { script: self.script.release(gate), ..self }
    }

    /// Expects this of the response to the last cycle that was added.
    #[must_use]
    pub fn response(mut self, rule: ResponseRule) -> Self {
        let cycle = self.script.cycles().count().saturating_sub(1);
        let expected = Expected::Response(rule);
        self.expectations.push(Expectation { cycle, op: None, expected, only_if: None });
        self
    }

    /// Makes this the condition of the expectation that was added last.
    #[must_use]
    pub fn only_if(mut self, condition: Condition) -> Self {
        if let Some(last) = self.expectations.last_mut() {
            last.only_if = Some(condition);
        }
        self
    }

    /// Takes this fact for granted. Where it does not hold, the scenario is not judged.
    #[must_use]
    pub fn relies_on(mut self, fact: Fact) -> Self {
        self.relies.push(fact);
        self
    }

    /// Needs the service to itself, also while time passes: what it looks at is changed by others, too.
    #[must_use]
    pub fn alone_throughout(self) -> Self {
        Self { alone_throughout: true, ..self }
    }

    /// Says in the report by which claim the backend is judged.
    #[must_use]
    pub fn held_to(self, what: String) -> Self {
        Self { held_to: Some(what), ..self }
    }

    /// Lets the backend refuse the last cycle as a whole, also by failing the request. It is for values beyond those
    /// that level `minimum` asks for.
    #[must_use]
    pub fn may_be_refused(self) -> Self {
        let last = self.script.cycles().count().saturating_sub(1);
        self.may_be_refused_in(last)
    }

    /// Lets the backend refuse this cycle as a whole. Cycles are counted from zero.
    #[must_use]
    pub fn may_be_refused_in(mut self, cycle: usize) -> Self {
        self.refusable.insert(cycle);
        self
    }

    /// Adds a copy of the cookies of one browser to another.
    #[must_use]
    pub fn copy_cookies(self, from: &str, to: &str) -> Self {
        Self { script: self.script.copy_cookies(from, to), ..self }
    }

    /// Adds forged cookies for the browser `to`, made from those of `from`.
    #[must_use]
    pub fn forge(self, from: &str, to: &str, forgery: Forgery) -> Self {
        Self { script: self.script.forge(from, to, forgery), ..self }
    }

    /// Adds forged cookies as [`forge`](Self::forge) does, made from those of `from` and of `with`.
    #[must_use]
    pub fn forge_with(self, from: &str, with: &str, to: &str, forgery: Forgery) -> Self {
        Self { script: self.script.forge_with(from, with, to, forgery), ..self }
    }

    /// Says that the scenario shows the same where less time passes.
    #[must_use]
    pub fn may_look_sooner(self) -> Self {
        Self { may_look_sooner: true, ..self }
    }

    /// Adds a wait, in seconds.
    #[must_use]
    pub fn wait(self, seconds: f64) -> Self {
        Self { script: self.script.wait(seconds), ..self }
    }

    /// Adds another start of the backend, whose permanent sessions live for so many seconds.
    #[must_use]
    pub fn launch(self, lifetime: f64) -> Self {
        Self { script: self.script.launch(lifetime), ..self }
    }

    /// Adds an end of the process, after which it is started again.
    #[must_use]
    pub fn restart(self, by: Ending) -> Self {
        Self { script: self.script.restart(by), ..self }
    }

    /// Lets the script have so many nodes to itself, the last of which has a clock that is so many seconds ahead. It comes first.
    #[must_use]
    pub fn apart(self, nodes: usize, ahead: u32) -> Self {
        Self { script: self.script.apart(nodes, ahead), ..self }
    }

    /// Adds that a node is stopped.
    #[must_use]
    pub fn pause(self, node: usize) -> Self {
        Self { script: self.script.pause(node), ..self }
    }

    /// Adds that a node goes on.
    #[must_use]
    pub fn wake(self, node: usize) -> Self {
        Self { script: self.script.wake(node), ..self }
    }

    /// Adds a break of the way to the store.
    #[must_use]
    pub fn break_store(self, fault: StoreFault) -> Self {
        Self { script: self.script.break_store(fault), ..self }
    }

    /// Adds the mending of the way to the store.
    #[must_use]
    pub fn mend_store(self) -> Self {
        Self { script: self.script.mend_store(), ..self }
    }

    /// Adds that the store is emptied.
    #[must_use]
    pub fn flush_store(self) -> Self {
        Self { script: self.script.flush_store(), ..self }
    }

    /// Whether anything is expected of what the session holds.
    pub(crate) fn looks_at_items(&self) -> bool {
        let cycles: Vec<&Cycle> = self.script.cycles().collect();
        let looks = |expectation: &Expectation| {
            let op = cycles.get(expectation.cycle)?.ops.get(expectation.op?)?;
            let is_of_items = matches!(
                op,
                Operation::Get { .. }
                    | Operation::Contains { .. }
                    | Operation::Items
                    | Operation::Len
                    | Operation::Pop { .. }
                    | Operation::Setdefault { .. }
            );
            Some(is_of_items)
        };
        self.expectations.iter().any(|expectation| looks(expectation).unwrap_or(false))
    }
}
