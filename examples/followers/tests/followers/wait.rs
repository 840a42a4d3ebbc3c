use std::thread;
use std::time::{Duration, Instant};

/// A machine that needs longer hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until there is a value.
pub(crate) fn until<T>(what: &str, mut find: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = find() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        thread::sleep(Duration::from_millis(10));
    }
}
