//! Sentences with words of code between backticks, as the contract and the promises of checks have them.

use serde::Serialize;

/// A part of a sentence.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Run {
    code: bool,
    text: String,
}

/// The parts of a text. What is between backticks is code; a lone backtick is itself.
pub(super) fn prose(text: &str) -> Vec<Run> {
    let mut parts: Vec<&str> = text.split('`').collect();
    let lone = if parts.len().is_multiple_of(2) { parts.pop() } else { None };
    let mut runs: Vec<Run> = parts
        .into_iter()
        .enumerate()
        .map(|(index, part)| Run { code: index % 2 == 1, text: part.to_owned() })
        .collect();
    if let Some(rest) = lone {
        runs.push(Run { code: false, text: format!("`{rest}") });
    }
    runs.retain(|run| !run.text.is_empty());
    runs
}

/// The paragraphs of a text that was broken into lines.
pub(super) fn paragraphs(text: &str) -> Vec<Vec<Run>> {
    text.split("\n\n").map(|paragraph| prose(&paragraph.replace('\n', " "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let told =
            prose(text).into_iter().map(|run| if run.code { format!("[{}]", run.text) } else { run.text });
        told.collect()
    }

    #[test]
    fn what_is_between_backticks_is_code() {
        assert_eq!(told("`new` is true"), "[new] is true");
        assert_eq!(told("set `a`, get `b`"), "set [a], get [b]");
        assert_eq!(told("plain"), "plain");
    }

    #[test]
    fn a_lone_backtick_is_itself() {
        assert_eq!(told("it's 5` wide"), "it's 5` wide");
        assert_eq!(told("`a` and `"), "[a] and `");
    }
}
