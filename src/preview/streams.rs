//! The streams of events that browsers hold open.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::task::AbortHandle;

/// Most streams at a time. A person has a few pages open; whoever opens more takes the oldest away, not the connections
/// that all pages need.
const MAX_STREAMS: usize = 64;

/// The streams that are open, the oldest first.
#[derive(Default)]
pub(super) struct Streams(Mutex<VecDeque<AbortHandle>>);

impl Streams {
    /// Takes in a stream; the oldest goes when there are too many.
    pub(super) fn add(&self, stream: AbortHandle) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|stream| !stream.is_finished());
        open.push_back(stream);
        if open.len() > MAX_STREAMS
            && let Some(oldest) = open.pop_front()
        {
            oldest.abort();
        }
    }
}
