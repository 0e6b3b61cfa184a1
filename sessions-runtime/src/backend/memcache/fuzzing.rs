//! What memcached answers, as functions for fuzzers: see [`crate::fuzzing`].

use super::greeting;
use super::reply::{Head, Malformed, Progress, Status, parse};

/// Items up to so many bytes are accepted, so that a fuzzer finds both sides of the limit.
const LIMIT: usize = 96;

/// What was received on a connection: replies are taken from its front until one goes on beyond the end, or is none.
pub(crate) fn replies(received: &[u8]) {
    let mut rest = received;
    while !rest.is_empty() {
        let read = parse(rest, LIMIT);
        arrives_bit_by_bit(rest, &read);
        match read {
            Ok(Progress::Whole(head)) => {
                says_what_is_written(rest, &head);
                rest = &rest[head.length..];
            }
            Ok(Progress::Partial(needed)) => {
                assert!(needed > rest.len(), "it waits for what is there");
                assert!(
                    needed <= rest.len().max(LIMIT + 2) + 1_024,
                    "it waits for more than a line and an item"
                );
                return;
            }
            Err(_) => return,
        }
    }
}

/// What a server says about itself.
pub(crate) fn greeting(received: &[u8]) {
    let read = greeting::parse(received);
    let some = received.len().min(64);
    match &read {
        Ok(Some(_)) => {
            for end in (0..some).chain(received.len() - some..received.len()) {
                assert_eq!(greeting::parse(&received[..end]), Ok(None), "a part is the whole");
            }
            assert!(received.ends_with(b"\r\n"));
            assert_eq!(
                greeting::parse(&[received, b"x"].concat()),
                Err(Malformed::Foreign),
                "something follows"
            );
        }
        Ok(None) => {
            let end = received.len() / 2;
            assert_eq!(greeting::parse(&received[..end]), Ok(None));
        }
        Err(Malformed::Foreign) => {
            let longer = [received, b"END\r\n"].concat();
            assert_eq!(
                greeting::parse(&longer),
                Err(Malformed::Foreign),
                "more bytes repair it"
            );
        }
        Err(_) => {}
    }
}

/// Only reads, and checks nothing: how many replies there are at the front.
#[cfg(test)]
pub(crate) fn count(received: &[u8]) -> usize {
    let (mut rest, mut count) = (received, 0);
    while !rest.is_empty()
        && let Ok(Progress::Whole(head)) = parse(rest, LIMIT)
    {
        rest = &rest[head.length..];
        count += 1;
    }
    count
}

/// Only reads, and checks nothing: whether it is a whole greeting.
#[cfg(test)]
pub(crate) fn greets(received: &[u8]) -> bool {
    greeting::parse(received).is_ok_and(|greeting| greeting.is_some())
}

/// However the bytes are cut on their way, the same is read: a part of a reply is never a reply, and never an error.
fn arrives_bit_by_bit(buffer: &[u8], read: &Result<Progress, Malformed>) {
    match read {
        Ok(Progress::Whole(head)) => {
            // At both ends of a long one; a fuzzer has the time for many short ones.
            for end in (0..head.length).filter(|end| *end < 64 || head.length - end <= 64) {
                match parse(&buffer[..end], LIMIT) {
                    Ok(Progress::Partial(needed)) => assert!(needed > end && needed <= head.length),
                    other => panic!("{end} of {} bytes: {other:?}", head.length),
                }
            }
            assert_eq!(
                &parse(&buffer[..head.length], LIMIT),
                read,
                "what follows is no part of it"
            );
        }
        Ok(Progress::Partial(_)) => {}
        Err(_) => assert_eq!(
            &parse(&[buffer, b"\r\n"].concat(), LIMIT),
            read,
            "more bytes repair it"
        ),
    }
}

/// By other means: the words of the line.
fn says_what_is_written(buffer: &[u8], head: &Head) {
    assert!(head.length <= buffer.len() && head.data.end <= buffer.len() && head.data.len() <= LIMIT);
    let line = buffer.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let text = String::from_utf8_lossy(line);
    let words: Vec<&str> = text.trim_end_matches('\r').split(' ').collect();
    let flag = |letter| words.iter().rev().find_map(|word| word.strip_prefix(letter));
    match head.status {
        Status::Refused(_) => {
            assert!(text.contains("ERROR"));
            assert_eq!(head.length, line.len() + 1);
            return;
        }
        Status::Value => {
            assert!(text.trim_start().starts_with("VA "));
            assert_eq!(head.data.start, line.len() + 1);
            assert_eq!(head.length, head.data.end + 2);
            assert_eq!(&buffer[head.data.end..head.length], b"\r\n");
        }
        Status::Done | Status::Missing | Status::NotStored | Status::Exists | Status::NotFound => {
            assert_eq!((head.length, head.data.len()), (line.len() + 1, 0));
        }
    }
    for (letter, read) in [('O', head.opaque), ('c', head.version)] {
        assert_eq!(
            flag(letter).and_then(|digits| digits.parse().ok()),
            read,
            "{letter}"
        );
    }
    assert_eq!(head.stale, words.iter().skip(1).any(|word| word.starts_with('X')));
}
