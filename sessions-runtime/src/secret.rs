//! The application's secret, refused where it is too short, too simple or copied from documentation.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::{ErrorKind, SessionError};

/// Fewer bytes than the output of SHA-256 would make the secret the weakest part of the seal.
const SHORTEST: usize = 32;
/// Fewer distinct bytes are a held-down key, not a random text: 32 random bytes have 30 distinct ones on average.
const FEWEST_DISTINCT: usize = 10;
/// What must be left of a text once words and sequences are taken out of it.
const FEWEST_UNEXPLAINED: usize = 16;
const CURE: &str = "make one with `openssl rand -base64 48`";

/// The secret from which every key of the application is derived.
///
/// At least 32 bytes. Keep it out of the source: read it from the environment, and make it with
/// `openssl rand -base64 48`.
///
/// # Security
///
/// Whoever knows the secret can make any sealed session. Texts that are short, simple or known from documentation are
/// refused, since a warning does not stop anybody (thousands of servers ran with a public default secret). The memory
/// is cleared on drop; `Debug` prints no part of it.
///
/// # Limitations
///
/// The checks find samples and held-down keys, not every weak secret: only a random one is safe.
///
/// # Examples
///
/// ```
/// use sessions_runtime::{ErrorKind, SecretKey};
///
/// let key = SecretKey::from_bytes("v7Jq2XnT0dWmYc9LrB4sKfZhG6uPaE1oRxQyNi8t")?;
/// assert_eq!(format!("{key:?}"), "SecretKey(..)");
///
/// let err = SecretKey::from_bytes("my very secret secret key, now longer").unwrap_err();
/// assert_eq!(err.kind(), ErrorKind::SecretKey);
/// # Ok::<(), sessions_runtime::SessionError>(())
/// ```
#[derive(Clone)]
pub struct SecretKey {
    bytes: Zeroizing<Vec<u8>>,
}

impl SecretKey {
    /// Reads the secret from an environment variable; one line break at its end is not part of it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SecretKey`] where the variable is missing, or as in [`from_bytes`](Self::from_bytes).
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::SecretKey;
    ///
    /// let err = SecretKey::from_env("SESSIONS_KEY_THAT_NOBODY_SET").unwrap_err();
    /// assert!(err.to_string().contains("`SESSIONS_KEY_THAT_NOBODY_SET`"));
    /// ```
    pub fn from_env(name: &str) -> Result<Self, SessionError> {
        // `var_os` panics on some platforms for names that cannot exist; they are just not set.
        let usable = !name.is_empty() && !name.contains(['=', '\0']);
        let value = if usable { std::env::var_os(name) } else { None };
        let Some(value) = value else {
            return Err(refused(format!(
                "the environment variable `{name}` with the secret key is not set; {CURE}"
            )));
        };
        Self::from_variable(name, &Zeroizing::new(value.into_encoded_bytes()))
    }

    /// Takes the secret from bytes that the application got elsewhere. The caller's own copy is not cleared.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SecretKey`] for fewer than 32 bytes, for fewer than 10 distinct ones, and for texts that are known
    /// samples or nothing but words, sequences and repetitions.
    ///
    /// # Examples
    ///
    /// ```
    /// use sessions_runtime::SecretKey;
    ///
    /// assert!(SecretKey::from_bytes("v7Jq2XnT0dWmYc9LrB4sKfZhG6uPaE1oRxQyNi8t").is_ok());
    /// assert!(SecretKey::from_bytes([0_u8; 64]).is_err());
    /// ```
    pub fn from_bytes(bytes: impl AsRef<[u8]>) -> Result<Self, SessionError> {
        Self::checked(bytes.as_ref())
            .map_err(|why| refused(format!("the secret key is refused: {why}; {CURE}")))
    }

