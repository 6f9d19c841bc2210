//! What leads to a Go program.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Found, read};

const GO_SESSIONS: [&str; 2] = ["github.com/gorilla/sessions", "github.com/alexedwards/scs"];

/// A Go program: with which library it has sessions follows from what it requires, or imports where it is no module.
pub(super) fn go(folder: &Path) -> Option<Found> {
    let (file, uses, module) = match read(folder.join("go.mod")) {
        Some(module) => ("go.mod".to_owned(), "requires", module),
        None => {
            let (file, source) = go_program(folder)?;
            (file, "imports", source)
        }
    };
    let [gorilla, scs] = GO_SESSIONS;
    let known = [
        (
            gorilla,
            "copy core.go, items.go and mount.go of fixtures/probes/gorilla, and mount the probe as its README says",
        ),
        (
            scs,
            "copy core.go and items.go of fixtures/probes/gorilla and mount.go of fixtures/probes/scs, and mount the \
             probe as the README there says",
        ),
    ];
    let used = known.into_iter().find(|(library, _)| module.contains(library));
    let (told, first) = match used {
        Some((library, first)) => (format!("{file} {uses} {library}"), first),
        None => (
            format!("{file} is there"),
            "mount a probe, as harness/PROTOCOL.md says; fixtures/probes/gorilla/core.go and items.go are a part of it",
        ),
    };
    let has_a_probe = folder.join("mount.go").is_file();
    Some(Found {
        launch: "go run .".to_owned(),
        because: format!(
            "{told}; the program has to listen on the port in PORT, or be told `{{port}}` in the command"
        ),
        first: (!has_a_probe).then_some(first),
    })
}

/// A file that belongs to a Go program, with its source: the first that imports sessions, or else the first of all.
fn go_program(folder: &Path) -> Option<(String, String)> {
    let entries = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "go")).collect();
    files.sort();
    let programs = files.iter().filter_map(|path| {
        let source =
            read(path).filter(|source| source.lines().any(|line| line.trim_end() == "package main"))?;
        Some((path.file_name()?.to_string_lossy().into_owned(), source))
    });
    let programs: Vec<(String, String)> = programs.collect();
    let imports =
        |(_, source): &&(String, String)| GO_SESSIONS.iter().any(|library| source.contains(library));
    programs.iter().find(imports).or(programs.first()).cloned()
}
