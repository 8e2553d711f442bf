//! A fault inside the program about one file is that file's failure: it is named, and the others are done.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::path::Path;

/// Keeps the runtime from printing English about a fault that is told in Chinese by [`guarded`].
pub(crate) fn quiet_panics() {
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        set_hook(Box::new(|_| {}));
    }
}

/// Does some work on a file.
///
/// # Errors
/// When the work panics: the failure, which names the file.
pub(crate) fn guarded<T>(path: &Path, work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|cause| {
        let text = said(&*cause);
        format!(
            "{}：程序内部出错（{text}）；别的文件不受影响，请把这个文件发给开发者",
            path.display()
        )
    })
}

/// What a panic said.
pub(crate) fn said(cause: &(dyn Any + Send)) -> String {
    let text = cause
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| cause.downcast_ref::<String>().cloned());
    text.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_its_file() {
        let told = guarded(Path::new("坏.toml"), || -> u8 { panic!("第 {} 处", 3) });
        let told = told.expect_err("a failure");
        assert!(told.contains("坏.toml") && told.contains("第 3 处"), "{told}");
        assert_eq!(guarded(Path::new("a"), || 5), Ok(5));
    }
}
