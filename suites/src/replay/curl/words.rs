//! Names and texts of a case as words of a shell script. A case file is somebody else's text.

pub(super) use crate::report::quoted;

/// The name of a browser's jar: no name leads out of the directory of jars.
pub(super) fn jar(browser: &str) -> String {
    let spelled = |char: char| {
        if char.is_ascii_alphanumeric() { char.to_string() } else { format!("_{:x}_", u32::from(char)) }
    };
    quoted(&format!("jar-{}", browser.chars().map(spelled).collect::<String>()))
}

/// A comment must not end before its line does.
pub(super) fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
