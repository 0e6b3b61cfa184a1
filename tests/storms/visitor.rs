//! A visitor who counts along, and knows what may have come of requests that vanished.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::by_hand::{Answer, ByHand};
use crate::cut::{Cut, cut};
use crate::pages::{Does, LOCKED, NOTES, Page, READ};

/// Somebody with a session. What was answered has happened; what vanished has happened as a whole, or not at all.
pub(crate) struct Visitor {
    app: ByHand,
    who: String,
    cookies: RefCell<BTreeMap<String, String>>,
    numbers: Range,
    notes: Range,
    /// A page that ends the session, or its id, has vanished.
    may_be_gone: Cell<bool>,
}

/// A number that is known as far as requests were answered.
#[derive(Debug, Default)]
struct Range {
    least: Cell<u32>,
    most: Cell<u32>,
}

impl Range {
    fn add(&self, count: u32, sure: bool) {
        self.most.set(self.most.get() + count);
        if sure {
            self.least.set(self.least.get() + count);
        }
    }

    fn set(&self, number: u32) {
        self.least.set(number);
        self.most.set(number);
    }

    fn has(&self, number: u32) -> bool {
        (self.least.get()..=self.most.get()).contains(&number)
    }
}

impl Visitor {
    /// Somebody new, who has begun a session.
    pub(crate) async fn new(app: &ByHand, who: String) -> Self {
        let visitor = Self {
            app: app.clone(),
            who,
            cookies: RefCell::default(),
            numbers: Range::default(),
            notes: Range::default(),
            may_be_gone: Cell::new(false),
        };
        visitor.begin().await;
        visitor
    }

    /// Asks for a page, and is answered.
    pub(crate) async fn visit(&self, page: Page) {
        let answer = self.request(page.path).await;
        self.answered(page, answer).await;
    }

    /// Asks for a page, and vanishes on the way; `false` where the page was faster.
    pub(crate) async fn vanish(&self, page: Page, at: Cut) -> bool {
        if let Some(answer) = cut(self.request(page.path), at).await {
            self.answered(page, answer).await;
            return false;
        }
        self.count(page, false);
        if page.takes {
            self.notes.least.set(0);
        }
        if page.does != Does::Nothing {
            self.may_be_gone.set(true);
        }
        true
    }

    async fn answered(&self, page: Page, answer: Answer) {
        let text = self.receive(page.path, answer);
        self.count(page, true);
        if page.takes {
            self.take(&text);
        }
        if page.does == Does::Destroy {
            self.begin().await;
        }
    }

    /// A browser without cookies vanishes while its first session begins; whoever it was, nobody is disturbed.
    pub(crate) async fn vanish_as_somebody_new(&self, at: Cut) -> bool {
        let request = self.app.request("/begin", &self.who, "");
        cut(request, at).await.is_none()
    }

    /// Looks at everything: the session is this visitor's, is whole, is not locked, takes changes, and nothing comes
    /// late.
    pub(crate) async fn look(&self) {
        self.settle().await;
        for page in [LOCKED, NOTES, READ] {
            self.visit(page).await;
            self.settle().await;
        }
    }

    /// Reads what came of the requests so far.
    async fn settle(&self) {
        let text = self.ask(READ.path).await;
        let words: Vec<&str> = text.split(' ').collect();
        let [origin, who, left, right] = words[..] else {
            panic!("{}: {text:?}", self.who)
        };
        if origin != "loaded" {
            assert!(
                self.may_be_gone.get() && origin == "unknown",
                "{} was signed out: {origin}",
                self.who
            );
            return self.begin().await;
        }
        self.may_be_gone.set(false);
        assert_eq!(who, self.who, "somebody else's session");
        assert_eq!(left, right, "{}: saved in part", self.who);
        let number = left.parse().expect("a number");
        assert!(
            self.numbers.has(number),
            "{}: {number} is not in {:?}",
            self.who,
            self.numbers
        );
        self.numbers.set(number);
    }

    async fn begin(&self) {
        self.cookies.borrow_mut().clear();
        assert_eq!(self.ask("/begin").await, "begun");
        self.numbers.set(1);
        self.notes.set(0);
        self.may_be_gone.set(false);
    }

    fn count(&self, page: Page, sure: bool) {
        self.numbers.add(page.adds, sure);
        self.notes.add(page.notes, sure);
    }

    fn take(&self, text: &str) {
        let notes: Vec<&str> = text.split_whitespace().collect();
        assert!(
            notes.iter().all(|note| *note == self.who),
            "{} was shown {notes:?}",
            self.who
        );
        let count = u32::try_from(notes.len()).expect("few notes");
        // Whoever has lost their session has lost its notes.
        assert!(
            self.notes.has(count) || self.may_be_gone.get(),
            "{}: {count} notes are not {:?}",
            self.who,
            self.notes
        );
        self.notes.set(0);
    }

    async fn ask(&self, path: &str) -> String {
        let answer = self.request(path).await;
        self.receive(path, answer)
    }

    fn request(&self, path: &str) -> std::pin::Pin<Box<dyn Future<Output = Answer>>> {
        let cookies: Vec<String> = self
            .cookies
            .borrow()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        self.app.request(path, &self.who, &cookies.join("; "))
    }

    fn receive(&self, path: &str, answer: Answer) -> String {
        assert_eq!(answer.status, 200, "{}: {path}", self.who);
        let mut cookies = self.cookies.borrow_mut();
        for cookie in answer.cookies {
            if cookie.is_removal() {
                cookies.remove(&cookie.name);
            } else {
                cookies.insert(cookie.name, cookie.value);
            }
        }
        answer.text
    }
}
