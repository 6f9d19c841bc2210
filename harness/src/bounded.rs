//! Files that others have written are read up to a bound: a device, or a file that was made for it, has no end, and what is
//! short in JSON or TOML may take a hundred times as much memory.
//! The answers of a service are bounded in `http/reading.rs` by their bytes, and in `http/wire.rs` by their values.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The most that a report may have, in bytes. A report of everything has a thousandth of it.
pub(crate) const REPORT: u64 = 256 * 1024 * 1024;

/// The most values that a report may have. A report of everything has some ten thousand.
pub(crate) const VALUES_OF_REPORT: usize = 1_000_000;

/// The most values that a case may have. What is played has at most a thousand steps; each value may take kilobytes where it
/// is read as a script.
pub(crate) const VALUES_OF_CASE: usize = 200_000;

/// The most that a file in TOML may have, in bytes: each of them may take sixty.
pub(crate) const TOML: u64 = 1024 * 1024;

/// The most that any other file may have, in bytes.
pub(crate) const FILE: u64 = 16 * 1024 * 1024;

/// Whether JSON has more values than these, counted by what stands before each: the names in objects count, too. An empty
/// object, which takes two bytes, takes thirty in memory, and one with a member six hundred.
pub(crate) fn has_more_values(json: &[u8], most: usize) -> bool {
    // Each value takes a byte, at least.
    if json.len() <= most {
        return false;
    }
    let (mut values, mut in_text, mut is_escaped) = (0, false, false);
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' | b',' | b':' if !in_text => values += 1,
            _ => {}
        }
    }
    values > most
}

/// The text of a file.
///
/// # Errors
///
/// Where it cannot be read, is no text, or has more bytes.
pub(crate) fn read_file(path: impl AsRef<Path>, most: u64) -> io::Result<String> {
    read(File::open(path)?, most)
}

/// All that is read there, as text.
///
/// # Errors
///
/// As [`read_file`].
pub(crate) fn read(source: impl Read, most: u64) -> io::Result<String> {
    String::from_utf8(read_bytes(source, most)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is no text in UTF-8"))
}

/// All that is read there.
///
/// # Errors
///
/// Where it cannot be read, or has more bytes.
pub(crate) fn read_bytes(source: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("it is larger than {most} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_and_not_what_stands_in_texts() {
        let has_more = |json: &str, most| has_more_values(json.as_bytes(), most);
        assert!(has_more(r#"[{},{},[1,2]]"#, 5) && !has_more(r#"[{},{},[1,2]]"#, 13));
        assert!(!has_more(r#"["[[[[{{{{,,,,::::", "\"[[[[", "\\"]"#, 5));
    }

    #[test]
    fn what_has_no_end_is_not_read_to_it() {
        let read = |bytes: &[u8], most| read(bytes, most).map_err(|error| error.to_string());
        assert_eq!(read(b"abc", 3), Ok("abc".to_owned()));
        assert_eq!(read(b"abcd", 3), Err("it is larger than 3 bytes".to_owned()));
        assert_eq!(read(b"\xff", 3), Err("it is no text in UTF-8".to_owned()));
        let endless = super::read(io::repeat(b'x'), FILE).map_err(|error| error.to_string());
        assert_eq!(endless, Err("it is larger than 16777216 bytes".to_owned()));
    }
}
