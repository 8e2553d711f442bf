//! Reading a report without being held up by what does not answer: a network drive that hangs would else stop the
//! preview of all reports for good.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::generator::Input;

/// How long a file and what belongs to it may take. A slow drive takes a second.
const PATIENCE: Duration = Duration::from_secs(5);

/// Files whose reading has not come to an end: nobody starts another one on them.
static HANGING: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Reads a report as [`Input::read`] does, but gives up after a while; a read that hangs goes on alone.
///
/// # Errors
/// As [`Input::read`]; [`io::ErrorKind::TimedOut`] for what does not answer.
pub(super) fn read(path: &Path, previous: Option<&Path>) -> io::Result<Input> {
    let late = || io::Error::new(io::ErrorKind::TimedOut, "文件所在的磁盘没有回应，稍后会再试");
    let hanging = || HANGING.lock().unwrap_or_else(PoisonError::into_inner);
    if !hanging().insert(path.to_owned()) {
        return Err(late());
    }
    let (sender, receiver) = channel();
    let (own, own_previous) = (path.to_owned(), previous.map(Path::to_owned));
    let work = move || {
        let result = Input::read(&own, own_previous.as_deref());
        HANGING.lock().unwrap_or_else(PoisonError::into_inner).remove(&own);
        // After the patience has ended nobody listens.
        let _ = sender.send(result);
    };
    if let Err(error) = std::thread::Builder::new().name("read".to_owned()).spawn(work) {
        hanging().remove(path);
        return Err(error);
    }
    match receiver.recv_timeout(PATIENCE) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err(late()),
        Err(RecvTimeoutError::Disconnected) => {
            hanging().remove(path);
            Err(io::Error::other("读取时程序内部出错"))
        }
    }
}
