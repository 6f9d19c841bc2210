//! Reads the date of an `Expires` attribute as browsers do: by looking for a time, a day, a month and a year,
//! in any order and between almost any separators, and by ignoring everything else, weekday and time zone
//! included.

use std::{
    ops::RangeInclusive,
    time::{Duration, SystemTime},
};

/// Parses a cookie date (RFC 6265 §5.1.1; unchanged in RFC 6265bis). Every date is taken as UTC, whatever
/// zone it names.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use sessionspec::engine::browser::parse_cookie_date;
///
/// let date = parse_cookie_date(b"Sunday, 06-Nov-94 08:49:37 GMT")?;
/// assert_eq!(date, SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777));
/// # Ok::<(), sessionspec::engine::browser::CookieDateError>(())
/// ```
///
/// # Errors
///
/// A part is missing or out of range, or the month has no such day. Browsers then ignore the attribute.
pub fn parse_cookie_date(text: &[u8]) -> Result<SystemTime, CookieDateError> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for token in text.split(|&byte| is_delimiter(byte)) {
        // Each part is the first token that has its form and is not already another part.
        if time.is_none()
            && let Some(found) = time_of_day(token)
        {
            time = Some(found);
        } else if day.is_none()
            && let Some((found, _)) = number(token, 1..=2)
        {
            day = Some(found);
        } else if month.is_none()
            && let Some(found) = month_of_year(token)
        {
            month = Some(found);
        } else if year.is_none()
            && let Some((found, _)) = number(token, 2..=4)
        {
            year = Some(found);
        }
    }

    let (hour, minute, second) = time.ok_or(CookieDateError::Missing("time (hours:minutes:seconds)"))?;
    let day = day.ok_or(CookieDateError::Missing("day of the month"))?;
    let month = month.ok_or(CookieDateError::Missing("month"))?;
    let year = match year.ok_or(CookieDateError::Missing("year"))? {
        short @ 0..=69 => short + 2000,
        short @ 70..=99 => short + 1900,
        full => full,
    };
    if year < 1601 {
        return Err(CookieDateError::YearTooEarly(year));
    }
    check("hour", hour, 0..=23)?;
    check("minute", minute, 0..=59)?;
    check("second", second, 0..=59)?;
    check("day", day, 1..=days_in_month(year, month))?;

    let seconds_of_day = i64::from(hour * 3600 + minute * 60 + second);
    Ok(at(days_since_epoch(year, month, day) * 86_400 + seconds_of_day))
}

/// The reason for which a text is no cookie date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CookieDateError {
    /// The text has no such part.
    #[error("it has no {0}")]
    Missing(&'static str),
    /// The year lies before 1601.
    #[error("the year {0} is before 1601")]
    YearTooEarly(u32),
    /// The number of this part is not among those that are allowed.
    #[error("the {part} {value} is not between {} and {}", allowed.start(), allowed.end())]
    OutOfRange {
        /// `hour`, `minute`, `second` or `day`.
        part: &'static str,
        /// The number in the date.
        value: u32,
        /// The numbers allowed; for the day, those that the month has.
        allowed: RangeInclusive<u32>,
    },
}

fn is_delimiter(byte: u8) -> bool {
    // The delimiters are the tab, the space and all ASCII punctuation except the colon.
    matches!(byte, 0x09 | 0x20..=0x2f | 0x3b..=0x40 | 0x5b..=0x60 | 0x7b..=0x7e)
}

