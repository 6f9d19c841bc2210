//! A case file: a script that once failed, as versioned JSON that replays anywhere.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::expect::Scenario;
use crate::report::{CheckReport, Failure};
use crate::script::{Operation, OperationError};

/// A script that once failed, with what should have been answered.
///
/// ```
/// use sessionspec::engine::replay::CaseFile;
///
/// let text = r#"{
///     "version": 1,
///     "check": "minimum/persists",
///     "reason": "get-differs",
///     "scenario": {
///         "reason": "get-differs",
///         "script": [
///             {"cycle": {"browser": "ann", "ops": [{"op": "set", "key": "a", "value": 1}]}},
///             {"cycle": {"browser": "ann", "ops": [{"op": "get", "key": "a"}]}}
///         ],
///         "expectations": [{"cycle": 1, "op": 0, "expected": {"answer": {"ok": 1}}}]
///     }
/// }"#;
/// let case = CaseFile::from_json(text)?;
/// assert_eq!(case.scenario.script.len(), 2);
/// assert_eq!(CaseFile::from_json(&case.to_json())?, case);
/// # Ok::<(), sessionspec::engine::replay::CaseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// The version of this form: [`CaseFile::VERSION`].
    pub version: u32,
    /// The check that failed.
    pub check: String,
    /// The reason for which it failed.
    pub reason: String,
    /// The backend on which it failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub backend: Option<String>,
    /// The script, and what a backend with the capabilities of that one has to answer to it.
    pub scenario: Scenario,
}

/// The reason for which a text is no case file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// The text is no JSON.
    #[error("a case file is JSON, and this is not: {0}")]
    NotJson(#[source] serde_json::Error),
    /// The text does not say which version it has.
    #[error("a case file says `\"version\": {}`, and this one has no such field", CaseFile::VERSION)]
    NoVersion,
    /// The text has a version that this suite cannot read.
    #[error("this case file is of version {found}, and this suite reads version {reads}: use a newer suite", found = .0, reads = CaseFile::VERSION)]
    UnknownVersion(Value),
    /// An entry of `ops` is no operation.
    #[error("cycle {cycle}, operation {op}: {source}")]
    Operation {
        /// The cycle, counted from one.
        cycle: usize,
        /// The operation within the cycle, from one.
        op: usize,
        /// The reason for which it is none.
        #[source]
        source: OperationError,
    },
    /// Another part has not the form of a case file.
    #[error("not in the form of a case file: {0}")]
    Malformed(#[source] serde_json::Error),
}

impl CaseFile {
    /// The version that is written, and the only one that is read.
    pub const VERSION: u32 = 1;

    /// The case of a failure. It is `None` where the failure has no script, as with a claim that is not borne out.
    #[must_use]
    pub fn of_failure(check: &CheckReport, failure: &Failure, backend: Option<&str>) -> Option<Self> {
        Some(Self {
            version: Self::VERSION,
            check: check.id.clone(),
            reason: failure.reason.clone(),
            backend: backend.map(str::to_owned),
            scenario: failure.scenario.clone()?,
        })
    }

    /// Reads a case file.
    ///
    /// # Errors
    ///
    /// [`CaseError`] says what is wrong, and where.
    pub fn from_json(text: &str) -> Result<Self, CaseError> {
        let json: Value = serde_json::from_str(text).map_err(CaseError::NotJson)?;
        match json.get("version") {
            None => return Err(CaseError::NoVersion),
            Some(version) if *version != Self::VERSION => {
                return Err(CaseError::UnknownVersion(version.clone()));
            }
            Some(_) => {}
        }
        check_operations(&json)?;
        serde_json::from_value(json).map_err(CaseError::Malformed)
    }

    /// Writes the case file, for people to read.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a case file is maps with text as keys");
        text.push('\n');
        text
    }
}

/// Reads each operation alone: serde would say what is wrong with an operation, but not which one it is.
fn check_operations(json: &Value) -> Result<(), CaseError> {
    let steps = json.pointer("/scenario/script").and_then(Value::as_array);
    let cycles = steps.into_iter().flatten().filter_map(|step| step.get("cycle").or(step.get("start")));
    for (cycle, json) in cycles.enumerate() {
        let ops = json.get("ops").and_then(Value::as_array);
        for (op, json) in ops.into_iter().flatten().enumerate() {
            if let Err(source) = Operation::from_json(json) {
                return Err(CaseError::Operation { cycle: cycle + 1, op: op + 1, source });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn case(ops: &Value) -> Value {
        json!({
            "version": 1,
            "check": "minimum/persists",
            "reason": "items-differs",
            "scenario": {
                "reason": "items-differs",
                "script": [
                    {"copy_cookies": {"from": "ann", "to": "bob"}},
                    {"cycle": {"browser": "bob", "ops": ops}},
                ],
                "expectations": [],
            },
        })
    }

    fn error(json: &Value) -> String {
        CaseFile::from_json(&json.to_string()).unwrap_err().to_string()
    }

    #[test]
    fn errors_say_what_is_wrong_and_where() {
        assert!(
            CaseFile::from_json("no json").unwrap_err().to_string().starts_with("a case file is JSON, and")
        );
        assert_eq!(error(&json!({})), "a case file says `\"version\": 1`, and this one has no such field");
        let mut newer = case(&json!([]));
        newer["version"] = json!(2);
        assert!(error(&newer).starts_with("this case file is of version 2, and this suite reads version 1"));
        assert_eq!(
            error(&case(&json!([{"op": "items"}, {"op": "launch"}]))),
            "cycle 1, operation 2: there is no operation `launch`; the protocol lists those that exist"
        );
        assert!(error(&case(&json!([{"op": "get"}]))).contains("the field `key` has to be a string"));
        let mut started = case(&json!([]));
        let step = json!({"start": {"browser": "ann", "ops": [{"op": "pop"}]}});
        started["scenario"]["script"].as_array_mut().unwrap().push(step);
        assert_eq!(
            error(&started),
            "cycle 2, operation 1: {\"op\":\"pop\"}: the field `key` has to be a string"
        );
        let mut without = case(&json!([]));
        without.as_object_mut().unwrap().remove("reason");
        assert_eq!(error(&without), "not in the form of a case file: missing field `reason`");
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let case = CaseFile::from_json(&case(&json!([{"op": "set", "key": "a", "value": 0.1}])).to_string())
            .unwrap();
        assert_eq!(CaseFile::from_json(&case.to_json()).unwrap(), case);
    }
}
