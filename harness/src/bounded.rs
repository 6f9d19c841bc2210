//! Files that others have written are read up to a bound: a device, or a file that was made for it, has no end.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The most that a report may have, in bytes. A report of everything has a thousandth of it.
pub(crate) const REPORT: u64 = 256 * 1024 * 1024;

/// The most that any other file may have, in bytes.
pub(crate) const FILE: u64 = 16 * 1024 * 1024;

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
    let mut bytes = Vec::new();
    source.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("it is larger than {most} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is no text in UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

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
