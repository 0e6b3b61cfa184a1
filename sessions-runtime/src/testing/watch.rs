//! A look at every answer.

use std::sync::OnceLock;

use super::reply::Reply;

static LOOK: OnceLock<fn(&Reply)> = OnceLock::new();

/// Has a function look at every answer that any [`Client`](super::Client) of this process receives, before the test that
/// sent the request does: for rules that hold for all answers, and to learn which cookies there ever were.
///
/// There is one such function a process; of several, the first stays. Says whether it is this one.
///
/// # Examples
///
/// ```
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// use sessions_runtime::testing::{Client, serve, watch_replies};
///
/// static MISSING: AtomicUsize = AtomicUsize::new(0);
///
/// # actix_web::rt::System::new().block_on(async {
/// let first = watch_replies(|reply| {
///     MISSING.fetch_add(usize::from(reply.status == 404), Ordering::Relaxed);
/// });
/// let server = serve(|_| ());
/// Client::new(&server).get("/nowhere").send().await;
/// assert_eq!((first, MISSING.load(Ordering::Relaxed)), (true, 1));
/// # });
/// ```
pub fn watch_replies(look: fn(&Reply)) -> bool {
    LOOK.set(look).is_ok()
}

/// What the client calls for every answer.
pub(super) fn seen(reply: &Reply) {
    if let Some(look) = LOOK.get() {
        look(reply);
    }
}
