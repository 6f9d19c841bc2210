//! A row of the table, and how it is held against what the command does.

use std::process::Command;

use crate::service::{Answer, Request, Service};

/// Conforms, fails, or is not verified: how the command ends.
pub(crate) const CONFORMS: i32 = 0;
pub(crate) const FAILS: i32 = 1;
pub(crate) const NOT_VERIFIED: i32 = 3;

/// The most that is said, in bytes: a report of everything is shorter.
const LONGEST: usize = 200_000;

/// A service that misbehaves.
pub(crate) struct Row {
    /// What it does.
    does: &'static str,
    /// What the command is asked for.
    run: &'static str,
    /// User and password in the URL; nothing without them.
    user: &'static str,
    service: Service,
    exit: i32,
    /// What the user has to see, whatever the lines are broken at.
    says: &'static [&'static str],
}

/// A service that behaves like this.
pub(crate) fn row(
    does: &'static str,
    behaviour: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    run: &'static str,
    exit: i32,
    says: &'static [&'static str],
) -> Row {
    Row { does, run, user: "", service: Service::new(behaviour), exit, says }
}

impl Row {
    /// The same; the command names it with this user and this password.
    pub(crate) fn with_user(self, user: &'static str) -> Self {
        Self { user, ..self }
    }
}

/// A service that sends these bytes whatever it is asked, and closes the connection.
pub(crate) fn sends(does: &'static str, bytes: impl Into<Vec<u8>>, says: &'static [&'static str]) -> Row {
    let bytes = bytes.into();
    row(does, move |_| Answer::Bytes(bytes.clone()), "--timeout 5", NOT_VERIFIED, says)
}

/// Runs the command on each of them.
pub(crate) fn hold(rows: Vec<Row>) {
    let mut wrong = Vec::new();
    for row in rows {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sessionspec"));
        let url = match row.user {
            "" => row.service.url(),
            user => row.service.url().replacen("http://", &format!("http://{user}@"), 1),
        };
        command.arg("run").args(row.run.split_whitespace()).arg(url);
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut complaints: Vec<String> = row
            .says
            .iter()
            .filter(|wanted| !words.contains(**wanted))
            .map(|wanted| format!("no `{wanted}`"))
            .collect();
        if output.status.code() != Some(row.exit) {
            complaints.push(format!("it ended with {}, and not with {}", output.status, row.exit));
        }
        if said.contains(|c: char| c != '\n' && acts_on_terminals(c)) {
            complaints.push("something of it acts on a terminal".to_owned());
        }
        if !row.user.is_empty() && said.contains(row.user) {
            complaints.push("it says the password".to_owned());
        }
        if said.len() > LONGEST || said.contains("panicked") {
            complaints.push(format!("it says {} bytes, or has panicked", said.len()));
        }
        if !complaints.is_empty() {
            let said: String = said.chars().take(6_000).collect();
            wrong.push(format!("a service that {}: {}\n{said:?}", row.does, complaints.join("; ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn acts_on_terminals(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}