    /// What the keys are derived from.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn from_variable(name: &str, value: &[u8]) -> Result<Self, SessionError> {
        let secret = match value {
            [line @ .., b'\r', b'\n'] | [line @ .., b'\n'] => line,
            text => text,
        };
        Self::checked(secret).map_err(|why| {
            refused(format!(
                "the environment variable `{name}` is refused: {why}; {CURE}"
            ))
        })
    }

    fn checked(bytes: &[u8]) -> Result<Self, &'static str> {
        if bytes.len() < SHORTEST {
            return Err("it has fewer than 32 bytes");
        }
        let mut seen = [false; 256];
        for &byte in bytes {
            if let Some(slot) = seen.get_mut(usize::from(byte)) {
                *slot = true;
            }
        }
        if seen.iter().filter(|seen| **seen).count() < FEWEST_DISTINCT || repeats(bytes) {
            return Err("it repeats a few bytes, where it should be random");
        }
        if is_sample(bytes) {
            return Err("it is a sample from documentation or made of plain words");
        }
        Ok(Self {
            bytes: Zeroizing::new(bytes.to_vec()),
        })
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

fn refused(message: String) -> SessionError {
    SessionError::new(ErrorKind::SecretKey, message)
}

/// Whether the bytes are one short piece over and over.
fn repeats(bytes: &[u8]) -> bool {
    (1..=bytes.len() / 2).any(|period| {
        bytes
            .iter()
            .zip(bytes.iter().skip(period))
            .all(|(left, right)| left == right)
    })
}

/// Published secrets that look random, or that are too distinctive to be an accident; in the spelling of [`plain`].
const PUBLISHED: &[&[u8]] = &[
    // Flask's documentation.
    b"192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    // Superset's default (CVE-2023-27524), and the ones of its templates.
    b"thisismyscretkey",
    b"testnondevsecret",
    b"thisisasecret1234",
    // Laravel's old default; Express; JWT tutorials; the mark of Django's generated development keys.
    b"somerandomstring",
    b"keyboardcat",
    b"your256bitsecret",
    b"djangoinsecure",
];

/// Words of sample secrets, and sequences; longer ones first, so that a word inside another does not split it.
const WORDS: &str = "abcdefghijklmnopqrstuvwxyz 0123456789abcdef application development environment \
    0123456789 1234567890 characters passphrase production generated something 01234567 12345678 abcdefgh insecure \
    password sessions default example replace session webapp2 abcdef change config cookie django longer phrase please \
    qwerty random sample secret secure should string bytes flask least rails super thing tipfy using value 1234 here \
    long must test that this true very with your and app dev for key not now the at in is it me my to";

/// Whether nothing unexplained is left of the text without samples, words and sequences. A random text loses a few
/// letters to the two-letter words at most, which leaves it far above the limit.
fn is_sample(bytes: &[u8]) -> bool {
    let mut rest = plain(bytes);
    if PUBLISHED.iter().any(|sample| position(&rest, sample).is_some()) {
        return true;
    }
    for word in WORDS.split(' ') {
        while let Some(start) = position(&rest, word.as_bytes()) {
            // A separator in the gap, so that the letters on both sides do not join to a word that nobody wrote.
            rest.splice(start..start + word.len(), [b' ']);
        }
    }
    rest.iter().filter(|byte| **byte != b' ').count() < FEWEST_UNEXPLAINED
}

/// The text in lower case, without what people put between words.
fn plain(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(bytes.len()));
    plain.extend(
        bytes
            .iter()
            .filter(|byte| !b"-_ .,:;!?\t'\"".contains(byte))
            .map(u8::to_ascii_lowercase),
    );
    plain
}

