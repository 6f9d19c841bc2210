//! Performs operations on a session, as the handler of a probe does.

use std::collections::BTreeMap;

use sessionspec_reference::http::Headers;
use sessionspec_reference::{Error, Result, Session, Value};

use super::Gate;
use crate::script::{Answer, Operation, Operations};

/// How a handler ended.
pub(crate) enum Handled {
    /// The handler ended with these answers, and gave its response this status and these header fields.
    Answered { results: Vec<Answer>, status: u16, headers: Headers },
    /// The handler ended with an exception.
    Raised,
}

/// Performs the operations in order. A refused operation does not end the cycle.
pub(crate) async fn interpret(
    session: &mut impl Session,
    ops: &Operations,
    gates: &BTreeMap<String, Gate>,
) -> Handled {
    let mut results = Vec::with_capacity(ops.len());
    let mut status = 200;
    let mut headers = Headers::default();
    for (at, op) in ops.iter().enumerate() {
        if let (Some(spelling), Some(operation)) = (ops.spelling(at), op.on_items()) {
            results.push(value_or_absent(session.spelled(spelling, operation).await));
            continue;
        }
        results.push(match op {
            Operation::Get { key } => value_or_absent(session.get(key).await),
            Operation::Contains { key } => value(session.contains(key).await),
            Operation::Items => value(session.items().await),
            Operation::Len => value(session.len().await),
            Operation::Set { key, value } => done(session.set(key, value.clone()).await),
            Operation::Delete { key } => match session.delete(key).await {
                Ok(true) => Answer::Ok(Value::Null),
                Ok(false) => Answer::Absent,
                Err(error) => refused(error),
            },
            Operation::Pop { key } => value_or_absent(session.pop(key).await),
            Operation::Setdefault { key, value: default } => {
                value(session.setdefault(key, default.clone()).await)
            }
            Operation::Update { items } => done(session.update(items.clone()).await),
            Operation::Clear => done(session.clear().await),
            Operation::SetIn { path, value } => done(session.set_in(path, value.clone()).await),
            Operation::Permanent => value(session.permanent().await),
            Operation::Modified => value(session.modified().await),
            Operation::New => value(session.is_new().await),
            Operation::SetPermanent { value } => done(session.set_permanent(*value).await),
            Operation::SetModified => done(session.set_modified().await),
            Operation::Regenerate => done(session.regenerate().await),
            Operation::Destroy => done(session.destroy().await),
            Operation::SetLifetime { seconds } => done(session.set_lifetime(*seconds).await),
            Operation::Save => done(session.save().await),
            Operation::Respond { status: wanted } => {
                status = *wanted;
                Answer::Ok(Value::Null)
            }
            Operation::Header { name, value } => {
                headers.append(name, value.as_str());
                Answer::Ok(Value::Null)
            }
            Operation::Raise => return Handled::Raised,
            Operation::Hold { gate } => match gates.get(gate) {
                Some(gate) => gate.pass().await.map_or_else(Answer::Error, |()| Answer::Ok(Value::Null)),
                None => Answer::Error(format!("there is no gate `{gate}` in this request")),
            },
        });
    }
    Handled::Answered { results, status, headers }
}

fn done(result: Result<()>) -> Answer {
    result.map_or_else(refused, |()| Answer::Ok(Value::Null))
}

fn value(result: Result<impl Into<Value>>) -> Answer {
    result.map_or_else(refused, |value| Answer::Ok(value.into()))
}

fn value_or_absent(result: Result<Option<Value>>) -> Answer {
    result.map_or_else(refused, |value| value.map_or(Answer::Absent, Answer::Ok))
}

fn refused(error: Error) -> Answer {
    match error {
        Error::Unsupported => Answer::Unsupported,
        error => Answer::Error(error.to_string()),
    }
}
