//! Names: the built-in backends, the nearest known word, cookie names, and the ident of a session.

use proc_macro2::{Ident, Span};

/// The backends that a string literal may name; each is a static in `__private::role`, in capitals.
pub(crate) const BACKENDS: [&str; 5] = ["securecookie", "datastore", "memcache", "redis", "memory"];

/// Prefixes that mean something to browsers. The runtime adds the strongest that a cookie's attributes allow.
const PREFIXES: [&str; 3] = ["__host-", "__secure-", "__http-"];

/// The longest name of a cookie that the runtime takes, in bytes.
const LONGEST_NAME: usize = 128;

/// The known word that `word` was probably meant to be.
pub(crate) fn nearest<'known>(word: &str, known: &[&'known str]) -> Option<&'known str> {
    let word = word.to_lowercase();
    // A third of the letters may be wrong; with more, a suggestion misleads more than it helps.
    let limit = (word.chars().count() / 3).max(1);
    known
        .iter()
        .map(|candidate| (distance(&word, candidate), *candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `; did you mean ..?`, or nothing where no known word is near.
pub(crate) fn hint(word: &str, known: &[&str]) -> String {
    nearest(word, known).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

/// How many letters have to be added, removed, replaced or swapped with their neighbour.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut before_previous: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=to.len()).collect();
    let mut last = None;
    for (row, letter) in from.chars().enumerate() {
        let mut current = vec![row + 1];
        let mut last_to = None;
        for (column, (&other, pair)) in to.iter().zip(previous.windows(2)).enumerate() {
            let (diagonal, above) = match pair {
                [diagonal, above] => (*diagonal, *above),
                _ => continue,
            };
            let left = current.last().copied().unwrap_or(0);
            let mut cost = (diagonal + usize::from(letter != other))
                .min(above + 1)
                .min(left + 1);
            if last == Some(other) && last_to == Some(letter) {
                let swapped = column
                    .checked_sub(1)
                    .and_then(|column| before_previous.get(column));
                cost = swapped.map_or(cost, |swapped| cost.min(swapped + 1));
            }
            current.push(cost);
            last_to = Some(other);
        }
        before_previous = previous;
        previous = current;
        last = Some(letter);
    }
    previous.last().copied().unwrap_or(0)
}

/// What is wrong with `name` as the name of a session's cookie.
pub(crate) fn cookie_name_problem(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    if let Some(prefix) = PREFIXES.iter().find(|prefix| lower.starts_with(**prefix)) {
        let prefix = name.get(..prefix.len()).unwrap_or(prefix);
        return Some(format!(
            "leave the prefix `{prefix}` out of the name; the strongest that the cookie's attributes allow is added"
        ));
    }
    if name.is_empty() {
        return Some("the name of a session is also its cookie's name and cannot be empty".to_owned());
    }
    if name.len() > LONGEST_NAME {
        return Some(format!(
            "a cookie's name has at most {LONGEST_NAME} bytes; shorten it"
        ));
    }
    if !name
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}".contains(&byte))
    {
        return Some(format!(
            "`{}` is not a valid cookie name; use letters, digits, `-` and `_`",
            name.escape_default()
        ));
    }
    None
}

/// The ident under which a session of that name is bound, where the name can be spelt as one.
pub(crate) fn ident_of(name: &str) -> Option<Ident> {
    let mut ident = syn::parse_str::<Ident>(&name.replace('-', "_")).ok()?;
    ident.set_span(Span::call_site());
    // A lone `_` is a pattern, not a name.
    (ident != "_").then_some(ident)
}

/// The name of a type as that of a session: words in lower case, with underscores between them.
pub(crate) fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (index, &letter) in letters.iter().enumerate() {
        if letter.is_uppercase() {
            let previous = index.checked_sub(1).and_then(|before| letters.get(before));
            let begins_word = previous.is_some_and(|previous| {
                previous.is_lowercase()
                    || previous.is_numeric()
                    // The last capital of several begins the next word: `HTTPCart` is `http_cart`.
                    || previous.is_uppercase() && letters.get(index + 1).is_some_and(|next| next.is_lowercase())
            });
            if begins_word {
                snake.push('_');
            }
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// The ident that was probably meant where the name is no valid one: what is wrong with it is reported elsewhere, and
/// should not be reported again at each use.
pub(crate) fn ident_meant(name: &str) -> Option<Ident> {
    let lower = name.to_ascii_lowercase();
    let prefix = PREFIXES
        .iter()
        .find(|prefix| lower.starts_with(**prefix))
        .map_or(0, |prefix| prefix.len());
    let bare = name.get(prefix..).unwrap_or(name);
    ident_of(&bare.replace(|letter: char| !letter.is_alphanumeric(), "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_words_find_the_nearest_known_one() {
        assert_eq!(nearest("securecooki", &BACKENDS), Some("securecookie"));
        assert_eq!(nearest("Redis", &BACKENDS), Some("redis"));
        assert_eq!(nearest("rdeis", &BACKENDS), Some("redis"));
        assert_eq!(nearest("memcached", &BACKENDS), Some("memcache"));
        assert_eq!(nearest("bakend", &["name", "backend"]), Some("backend"));
    }

    #[test]
    fn unrelated_words_get_no_suggestion() {
        assert_eq!(nearest("postgres", &BACKENDS), None);
        assert_eq!(nearest("", &BACKENDS), None);
    }

    #[test]
    fn swapped_letters_count_once() {
        assert_eq!(distance("rdeis", "redis"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
    }

    #[test]
    fn cookie_names_are_tokens_without_prefix() {
        for good in ["cart", "prefs-x", "a.b", "_x", "x!"] {
            assert_eq!(cookie_name_problem(good), None, "{good}");
        }
        for bad in [
            "",
            "bad name",
            "a;b",
            "a=b",
            "käse",
            "__Host-id",
            "__secure-id",
            "__HTTP-id",
            &"a".repeat(LONGEST_NAME + 1),
            "a\tb",
        ] {
            assert!(cookie_name_problem(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn names_of_types_become_those_of_sessions() {
        for (name, snake) in [
            ("Cart", "cart"),
            ("ShoppingCart", "shopping_cart"),
            ("HTTPCart", "http_cart"),
            ("Cart2Go", "cart2_go"),
            ("already_snake", "already_snake"),
            ("A", "a"),
        ] {
            assert_eq!(snake_case(name), snake);
        }
    }

    #[test]
    fn names_map_to_idents_or_ask_for_one() {
        assert_eq!(
            ident_of("prefs-x").map(|ident| ident.to_string()).as_deref(),
            Some("prefs_x")
        );
        for none in ["type", "a.b", "1st", "_", "", "a b"] {
            assert!(ident_of(none).is_none(), "{none}");
        }
    }
}
