//! Breaks lines at a width, with the lines after the first indented.

/// The width of a terminal that everybody has.
pub const WIDTH: usize = 80;

/// One paragraph, broken at spaces where it has some; lines after the first begin in column `hang`.
///
/// ```
/// use sessionspec::report::wrapped;
///
/// assert_eq!(wrapped("seen  one two three", 6, 12), "seen  one\n      two\n      three");
/// ```
#[must_use]
pub fn wrapped(text: &str, hang: usize, width: usize) -> String {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for (index, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        let starts_line = lines.len() > 1 && used == hang;
        if used + length < width || index == 0 {
            let line = lines.last_mut().expect("there is always a line");
            if index > 0 && !starts_line {
                line.push(' ');
                used += 1;
            }
        } else {
            lines.push(" ".repeat(hang));
            used = hang;
        }
        // A word that fits on no line is broken wherever it has to be.
        for c in word.chars() {
            if used == width {
                lines.push(" ".repeat(hang));
                used = hang;
            }
            lines.last_mut().expect("there is always a line").push(c);
            used += 1;
        }
    }
    let trimmed: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    trimmed.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_no_line_is_too_long() {
        let text = format!("  label     some words, then {} and the rest", "x".repeat(200));
        let shown = wrapped(&text, 12, WIDTH);
        assert!(shown.lines().all(|line| line.chars().count() <= WIDTH), "{shown}");
        let bare = |text: &str| text.replace(['\n', ' '], "");
        assert_eq!(bare(&shown), bare(&text));
    }

    #[test]
    fn spaces_within_a_line_stay() {
        assert_eq!(wrapped("    get(1)  =>  2", 6, WIDTH), "    get(1)  =>  2");
    }
}
