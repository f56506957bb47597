//! Passwords: Argon2id, off the async threads and never while a transaction is open.

use crate::error::{Error, Result};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::problem::Problem;
use std::sync::OnceLock;
use tokio::sync::Semaphore;

/// Fewest characters (ASVS 6.2.1); no rules about which (ASVS 6.2.5).
const SHORTEST: usize = 8;
/// Most bytes: a longer one only costs time.
const LONGEST: usize = 256;

/// One hash takes 19 MiB and tens of milliseconds of a core; the others wait outside.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// What no one-time password contains: 0 o 1 l i look alike on paper.
const ONE_TIME_LETTERS: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";

/// Argon2id with 19 MiB, two passes, one lane (OWASP's first choice).
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let fault = |_| Error::Internal("the password threads are gone".into());
    let _permit =
        AT_ONCE.acquire().await.map_err(|_| Error::Internal("the password queue is closed".into()))?;
    tokio::task::spawn_blocking(work).await.map_err(fault)?
}

/// The PHC string to store.
///
/// # Errors
/// The system gives no random bytes.
pub async fn hash(password: String) -> Result<String> {
    aside(move || hash_now(&password)).await
}

fn hash_now(password: &str) -> Result<String> {
    let hash = argon2().hash_password(password.as_bytes());
    hash.map(|phc: PasswordHash| phc.to_string()).map_err(|e| Error::Internal(format!("argon2: {e}")))
}

/// Whether the password is the stored one. Without a stored one it costs the same and does not fit, so
/// that the time tells nobody which accounts there are.
///
/// # Errors
/// The stored string is none.
pub async fn fits(password: String, stored: Option<String>) -> Result<bool> {
    static NOBODYS: OnceLock<String> = OnceLock::new();
    if password.len() > LONGEST {
        return Ok(false);
    }
    aside(move || {
        let there = stored.is_some();
        let stored = match stored {
            Some(stored) => stored,
            None => match NOBODYS.get() {
                Some(known) => known.clone(),
                None => {
                    let made = hash_now("nobody's")?;
                    NOBODYS.get_or_init(|| made).clone()
                }
            },
        };
        let stored = PasswordHash::new(&stored).map_err(|e| Error::Internal(format!("argon2: {e}")))?;
        Ok(argon2().verify_password(password.as_bytes(), &stored).is_ok() && there)
    })
    .await
}

/// Whether a person may take this password.
///
/// # Errors
/// Too short, too long, or one that is guessed first.
pub fn check(password: &str, phone: &str) -> Result<(), Problem> {
    let lower = password.to_lowercase();
    let code = match () {
        () if password.chars().count() < SHORTEST => "PASSWORD_SHORT",
        () if password.len() > LONGEST => "PASSWORD_LONG",
        () if is_common(&lower) => "PASSWORD_COMMON",
        () if password.contains(phone) || phone.contains(password) => "PASSWORD_IS_PHONE",
        () => return Ok(()),
    };
    Err(Problem::at("new", code))
}

/// Guessed first: one character again and again, steps up or down, and what lists of broken passwords
/// of this length begin with.
fn is_common(password: &str) -> bool {
    const LISTED: [&str; 24] = [
        "password",
        "passw0rd",
        "qwertyui",
        "qwerty123",
        "1qaz2wsx",
        "1q2w3e4r",
        "asdfghjk",
        "zxcvbnm1",
        "abc12345",
        "a1234567",
        "a12345678",
        "aa123456",
        "abcd1234",
        "woaini520",
        "woaini1314",
        "5201314520",
        "iloveyou",
        "11223344",
        "12341234",
        "123123123",
        "admin123",
        "88888888",
        "66668888",
        "qiaomen123",
    ];
    let steps: Vec<i32> =
        password.chars().zip(password.chars().skip(1)).map(|(a, b)| b as i32 - a as i32).collect();
    let even = |step: i32| steps.iter().filter(|s| **s == step).count() * 4 >= steps.len() * 3;
    LISTED.contains(&password) || even(0) || even(1) || even(-1)
}

/// A password for a slip of paper: eight characters that cannot be misread, 39 bits.
pub fn one_time() -> String {
    let draw = || {
        let at = rand::random_range(0..ONE_TIME_LETTERS.len());
        ONE_TIME_LETTERS.get(at).copied().map_or('2', char::from)
    };
    std::iter::repeat_with(draw).take(8).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("石榴树下的猫", Some("PASSWORD_SHORT"))]
    #[case("石榴树下有一只猫", None)]
    #[case("12345678", Some("PASSWORD_COMMON"))]
    #[case("12345679", Some("PASSWORD_COMMON"))]
    #[case("aaaaaaaa", Some("PASSWORD_COMMON"))]
    #[case("Passw0rd", Some("PASSWORD_COMMON"))]
    #[case("14400010001", Some("PASSWORD_IS_PHONE"))]
    #[case("00010001", Some("PASSWORD_IS_PHONE"))]
    #[case("correct horse", None)]
    fn takes_a_password(#[case] password: &str, #[case] expect: Option<&str>) {
        let problem = check(password, "14400010001").err();
        assert_eq!(problem.as_ref().map(|p| p.code.as_ref()), expect);
    }

    #[tokio::test]
    async fn fits_its_own_hash_alone() {
        let stored = hash("correct horse".into()).await.unwrap();
        assert!(fits("correct horse".into(), Some(stored.clone())).await.unwrap());
        assert!(!fits("wrong horse".into(), Some(stored)).await.unwrap());
        assert!(!fits("nobody's".into(), None).await.unwrap());
    }

    #[test]
    fn one_time_passwords_differ() {
        let made: std::collections::BTreeSet<_> = std::iter::repeat_with(one_time).take(100).collect();
        assert_eq!(made.len(), 100);
        assert!(made.iter().all(|password| check(password, "14400010001").is_ok()));
    }
}
