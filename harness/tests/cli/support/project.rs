//! A project in a folder of its own, as it lies on the disk.

use std::path::{Path, PathBuf};
use std::process::Output;

use super::{said, sessionspec};

/// A folder of a project, with a folder inside.
pub(crate) struct Project(pub(crate) PathBuf);

impl Project {
    pub(crate) fn new(name: &str, toml: &str) -> Self {
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("project.{name}.{}", std::process::id()));
        std::fs::create_dir_all(folder.join("inside")).unwrap();
        let project = Self(folder);
        if !toml.is_empty() {
            project.write("sessionspec.toml", toml);
        }
        project
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let file = self.0.join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    pub(crate) fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.0.join(file)).unwrap()
    }

    pub(crate) fn run(&self, arguments: &str) -> Output {
        sessionspec(arguments).current_dir(&self.0).output().unwrap()
    }

    /// What was said, without the name of the folder.
    pub(crate) fn said(&self, arguments: &str) -> String {
        said(&self.run(arguments)).replace(&self.0.display().to_string(), "[project]")
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The command that serves a backend of ours.
pub(crate) fn serving(backend: &str) -> String {
    format!("'{}' serve --backend {backend} --addr 127.0.0.1:{{port}}", env!("CARGO_BIN_EXE_sessionspec"))
}
