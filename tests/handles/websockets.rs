//! WebSockets that write to their session as long as they live.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use actix_web::{HttpRequest, HttpResponse, get, rt, web};
use actix_ws::Message;
use sessions_runtime::testing::{Client, SetCookie, check_set_cookie_lines};
use sessions_runtime::{Session, SessionError, with_sessions};

use crate::pages::{self, COOKIE, Desk, text};
use crate::support::site::Site;

/// A chat that puts each line into the session, and hangs up when its user has signed out.
#[with_sessions(default = "memory")]
#[get("/chat")]
async fn chat(
    session: &Session,
    request: HttpRequest,
    body: web::Payload,
) -> actix_web::Result<HttpResponse> {
    session.insert("chatting", true)?;
    let handle = session.handle()?;
    let (response, mut socket, mut messages) = actix_ws::handle(&request, body)?;
    rt::spawn(async move {
        while let Some(Ok(Message::Text(line))) = messages.recv().await {
            let line = line.to_string();
            let said = handle
                .update(move |session| {
                    let line = line.clone();
                    session.modify("lines", move |lines: &mut Vec<String>| lines.push(line.clone()))?;
                    Ok(session.get::<Vec<String>>("lines")?.unwrap_or_default().len())
                })
                .await;
            let answer = match said {
                Ok(lines) => lines.to_string(),
                Err(err) if err.is_gone() => break,
                Err(err) => format!("{:?}", err.kind()),
            };
            if socket.text(answer).await.is_err() {
                return;
            }
        }
        // The other side may have gone before.
        let _ = socket.close(None).await;
    });
    Ok(response)
}

#[with_sessions(default = "memory")]
#[get("/lines")]
async fn show_lines() -> Result<String, SessionError> {
    Ok(session.get::<Vec<String>>("lines")?.unwrap_or_default().join(" "))
}

/// The browser's side, as small as RFC 6455 allows.
struct Socket {
    stream: BufReader<TcpStream>,
}

impl Socket {
    /// Opens a connection on another thread, and gives it with the head of the answer.
    async fn open(site: &Site, cookie: Option<String>) -> (Self, String) {
        let address = site.server.address();
        rt::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).expect("the server listens");
            let cookie = cookie.map_or_else(String::new, |cookie| format!("Cookie: {cookie}\r\n"));
            write!(
                stream,
                "GET /chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{cookie}\r\n"
            )
            .expect("a request");
            let mut stream = BufReader::new(stream);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                assert_ne!(stream.read_line(&mut head).expect("a line"), 0, "{head}");
            }
            (Self { stream }, head)
        })
        .await
        .expect("a thread that did not panic")
    }

    /// Says a line, and gives the answer; `None` where the server hung up.
    async fn say(mut self, line: &'static str) -> (Self, Option<String>) {
        rt::task::spawn_blocking(move || {
            // A whole text, masked by zeros.
            let length = u8::try_from(line.len()).expect("a short line");
            let mut frame = vec![0x81, 0x80 | length, 0, 0, 0, 0];
            frame.extend_from_slice(line.as_bytes());
            self.stream.get_mut().write_all(&frame).expect("a frame");
            let mut start = [0; 2];
            self.stream.read_exact(&mut start).expect("a frame");
            let mut payload = vec![0; usize::from(start[1])];
            self.stream.read_exact(&mut payload).expect("a frame");
            let answer = (start[0] == 0x81).then(|| String::from_utf8_lossy(&payload).into_owned());
            (self, answer)
        })
        .await
        .expect("a thread that did not panic")
    }
}

fn site() -> Site {
    let desk = Desk::default();
    Site::new(move |app| {
        app.service((chat, show_lines));
        pages::routes(app, &desk);
    })
}

/// The value of the session's cookie in the head of an answer.
fn set_cookie(head: &str) -> Option<String> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let lines = lines.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    let lines: Vec<&[u8]> = lines.map(|(_, line)| line.as_bytes()).collect();
    check_set_cookie_lines(lines.iter().copied()).expect("cookies as browsers want them");
    let cookie = lines
        .into_iter()
        .filter_map(SetCookie::parse)
        .find(|cookie| cookie.name == COOKIE)?;
    Some(cookie.value)
}

/// C1, S11
/// The cookie goes out with the 101; the connection and the browser's requests share one session; a sign-out ends both.
#[actix_web::test]
async fn a_live_connection_writes_to_its_session_until_its_user_signs_out() {
    let site = site();
    let (socket, head) = Socket::open(&site, None).await;
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    let browser: Client = site.client();
    browser.set_raw_cookie(COOKIE, &set_cookie(&head).expect("the 101 carries the cookie"));
    let (socket, answer) = socket.say("hello").await;
    assert_eq!(answer.as_deref(), Some("1"));
    browser.get("/set/theme/dark").send().await;
    let (socket, answer) = socket.say("world").await;
    assert_eq!(answer.as_deref(), Some("2"));
    assert_eq!(text(&browser, "/lines").await, "hello world");
    assert_eq!(text(&browser, "/get/theme").await, "dark");

    // A second connection of the same browser.
    let (other, _) = Socket::open(&site, browser.cookie_header("/")).await;
    let (_other, answer) = other.say("again").await;
    assert_eq!(answer.as_deref(), Some("3"));
    assert_eq!(text(&browser, "/lines").await, "hello world again");

    let copy = browser.fork();
    browser.get("/logout").send().await;
    let (_socket, answer) = socket.say("still there").await;
    assert_eq!(answer, None, "it hangs up");
    assert_eq!(text(&copy, "/lines").await, "");
    assert!(site.memory.is_empty());
}
