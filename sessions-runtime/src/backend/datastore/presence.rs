//! Whether the files at the paths are still those that are open.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use tracing::{error, info};

use super::failure::{Failure, Result};

/// The files that were opened. A file that somebody deleted can still be read and written for as long as it is open,
/// and all of it is lost with the last handle: so they are looked at, before each transaction and in pauses.
///
/// One that comes back is used again. Another one in its place is not: the log of the old one would be written into it.
#[derive(Debug)]
pub(super) struct Presence {
    files: [File; 2],
    missing: AtomicBool,
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    identity: Identity,
}

/// Which file a path leads to. Systems other than Unix keep an open file from being removed.
type Identity = (u64, u64);

impl Presence {
    /// Of the database at this path and its log, which are both open.
    pub(super) fn of(path: &Path) -> Result<Self> {
        let files = || -> io::Result<_> {
            // SQLite puts the log beside the file itself, not beside a link to it.
            let mut log = path.canonicalize()?.into_os_string();
            log.push(OsString::from("-wal"));
            Ok([File::at(path.to_owned())?, File::at(log.into())?])
        };
        Ok(Self {
            files: files().map_err(|err| Failure::missing().because(err))?,
            missing: AtomicBool::new(false),
        })
    }

    /// Looks at the files.
    pub(super) fn check(&self) -> Result<()> {
        let missing = !self.files.iter().all(File::is_there);
        if missing != self.missing.swap(missing, Ordering::Relaxed) {
            if missing {
                error!("the session database is not at its path any more");
            } else {
                info!("the session database is at its path again");
            }
        }
        if missing { Err(Failure::missing()) } else { Ok(()) }
    }

    /// What the last look showed; looks again while they are missing.
    pub(super) fn last_seen(&self) -> Result<()> {
        if self.missing.load(Ordering::Relaxed) {
            return self.check();
        }
        Ok(())
    }
}

impl File {
    fn at(path: PathBuf) -> io::Result<Self> {
        let identity = identity(&path)?;
        Ok(Self { path, identity })
    }

    fn is_there(&self) -> bool {
        identity(&self.path).is_ok_and(|present| present == self.identity)
    }
}

fn identity(path: &Path) -> io::Result<Identity> {
    let metadata = std::fs::metadata(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        Ok((metadata.dev(), metadata.ino()))
    }
    #[cfg(not(unix))]
    {
        drop(metadata);
        Ok((0, 0))
    }
}
