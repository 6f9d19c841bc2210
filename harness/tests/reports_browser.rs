//! The HTML report in a real browser: it filters, unfolds, stays readable, asks nobody for anything, and nothing that a
//! service said acts.
//!
//! Without Chromium and its driver the tests are named as not run; where `CI` is set, that is a failure.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/browser.rs"]
mod browser;
mod support;

use std::fs;
use std::path::{Path, PathBuf};

use browser::{Browser, Scheme, programs};
use fantoccini::Locator;
use fantoccini::key::Key;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};
use sessionspec::{Options, Report};
use sessionspec_cli::render::{Format, render};
use support::{HOSTILE, Hostile, block_on, run_embedded, timeless};

fn main() {
    let mut arguments = Arguments::from_args();
    // One browser at a time: each of them is large.
    arguments.test_threads = Some(1);
    let tests = if programs().is_some() { tests() } else { not_run() };
    libtest_mimic::run(&arguments, tests).exit();
}

fn not_run() -> Vec<Trial> {
    let missing = || Err(Failed::from("install chromium and chromium-driver"));
    vec![Trial::test("not run: no chromium", missing).with_ignored_flag(std::env::var_os("CI").is_none())]
}

fn tests() -> Vec<Trial> {
    macro_rules! trials {
        ($($test:ident),+ $(,)?) => {
            vec![$(Trial::test(stringify!($test), || { block_on($test()); Ok(()) })),+]
        };
    }
    trials![
        only_its_own_style_and_script_run,
        nothing_is_asked_of_anybody,
        checks_are_filtered_by_verdict_level_and_text,
        a_failure_is_unfolded_by_mouse_keyboard_and_address,
        failures_come_first_each_with_its_promise,
        capabilities_are_folded,
        what_was_sent_can_be_copied,
        nothing_that_a_service_said_acts,
        everything_can_be_read_in_light_and_dark,
        a_narrow_window_has_to_be_scrolled_in_one_direction_only,
        who_listens_finds_the_way,
        paper_shows_everything,
    ]
}

/// A page on disk, of a report that says something of every kind.
struct Page(PathBuf);

impl Page {
    fn of(report: Report) -> Self {
        static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("page-{}-{number}.html", std::process::id());
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&file, render(Format::Html, &[timeless(report)])).unwrap();
        Self(file)
    }

    async fn of_failures() -> Self {
        let known = sessionspec::engine::report::KnownFailure::from("what the next release mends");
        let known_failures = [("minimum/persists".to_owned(), known)].into();
        let options = Options { known_failures, ..Options::default() };
        Self::of(run_embedded("flawed/lone-overwrite-lost", options).await)
    }

    /// A failure in which a cookie was sent that the check had made up.
    fn of_forgery() -> Self {
        let report = include_str!("support/everything.json").replace("session=<1>", FORGED);
        // The page filters by the levels that were judged.
        let report = report.replace(r#""level": "hardened""#, r#""level": "minimum""#);
        Self::of(serde_json::from_str(&report).unwrap())
    }

    async fn of_hostility() -> Self {
        let options = Options { cases: 20, ..Options::default() };
        Self::of(sessionspec::run(Hostile::backend(), options).await.unwrap())
    }

    async fn open(&self, width: u32, scheme: Scheme) -> Browser {
        Browser::open(&self.0, width, scheme).await
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

const FORGED: &str = "session=../../../../etc/passwd";

const VISIBLE: &str = "[...document.querySelectorAll('.check')].filter(check => check.checkVisibility())";

async fn only_its_own_style_and_script_run() {
    let page = Page::of_failures().await;
    let browser = page.open(1280, Scheme::Light).await;
    assert_eq!(
        browser.eval("getComputedStyle(document.querySelector('.checks')).listStyleType").await,
        "none"
    );
    assert_eq!(browser.eval("document.querySelector('.filter').checkVisibility()").await, true);
    let inject = "(() => {
        const script = document.createElement('script');
        script.textContent = 'window.injected = 1';
        document.body.append(script);
        document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.injected = 1\">');
        return window.injected ?? 'refused';
    })()";
    assert_eq!(browser.eval(inject).await, "refused");
    browser.close().await;
}

