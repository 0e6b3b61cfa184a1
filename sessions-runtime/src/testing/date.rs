//! The dates of `Expires`, read as leniently as browsers read them (RFC 6265bis, section 5.1.1).

use crate::clock::Timestamp;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Reads a cookie-date; dates before 1970 count as 1970.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for token in text.split(is_delimiter).filter(|token| !token.is_empty()) {
        // The order is the standard's: a token is taken for the first thing it can be and that is still missing.
        if time.is_none()
            && let Some(found) = time_of_day(token)
        {
            time = Some(found);
        } else if day.is_none()
            && let Some((found, _)) = number(token, 1, 2)
        {
            day = Some(found);
        } else if month.is_none()
            && let Some(found) = month_of(token)
        {
            month = Some(found);
        } else if year.is_none()
            && let Some((found, _)) = number(token, 2, 4)
        {
            year = Some(match found {
                70..=99 => found + 1900,
                0..=69 => found + 2000,
                _ => found,
            });
        }
    }
    let ((hour, minute, second), day, month, year) = (time?, day?, month?, year?);
    let valid =
        (1..=days_in(month, year)).contains(&day) && year >= 1601 && hour < 24 && minute < 60 && second < 60;
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    valid.then(|| Timestamp::from_unix(u64::try_from(seconds).unwrap_or(0)))
}

fn is_delimiter(letter: char) -> bool {
    letter.is_ascii()
        && !letter.is_ascii_alphanumeric()
        && letter != ':'
        && (letter == '\t' || !letter.is_ascii_control())
}

/// A number of `least` to `most` digits, and what follows it, which must not be a digit.
fn number(token: &str, least: usize, most: usize) -> Option<(i64, &str)> {
    let end = token
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(token.len());
    let (digits, rest) = token.split_at_checked(end)?;
    if !(least..=most).contains(&digits.len()) {
        return None;
    }
    Some((digits.parse().ok()?, rest))
}

fn time_of_day(token: &str) -> Option<(i64, i64, i64)> {
    let (hour, rest) = number(token, 1, 2)?;
    let (minute, rest) = number(rest.strip_prefix(':')?, 1, 2)?;
    let (second, _) = number(rest.strip_prefix(':')?, 1, 2)?;
    Some((hour, minute, second))
}

fn month_of(token: &str) -> Option<i64> {
    let start = token.get(..3)?.to_ascii_lowercase();
    MONTHS
        .into_iter()
        .zip(1..)
        .find_map(|(name, number)| (name == start).then_some(number))
}

fn days_in(month: i64, year: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days in the proleptic Gregorian calendar, counted in years that begin in March so that leap days come last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    // 1 March of year 0 to 1 January 1970.
    days - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_that_browsers_read_is_read() {
        for text in [
            "Tue, 14 Nov 2023 22:13:20 GMT",
            "Tuesday, 14-Nov-23 22:13:20 GMT",
            "Tue Nov 14 22:13:20 2023",
            "14 november 2023 22:13:20",
        ] {
            assert_eq!(parse(text), Some(Timestamp::from_unix(1_700_000_000)), "{text}");
        }
        assert_eq!(
            parse("Thu, 29 Feb 2024 00:00:00 GMT"),
            Some(Timestamp::from_unix(1_709_164_800))
        );
        assert_eq!(
            parse("Thu, 01 Jan 1970 00:00:00 GMT"),
            Some(Timestamp::from_unix(0))
        );
        assert_eq!(
            parse("Mon, 01 Jan 1601 00:00:00 GMT"),
            Some(Timestamp::from_unix(0))
        );
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for text in [
            "",
            "tomorrow",
            "Fri, 29 Feb 2023 00:00:00 GMT",
            "Tue, 14 Nov 2023 24:13:20 GMT",
            "Tue, 14 Nov 2023 22:13 GMT",
            "Tue, 14 Nov 1600 22:13:20 GMT",
            "Tue, 14 Nov 12023 22:13:20 GMT",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
