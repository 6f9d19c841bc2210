//! Texts of a service or of the system: what in them varies from run to run gets a placeholder.

use super::times::without_times;

/// Where an error message may quote a port that the system chose.
const LOOPBACK: [&str; 3] = ["127.0.0.1:", "localhost:", "[::1]:"];

/// Where clients of PostgreSQL and others say it in words; a shorter number is not one that the system chose.
const PORT: &str = " port ";

/// Where systems keep temporary files, whose names are made anew in each run.
const TEMPORARY: [&str; 5] = ["/private/var/folders/", "/var/folders/", "/var/tmp/", "/dev/shm/", "/tmp/"];

/// A shorter word may look like an id by chance.
const SHORTEST_ID: usize = 16;

/// How often letters and digits change places in an id, at least: a name with a number at its end is no id.
const MIXED: usize = 4;

/// The text without ports, addresses, temporary files, ids and times. What was written by a script stays.
pub(super) fn lasting(text: &str, written: &str) -> String {
    let text =
        LOOPBACK.iter().fold(text.to_owned(), |text, host| without_digits(&text, host, "<port>", 1, 10));
    let text = without_digits(&text, PORT, "<port>", 4, 10);
    let text = without_digits(&text, "0x", "<address>", 6, 16);
    let text = TEMPORARY.iter().fold(text, |text, folder| without_files(&text, folder));
    without_times(&without_ids(&text, written))
}

/// Replaces the digits that follow a prefix, where there are at least so many.
fn without_digits(text: &str, prefix: &str, placeholder: &str, at_least: usize, radix: u32) -> String {
    let mut parts = text.split(prefix);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_digit(radix));
        let digits = part.len() - rest.len();
        shown.push_str(prefix);
        shown.push_str(if digits >= at_least { placeholder } else { &part[..digits] });
        shown.push_str(rest);
    }
    shown
}

/// Replaces the names of files below this folder.
fn without_files(text: &str, folder: &str) -> String {
    let mut parts = text.split(folder);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let ends_name = |c: char| c.is_whitespace() || "\"'`:;,()<>[]{}|".contains(c);
        let end = part.find(ends_name).unwrap_or(part.len());
        shown.push_str(if end == 0 { folder } else { "<a temporary file>" });
        shown.push_str(&part[end..]);
    }
    shown
}

/// Replaces words that look like ids, unless a script has written them.
pub(super) fn without_ids(text: &str, written: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut shown = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !is_part(c)).unwrap_or(from.len()));
        shown.push_str(before);
        shown.push_str(if looks_like_an_id(word) && !written.contains(word) { "<id>" } else { word });
        rest = after;
    }
    shown.push_str(rest);
    shown
}

fn looks_like_an_id(word: &str) -> bool {
    let kinds = word.chars().filter(|c| *c != '-').map(|c| c.is_ascii_digit());
    let changes = kinds.clone().zip(kinds.skip(1)).filter(|(one, next)| one != next).count();
    word.len() >= SHORTEST_ID && changes >= MIXED
}

#[cfg(test)]
mod tests {
    use super::lasting as lasting_beside;

    fn lasting(text: &str) -> String {
        lasting_beside(text, "")
    }

    #[test]
    fn messages_quote_neither_ports_nor_addresses() {
        assert_eq!(lasting("http://127.0.0.1:40123/probe: gone"), "http://127.0.0.1:<port>/probe: gone");
        assert_eq!(lasting("<Session at 0x7f00aa11bb22> is 0x1"), "<Session at 0x<address>> is 0x1");
        assert_eq!(lasting("127.0.0.1:none of these"), "127.0.0.1:none of these");
        assert_eq!(
            lasting(r#"server at "127.0.0.1", port 40123 failed"#),
            r#"server at "127.0.0.1", port <port> failed"#
        );
        assert_eq!(lasting("no port 80 here"), "no port 80 here");
    }

    #[test]
    fn messages_quote_neither_temporary_files_nor_ids() {
        assert_eq!(
            lasting("remove /tmp/tmp.a1/session_Q2: no such file or directory"),
            "remove <a temporary file>: no such file or directory"
        );
        assert_eq!(
            lasting("no session 3f2504e04f8911d39a0c0305e82c3301, or 3f2504e0-4f89-11d3-9a0c-0305e82c3301"),
            "no session <id>, or <id>"
        );
        let kept = "../../../../etc/passwd, /tmp/, Python3.11.2, sessions-of-1999-and-2000, iso-8859-1";
        assert_eq!(lasting(kept), kept);
        let written = r#"{"op":"set","value":"3f2504e04f8911d39a0c0305e82c3301"}"#;
        let text = "3f2504e04f8911d39a0c0305e82c3301 is too long";
        assert_eq!(lasting_beside(text, written), text);
    }
}
