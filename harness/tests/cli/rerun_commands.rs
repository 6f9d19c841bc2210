//! From a failure to its replay: the commands that a report ends each failure with, typed as they stand there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{said, sessionspec};

/// Scripts that once failed.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/cases");

/// An empty folder that is gone when the test is over. Commands run from it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn run(&self, arguments: &str) -> Output {
        sessionspec(arguments).current_dir(&self.0).output().unwrap()
    }

    /// The commands of all failures of a run.
    fn replays(&self, arguments: &str) -> Vec<String> {
        let output = self.run(&format!("run {arguments} --format json"));
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let reports = json.as_array().cloned().unwrap_or(vec![json]);
        let checks = reports.iter().flat_map(|report| report["checks"].as_array().unwrap());
        let failures = checks.filter_map(|check| check["failures"].as_array()).flatten();
        let commands = failures.flat_map(|failure| failure["replay"].as_array().unwrap());
        commands.map(|command| command.as_str().unwrap().to_owned()).collect()
    }

    /// The names of the files in a folder of this one.
    fn files(&self, folder: &str) -> Vec<String> {
        let files = fs::read_dir(self.0.join(folder)).unwrap();
        let mut names: Vec<String> =
            files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort_unstable();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What came of a command that a report has told.
fn typed(folder: &Folder, command: &str) -> String {
    said(&folder.run(command.strip_prefix("sessionspec ").unwrap()))
}

/// The same without the ends of lines, and without the backslashes that continue a command.
fn in_one_line(text: &str) -> String {
    text.split_whitespace().filter(|word| *word != "\\").collect::<Vec<_>>().join(" ")
}

const FLAW: &str = "--backend flawed/lone-pop-lost --check minimum/persists --cases 30";

#[test]
fn the_commands_of_a_failure_show_it_again() {
    let folder = Folder::new("again");
    let commands = folder.replays(&format!("{FLAW} --seed 7 --save-cases cases"));
    assert_eq!(commands.len(), 4, "two through each door");
    let case = commands[0].rsplit_once(" --case ").unwrap().1;
    assert_eq!(
        commands[0],
        format!(
            "sessionspec run --backend flawed/lone-pop-lost --check minimum/persists --level minimum --case {case}"
        )
    );
    assert!(case.ends_with(" --seed 7"), "{case}");
    let again = typed(&folder, &commands[0]);
    assert!(again.contains("minimum/persists (minimum, data loss): items-differs"), "{again}");
    assert!(again.contains("alone of each property"), "{again}");
    assert!(again.ends_with("exit 1"), "{again}");
    assert_eq!(commands[1], "sessionspec replay cases/minimum-persists-items-differs.json");
    assert_snapshot!(typed(&folder, &commands[1]), @r#"
    minimum/persists: items-differs
    still fails: in cycle 3, operation 1, expected {}, seen {"a":""}

    minimum/persists (minimum, data loss): items-differs
      promised  What a cycle leaves is what the next cycle of that browser finds.
                CONTRACT.md, save.persists
      cycle 1   ann sends no cookie
                  set("a", "")  =>  done
                Set-Cookie: session=<1>; Path=/; HttpOnly; SameSite=Lax
      cycle 2   ann sends Cookie: session=<1>
                  pop("a")  =>  ""
      cycle 3   ann sends Cookie: session=<1>
                  items()  =>  {"a":""}  <- here
      expected  {}
      seen      {"a":""}
    exit 1
    "#);
}

#[test]
fn a_request_that_fails_as_a_whole_is_told_in_words() {
    let folder = Folder::new("whole");
    let run = "--backend flawed/save-fails-when-emptied --check minimum/reads-back --save-cases cases";
    let told = typed(&folder, &folder.replays(run)[1]);
    assert!(
        told.contains(
            "\nstill fails: in cycle 1, expected the request is answered, and the session saved, seen a 500: "
        ),
        "{told}"
    );
}

#[test]
fn a_case_of_a_flawed_backend_still_fails_there() {
    let mut replayed = 0;
    for file in fs::read_dir(CASES).unwrap() {
        let file = file.unwrap().path();
        // What was reported of others has a folder of its own.
        if file.is_dir() {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        if !text.contains("\"backend\": \"flawed/") {
            continue;
        }
        let told = said(&sessionspec("replay").arg(&file).output().unwrap());
        assert!(told.contains("\nstill fails: in cycle ") && told.ends_with("exit 1"), "{told}");
        replayed += 1;
    }
    assert!(replayed >= 3, "{replayed}");
}

#[test]
fn requests_that_overlap_are_told_as_they_went() {
    let file = Path::new(CASES).join("fifth-save-dropped.json");
    assert_snapshot!(said(&sessionspec("replay").arg(file).output().unwrap()), @r#"
    concurrency/parallel: unexplained
    still fails: in cycle 7, operation 1, expected {"a":"write 19"}, seen {"a":"write 6"}

    concurrency/parallel (recommended, data loss): unexplained
      promised  Requests of four browsers that go on at the same moment, eight at
                once, are each kept or lost as a whole.
                CONTRACT.md, concurrency.history
      cycle 1   ann sends no cookie
                  set("a", "write 6")  =>  done
                Set-Cookie: session=<1>; Path=/; HttpOnly; SameSite=Lax
      cycle 2   ann sends Cookie: session=<1>
                  hold("together")  =>  done
      cycle 3   ann sends Cookie: session=<1>
                  hold("together")  =>  done
      cycle 4   ann sends Cookie: session=<1>
                  hold("together")  =>  done
      cycle 5   ann sends Cookie: session=<1>
                  hold("together")  =>  done
      cycle 6   ann sends Cookie: session=<1>
                  set("a", "write 19")  =>  done
      cycle 7   ann sends Cookie: session=<1>
                  items()  =>  {"a":"write 6"}  <- here
      end       all gates open
      cycle 2   ann goes on
      cycle 3   ann goes on
      cycle 4   ann goes on
      cycle 5   ann goes on
      expected  {"a":"write 19"}
      seen      {"a":"write 6"}
    exit 1
    "#);
}

#[test]
fn another_case_is_another_script() {
    let folder = Folder::new("other");
    let passes = |case: u32| {
        let output = folder.run(&format!(
            "run --backend flawed/lone-pop-lost --check minimum/persists --case {case} --format json"
        ));
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(json[0]["case"], case);
        assert_eq!(json[0]["checks"][0]["evidence"]["scripts"], 1);
        output.status.success()
    };
    let passed: Vec<bool> = (0..12).map(passes).collect();
    assert!(passed.contains(&true) && passed.contains(&false), "{passed:?}");
}

#[test]
fn what_was_saved_before_stays_as_it_is() {
    let folder = Folder::new("saved");
    let run = || folder.replays(&format!("{FLAW} --save-cases cases"));
    let first = run();
    assert_eq!(folder.files("cases"), ["minimum-persists-items-differs.json"], "both doors found the same");
    assert_eq!(run(), first, "a second run finds what it would write");
    let file = folder.0.join("cases/minimum-persists-items-differs.json");
    fs::write(&file, "somebody else's").unwrap();
    let commands = run();
    assert_eq!(commands[1], "sessionspec replay cases/minimum-persists-items-differs-2.json");
    assert_eq!(fs::read_to_string(file).unwrap(), "somebody else's");
}

#[test]
fn nothing_is_saved_where_nothing_fails() {
    let folder = Folder::new("nothing");
    let output = folder.run("run --check minimum/opens-empty --save-cases cases");
    assert!(output.status.success(), "{}", said(&output));
    assert!(!folder.0.join("cases").exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_told_before_the_run() {
    let folder = Folder::new("unwritable");
    fs::write(folder.0.join("file"), "a file").unwrap();
    for there in ["file", "file/below", "/proc/self/cases"] {
        let text = said(&folder.run(&format!("run {FLAW} --save-cases {there}")));
        assert!(text.starts_with(&format!("sessionspec: cannot save cases: {there}: ")), "{text}");
        assert!(text.ends_with("exit 2"), "{text}");
    }
    let text =
        said(&folder.run("run --backend reference --check minimum/persists --cases 5 --save-cases new/deep"));
    assert!(text.ends_with("exit 0"), "{text}");
    assert!(!folder.0.join("new").exists(), "nothing had to be saved");
}

#[test]
fn a_case_that_cannot_be_saved_costs_no_report_and_leaves_no_half() {
    let folder = Folder::new("no_room");
    // Files may not grow at all, as on a full disk.
    let run = format!(
        "ulimit -f 0; {} run {FLAW} --save-cases cases --report json=report.json",
        env!("CARGO_BIN_EXE_sessionspec")
    );
    let output = Command::new("sh").args(["-c", &run]).current_dir(&folder.0).output().unwrap();
    let text = said(&output);
    assert!(text.contains("minimum/persists (minimum, data loss): items-differs"), "{text}");
    assert!(text.contains("cannot write report.json: File too large"), "{text}");
    assert!(text.contains("sessionspec: cannot save cases: cases/"), "{text}");
    assert!(text.ends_with("sessionspec: minimum: fails\nexit 1"), "{text}");
    assert!(!text.contains("sessionspec replay"), "what was not saved cannot be replayed: {text}");
    assert_eq!(fs::read_dir(folder.0.join("cases")).unwrap().count(), 0);
}

#[test]
fn a_case_that_there_is_not() {
    let usage = |arguments: &str| said(&sessionspec(&format!("run {arguments}")).output().unwrap());
    assert_snapshot!([
        usage("--case 1"),
        usage("--case 1 --check minimum/opens-empty"),
        usage("--case 1 --check minimum/*persists"),
        usage("--case 1 --check minimum/persists --suite minimum"),
        usage("--case 1 --check minimum/persists --cases 5"),
        usage("--case first --check minimum/persists"),
    ].map(|said| without_the_list(&said)).join("\n\n"), @"
    error: the following required arguments were not provided:
      --check <GLOB>

    Usage: sessionspec run --check <GLOB> --case <N> [URL]

    For more information, try '--help'.
    exit 2

    sessionspec: --case replays a case of a property, and minimum/opens-empty is none: the properties are […]
    exit 2

    sessionspec: --case replays a case of a property, and minimum/each-mutator-persists is none: the properties are […]
    exit 2

    error: the argument '--case <N>' cannot be used with '--suite <SUITE>'

    Usage: sessionspec run --case <N> --check <GLOB> [URL]

    For more information, try '--help'.
    exit 2

    error: the argument '--case <N>' cannot be used with '--cases <N>'

    Usage: sessionspec run --case <N> --check <GLOB> [URL]

    For more information, try '--help'.
    exit 2

    error: invalid value 'first' for '--case <N>': invalid digit found in string

    For more information, try '--help'.
    exit 2
    ");
}

/// The properties that there are may grow.
fn without_the_list(said: &str) -> String {
    match said.split_once("the properties are minimum/reads-back, ") {
        Some((before, after)) => {
            format!("{before}the properties are […]{}", after.find('\n').map_or("", |end| &after[end..]))
        }
        None => said.to_owned(),
    }
}

#[test]
fn the_command_of_a_failure_ends_as_the_failure_does() {
    let folder = Folder::new("ends");
    for (backend, check) in [
        ("flawed/lone-pop-lost", "minimum/each-mutator-persists"),
        ("flawed/cookie-readable-by-scripts", "cookie/http-only"),
        ("flawed/unknown-id-adopted", "identity/unknown-never-adopted"),
    ] {
        let commands = folder.replays(&format!("--backend {backend} --check {check}"));
        assert!(!commands.is_empty(), "{backend}");
        let again = typed(&folder, &commands[0]);
        assert!(again.ends_with("exit 1"), "{}: {again}", commands[0]);
        // The same command on a backend without the flaw.
        let mended = commands[0].replace(backend, "reference");
        let again = typed(&folder, &mended);
        assert!(again.ends_with("exit 0"), "{mended}: {again}");
    }
}

#[test]
fn a_run_of_some_checks_is_judged_by_them() {
    let exit = |arguments: &str| sessionspec(arguments).output().unwrap().status.code().unwrap();
    assert_eq!(exit("run --check cookie/none-when-untouched"), 0);
    assert_eq!(
        exit("run --check cookie/none-when-untouched --backend conforming/creation-time-among-items"),
        1
    );
    let asked = sessionspec("run --check cookie/none-when-untouched --format json").output().unwrap();
    let json: Value = serde_json::from_slice(&asked.stdout).unwrap();
    assert_eq!(json[0]["asked_level"], "recommended", "a check of that level was asked for");
}

#[test]
fn a_run_of_a_suite_is_judged_by_it() {
    let level_and_exit = |arguments: &str| {
        let output = sessionspec(arguments).arg("--format=json").output().unwrap();
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let report = json.get(0).unwrap_or(&json);
        (report["asked_level"].as_str().unwrap().to_owned(), output.status.code().unwrap())
    };
    let careless = "run --backend flawed/cookie-readable-by-scripts";
    assert_eq!(level_and_exit(&format!("{careless} --suite cookie")), ("recommended".to_owned(), 1));
    assert_eq!(level_and_exit(&format!("{careless} --suite identity")), ("hardened".to_owned(), 0));
    let with_a_lower_one = format!("{careless} --suite cookie --suite fault");
    assert_eq!(level_and_exit(&with_a_lower_one), ("minimum".to_owned(), 0), "the lowest of all of them");
}

#[test]
fn a_level_of_which_nothing_was_run() {
    let output = sessionspec("run --check cookie/none-when-untouched --level minimum").output().unwrap();
    let text = said(&output);
    let end: Vec<&str> = text.lines().rev().take(2).collect();
    assert_snapshot!(end[1], @"sessionspec: no check of level minimum was run, so nothing is known about it; --level recommended judges by those that were");
    assert_eq!(end[0], "exit 3");
    let asked = sessionspec("run --check cookie/none-when-untouched --level recommended").output().unwrap();
    assert!(asked.stderr.is_empty(), "{}", said(&asked));
    assert!(asked.status.success());
}

#[test]
fn what_only_a_whole_run_shows_is_shown_again_by_a_whole_run() {
    let forgetful = "--backend flawed/store-keeps-four-hundred-sessions --level hardened";
    let output = sessionspec(&format!("run {forgetful} --format json")).output().unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let checks = json[0]["checks"].as_array().unwrap();
    let untouched = checks.iter().find(|check| check["id"] == "expiry/untouched-stays").unwrap();
    let replay = format!("sessionspec run {forgetful} --seed 0");
    assert_eq!(untouched["failures"][0]["replay"], serde_json::json!([replay]));
}

#[test]
fn what_one_response_of_a_whole_run_shows_is_shown_again_by_its_script() {
    let folder = Folder::new("every-response");
    let careless = "--backend flawed/cookie-readable-by-scripts-after-pop";
    let output = folder.run(&format!("run {careless} --level recommended --format json --save-cases saved"));
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let checks = json[0]["checks"].as_array().unwrap();
    let every = checks.iter().find(|check| check["id"] == "cookie/every-response").unwrap();
    assert_eq!(every["verdict"], "fail");
    let [failure] = every["failures"].as_array().unwrap().as_slice() else { panic!("{every}") };
    assert_eq!(failure["reason"], "http-only");
    assert_eq!(failure["scenario"]["script"].as_array().unwrap().len(), 2, "{failure:#}");
    let whole_run = format!("sessionspec run {careless} --level recommended --seed 0");
    let replay = "sessionspec replay saved/cookie-every-response-http-only.json";
    assert_eq!(failure["replay"], serde_json::json!([whole_run, replay]));
    assert_eq!(folder.files("saved"), ["cookie-every-response-http-only.json"]);
    let told = typed(&folder, replay);
    let all = "cookie/every-response looks at the responses to all other checks, so that only a whole run shows all of it";
    assert!(told.starts_with("cookie/every-response: http-only\nstill fails: "), "{told}");
    assert!(in_one_line(&told).contains(&format!("{all}: sessionspec run without --check")), "{told}");
    assert!(told.ends_with("exit 1"), "{told}");
    // The first command of the report names no check.
    fs::write(folder.0.join("report.json"), &output.stdout).unwrap();
    let text = in_one_line(&said(&folder.run("render report.json --as text")));
    assert!(text.contains(&format!("whole run {all} replay sessionspec run {careless}")), "{text}");
    let explained = in_one_line(&said(&folder.run("explain cookie/every-response")));
    let run = "Run it with all others: sessionspec run --level recommended URL";
    assert!(explained.contains(&format!("It {}. {run}", all.split_once(' ').unwrap().1)), "{explained}");
    // By itself the check has nothing to look at, and says so.
    let alone = folder.run(&format!("run {careless} --check cookie/every-response --level recommended"));
    assert!(said(&alone).contains("no other check was judged"), "{}", said(&alone));
    assert!(said(&alone).ends_with("exit 3"));
}
