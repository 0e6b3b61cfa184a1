//! Dropping a future where it waits.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// Where a future is dropped: after so many polls, at once or only when it would have gone on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// What it waits for is on its way.
    Waiting(usize),
    /// What it waited for has come, and nobody has taken it.
    Woken(usize),
}

/// Runs a future as an executor does, a poll for each wake, up to the cut; `None` where it was dropped.
pub(crate) async fn cut<T>(mut future: Pin<Box<dyn Future<Output = T>>>, at: Cut) -> Option<T> {
    let mut polls = 0;
    poll_fn(move |context| {
        if at == Cut::Woken(polls) || at == Cut::Waiting(0) {
            return Poll::Ready(None);
        }
        polls += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if at == Cut::Waiting(polls) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
