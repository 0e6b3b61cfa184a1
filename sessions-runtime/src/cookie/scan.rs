//! The `Cookie` header, read octet by octet: nothing is decoded and nothing is trimmed.

use memchr::memchr;

/// Name and value of every cookie in one `Cookie` header, in its order.
///
/// A pair begins after `;` and one space, and its name ends at the first `=`. A part without `=`, or without a name,
/// is no cookie. Nothing else is touched, so that no other spelling becomes a name of ours: not ` sid`, not `sid `, not
/// `%73id`, not `=sid` (S26).
pub(crate) fn pairs(header: &[u8]) -> Pairs<'_> {
    Pairs {
        rest: Some(header),
        first: true,
    }
}

/// The iterator of [`pairs`].
pub(crate) struct Pairs<'a> {
    rest: Option<&'a [u8]>,
    first: bool,
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.rest?;
            let end = memchr(b';', rest).unwrap_or(rest.len());
            let (part, after) = rest.split_at_checked(end)?;
            self.rest = after.get(1..);
            let part = if self.first {
                part
            } else {
                part.strip_prefix(b" ").unwrap_or(part)
            };
            self.first = false;
            if let Some(found) = pair(part) {
                return Some(found);
            }
        }
    }
}

fn pair(part: &[u8]) -> Option<(&[u8], &[u8])> {
    let (name, value) = part.split_at_checked(memchr(b'=', part)?)?;
    if name.is_empty() {
        return None;
    }
    Some((name, value.get(1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str) -> Vec<(&str, &str)> {
        let text = |bytes| std::str::from_utf8(bytes).expect("text");
        pairs(header.as_bytes())
            .map(|(name, value)| (text(name), text(value)))
            .collect()
    }

    #[test]
    fn pairs_come_in_order() {
        assert_eq!(read("a=1; b=2;c=3"), [("a", "1"), ("b", "2"), ("c", "3")]);
        assert_eq!(read("sid=x; sid=y"), [("sid", "x"), ("sid", "y")]);
        assert_eq!(read("a="), [("a", "")]);
        assert_eq!(read("a=b=c=="), [("a", "b=c==")]);
        assert_eq!(read("a=\"1\""), [("a", "\"1\"")]);
    }

    /// S26, V15, V16
    #[test]
    fn no_spelling_becomes_another_name() {
        for header in [
            "=sid=x",
            "a=1; =sid=x",
            " sid=x",
            "a=1;  sid=x",
            "a=1;\tsid=x",
            "sid =x",
            "%73id=x",
            "a=1; %73id=x",
            "SID=x",
            "sid",
            "sid; =x",
            "\"sid\"=x",
            "a=sid=x",
            "sid\0=x",
        ] {
            assert!(
                read(header).iter().all(|(name, _)| *name != "sid"),
                "{header:?}: {:?}",
                read(header)
            );
        }
        let header = "%5F%5FHost-sid=x; =__Host-sid=y;  __Host-sid=z";
        assert_eq!(read(header), [("%5F%5FHost-sid", "x"), (" __Host-sid", "z")]);
    }

    /// S34
    #[test]
    fn broken_headers_give_what_can_be_read() {
        assert_eq!(read(""), []);
        assert_eq!(read(";;; ;"), []);
        assert_eq!(read("a; b=2; =; ==; c"), [("b", "2")]);
        assert_eq!(pairs(b"\xFF\xFE=\x00\x80; a=1").count(), 2);
    }
}
