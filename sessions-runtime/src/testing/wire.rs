//! One HTTP/1.1 exchange on a connection of its own, written octet by octet so that tests can send what no client would.
//!
//! A client library is not worth its dependencies here: `awc` cannot be had without HTTP/2.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::rt::net::TcpStream;
use actix_web::rt::time::timeout;
use bytes::Bytes;

use super::reply::Reply;

/// A handler that hangs fails its test instead of hanging it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends a request and reads the answer to its end.
pub(crate) async fn exchange(address: SocketAddr, request: &[u8], to_head: bool) -> io::Result<Reply> {
    match timeout(PATIENCE, converse(address, request, to_head)).await {
        Ok(result) => result,
        Err(_) => Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the server gave no complete answer in time",
        )),
    }
}

async fn converse(address: SocketAddr, request: &[u8], to_head: bool) -> io::Result<Reply> {
    let stream = TcpStream::connect(address).await?;
    let mut rest = request;
    while !rest.is_empty() {
        stream.writable().await?;
        match stream.try_write(rest) {
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(err) if err.kind() == io::ErrorKind::WouldBlock => {}
            Err(err) => return Err(err),
        }
    }
    let mut received = Vec::new();
    loop {
        stream.readable().await?;
        let ended = match stream.try_read_buf(&mut received) {
            Ok(count) => count == 0,
            Err(err) if err.kind() == io::ErrorKind::WouldBlock => continue,
            Err(err) => return Err(err),
        };
        if let Some(reply) = parse(&received, to_head, ended)? {
            return Ok(reply);
        }
        if ended {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the server closed before its answer was complete",
            ));
        }
    }
}

/// Reads an answer from what has arrived so far; `None` asks for more.
fn parse(received: &[u8], to_head: bool, ended: bool) -> io::Result<Option<Reply>> {
    let Some((head, rest)) = split_once(received, b"\r\n\r\n") else {
        return Ok(None);
    };
    let (status, headers) = parse_head(head).ok_or_else(|| malformed("the answer's head is malformed"))?;
    if status.is_informational() && status != StatusCode::SWITCHING_PROTOCOLS {
        return parse(rest, to_head, ended);
    }
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let bodiless = to_head || matches!(status.as_u16(), 101 | 204 | 304);
    let body = if bodiless {
        Some(Bytes::new())
    } else if header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        join_chunks(rest)?
    } else if let Some(length) = header("content-length") {
        let length = length
            .parse()
            .map_err(|_| malformed("the answer's Content-Length is no number"))?;
        rest.get(..length).map(Bytes::copy_from_slice)
    } else {
        ended.then(|| Bytes::copy_from_slice(rest))
    };
    Ok(body.map(|body| Reply {
        status,
        headers,
        body,
    }))
}

fn parse_head(head: &[u8]) -> Option<(StatusCode, HeaderMap)> {
    let (first, mut rest) = split_once(head, b"\r\n").unwrap_or((head, b""));
    let status = StatusCode::from_bytes(first.strip_prefix(b"HTTP/1.1 ")?.get(..3)?).ok()?;
    let mut headers = HeaderMap::new();
    while !rest.is_empty() {
        let (line, next) = split_once(rest, b"\r\n").unwrap_or((rest, b""));
        let (name, value) = split_once(line, b":")?;
        headers.append(
            HeaderName::from_bytes(name).ok()?,
            HeaderValue::from_bytes(value.trim_ascii()).ok()?,
        );
        rest = next;
    }
    Some((status, headers))
}

/// Undoes the chunked transfer coding; `None` asks for more.
fn join_chunks(mut rest: &[u8]) -> io::Result<Option<Bytes>> {
    let mut body = Vec::new();
    while let Some((line, after)) = split_once(rest, b"\r\n") {
        let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
        let size = std::str::from_utf8(digits)
            .ok()
            .and_then(|text| usize::from_str_radix(text.trim(), 16).ok());
        let size = size.ok_or_else(|| malformed("the size of a chunk is no number"))?;
        if size == 0 {
            return Ok(Some(body.into()));
        }
        let Some((chunk, after)) = after.split_at_checked(size) else {
            return Ok(None);
        };
        body.extend_from_slice(chunk);
        let Some(after) = after.strip_prefix(b"\r\n") else {
            return Ok(None);
        };
        rest = after;
    }
    Ok(None)
}

fn split_once<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes
        .windows(separator.len())
        .position(|window| window == separator)?;
    let (before, rest) = bytes.split_at_checked(at)?;
    Some((before, rest.strip_prefix(separator)?))
}

fn malformed(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Option<Reply> {
        parse(text.as_bytes(), false, false).expect("well-formed")
    }

    #[test]
    fn every_cut_of_an_answer_asks_for_more_and_the_whole_is_read() {
        for text in [
            "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n",
        ] {
            for end in 0..text.len() {
                assert!(whole(&text[..end]).is_none(), "cut at {end}");
            }
            let reply = whole(text).expect("complete");
            assert_eq!((reply.status, reply.text().as_str()), (StatusCode::OK, "hello"));
            assert_eq!(reply.headers.get_all("set-cookie").count(), 2);
        }
    }

    #[test]
    fn answers_without_a_body_end_with_their_head() {
        for status in [101, 204, 304] {
            assert!(whole(&format!("HTTP/1.1 {status} X\r\ncontent-length: 5\r\n\r\n")).is_some());
        }
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n";
        assert!(parse(head, true, false).is_ok_and(|reply| reply.is_some()));
    }

    #[test]
    fn without_a_length_the_connection_s_end_is_the_body_s() {
        let text = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nhel";
        assert!(parse(text, false, false).is_ok_and(|reply| reply.is_none()));
        assert!(parse(text, false, true).is_ok_and(|reply| reply.is_some_and(|reply| reply.text() == "hel")));
    }

    #[test]
    fn garbage_is_an_error() {
        for text in [
            "SSH-2.0\r\n\r\n",
            "HTTP/1.1 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nnocolon\r\n\r\n",
        ] {
            assert!(parse(text.as_bytes(), false, false).is_err(), "{text}");
        }
        assert!(
            parse(
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
                false,
                false
            )
            .is_err()
        );
    }
}
