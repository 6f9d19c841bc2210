//! The least that the same requests cost: bodies that were written beforehand, a cookie kept for each browser, and
//! answers that are read to their end and dropped unread.

use std::time::Duration;

use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderValue, SET_COOKIE};
use sessionspec::engine::script::{Script, Step};

pub(crate) struct Client {
    client: reqwest::Client,
    url: Url,
}

/// A script, its browsers numbered and its bodies written.
pub(crate) struct Requests {
    steps: Vec<Request>,
    browsers: usize,
}

enum Request {
    Post { browser: usize, body: Vec<u8> },
    CopyCookie { from: usize, to: usize },
}

impl Requests {
    pub(crate) fn of(script: &Script) -> Self {
        let mut browsers: Vec<String> = Vec::new();
        let mut number = |name: &str| {
            browsers.iter().position(|known| known == name).unwrap_or_else(|| {
                browsers.push(name.to_owned());
                browsers.len() - 1
            })
        };
        let steps = script.steps.iter().map(|step| match step {
            Step::Cycle(cycle) => {
                let body = serde_json::json!({"ops": cycle.ops}).to_string().into_bytes();
                Request::Post { browser: number(&cycle.browser), body }
            }
            Step::CopyCookies { from, to } => Request::CopyCookie { from: number(from), to: number(to) },
            _ => unreachable!("these scripts do nothing else"),
        });
        Self { steps: steps.collect(), browsers: browsers.len() }
    }

    pub(crate) fn cycles(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step, Request::Post { .. })).count()
    }
}

impl Client {
    /// One that sends each request once, as the harness does: no proxy, no redirect, no second try.
    pub(crate) fn new(url: &str) -> Self {
        // Where reqwest can speak TLS, it wants to know how before it builds any client.
        #[cfg(feature = "tls")]
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .pool_idle_timeout(Duration::from_millis(500))
            .build();
        let client = client.expect("nothing is asked of the system");
        Self { client, url: Url::parse(url).expect("the probe has said so") }
    }

    pub(crate) async fn send(&self, requests: &Requests) {
        let mut cookies: Vec<Option<HeaderValue>> = vec![None; requests.browsers];
        for step in &requests.steps {
            match step {
                Request::CopyCookie { from, to } => cookies[*to] = cookies[*from].clone(),
                Request::Post { browser, body } => self.post(body, &mut cookies[*browser]).await,
            }
        }
    }

    async fn post(&self, body: &[u8], cookie: &mut Option<HeaderValue>) {
        let mut request = self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/json");
        if let Some(cookie) = cookie {
            request = request.header(COOKIE, cookie.clone());
        }
        let response = request.body(body.to_vec()).send().await.expect("the probe answers");
        for set in response.headers().get_all(SET_COOKIE) {
            let set = set.as_bytes();
            let pair =
                set.split(|byte| *byte == b';').next().and_then(|pair| HeaderValue::from_bytes(pair).ok());
            *cookie = pair.filter(|_| !set.ends_with(b"Max-Age=0"));
        }
        response.bytes().await.expect("the answer has an end");
    }
}
