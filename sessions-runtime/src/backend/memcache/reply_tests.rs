use super::*;

const LIMIT: usize = 1_000;

fn head(buffer: &[u8]) -> Head {
    match parse(buffer, LIMIT) {
        Ok(Progress::Whole(head)) => head,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_value_has_data_version_and_remaining_life() {
    let buffer = b"VA 5 c7 t59 O3\r\nhello\r\nHD O4\r\n";
    let expected = Head {
        status: Status::Value,
        opaque: Some(3),
        version: Some(7),
        left: Some(59),
        stale: false,
        data: 16..21,
        length: 23,
    };
    assert_eq!(head(buffer), expected);
    assert_eq!(&buffer[expected.data.clone()], b"hello");
    assert_eq!(head(&buffer[expected.length..]).opaque, Some(4));
}

#[test]
fn data_may_look_like_replies() {
    for data in [&b""[..], b"\r\n", b"END\r\n", b"\r\nHD O4\r\n", b"\0\xff\n"] {
        let mut buffer = format!("VA {} c1 t1 O9\r\n", data.len()).into_bytes();
        buffer.extend_from_slice(data);
        buffer.extend_from_slice(b"\r\nEN O10\r\n");
        let first = head(&buffer);
        assert_eq!(&buffer[first.data.clone()], data);
        assert_eq!(head(&buffer[first.length..]).status, Status::Missing);
    }
}

#[test]
fn each_answer_is_told_apart() {
    for (line, status) in [
        ("HD c8 O1", Status::Done),
        ("HD", Status::Done),
        ("EN O1", Status::Missing),
        ("NS c0 O1", Status::NotStored),
        ("EX c0 O1", Status::Exists),
        ("NF c0 O1", Status::NotFound),
        (
            "SERVER_ERROR out of memory storing object",
            Status::Refused(Refusal::OutOfMemory),
        ),
        (
            "SERVER_ERROR object too large for cache",
            Status::Refused(Refusal::TooLarge),
        ),
        ("SERVER_ERROR backend failure", Status::Refused(Refusal::Server)),
        (
            "CLIENT_ERROR unauthenticated",
            Status::Refused(Refusal::Unauthenticated),
        ),
        ("CLIENT_ERROR bad data chunk", Status::Refused(Refusal::Client)),
        ("ERROR", Status::Refused(Refusal::Unknown)),
    ] {
        let line = format!("{line}\r\n");
        let read = head(line.as_bytes());
        assert_eq!((read.status, read.length), (status, line.len()), "{line}");
    }
}

#[test]
fn flags_that_were_not_asked_for_are_passed_over() {
    let read = head(b"VA 0 W X Z s5 kname f0 h1 l2 t-1 c7  O3\r\n\r\n");
    assert_eq!(
        (read.opaque, read.version, read.left, read.stale),
        (Some(3), Some(7), None, true)
    );
}

/// S48
#[test]
fn every_part_of_a_reply_is_a_part_and_never_another_reply() {
    for whole in [
        &b"VA 12 c7 t59 O3\r\nhello\r\nworld\r\n"[..],
        b"HD c8 O1\r\n",
        b"SERVER_ERROR out of memory\r\n",
    ] {
        for end in 0..whole.len() {
            match parse(&whole[..end], LIMIT) {
                Ok(Progress::Partial(needed)) => assert!(needed > end && needed <= whole.len(), "{end}"),
                other => panic!("{end}: {other:?}"),
            }
        }
        assert_eq!(head(whole).length, whole.len());
    }
}

/// S48
#[test]
fn a_huge_item_is_refused_by_its_first_line() {
    assert!(matches!(
        parse(b"VA 1000 c1\r\n", LIMIT),
        Ok(Progress::Partial(_))
    ));
    for size in ["1001", "4294967296", "18446744073709551615"] {
        let line = format!("VA {size} c1 t1 O1\r\n");
        assert_eq!(parse(line.as_bytes(), LIMIT), Err(Malformed::Oversize), "{size}");
    }
    assert_eq!(
        parse(b"VA 18446744073709551616 c1\r\n", LIMIT),
        Err(Malformed::Foreign)
    );
    assert_eq!(parse(b"VA 1 c1\r\n", 0), Err(Malformed::Oversize));
}

#[test]
fn what_is_no_reply_is_refused() {
    for garbage in [
        &b"\r\n"[..],
        b"\n",
        b"HD\n",
        b"VA\r\n",
        b"VA -1 c1\r\n\r\n",
        b"VA x\r\n",
        b"VA 5 c1\r\nhello!\r\n",
        b"VA 5 c1\r\nhello\n\n",
        b"HD c\r\n",
        b"HD c1x\r\n",
        b"HD O-1\r\n",
        b"HD c99999999999999999999\r\n",
        b"VA 0 t-2\r\n\r\n",
        b"hd\r\n",
        b"HDX\r\n",
        b"ERROR: no\r\n",
        b"-ERR unknown command\r\n",
        b"HTTP/1.1 400 Bad Request\r\n",
        b"STAT pid 1\r\n",
    ] {
        assert_eq!(
            parse(garbage, LIMIT),
            Err(Malformed::Foreign),
            "{}",
            garbage.escape_ascii()
        );
    }
    assert_eq!(parse(&[b'H'; LONGEST_LINE], LIMIT), Err(Malformed::Endless));
    assert_eq!(parse(&[b'V'; 3 * LONGEST_LINE], LIMIT), Err(Malformed::Endless));
}

/// S48
/// Bytes from a simple generator, many of them near to replies: none of them panics, and none reads beyond the buffer.
#[test]
fn no_bytes_break_the_reader() {
    const PARTS: [&[u8]; 16] = [
        b"VA ",
        b"HD",
        b"EN",
        b" ",
        b"\r\n",
        b"\n",
        b"c1",
        b"O",
        b"9",
        b"18446744073709551615",
        b"t-1",
        b"5",
        b"hello",
        b"\0\xff",
        b"SERVER_ERROR ",
        b"ERROR",
    ];
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(state >> 33).unwrap()
    };
    for _ in 0..50_000 {
        let buffer: Vec<u8> = (0..next() % 12)
            .flat_map(|_| PARTS[next() % PARTS.len()])
            .copied()
            .collect();
        match parse(&buffer, LIMIT) {
            Ok(Progress::Whole(head)) => {
                assert!(head.length <= buffer.len() && head.data.end <= buffer.len());
            }
            Ok(Progress::Partial(needed)) => {
                assert!(needed > buffer.len() && needed <= buffer.len() + LIMIT + 2);
            }
            Err(_) => {}
        }
    }
}
