//! The client of all these tests refuses answers whose cookies browsers would not treat as they are meant.

use actix_web::rt::spawn;
use actix_web::{HttpRequest, HttpResponse, web};
use sessions_runtime::testing::{Client, Server, serve};

/// Answers with the lines that the query has, one after another.
fn server() -> Server {
    serve(|app| {
        let echo = |request: HttpRequest| async move {
            let mut answer = HttpResponse::Ok();
            for line in request.query_string().split('&') {
                answer.append_header(("set-cookie", line.replace('+', " ")));
            }
            answer.finish()
        };
        app.route("/echo", web::get().to(echo));
    })
}

/// Whether the client takes an answer with these lines.
async fn takes(client: &Client, lines: &[&str]) -> bool {
    let request = client.get(&format!("/echo?{}", lines.join("&").replace(' ', "+")));
    match spawn(request.send()).await {
        Ok(reply) => {
            assert_eq!(reply.set_cookies().len(), lines.len());
            true
        }
        Err(err) => {
            assert!(err.is_panic(), "the client says what is wrong");
            false
        }
    }
}

/// S23, S24, S27, S35
#[actix_web::test]
async fn every_answer_is_checked_and_every_removal_removes() {
    let server = server();
    let gone = "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    for (before, line, fit) in [
        ("", "a=1; Path=/; SameSite=Lax", true),
        ("", "a=1; Path=/", false),
        ("", "a=1; Path=/; SameSite=None", false),
        ("", "__Host-a=1; Path=/x; Secure; SameSite=Lax", false),
        ("", "a=1; Path=/; Domain=other.example; SameSite=Lax", false),
        ("a=1; Path=/; SameSite=Lax", "a=; Path=/; SameSite=Lax", true),
        (
            "a=1; Path=/; Secure; SameSite=Lax",
            "a=; Path=/; Secure; SameSite=Lax",
            true,
        ),
        (
            "a=1; Path=/; Secure; SameSite=Lax",
            "a=; Path=/; SameSite=Lax",
            false,
        ),
        ("a=1; Path=/e; SameSite=Lax", "a=; Path=/; SameSite=Lax", false),
        (
            "a=1; Path=/; SameSite=Lax",
            "a=; Path=/; Domain=shop.example; SameSite=Lax",
            false,
        ),
        (
            "__Host-a=1; Path=/; Secure; SameSite=Lax",
            "a=; Path=/; Secure; SameSite=Lax",
            true,
        ),
    ] {
        let client = Client::new(&server).at("https://www.shop.example");
        let (line, removes) = if before.is_empty() {
            (line.to_owned(), false)
        } else {
            assert!(takes(&client, &[before]).await, "{before}");
            (format!("{line}{gone}"), true)
        };
        assert_eq!(takes(&client, &[&line]).await, fit, "{before:?}, {line:?}");
        if removes && fit && before.starts_with("a=") {
            assert_eq!(client.cookie("a"), None, "{line}");
        }
    }
    let client = Client::new(&server);
    assert!(
        !takes(
            &client,
            &["a=1; Path=/; SameSite=Lax", "a=2; Path=/x; SameSite=Lax"]
        )
        .await
    );
}
