//! What the example programs share: a port, a log, a secret for development, and how they end.

use std::error::Error;
use std::io::{self, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use sessions_runtime::SecretKey;
use tracing_subscriber::EnvFilter;

/// Writes the log to standard error; `RUST_LOG=debug` shows what each request did with its sessions.
pub fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
}

/// Writes one line for each request: status, method and path, and nothing of its cookies.
///
/// # Errors
///
/// Those of what it stands in front of.
pub async fn log_request(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> actix_web::Result<ServiceResponse<impl MessageBody>> {
    let response = next.call(request).await?;
    let (status, request) = (response.status().as_u16(), response.request());
    tracing::info!("{status} {} {}", request.method(), request.path());
    Ok(response)
}

/// Ends the program; why it could not start is one line on standard error.
pub fn exit(result: io::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("error: {}", one_line(&err));
            ExitCode::FAILURE
        }
    }
}

/// An error with all that it lists, and its causes.
pub fn one_line(err: &dyn Error) -> String {
    let text = err.to_string();
    let mut parts: Vec<_> = text
        .lines()
        .map(|line| line.trim_start_matches("  - ").to_owned())
        .collect();
    parts.extend(err.source().map(one_line));
    parts.join(": ")
}

/// Whether cookies are `Secure`: unless `INSECURE_COOKIES=1` says otherwise, for Safari over plain http.
pub fn secure() -> bool {
    env::var("INSECURE_COOKIES").as_deref() != Ok("1")
}

/// Listens on 127.0.0.1 and `PORT` (8080; 0 picks a free one), and says so.
///
/// # Errors
///
/// `PORT` is no port number, or is taken.
pub fn listen() -> io::Result<TcpListener> {
    let port = env::var("PORT").unwrap_or_else(|_| "8080".to_owned());
    let port: u16 = port.parse().map_err(|_| {
        io::Error::other(format!(
            "PORT={port} is not a port number: choose one of 1 to 65535, or 0 for a free one"
        ))
    })?;
    let listener = TcpListener::bind(("127.0.0.1", port)).map_err(|err| {
        io::Error::new(
            err.kind(),
            format!("cannot listen on port {port} ({err}): choose another with PORT, or 0 for a free one"),
        )
    })?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(listener)
}

/// The secret from `SESSIONS_SECRET_KEY`; for development without it, one that is made once and kept in `file`, readable
/// by its owner only.
///
/// # Errors
///
/// The secret is unfit, the file cannot be used, or `APP_ENV=production` and there is no secret.
pub fn secret_key(file: &Path) -> io::Result<SecretKey> {
    const VARIABLE: &str = "SESSIONS_SECRET_KEY";
    if env::var_os(VARIABLE).is_some() {
        return Ok(SecretKey::from_env(VARIABLE)?);
    }
    if env::var("APP_ENV").is_ok_and(|env| env == "production") {
        return Err(io::Error::other(format!(
            "{VARIABLE} is not set, and APP_ENV=production: set it to the output of `openssl rand -base64 48`"
        )));
    }
    eprintln!(
        "WARNING: {VARIABLE} is not set: using a secret for development, kept in {}",
        file.display()
    );
    match fs::read(file) {
        Ok(secret) => Ok(SecretKey::from_bytes(secret)?),
        Err(err) if err.kind() == io::ErrorKind::NotFound => {
            let mut secret = [0; 48];
            getrandom::fill(&mut secret).map_err(io::Error::other)?;
            private(file)?.write_all(&secret)?;
            Ok(SecretKey::from_bytes(secret)?)
        }
        Err(err) => Err(err),
    }
}

/// A new file that only its owner can read.
fn private(file: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}
