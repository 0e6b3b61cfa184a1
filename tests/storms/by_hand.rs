//! An application without a server: a request is a future that the test holds in its hand.

use std::pin::Pin;
use std::rc::Rc;

use actix_web::App;
use actix_web::body::to_bytes;
use actix_web::dev::Service as _;
use actix_web::http::header::{self, HeaderValue};
use actix_web::test::{TestRequest, init_service};
use sessions_runtime::testing::{SetCookie, check_set_cookie_lines};

use crate::ground::Ground;
use crate::pages::WHO;

/// What a page answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
    pub(crate) cookies: Vec<SetCookie>,
}

type Call = Pin<Box<dyn Future<Output = Answer>>>;

/// All clones are one application, on this thread, with one connection to its store.
#[derive(Clone)]
pub(crate) struct ByHand(Rc<dyn Fn(TestRequest) -> Call>);

impl ByHand {
    pub(crate) async fn new(ground: &Ground) -> Self {
        let app = init_service(App::new().configure(ground.configure())).await;
        Self(Rc::new(move |request| {
            let response = app.call(request.to_request());
            Box::pin(async move {
                let response = response.await.expect("handlers answer").into_parts().1;
                let cookies = response.headers().get_all(header::SET_COOKIE);
                let checked = check_set_cookie_lines(cookies.clone().map(HeaderValue::as_bytes));
                checked.expect("cookies as browsers want them");
                let cookies = cookies.map(|line| SetCookie::parse(line.as_bytes()).expect("a cookie"));
                let (status, cookies) = (response.status().as_u16(), cookies.collect());
                let body = to_bytes(response.into_body()).await;
                Answer {
                    status,
                    text: String::from_utf8_lossy(&body.unwrap_or_default()).into_owned(),
                    cookies,
                }
            })
        }))
    }

    /// A request that has not begun.
    pub(crate) fn request(&self, path: &str, who: &str, cookies: &str) -> Call {
        let mut request = TestRequest::get().uri(path).insert_header((WHO, who));
        if !cookies.is_empty() {
            request = request.insert_header((header::COOKIE, cookies));
        }
        (self.0)(request)
    }
}
