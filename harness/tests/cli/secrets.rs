//! Credentials for what stands in front of a service: sent with every request, shown nowhere.

use std::fs;
use std::path::PathBuf;

use crate::support::{Answer, Service, said, sessionspec};

/// What must not be seen: the password, what Basic authentication makes of it, the fields' values.
const SECRETS: [&str; 4] = ["s3cr3t", "dXNlcjpzM2NyM3Q", "k3y-in-argument", "k3y-in-file"];

/// A service that lets in whoever has everything, fails where something is popped, and repeats what it was sent.
fn gated() -> Service {
    Service::new(|request| {
        let text = request.text().to_lowercase();
        let fields =
            ["authorization: basic dxnlcjpzm2nym3q=", "x-one: k3y-in-argument", "x-two: k3y-in-file"];
        if let Some(missing) = fields.iter().find(|field| !text.contains(*field)) {
            return Answer::response("401 Unauthorized", "text/plain", missing);
        }
        match &request.ops {
            Some(ops) if ops.iter().any(|op| op == "pop") => {
                Answer::response("500 Oh", "text/plain", &request.text().replace('\r', ""))
            }
            _ => Answer::Good,
        }
    })
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn no_report_no_command_and_no_script_shows_them() {
    let (service, folder) = (gated(), Folder::new("secrets"));
    fs::write(folder.0.join("fields"), "X-Two: k3y-in-file\n").unwrap();
    let url = service.url().replace("http://", "http://user:s3cr3t@");
    let headers = ["--header", "X-One: k3y-in-argument", "--header", "@fields"];
    let forms = ["json", "html", "markdown", "junit", "tap"];
    let mut run = sessionspec(
        "run --level hardened --check minimum/opens-empty --check minimum/each-mutator-persists --save-cases cases --report text",
    );
    for form in forms {
        run.args(["--report", &format!("{form}={form}.out")]);
    }
    let output = run.arg(&url).args(headers).current_dir(&folder.0).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let mut all = vec![said(&output)];
    all.extend(forms.map(|form| fs::read_to_string(folder.0.join(format!("{form}.out"))).unwrap()));
    assert!(all[0].contains("--header 'x-one: ***' --header @fields"), "{}", all[0]);
    assert!(all[0].contains("http://***@127.0.0.1:"), "{}", all[0]);
    for case in fs::read_dir(folder.0.join("cases")).unwrap() {
        let case = case.unwrap().path();
        all.push(fs::read_to_string(&case).unwrap());
        for arguments in ["replay --as curl", "replay"] {
            let output =
                sessionspec(arguments).arg(&case).arg(&url).args(headers).current_dir(&folder.0).output();
            all.push(said(&output.unwrap()));
        }
    }
    let output = sessionspec("doctor").arg(&url).args(headers).current_dir(&folder.0).output();
    all.push(said(&output.unwrap()));
    assert!(all.len() > forms.len() + 2);
    for text in all {
        for secret in SECRETS {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[test]
fn they_may_stand_in_the_environment() {
    let service = gated();
    let output = sessionspec("run --check minimum/opens-empty")
        .arg(service.url())
        .env(
            "SESSIONSPEC_HEADERS",
            "Authorization: Basic dXNlcjpzM2NyM3Q=\nX-One: k3y-in-argument\n\nX-Two: k3y-in-file\n",
        )
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

#[test]
fn a_field_that_is_none_is_refused_without_being_quoted() {
    let output =
        sessionspec("run http://127.0.0.1:1/").env("SESSIONSPEC_HEADERS", "X-One s3cr3t").output().unwrap();
    assert_eq!(
        said(&output),
        "sessionspec: SESSIONSPEC_HEADERS, line 1: give a header field as `NAME: VALUE`, as in `Authorization: \
         Bearer TOKEN`\nexit 2"
    );
    let output = sessionspec("run http://127.0.0.1:1/ --header Host:app.test").output().unwrap();
    assert_eq!(said(&output), "sessionspec: --header: `host` is not for --header: --origin sets it\nexit 2");
    let output = sessionspec("run http://127.0.0.1:1/ --header s3cr3t").output().unwrap();
    assert!(!said(&output).contains("s3cr3t"), "{}", said(&output));
}
