//! The `Cookie` header, read octet by octet: nothing is decoded and nothing is trimmed.

use memchr::memchr;

/// The values of the cookies of one name in one `Cookie` header, in its order.
///
/// A pair begins after `;` and one space, and its name ends at the first `=`. Nothing else is touched, so that no other
/// spelling becomes a name of ours: not ` sid`, not `sid `, not `%73id`, not `=sid` (S26).
#[inline]
pub(crate) fn values<'a>(header: &'a [u8], name: &str) -> impl Iterator<Item = &'a [u8]> {
    // A name has no `=`, so whoever begins with it and one has no other name.
    parts(header).filter_map(move |part| part.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
}

#[inline]
fn parts(header: &[u8]) -> Parts<'_> {
    Parts {
        rest: Some(header),
        first: true,
    }
}

/// What lies between the semicolons.
struct Parts<'a> {
    rest: Option<&'a [u8]>,
    first: bool,
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest?;
        let end = memchr(b';', rest).unwrap_or(rest.len());
        let (part, after) = rest.split_at_checked(end)?;
        self.rest = after.get(1..);
        if std::mem::take(&mut self.first) {
            return Some(part);
        }
        Some(part.strip_prefix(b" ").unwrap_or(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a>(header: &'a str, name: &str) -> Vec<&'a str> {
        let text = |bytes| std::str::from_utf8(bytes).expect("text");
        values(header.as_bytes(), name).map(text).collect()
    }

    #[test]
    fn values_come_in_order() {
        for (name, value) in [("a", "1"), ("b", "2"), ("c", "3")] {
            assert_eq!(read("a=1; b=2;c=3", name), [value]);
        }
        assert_eq!(read("sid=x; a=1; sid=y", "sid"), ["x", "y"]);
        assert_eq!(read("a=", "a"), [""]);
        assert_eq!(read("a=b=c==", "a"), ["b=c=="]);
        assert_eq!(read("a=\"1\"", "a"), ["\"1\""]);
        assert!(read("sid2=x; si=y", "sid").is_empty());
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
            assert_eq!(read(header, "sid"), [""; 0], "{header:?}");
        }
        let header = "%5F%5FHost-sid=x; =__Host-sid=y;  __Host-sid=z";
        assert_eq!(read(header, "__Host-sid"), [""; 0]);
    }

    /// S34
    #[test]
    fn broken_headers_give_what_can_be_read() {
        for header in ["", ";;; ;", "a", "a;"] {
            assert!(read(header, "a").is_empty());
        }
        assert_eq!(read("a; b=2; =; ==; c", "b"), ["2"]);
        assert!(values(b"\xFF\xFE=\x00\x80; a=\xFF", "a").eq([b"\xFF"]));
    }
}