fn position(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy;

    fn message(bytes: &[u8]) -> String {
        let err = SecretKey::from_bytes(bytes).expect_err("a refused secret");
        assert_eq!(err.kind(), ErrorKind::SecretKey);
        format!("{err} {err:?}")
    }

    /// S51
    #[test]
    fn short_secret_is_refused_with_the_cure() {
        let random = b"v7Jq2XnT0dWmYc9LrB4sKfZhG6uPaE1oRxQyNi8t";
        assert!(SecretKey::from_bytes(&random[..32]).is_ok());
        assert!(message(&random[..31]).contains("openssl rand -base64 48"));
        assert!(message(b"").contains("fewer than 32 bytes"));
    }

    /// S51
    #[test]
    fn simple_secret_is_refused() {
        for weak in [
            &[0_u8; 64][..],
            &[b'a'; 32],
            b"abababababababababababababababababab",
        ] {
            assert!(message(weak).contains("repeats"));
        }
        assert!(message(&b"0123456789abcdef".repeat(3)).contains("repeats"));
        assert!(message(&b"q8Zr5Tn1Wb6Xk3Jd".repeat(4)).contains("repeats"));
    }

    /// S51, V10, V11
    #[test]
    fn known_sample_is_refused_in_any_spelling() {
        for sample in [
            &b"my very secret secret key, made longer"[..],
            b"MY_VERY_SECRET_SECRET_KEY_0123456789",
            b"change-me-change-me-please-change-me-now",
            b"changeme!changeme!changeme!changeme!!",
            b"CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET",
            b"YOUR_OWN_RANDOM_GENERATED_SECRET_KEY",
            b"your-secret-key-here-at-least-32-bytes",
            b"my-super-secret-key-0123456789abcdef",
            b"SomeRandomStringWith32Characters",
            b"\x02\x01thisismyscretkey\x01\x02\\e\\y\\y\\h 1234567",
            b"192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
            b"django-insecure-w3!x9q$k2(v7m&1z@e5r8t0y4u6i#o",
            b"abcdefghijklmnopqrstuvwxyz0123456789",
            b"0123456789abcdef0123456789ABCDEF-dev",
        ] {
            let text = String::from_utf8_lossy(sample).into_owned();
            assert!(
                message(sample).contains("sample") || message(sample).contains("repeats"),
                "{text}"
            );
        }
    }

    /// S51
    #[test]
    fn random_secret_is_never_refused() {
        for _ in 0..2_000 {
            let mut bytes = [0; 48];
            entropy::system(&mut bytes).expect("the system's generator");
            assert!(SecretKey::from_bytes(&bytes[..32]).is_ok());
            assert!(SecretKey::from_bytes(base64_simd::STANDARD.encode_to_string(&bytes[..24])).is_ok());
            assert!(SecretKey::from_bytes(base64_simd::STANDARD.encode_to_string(bytes)).is_ok());
            let hexadecimal = bytes[..32]
                .iter()
                .fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
            assert!(SecretKey::from_bytes(hexadecimal).is_ok());
        }
        let with_a_name = "my-app-session-key/v7Jq2XnT0dWmYc9LrB4sKfZhG6uPaE1oRxQyNi8t";
        assert!(SecretKey::from_bytes(with_a_name).is_ok());
    }

    /// S52
    #[test]
    fn debug_and_errors_show_no_part_of_the_secret() {
        let key = SecretKey::from_bytes("v7Jq2XnT0dWmYc9LrB4sKfZhG6uPaE1oRxQyNi8t").expect("a random secret");
        assert_eq!(format!("{key:?}"), "SecretKey(..)");
        assert!(!message(b"v7Jq2XnT0dWm").contains("v7Jq"));
        assert!(!message(b"my very secret secret key, made longer").contains("my very"));
    }

    /// S51
    #[test]
    fn missing_variable_is_named() {
        for name in ["SESSIONS_TEST_VARIABLE_THAT_IS_NOT_SET", "", "A=B"] {
            let err = SecretKey::from_env(name).expect_err("a missing variable");
            assert_eq!(err.kind(), ErrorKind::SecretKey);
            assert!(err.to_string().contains(&format!("`{name}`")), "{err}");
            assert!(err.to_string().contains("openssl rand"), "{err}");
        }
    }

    /// S51, S52
    #[test]
    fn variable_is_taken_without_its_line_break() {
        let text = "v7Jq2XnT0dWmYc9LrB4sKfZhG6uPaE1oRxQyNi8t";
        for ending in ["", "\n", "\r\n"] {
            let key = SecretKey::from_variable("KEY", format!("{text}{ending}").as_bytes())
                .expect("a random secret");
            assert_eq!(key.as_bytes(), text.as_bytes());
        }
        let two = SecretKey::from_variable("KEY", format!("{text}\n\n").as_bytes()).expect("a random secret");
        assert_eq!(two.as_bytes().len(), text.len() + 1);
        let err = SecretKey::from_variable("KEY", b"v7Jq2XnT0dWm\n").expect_err("a short secret");
        assert!(
            err.to_string().contains("`KEY`") && err.to_string().contains("openssl rand"),
            "{err}"
        );
        assert!(!err.to_string().contains("v7Jq"));
    }
}
