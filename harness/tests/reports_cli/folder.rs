//! A folder for the files of one test.

use std::fs;
use std::path::{Path, PathBuf};

use super::support::{sessionspec, stderr, stdout};

/// An empty folder that is gone when the test is over.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self, file: &str) -> String {
        self.0.join(file).to_str().unwrap().to_owned()
    }

    pub(crate) fn write(&self, file: &str, text: &str) -> String {
        fs::write(self.0.join(file), text).unwrap();
        self.path(file)
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.join(file)).unwrap()
    }

    /// The report of two checks of an embedded backend.
    pub(crate) fn report(&self, backend: &str, file: &str) -> String {
        let json = format!("json={}", self.path(file));
        sessionspec(&["run", "--backend", backend, "--check", "minimum/*persists", "--report", &json]);
        self.path(file)
    }

    /// What a command said, without the path of this folder.
    pub(crate) fn said(&self, arguments: &[&str]) -> String {
        let output = sessionspec(arguments);
        let said = format!("{}{}exit {}", stdout(&output), stderr(&output), output.status.code().unwrap());
        said.replace(self.0.to_str().unwrap(), "[folder]")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
