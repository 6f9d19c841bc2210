//! Breaks a command into lines that a shell still reads as one.

use std::borrow::Cow;

use super::visible::visible;

/// A command with a backslash before each break, so that it can be copied. It is broken between its words alone, and not
/// between an option and its value: what is longer than a line stays whole.
///
/// ```
/// use sessionspec::engine::report::wrapped_command;
///
/// assert_eq!(wrapped_command("run --check one --case 2", 4, 24), "run --check one \\\n      --case 2");
/// ```
#[must_use]
pub fn wrapped_command(command: &str, hang: usize, width: usize) -> String {
    let mut lines = String::new();
    let mut used = hang;
    let mut words = words(command).peekable();
    while let Some(word) = words.next() {
        let mut word = visible(word).into_owned();
        // An option and its value are read together.
        if word.starts_with('-')
            && let Some(value) = words.next_if(|next| !next.starts_with('-'))
        {
            word = format!("{word} {}", visible(value));
        }
        let length = word.chars().count();
        // Room for the backslash of this line, too.
        if lines.is_empty() {
            used += length;
        } else if used + 1 + length + 2 > width {
            lines.push_str(&format!(" \\\n{}", " ".repeat(hang + 2)));
            used = hang + 2 + length;
        } else {
            lines.push(' ');
            used += 1 + length;
        }
        lines.push_str(&word);
    }
    lines
}

/// The words of a command. A space between quotes ends none, and neither does one after a backslash.
fn words(command: &str) -> impl Iterator<Item = &str> {
    let (mut quote, mut is_escaped) = (None, false);
    command.split(move |c: char| {
        let was_escaped = is_escaped;
        is_escaped = c == '\\' && quote != Some('\'') && !was_escaped;
        match quote {
            _ if was_escaped => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            Some(open) if open == c => quote = None,
            _ => {}
        }
        c == ' ' && quote.is_none() && !was_escaped
    })
}

/// A word as a shell reads it, quoted where it has to be.
#[must_use]
pub fn quoted(word: &str) -> String {
    // No shell has a word with a NUL in it, and nothing that is done with one is worse than another.
    shlex::Quoter::new().allow_nul(true).quote(word).map_or_else(|_| word.to_owned(), Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_what_was_there_before() {
        let launch = quoted(r#"echo 'a  b' "it's" \ && cat"#);
        let command = format!(
            r#"sessionspec run --launch 'echo '\''a b'\'' \ && cat' --launch {launch} "c '\" d" --case 3"#
        );
        let command = command.as_str();
        let echoed = |command: &str| {
            let script = format!("for word in {command}; do echo \"[$word]\"; done");
            std::process::Command::new("sh").args(["-c", &script]).output().unwrap().stdout
        };
        for width in 1..100 {
            let wrapped = wrapped_command(command, 12, width);
            assert_eq!(echoed(&wrapped), echoed(command), "{wrapped}");
        }
    }

    #[test]
    fn no_line_but_that_of_a_long_word_is_too_long() {
        let command =
            "sessionspec run --backend flawed/lone-pop-lost --check minimum/persists --case 3 --seed 0";
        let wrapped = format!("{}{}", " ".repeat(12), wrapped_command(command, 12, 80));
        assert_eq!(wrapped.lines().count(), 2, "{wrapped}");
        assert!(wrapped.lines().all(|line| line.chars().count() <= 80), "{wrapped}");
    }

    #[test]
    fn a_shell_reads_a_quoted_word_as_it_was() {
        for word in
            ["", "plain", "a b", "it's", r#"say "it's" $HOME `id` \"#, "!x", "new\nline", "~", "#", "a=b"]
        {
            let script = format!("printf %s {}", quoted(word));
            let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), word);
        }
    }
}
