//! A real browser without a window: Debian's Chromium, driven through its WebDriver.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// The programs, by the names that they have on Debian and elsewhere.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const DRIVERS: [&str; 2] = ["chromedriver", "chromium.chromedriver"];

/// What keeps a browser to itself: it neither asks nor tells anybody anything.
const ARGUMENTS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// The browser and its driver, where this machine has both.
pub(crate) fn programs() -> Option<(PathBuf, PathBuf)> {
    Some((BROWSERS.into_iter().find_map(found)?, DRIVERS.into_iter().find_map(found)?))
}

fn found(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Whether the page is shown in light or in dark colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Light,
    Dark,
}

/// A browser with one page. It ends when this is dropped.
pub(crate) struct Browser {
    client: Client,
    driver: Child,
    profile: PathBuf,
}

impl Browser {
    /// Opens a page in a new browser with nothing in its profile, on a screen of this width.
    pub(crate) async fn open(page: &Path, width: u32, scheme: Scheme) -> Self {
        let (browser, driver) = programs().expect("the tests are named by what there is");
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the driver starts");
        let port = port(&mut driver);
        let profile = page.with_extension(format!("profile-{port}"));
        let color = if scheme == Scheme::Dark { 0 } else { 1 };
        let mut arguments: Vec<String> = ARGUMENTS.map(ToOwned::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", profile.display()));
        arguments.push(format!("--blink-settings=preferredColorScheme={color}"));
        // A window cannot be as narrow as a telephone is.
        let screen =
            json!({"deviceMetrics": {"width": width, "height": 1000, "pixelRatio": 1, "touch": false}});
        let options = json!({"binary": browser, "args": arguments, "mobileEmulation": screen});
        let options = json!({"goog:chromeOptions": options});
        let Value::Object(capabilities) = options else { unreachable!("it was written as an object") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("the browser starts");
        client.goto(&format!("file://{}", page.display())).await.expect("the page opens");
        Self { client, driver, profile }
    }

    /// What an expression comes to in the page.
    pub(crate) async fn eval(&self, expression: &str) -> Value {
        let script = format!("return ({expression});");
        self.client.execute(&script, Vec::new()).await.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// The client, to click and to type.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) async fn close(self) {
        let _ = self.client.clone().close().await;
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

/// The port that the driver has chosen, which it says on standard output.
fn port(driver: &mut Child) -> u16 {
    let stdout = driver.stdout.take().expect("it is piped");
    let said = BufReader::new(stdout).lines().map_while(Result::ok);
    let mut ports = said.filter_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    ports.next().expect("the driver says which port it has")
}
