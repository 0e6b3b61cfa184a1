//! Files that nobody may write, not even root.

use std::fs::{File, OpenOptions, Permissions};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file that cannot be written until this is dropped.
#[derive(Debug)]
pub struct ReadOnly {
    path: PathBuf,
    before: Permissions,
}

impl ReadOnly {
    /// Nobody can open it to write any more.
    pub fn make(path: &Path) -> Self {
        let guard = Self::of(path);
        let mut permissions = guard.before.clone();
        permissions.set_readonly(true);
        std::fs::set_permissions(path, permissions).expect("it is the test's own");
        if writable(path).is_ok() {
            // Root may write everything except this.
            guard.immutable();
        }
        guard
    }

    /// Nor can those write who have it open already.
    pub fn for_all(path: &Path) -> Self {
        let guard = Self::of(path);
        guard.immutable();
        guard
    }

    fn of(path: &Path) -> Self {
        let before = std::fs::metadata(path).expect("it is there").permissions();
        Self {
            path: path.to_owned(),
            before,
        }
    }

    fn immutable(&self) {
        assert!(
            chattr("+i", &self.path) && writable(&self.path).is_err(),
            "`chattr +i` does not make a file read-only here: run this test as root, and its temporary files on a \
             file system that has attributes, such as ext4"
        );
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        chattr("-i", &self.path);
        std::fs::set_permissions(&self.path, self.before.clone()).expect("it is the test's own");
    }
}

fn writable(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).open(path)
}

fn chattr(change: &str, path: &Path) -> bool {
    let changed = Command::new("chattr").arg(change).arg(path).output();
    changed.is_ok_and(|output| output.status.success())
}
