//! Breaks lines at a width, with the lines after the first indented.
//!
//! This is no task for `textwrap`: where that splits a word which is longer than a line, it adds a hyphen, and what is
//! shown here is mostly JSON and cookies, which have to stay as they are.

/// The width of a terminal that everybody has.
pub const WIDTH: usize = 80;

/// One paragraph, broken at spaces where it has some; lines after the first begin in column `hang`.
///
/// ```
/// use sessionspec::engine::report::wrapped;
///
/// assert_eq!(wrapped("seen  one two three", 6, 12), "seen  one\n      two\n      three");
/// ```
#[must_use]
pub fn wrapped(text: &str, hang: usize, width: usize) -> String {
    continued(text, 0, hang, width)
}

/// As [`wrapped`], but the text goes on in a line of which so many columns are used already.
#[must_use]
pub fn continued(text: &str, used: usize, hang: usize, width: usize) -> String {
    let mut lines = Lines { done: String::new(), line: String::new(), used, hang, width };
    for (index, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        let space = usize::from(index > 0 && !lines.starts_anew());
        let fits_on_a_line = hang + length <= width;
        if lines.used + space + length > width && fits_on_a_line {
            lines.end();
        } else if space > 0 {
            lines.push(' ');
        }
        // A word that fits on no line is broken after a comma, since it may be JSON, else wherever it has to be.
        for part in word.split_inclusive(',') {
            let length = part.chars().count();
            if lines.used + length > width && hang + length <= width {
                lines.end();
            }
            part.chars().for_each(|c| lines.push(c));
        }
    }
    lines.done.push_str(lines.line.trim_end());
    lines.done
}

struct Lines {
    done: String,
    line: String,
    used: usize,
    hang: usize,
    width: usize,
}

impl Lines {
    fn starts_anew(&self) -> bool {
        !self.done.is_empty() && self.line.trim_start().is_empty()
    }

    fn push(&mut self, c: char) {
        if self.used >= self.width {
            self.end();
        }
        self.line.push(c);
        self.used += 1;
    }

    fn end(&mut self) {
        self.done.push_str(self.line.trim_end());
        self.done.push('\n');
        self.line = " ".repeat(self.hang);
        self.used = self.hang;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_no_line_is_too_long() {
        let bare = |text: &str| text.replace(['\n', ' '], "");
        let word = "x".repeat(200);
        for text in [
            format!("  label     some words, then {word} and the rest"),
            word.clone(),
            format!("  label     {word}"),
        ] {
            let shown = wrapped(&text, 12, WIDTH);
            assert!(shown.lines().all(|line| line.chars().count() <= WIDTH), "{shown}");
            assert_eq!(bare(&shown), bare(&text));
        }
    }

    #[test]
    fn spaces_within_a_line_stay() {
        assert_eq!(wrapped("    get(1)  =>  2", 6, WIDTH), "    get(1)  =>  2");
    }

    #[test]
    fn json_is_broken_between_its_members() {
        assert_eq!(
            wrapped(r#"  is {"a":"","b":"","c":""}"#, 5, 20),
            "  is {\"a\":\"\",\"b\":\"\",\n     \"c\":\"\"}"
        );
    }

    #[test]
    fn a_line_is_filled_to_the_last_column() {
        assert_eq!(wrapped("aaa bbb", 0, 7), "aaa bbb");
        assert_eq!(wrapped("aaa bbbb", 1, 7), "aaa\n bbbb");
        assert_eq!(continued("aaa bbb", 4, 4, 8), "aaa\n    bbb");
    }
}
