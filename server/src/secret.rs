//! The server's secret: 32 bytes that no backup of the database holds. Keys for each purpose follow
//! from it. Lost, identity numbers cannot be read again nor matched, and phones whose unlock code was
//! forgotten lose what was not sent: back it up apart from the database.

use crate::error::{Error, Result};
use chacha20poly1305::aead::{Aead, KeyInit as _, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use hmac::{Hmac, KeyInit as _, Mac};
use sha2::Sha256;
use std::io::Write as _;
use std::path::Path;

/// The secret. Cheap to clone, never printed.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// A secret from its bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret in a file of 64 hexadecimal digits; a new one is made if there is none.
    ///
    /// # Errors
    /// The file cannot be read or made, or holds something else.
    pub fn in_file(path: &Path) -> Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(text.trim())
                .ok_or_else(|| Error::Internal(format!("{}: not 64 hexadecimal digits", path.display()))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let secret = Self(rand::random());
                secret.write(path).map_err(|e| Error::Internal(format!("{}: {e}", path.display())))?;
                Ok(secret)
            }
            Err(error) => Err(Error::Internal(format!("{}: {error}", path.display()))),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (n, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    fn write(&self, path: &Path) -> std::io::Result<()> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        writeln!(file, "{}", domain::hex(&self.0))?;
        file.sync_all()
    }

    /// A keyed hash: equal inputs give equal hashes, and without the secret nobody can try inputs.
    /// `purpose` keeps hashes of one use from being compared with those of another.
    pub fn keyed_hash(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        // A key shorter than the hash's block is filled up with zeros (RFC 2104).
        let mut block = [0; 64];
        block.iter_mut().zip(self.0).for_each(|(to, from)| *to = from);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Bytes that only `open` with the same purpose and `bound` reads (ChaCha20-Poly1305; 12 random
    /// bytes in front). `bound` names what they belong to, so that they cannot be moved elsewhere.
    ///
    /// # Errors
    /// None that happens: the cipher refuses only inputs of many gigabytes.
    pub fn seal(&self, purpose: &str, bound: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; 12] = rand::random();
        let sealed = self
            .cipher(purpose)
            .encrypt(Nonce::from_slice(&nonce), Payload { msg: plain, aad: bound })
            .map_err(|_| Error::Internal("cannot seal".into()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// What was sealed.
    ///
    /// # Errors
    /// Other bytes, another purpose or `bound`, or another server's secret.
    pub fn open(&self, purpose: &str, bound: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let unreadable = || Error::Internal("sealed with another secret".into());
        let (nonce, sealed) = sealed.split_at_checked(12).ok_or_else(unreadable)?;
        self.cipher(purpose)
            .decrypt(Nonce::from_slice(nonce), Payload { msg: sealed, aad: bound })
            .map_err(|_| unreadable())
    }

    fn cipher(&self, purpose: &str) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(Key::from_slice(&self.keyed_hash("seal", &[purpose.as_bytes()])))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn opens_what_it_sealed_and_nothing_else() {
        let secret = Secret::new([7; 32]);
        let sealed = secret.seal("id number", b"a child", b"990101").unwrap();
        assert_eq!(secret.open("id number", b"a child", &sealed).unwrap(), b"990101");
        assert!(secret.open("id number", b"another child", &sealed).is_err());
        assert!(secret.open("phone", b"a child", &sealed).is_err());
        assert!(Secret::new([8; 32]).open("id number", b"a child", &sealed).is_err());
        assert!(secret.open("id number", b"a child", b"short").is_err());
    }

    #[test]
    fn hashes_tell_parts_and_purposes_apart() {
        let secret = Secret::new([7; 32]);
        let hash = |purpose, parts: &[&[u8]]| secret.keyed_hash(purpose, parts);
        assert_eq!(hash("a", &[b"xy"]), hash("a", &[b"xy"]));
        assert_ne!(hash("a", &[b"xy"]), hash("b", &[b"xy"]));
        assert_ne!(hash("a", &[b"x", b"y"]), hash("a", &[b"xy"]));
    }

    #[test]
    fn is_the_same_at_the_next_start() {
        let path = std::env::temp_dir().join(format!("qiaomen-secret-{}", uuid::Uuid::new_v4()));
        let made = Secret::in_file(&path).unwrap();
        assert_eq!(Secret::in_file(&path).unwrap().0, made.0);
        std::fs::write(&path, "not a secret").unwrap();
        assert!(Secret::in_file(&path).is_err());
        std::fs::remove_file(path).unwrap();
    }
}
