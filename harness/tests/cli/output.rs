//! Reports that cannot be written: nothing else is lost, and nobody takes silence for success.

use std::fs::{self, File, OpenOptions};
use std::path::PathBuf;

use crate::support::{said, sessionspec};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A device that takes nothing.
fn full() -> File {
    OpenOptions::new().write(true).open("/dev/full").unwrap()
}

const GOOD: &str = "--backend reference --check minimum/opens-empty";
const FLAWED: &str = "--backend flawed/lone-pop-lost --check minimum/each-mutator-persists";

#[test]
fn standard_output_that_takes_nothing_is_told_and_no_success() {
    let folder = Folder::new("standard_output_full");
    for (target, exit) in [(GOOD, "exit 3"), (FLAWED, "exit 1")] {
        let file = folder.file("report.json");
        let output = sessionspec(&format!("run {target} --report text --report json={}", file.display()))
            .stdout(full())
            .output()
            .unwrap();
        let said = said(&output);
        assert!(said.starts_with("sessionspec: standard output cannot be written: No space left"), "{said}");
        assert!(said.contains("\nsessionspec: minimum: ") && said.ends_with(exit), "{said}");
        serde_json::from_slice::<serde_json::Value>(&fs::read(file).unwrap()).unwrap();
    }
    for command in ["list", "explain minimum/persists", "--help", "run --help", "--version"] {
        let output = sessionspec(command).stdout(full()).output().unwrap();
        assert!(said(&output).ends_with("exit 3"), "{command}: {}", said(&output));
    }
}

#[test]
fn a_report_that_cannot_be_written_loses_no_other_one_nor_the_verdict() {
    let folder = Folder::new("one_report_full");
    for (target, exit) in [(GOOD, "minimum: conforms\nexit 3"), (FLAWED, "minimum: fails\nexit 1")] {
        let (json, tap) = (folder.file("report.json"), folder.file("report.tap"));
        let reports = format!(
            "--report html=/dev/full --report json={} --report tap={}",
            json.display(),
            tap.display()
        );
        let output = sessionspec(&format!("run {target} {reports}")).output().unwrap();
        let said = said(&output);
        assert!(said.contains("cannot write /dev/full: No space left"), "{said}");
        assert!(said.ends_with(exit), "{said}");
        assert!(said.contains("\nChecks\n"), "the text went to standard output: {said}");
        assert!(fs::read_to_string(json).unwrap().starts_with(['[', '{']));
        assert!(fs::read_to_string(tap).unwrap().starts_with("TAP version 14"));
    }
}

/// A backend that fails as it did before has not become worse, which is not to say that it conforms.
#[test]
fn a_report_that_cannot_be_written_says_what_became_of_a_baseline() {
    let folder = Folder::new("baseline_full");
    let json = folder.file("report.json");
    sessionspec(&format!("run {FLAWED} --report json={}", json.display())).output().unwrap();
    let baseline = format!("--baseline {} --report json=/dev/full", json.display());
    let output = sessionspec(&format!("run {FLAWED} {baseline}")).output().unwrap();
    let said = said(&output);
    assert!(said.ends_with("sessionspec: nothing got worse than in the baseline\nexit 3"), "{said}");
}

#[test]
fn what_cannot_be_written_is_told_before_the_run() {
    let folder = Folder::new("told_before");
    let there = folder.file("there.json");
    for report in [folder.0.display().to_string(), format!("{}/no/folder", folder.0.display())] {
        // The service would be asked first.
        let output =
            sessionspec(&format!("run http://127.0.0.1:1/ --report json={report}")).output().unwrap();
        assert!(said(&output).starts_with("sessionspec: cannot write "), "{}", said(&output));
        assert!(said(&output).ends_with("exit 2"), "{}", said(&output));
    }
    let twice = format!("run {GOOD} --report json={0} --report html={0}", there.display());
    let output = sessionspec(&twice).output().unwrap();
    assert!(said(&output).contains("is to hold two reports"), "{}", said(&output));
    assert!(!there.exists());
}

#[test]
fn a_run_that_reports_nothing_leaves_files_as_they_were() {
    let folder = Folder::new("left_alone");
    let (there, new) = (folder.file("there.json"), folder.file("new.json"));
    fs::write(&there, "an older report").unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", taken.local_addr().unwrap());
    drop(taken);
    let reports = format!("--report json={} --report tap={}", there.display(), new.display());
    let output = sessionspec(&format!("run {url} {reports}")).output().unwrap();
    assert!(said(&output).ends_with("exit 3"), "{}", said(&output));
    assert_eq!(fs::read_to_string(there).unwrap(), "an older report");
    assert!(!new.exists());
}
