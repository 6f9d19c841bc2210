//! Quotes an answer that is not what it should be: in one line, and a page by its title and its text, since the markup
//! in front of them would leave no room for what the page says.

use scraper::{Html, Node};

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
    let page = Html::parse_document(text);
    let (mut title, mut seen) = (String::new(), String::new());
    for node in page.tree.root().descendants() {
        let Node::Text(text) = node.value() else { continue };
        let inside = |name: &str| {
            node.ancestors().any(|around| around.value().as_element().is_some_and(|it| it.name() == name))
        };
        if inside("title") && !inside("svg") {
            title.push_str(text);
        } else if !UNSEEN.into_iter().any(inside) {
            seen.push_str(text);
            seen.push(' ');
        }
    }
    let (title, seen) = (in_one_line(&title), in_one_line(&seen));
    if title.is_empty() || seen.starts_with(&title) {
        return format!("a page: {}", if seen.is_empty() { "(nothing)" } else { &seen });
    }
    format!("the page \"{title}\": {seen}")
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