async fn nothing_is_asked_of_anybody() {
    let page = Page::of_hostility().await;
    let browser = page.open(1280, Scheme::Light).await;
    assert_eq!(
        browser.eval("performance.getEntriesByType('resource').map(entry => entry.name)").await,
        json!([])
    );
    browser.close().await;
}

async fn checks_are_filtered_by_verdict_level_and_text() {
    let page = Page::of_failures().await;
    let browser = page.open(1280, Scheme::Light).await;
    let client = browser.client();
    let count = format!("{VISIBLE}.length");
    let all = browser.eval(&count).await;
    let shown = browser.eval("document.querySelector('.shown').textContent").await;
    assert_eq!(shown, json!(format!("{all} of {all} checks")));

    open_the_filter(&browser).await;
    client.find(Locator::Css("input[value=pass]")).await.unwrap().click().await.unwrap();
    let verdicts = format!("{VISIBLE}.map(check => check.dataset.verdict)");
    let left = browser.eval(&verdicts).await;
    assert!(!left.as_array().unwrap().is_empty());
    assert!(!left.as_array().unwrap().contains(&json!("pass")), "{left}");

    client.find(Locator::Css("input[value=minimum]")).await.unwrap().click().await.unwrap();
    let levels = browser.eval(&format!("[...new Set({VISIBLE}.map(check => check.dataset.level))]")).await;
    assert_eq!(levels, json!(["recommended", "hardened"]));

    client.find(Locator::Css("button[type=reset]")).await.unwrap().click().await.unwrap();
    // The page filters anew in a timer, when the fields have their first values again: this one comes after it.
    browser.eval("new Promise(done => setTimeout(done))").await;
    assert_eq!(browser.eval(&count).await, all);

    let search = client.find(Locator::Css("input[type=search]")).await.unwrap();
    search.send_keys("-DIFFERS persists").await.unwrap();
    let ids = format!("{VISIBLE}.map(check => check.id)");
    assert_eq!(browser.eval(&ids).await, json!(["minimum/persists"]));
    search.send_keys(" xyzzy").await.unwrap();
    assert_eq!(browser.eval(&ids).await, json!([]));
    assert_eq!(browser.eval("document.querySelector('.nothing').checkVisibility()").await, true);
    browser.close().await;
}

async fn open_the_filter(browser: &Browser) {
    browser.client().find(Locator::Css(".filter summary")).await.unwrap().click().await.unwrap();
}

async fn a_failure_is_unfolded_by_mouse_keyboard_and_address() {
    let page = Page::of_failures().await;
    let browser = page.open(1280, Scheme::Light).await;
    let client = browser.client();
    let here = "document.querySelector('[id=\"minimum/each-mutator-persists\"] .here')";
    let is_seen = format!("{here}.checkVisibility()");
    assert_eq!(browser.eval(&is_seen).await, true, "the only failure is what the page is opened for");

    let summary = Locator::Css("[id='minimum/each-mutator-persists'] summary");
    client.find(summary).await.unwrap().click().await.unwrap();
    assert_eq!(browser.eval(&is_seen).await, false);
    client.find(summary).await.unwrap().click().await.unwrap();
    assert_eq!(browser.eval(&is_seen).await, true);
    let told = browser.eval(&format!("{here}.innerText.replace(/\\s+/g, ' ')")).await;
    assert!(told.as_str().unwrap().starts_with("items() "), "{told}");
    assert!(told.as_str().unwrap().ends_with("not what was expected"), "{told}");
    let lanes =
        browser.eval("[...document.querySelectorAll('.sequence .head')].slice(0, 2).map(e => e.innerText)");
    assert_eq!(lanes.await, json!(["ann", "backend"]));

    // By keyboard: the summary has the focus, and the space bar folds it.
    client.find(summary).await.unwrap().send_keys(&Key::Space.to_string()).await.unwrap();
    assert_eq!(browser.eval(&is_seen).await, false);

    client.goto(&format!("file://{}#minimum/each-mutator-persists", page.0.display())).await.unwrap();
    assert_eq!(browser.eval(&is_seen).await, true);
    browser.close().await;
}

