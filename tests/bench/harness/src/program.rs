//! What a measured program offers: contenders, each of which does the same work.

use std::net::TcpListener;
use std::str::FromStr;

/// A cookie as long as a sealed one with the three values, for handlers without sessions: their requests carry one too.
pub const COOKIE_OF_BARE: &str = "session=Zt7q1LmW9vB4xGd2yHs8rNf5cJZt7q1LmW9vB4xGd2yHs8rNf5cJZt7q1LmW9vB4xGd2yHs8rNf5cJ\
    Zt7q1LmW9vB4xGd2yHs8rNf5cJZt7q1LmW9vB4xGd2yHs8rNf5cJZt7q1LmW9vB4xGd2yHs8rNf5cJZt7q1LmW9vB4";

/// What the handler of a measured request does with a session of three values: a number, a short text, a text of 32
/// characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Nothing: the session is at hand, and not mentioned.
    Unused,
    /// Gets all three values.
    Read,
    /// Gets the number and sets it one higher.
    Write,
}

impl FromStr for Work {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "unused" => Ok(Self::Unused),
            "read" => Ok(Self::Read),
            "write" => Ok(Self::Write),
            _ => Err(format!("no such work: {word}; it is `unused`, `read` or `write`")),
        }
    }
}

/// A program with contenders, among them a bare one: the same handler without any session.
#[expect(async_fn_in_trait, reason = "one thread, and nobody else implements it")]
pub trait Program {
    /// The application of one contender inside this process, with a visitor's cookie.
    type App: Requests;

    /// The name of the bare contender.
    fn bare(&self) -> &'static str;

    /// An application whose `/` does the work, filled with a session.
    async fn app(&self, contender: &str, work: Work) -> Self::App;

    /// The same application over HTTP: `/` does the work, `/fill` begins a session of three values, `/number` tells the
    /// number. Serves until the process is ended.
    async fn serve(&self, contender: &str, work: Work, listener: TcpListener);

    /// An application for storms, over HTTP:
    ///
    /// | path | answer |
    /// |---|---|
    /// | `/sign-in` | begins a session whose user is `ada` |
    /// | `/who` | the user, or `nobody` |
    /// | `/own/{n}` | loads, waits at the gate, adds an entry of its own |
    /// | `/count` | how many of those entries are there |
    /// | `/increment` | loads, waits at the gate, sets one number one higher |
    /// | `/total` | the number |
    /// | `/slow` | loads, waits at the gate, writes |
    /// | `/sign-out` | ends the session |
    /// | `/gate/arrived/{n}` | answers when `n` requests wait at the gate |
    /// | `/gate/open`, `/gate/close` | |
    async fn storm(&self, contender: &str, listener: TcpListener);
}

/// An application inside this process.
#[expect(async_fn_in_trait, reason = "one thread, and nobody else implements it")]
pub trait Requests {
    /// One request for `/` with the visitor's cookie, answered with success.
    async fn request(&self);

    /// The number in the visitor's session, where a server keeps it; `None` where the cookie does.
    async fn number(&self) -> Option<u64>;
}
