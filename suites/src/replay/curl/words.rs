//! Names and texts of a case as words of a shell script. A case file may come from anybody, so that none of its texts
//! may become a command.

pub(super) use crate::report::quoted;
use crate::report::visible;

/// The file name of a browser's jar. Whatever the browser is called, the file is in the directory of jars.
pub(super) fn jar(browser: &str) -> String {
    let spelled = |char: char| {
        if char.is_ascii_alphanumeric() { char.to_string() } else { format!("_{:x}_", u32::from(char)) }
    };
    quoted(&format!("jar-{}", browser.chars().map(spelled).collect::<String>()))
}

/// The text for a comment, without line ends, which would end the comment, and without marks that a terminal obeys.
pub(super) fn one_line(text: &str) -> String {
    visible(&text.replace(char::is_control, " ")).into_owned()
}