async fn failures_come_first_each_with_its_promise() {
    let page = Page::of_failures().await;
    let browser = page.open(1280, Scheme::Light).await;
    let first = browser.eval("document.querySelector('.check').id").await;
    assert_eq!(first, "minimum/each-mutator-persists");
    let promised = browser.eval("document.querySelector('.check .promised').innerText").await;
    assert_eq!(promised, "Every way to change a session is saved, also as the only change of a cycle.");
    let why = browser.eval("document.querySelector('.check .why').innerText").await;
    assert!(why.as_str().unwrap().starts_with("Why it matters. An application"), "{why}");
    let above = browser.eval("document.querySelector('.check').getBoundingClientRect().top").await;
    assert!(above.as_f64().unwrap() < 700.0, "the first failure is seen without scrolling: {above}");
    browser.close().await;
}

async fn capabilities_are_folded() {
    let page = Page::of_failures().await;
    let browser = page.open(1280, Scheme::Light).await;
    let is_seen = "document.querySelector('.capability').checkVisibility()";
    assert_eq!(browser.eval(is_seen).await, false);
    browser.client().find(Locator::Css(".fold summary")).await.unwrap().click().await.unwrap();
    assert_eq!(browser.eval(is_seen).await, true);
    browser.close().await;
}

/// Where the clipboard is not to be had, the value is selected; a page on disk has it or not, as the browser decides.
async fn what_was_sent_can_be_copied() {
    let page = Page::of_forgery();
    let browser = page.open(1280, Scheme::Light).await;
    let client = browser.client();
    client.find(Locator::Css("button[name=unfold]")).await.unwrap().click().await.unwrap();
    let sent = browser.eval("document.querySelector('.sequence .copied:has(.copy) code').textContent").await;
    assert_eq!(sent, FORGED);
    // What the page would put on the clipboard is kept where the test can read it.
    let clipboard = "{value: {writeText: async (text) => { window.copied = text; }}}";
    browser.eval(&format!("Object.defineProperty(navigator, 'clipboard', {clipboard}) && true")).await;
    client.find(Locator::Css(".sequence .copy")).await.unwrap().click().await.unwrap();
    assert_eq!(browser.eval("window.copied").await, sent);
    // Names of ids are of no use to anybody.
    let names = "[...document.querySelectorAll('.copied:has(.copy) code')].filter(e => /<[0-9]+>/.test(e.textContent)).length";
    assert_eq!(browser.eval(names).await, 0);
    browser.close().await;
}

async fn nothing_that_a_service_said_acts() {
    let page = Page::of_hostility().await;
    let browser = page.open(1280, Scheme::Light).await;
    let client = browser.client();
    client.find(Locator::Css("button[name=unfold]")).await.unwrap().click().await.unwrap();
    assert_eq!(browser.eval("typeof window.hacked").await, "undefined");
    assert_eq!(browser.eval("document.querySelectorAll('img, b, i, iframe').length").await, 0);
    assert_eq!(browser.eval("document.scripts.length").await, 1);
    let beginning = HOSTILE.split('\u{2028}').next().unwrap();
    let title = browser.eval("document.querySelector('h1').textContent").await;
    assert!(title.as_str().unwrap().contains(beginning), "{title}");
    let answers =
        browser.eval("[...document.querySelectorAll('.answer')].map(e => e.textContent).join(' ')").await;
    assert!(answers.as_str().unwrap().contains("<script>window.hacked = 1</script>"), "it is told as it is");

    open_the_filter(&browser).await;
    let search = client.find(Locator::Css("input[type=search]")).await.unwrap();
    search.send_keys("</script><!--").await.unwrap();
    let found = browser.eval(&format!("{VISIBLE}.length")).await;
    assert!(found.as_u64().unwrap() > 0);
    assert_eq!(browser.eval("typeof window.hacked").await, "undefined");
    browser.close().await;
}

/// Every text with the contrast between it and what lies behind it, where that is below 4.5.
const FAINT: &str = r"(() => {
    const channels = (color) => color.match(/[\d.]+/g).map(Number);
    const linear = (value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    const behind = (element) => {
        for (; element; element = element.parentElement) {
            const color = channels(getComputedStyle(element).backgroundColor);
            if (color.length === 3 || color[3] === 1) return color;
        }
        throw new Error('nothing opaque behind it');
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const faint = new Set();
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
        const [light, dark] = [channels(getComputedStyle(element).color), behind(element)]
            .map(luminance).sort((a, b) => b - a);
        const contrast = (light + 0.05) / (dark + 0.05);
        if (contrast < 4.5) faint.add(`${element.className || element.tagName} ${contrast.toFixed(2)}`);
    }
    return [...faint];
})()";