/// The digits at the beginning of `token`, if there are as many as allowed, and what follows them.
fn number(token: &[u8], digits: RangeInclusive<usize>) -> Option<(u32, &[u8])> {
    let count = token.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !digits.contains(&count) {
        return None;
    }
    let (digits, rest) = token.split_at(count);
    Some((digits.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0')), rest))
}

fn time_of_day(token: &[u8]) -> Option<(u32, u32, u32)> {
    let (hour, rest) = number(token, 1..=2)?;
    let (minute, rest) = number(rest.strip_prefix(b":")?, 1..=2)?;
    let (second, _) = number(rest.strip_prefix(b":")?, 1..=2)?;
    Some((hour, minute, second))
}

fn month_of_year(token: &[u8]) -> Option<usize> {
    const MONTHS: [&[u8; 3]; 12] =
        [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
    let start = token.get(..3)?;
    MONTHS.iter().position(|month| start.eq_ignore_ascii_case(*month))
}

fn check(part: &'static str, value: u32, allowed: RangeInclusive<u32>) -> Result<(), CookieDateError> {
    if allowed.contains(&value) {
        return Ok(());
    }
    Err(CookieDateError::OutOfRange { part, value, allowed })
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// `month` counts from zero.
fn days_in_month(year: u32, month: usize) -> u32 {
    match month {
        1 if is_leap(year) => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}

fn days_since_epoch(year: u32, month: usize, day: u32) -> i64 {
    const DAYS_BEFORE_1970: i64 = 719_162;
    let before = year - 1;
    let earlier_years = before * 365 + before / 4 - before / 100 + before / 400;
    let earlier_months: u32 = (0..month).map(|month| days_in_month(year, month)).sum();
    i64::from(earlier_years + earlier_months + day - 1) - DAYS_BEFORE_1970
}

fn at(seconds: i64) -> SystemTime {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 {
        // A clock that cannot go back so far may begin later: the date is long past either way.
        return SystemTime::UNIX_EPOCH.checked_sub(distance).unwrap_or(SystemTime::UNIX_EPOCH);
    }
    SystemTime::UNIX_EPOCH
        .checked_add(distance)
        .expect("years have four digits, which every SystemTime can hold")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Result<i64, CookieDateError> {
        let date = parse_cookie_date(text.as_bytes())?;
        Ok(match date.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs()).unwrap(),
            Err(before) => -i64::try_from(before.duration().as_secs()).unwrap(),
        })
    }

    #[test]
    fn dates_that_browsers_accept() {
        const NOV_1994: i64 = 784_111_777;
        for (text, expected) in [
            // The three forms of HTTP dates.
            ("Sun, 06 Nov 1994 08:49:37 GMT", NOV_1994),
            ("Sunday, 06-Nov-94 08:49:37 GMT", NOV_1994),
            ("Sun Nov  6 08:49:37 1994", NOV_1994),
            // Frameworks send these to remove a cookie.
            ("Thu, 01-Jan-1970 00:00:00 GMT", 0),
            ("Thu, 01 Jan 1970 00:00:01 GMT", 1),
            ("Thu, 01-Jan-70 00:00:00 GMT", 0),
            // Years of two digits turn over at 70.
            ("1 Jan 69 00:00:00", 3_124_224_000),
            ("1 Jan 00 00:00:00", 946_684_800),
            ("31 Dec 99 23:59:59", 946_684_799),
            ("6 Nov 094 08:49:37", NOV_1994),
            // Capitals or not, long month names, any order, odd separators, no weekday and no zone are all accepted.
            ("sun, 06 nov 1994 08:49:37 gmt", NOV_1994),
            ("6 NOVEMBER 1994 08:49:37", NOV_1994),
            ("1994 nov 06 08:49:37", NOV_1994),
            ("08:49:37 6 Nov 1994", NOV_1994),
            ("Nov/06/1994(08:49:37)", NOV_1994),
            ("\t06;Nov!94~08:49:37", NOV_1994),
            ("06_Nov_1994_08:49:37_GMT", NOV_1994),
            ("\"Sun, 06 Nov 1994 08:49:37 GMT\"", NOV_1994),
            // Hours may have one digit; zones, and whatever follows a part at once, are ignored.
            ("6 Nov 1994 8:49:37", NOV_1994),
            ("06 Nov 1994 08:49:37 +0500", NOV_1994),
            ("06 Nov 1994 08:49:37.999 PST", NOV_1994),
            ("6th Nov 1994AD 08:49:37Z", NOV_1994),
            // Of several parts of one kind, the first one counts.
            ("06 Nov 1994 08:49:37 07 Dec 1995 09:50:38", NOV_1994),
            // These are the edges of what is accepted.
            ("29 Feb 2000 00:00:00", 951_782_400),
            ("1 Jan 1601 00:00:00", -11_644_473_600),
            ("31 Dec 9999 23:59:59", 253_402_300_799),
            ("19 Jan 2038 03:14:08", 2_147_483_648),
        ] {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn dates_that_browsers_ignore() {
        use CookieDateError::{Missing, OutOfRange, YearTooEarly};
        for text in [
            "",
            "0",
            "-1",
            "never",
            "Sun, 06 Nov 1994",
            "784111777",
            "06 Nov 1994 08:49",
            "06 Nov 1994 123:00:00",
        ] {
            assert_eq!(seconds(text), Err(Missing("time (hours:minutes:seconds)")), "{text}");
        }
        for text in ["Nov 1994 08:49:37", "Nov 006 1994 08:49:37"] {
            assert_eq!(seconds(text), Err(Missing("day of the month")), "{text}");
        }
        for text in ["06 11 1994 08:49:37", "06 No 1994 08:49:37", "2026-11-22 08:49:37"] {
            assert_eq!(seconds(text), Err(Missing("month")), "{text}");
        }
        assert_eq!(seconds("1994-11-06T08:49:37Z"), Err(Missing("time (hours:minutes:seconds)")));
        for text in ["06 Nov 08:49:37", "06 Nov 5 08:49:37", "06 Nov 19940 08:49:37"] {
            assert_eq!(seconds(text), Err(Missing("year")), "{text}");
        }
        for (text, year) in [("06 Nov 1600 08:49:37", 1600), ("06 Nov 100 08:49:37", 100)] {
            assert_eq!(seconds(text), Err(YearTooEarly(year)), "{text}");
        }
        for text in [
            "06 Nov 1994 24:00:00",
            "06 Nov 1994 00:60:00",
            "06 Nov 1994 00:00:60",
            "00 Nov 1994 00:00:00",
            "32 Jan 1994 00:00:00",
            "31 Nov 1994 00:00:00",
            "29 Feb 1900 00:00:00",
            "30 Feb 2000 00:00:00",
        ] {
            assert!(matches!(seconds(text), Err(OutOfRange { .. })), "{text}");
        }
    }

    #[test]
    fn bytes_outside_ascii_are_no_separators() {
        assert!(parse_cookie_date(b"06 Nov 1994 08:49:37 \xff\xfe").is_ok());
        assert!(parse_cookie_date(b"06\xa0Nov\xa01994\xa008:49:37").is_err());
    }

    #[test]
    fn the_error_says_what_is_wrong() {
        let error = parse_cookie_date(b"30 Feb 2001 00:00:00").unwrap_err();
        assert_eq!(error.to_string(), "the day 30 is not between 1 and 28");
    }
}
