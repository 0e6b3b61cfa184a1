//! How the shop starts, how it refuses to, and how it ends.

use std::net::TcpListener;

use sessions_runtime::testing::Client;

use crate::browser::Browser;
use crate::shop::{EXAMPLE, Place, Shop};
use crate::support::program::{Directory, Program, command};

/// Starts where it must refuse to, and gives the one line that says why.
fn refusal(test: &str, variables: &[(&str, &str)]) -> String {
    let directory = Directory::new(test);
    let output = command(EXAMPLE, &directory, variables)
        .output()
        .expect("the program starts");
    assert!(!output.status.success(), "{variables:?}");
    assert!(output.stdout.is_empty(), "{variables:?}: it must not listen");
    let errors = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<_> = errors
        .lines()
        .filter(|line| line.starts_with("error: "))
        .collect();
    assert_eq!(lines.len(), 1, "{errors}");
    assert_eq!(errors.lines().last(), Some(lines[0]), "{errors}");
    lines[0].to_owned()
}

/// T7
#[test]
fn an_unknown_backend_is_refused_with_the_choices() {
    for backend in [
        "",
        "sqlite",
        "memcache",
        "redis:6379",
        "postgres://localhost/shop",
        "http://localhost",
    ] {
        let line = refusal("backend", &[("SHOP_BACKEND", backend)]);
        for choice in ["memcache://host:port[,host:port]", "redis://host:port", "SHOP_DB"] {
            assert!(line.contains(choice), "{backend}: {line}");
        }
    }
}

#[test]
fn an_impossible_address_of_a_backend_is_refused() {
    for backend in ["memcache://", "memcache://localhost:port", "redis://"] {
        let line = refusal("address", &[("SHOP_BACKEND", backend)]);
        assert!(line.contains("SHOP_BACKEND"), "{backend}: {line}");
    }
}

/// R9
#[test]
fn a_database_that_cannot_be_opened_is_refused_with_the_cure() {
    let line = refusal("database", &[("SHOP_DB", "no/such/directory/shop.db")]);
    assert!(
        line.contains("SHOP_DB") && line.contains("create the directory"),
        "{line}"
    );
    assert!(line.contains("no/such/directory"), "{line}");
}

/// S51, V10
#[test]
fn production_without_a_secret_is_refused_with_the_command_that_makes_one() {
    let line = refusal("production", &[("APP_ENV", "production")]);
    assert!(line.contains("SESSIONS_SECRET_KEY"), "{line}");
    assert!(line.contains("openssl rand -base64 48"), "{line}");
}

#[test]
fn a_port_that_is_taken_or_none_is_refused_with_the_cure() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("it has an address").port().to_string();
    for port in [port.as_str(), "eighty", "70000"] {
        let line = refusal("port", &[("PORT", port)]);
        assert!(line.contains(port) && line.contains("PORT"), "{line}");
    }
}

#[cfg(unix)]
#[actix_web::test]
async fn ctrl_c_ends_the_shop_with_success() {
    let directory = Directory::new("interrupt");
    let program = Program::start(EXAMPLE, &directory, &[]);
    Client::for_origin(&program.url("")).get("/").send().await;
    assert!(program.interrupt().success());
}

#[actix_web::test]
async fn the_database_is_where_shop_db_says() {
    let directory = Directory::new("file");
    let program = Program::start(EXAMPLE, &directory, &[("SHOP_DB", "other.db")]);
    drop(program);
    assert!(directory.file("other.db").is_file());
    assert!(!directory.file("shop.db").exists());

    let shop = Shop::open(Place::Sqlite, "default-file");
    assert!(shop.directory().file("shop.db").is_file());
}

/// T3
#[actix_web::test]
async fn cookies_are_secure_unless_one_asks_for_less() {
    let directory = Directory::new("insecure");
    let program = Program::start(EXAMPLE, &directory, &[("INSECURE_COOKIES", "1")]);
    let client = Client::for_origin(&program.url(""));
    let reply = client.get("/").send().await;
    let cookie = reply.set_cookie("session").expect("no prefix without `Secure`");
    assert!(!cookie.secure && cookie.http_only);

    let directory = Directory::new("secure");
    let program = Program::start(EXAMPLE, &directory, &[("INSECURE_COOKIES", "0")]);
    let client = Client::for_origin(&program.url(""));
    let reply = client.get("/").send().await;
    assert!(
        reply
            .set_cookie("__Host-session")
            .is_some_and(|cookie| cookie.secure)
    );
}

/// S57
/// One line a request, without a cookie or a name in it.
#[actix_web::test]
async fn the_log_has_one_line_for_each_request() {
    let shop = Shop::open(Place::Sqlite, "log");
    let ada = Browser::new(&shop);
    ada.sign_in("Ada Lovelace").await;
    ada.submit("/cart/sencha").await;
    let cookies = ["__Host-session", "__Host-user", "__Host-cart"].map(|name| ada.cookie(name).expect(name));
    let log = shop.log();
    for line in ["303 POST /login", "200 GET /", "303 POST /cart/sencha"] {
        assert_eq!(
            log.lines().filter(|text| text.ends_with(line)).count(),
            1,
            "{line}: {log}"
        );
    }
    assert!(!log.contains("Lovelace"), "{log}");
    assert!(
        cookies.iter().all(|cookie| !log.contains(cookie.as_str())),
        "{log}"
    );
}