async fn everything_can_be_read_in_light_and_dark() {
    let page = Page::of_failures().await;
    for (scheme, background) in [(Scheme::Light, "rgb(251, 250, 247)"), (Scheme::Dark, "rgb(22, 24, 28)")] {
        let browser = page.open(1280, scheme).await;
        assert_eq!(browser.eval("getComputedStyle(document.body).backgroundColor").await, background);
        browser.client().find(Locator::Css("button[name=unfold]")).await.unwrap().click().await.unwrap();
        assert_eq!(browser.eval(FAINT).await, json!([]), "{scheme:?}");
        browser.close().await;
    }
}

async fn a_narrow_window_has_to_be_scrolled_in_one_direction_only() {
    for page in [Page::of_failures().await, Page::of_hostility().await] {
        let browser = page.open(380, Scheme::Light).await;
        assert_eq!(browser.eval("innerWidth").await, 380);
        browser.client().find(Locator::Css("button[name=unfold]")).await.unwrap().click().await.unwrap();
        let too_wide = "[...document.querySelectorAll('body *')]
            .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
            .map(e => e.className || e.tagName)";
        assert_eq!(browser.eval(too_wide).await, json!([]));
        assert_eq!(browser.eval("document.documentElement.scrollWidth").await, 380);
        browser.close().await;
    }
}

async fn who_listens_finds_the_way() {
    let page = Page::of_failures().await;
    let browser = page.open(1280, Scheme::Light).await;
    // Without a click, which would move the focus.
    browser.eval("document.querySelector('.filter details').open = true").await;
    let none = [
        // Headings do not skip a level.
        "[...document.querySelectorAll('h1, h2, h3, h4')].map(e => +e.tagName[1])
            .filter((level, index, levels) => level > (levels[index - 1] ?? 0) + 1)",
        // Fields have labels, and groups of them have names.
        "[...document.querySelectorAll('input')].filter(e => !e.labels.length).map(e => e.name)",
        "[...document.querySelectorAll('fieldset')].filter(e => !e.querySelector('legend')).map(e => e.innerText)",
        // Signs are for those who see; the word beside them is for everybody.
        "[...document.querySelectorAll('.mark')].filter(e => !/[a-z]/.test(e.innerText)).map(e => e.outerHTML)",
        "[...document.querySelectorAll('section[aria-labelledby]')]
            .filter(e => !document.getElementById(e.getAttribute('aria-labelledby'))).map(e => e.outerHTML)",
        // Names are unique.
        "[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, index, ids) => ids.indexOf(id) !== index)",
    ];
    for expression in none {
        assert_eq!(browser.eval(expression).await, json!([]), "{expression}");
    }
    let landmarks = "['header', 'main', 'footer', 'h1'].map(name => document.querySelectorAll(name).length)";
    assert_eq!(browser.eval(landmarks).await, json!([1, 1, 1, 1]));
    assert_eq!(browser.eval("document.documentElement.lang").await, "en");
    // The first stop of the keyboard leads past everything.
    browser
        .client()
        .find(Locator::Css("body"))
        .await
        .unwrap()
        .send_keys(&Key::Tab.to_string())
        .await
        .unwrap();
    assert_eq!(browser.eval("document.activeElement.className").await, "skip");
    browser.close().await;
}

async fn paper_shows_everything() {
    let page = Page::of_failures().await;
    let browser = page.open(1280, Scheme::Light).await;
    let folded = format!("{VISIBLE}.filter(check => !check.querySelector('details').open).length");
    let before = browser.eval(&folded).await;
    assert!(before.as_u64().unwrap() > 0);
    let on_paper = format!("(dispatchEvent(new Event('beforeprint')), {folded})");
    assert_eq!(browser.eval(&on_paper).await, Value::from(0));
    assert_eq!(browser.eval(&format!("(dispatchEvent(new Event('afterprint')), {folded})")).await, before);
    browser.close().await;
}
