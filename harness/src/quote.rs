//! Quotes an answer that is not what it should be: in one line, and a page by its title and its text, since the markup
//! in front of them would leave no room for what the page says.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// How much of an answer is looked at, in bytes: whatever a page has to say stands near its beginning.
const LOOKED_AT: usize = 64 * 1024;

/// The elements whose text is no part of what a reader sees.
const UNSEEN: [&str; 6] = ["title", "script", "style", "template", "noscript", "svg"];

/// The beginning of a body in one line, at most this long in characters.
pub(crate) fn quoted(body: &[u8], longest: usize) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(LOOKED_AT)]);
    let line = if is_page(&text) { page(&text) } else { in_one_line(&text) };
    match line.char_indices().nth(longest) {
        Some((end, _)) => format!("{} …", line[..end].trim_end()),
        None if line.is_empty() => "(nothing)".to_owned(),
        None => line,
    }
}

fn is_page(text: &str) -> bool {
    let beginning: String = text.trim_start().chars().take(1024).collect::<String>().to_lowercase();
    let starts = ["<!doctype html", "<html", "<head", "<body", "<title", "<h1"];
    starts.iter().any(|start| beginning.starts_with(start))
        || (beginning.starts_with('<') && beginning.contains("<html"))
}

/// The title of a page and what it says, without saying anything twice.
fn page(text: &str) -> String {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(text));
    let tokenizer = Tokenizer::new(Page::default(), TokenizerOpts::default());
    // A page is never asked to wait for a script.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let Shown { title, seen, .. } = tokenizer.sink.0.into_inner();
    let (title, seen) = (in_one_line(&title), in_one_line(&seen));
    if title.is_empty() || seen.starts_with(&title) {
        return format!("a page: {}", if seen.is_empty() { "(nothing)" } else { &seen });
    }
    format!("the page \"{title}\": {seen}")
}

/// Reads a page tag by tag. Where an element ends that has no end is not looked for: for a line of text it does not matter.
#[derive(Default)]
struct Page(RefCell<Shown>);

#[derive(Default)]
struct Shown {
    title: String,
    seen: String,
    /// The elements that are open and whose text is no part of what a reader sees, the outermost first.
    around: Vec<&'static str>,
}

impl Shown {
    fn text(&mut self, text: &str) {
        if self.around.is_empty() {
            self.seen.push_str(text);
        } else if self.around.contains(&"title") && !self.around.contains(&"svg") {
            self.title.push_str(text);
        }
    }

    fn tag(&mut self, tag: &Tag) {
        // Words of two elements are two words.
        self.text(" ");
        let Some(name) = UNSEEN.into_iter().find(|name| *name == &*tag.name) else { return };
        match tag.kind {
            TagKind::StartTag if tag.self_closing => {}
            TagKind::StartTag => self.around.push(name),
            TagKind::EndTag => {
                let at = self.around.iter().rposition(|open| *open == name);
                self.around.truncate(at.unwrap_or(self.around.len()));
            }
        }
    }
}

impl TokenSink for Page {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut shown = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => shown.text(&text),
            Token::TagToken(tag) => {
                shown.tag(&tag);
                if tag.kind == TagKind::StartTag {
                    return without_tags(&tag.name)
                        .map_or(TokenSinkResult::Continue, TokenSinkResult::RawData);
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// How the text of such an element is read, in which nothing else is a tag than its end.
fn without_tags(element: &str) -> Option<RawKind> {
    match element {
        "title" | "textarea" => Some(RawKind::Rcdata),
        "style" | "noscript" | "iframe" => Some(RawKind::Rawtext),
        "script" => Some(RawKind::ScriptData),
        _ => None,
    }
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_quoted_by_its_title_and_its_text() {
        let django = r#"<!DOCTYPE html>
            <html lang="en"><head><meta http-equiv="content-type" content="text/html; charset=utf-8">
            <meta name="robots" content="NONE,NOARCHIVE"><title>403 Forbidden</title>
            <style type="text/css">html * { padding:0; margin:0; } body { font:small sans-serif; }</style>
            <script>window.x = "not this"</script></head>
            <body><div id="summary"><h1>Forbidden <span>(403)</span></h1>
            <p>CSRF verification failed. Request aborted &amp; logged.</p></div></body></html>"#;
        assert_eq!(
            quoted(django.as_bytes(), 160),
            r#"the page "403 Forbidden": Forbidden (403) CSRF verification failed. Request aborted & logged."#
        );
        assert_eq!(quoted(b"<html><title>Oops</title><p>Oops, it broke", 160), "a page: Oops, it broke");
        assert_eq!(quoted(b"<h1>Internal Server Error</h1>", 160), "a page: Internal Server Error");
        assert_eq!(quoted(b"<!doctype html>", 160), "a page: (nothing)");
    }

    #[test]
    fn what_a_reader_does_not_see_is_left_out() {
        let page = "<html><title>A <b> &lt;c&gt;</title><script>if (a < b) \"<p>not this\"</script><svg><title>nor this</title></svg>\
            <template><p>nor this</p></template><!-- nor this --><noscript><p>nor this</noscript><svg/></template>one<br>t<i>wo";
        assert_eq!(quoted(page.as_bytes(), 160), r#"the page "A <b> <c>": one t wo"#);
    }

    #[test]
    fn anything_else_is_quoted_as_it_is() {
        assert_eq!(quoted(b"{\"a\":\n  1}", 160), r#"{"a": 1}"#);
        assert_eq!(quoted(b"<?xml version='1.0'?><error/>", 160), "<?xml version='1.0'?><error/>");
        assert_eq!(quoted(b"", 160), "(nothing)");
        assert_eq!(quoted("ä".repeat(10).as_bytes(), 3), "äää …");
    }

    #[test]
    fn a_long_page_costs_no_more_than_its_beginning() {
        let page = format!("<html><title>Long</title>{}", "<p>word".repeat(2_000_000));
        let quoted = quoted(page.as_bytes(), 40);
        assert!(quoted.starts_with("the page \"Long\": word"), "{quoted}");
    }

    #[test]
    fn deeply_nested_markup_is_no_trouble() {
        let page = format!("<html>{}deep", "<div>".repeat(13_000));
        assert_eq!(quoted(page.as_bytes(), 100), "a page: deep");
    }
}
