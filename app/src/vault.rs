//! The one door everything at rest goes through: bytes in, sealed bytes out. AES-GCM with a data key
//! per person and device, by the browser's own cryptography; what is sealed is bound to the person and
//! to its place, so that no row can stand in for another.
//!
//! The data key itself is never kept in the open: it is sealed with the person's unlock code
//! (PBKDF2, 600,000 rounds) and with a recovery key that the server releases after a password, and
//! the unlocked key in use cannot be read out of the browser.

use crate::browser::{object, settled};
use crate::device;
use crate::local::LocalError;
use domain::ids::UserId;
use js_sys::{Array, Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{CryptoKey, SubtleCrypto};

/// OWASP's number for PBKDF2-HMAC-SHA256; a second or two on a cheap phone. Argon2 would freeze it.
const ROUNDS: u32 = 600_000;
const IV: usize = 12;

/// 32 bytes that open everything of one person on one device.
pub type RawKey = [u8; 32];

/// A salt and what was sealed with the code it salts.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SealedByCode {
    salt: [u8; 16],
    sealed: Vec<u8>,
}

/// Sealed bytes as they lie in a store: the initialization vector and the rest, in a list. Together in one
/// buffer they would have to be copied once more.
pub type Sealed = Array;

/// An unlocked key.
#[derive(Clone, Debug)]
pub struct Vault {
    key: CryptoKey,
}

fn subtle() -> Result<SubtleCrypto, LocalError> {
    let crypto = web_sys::window().and_then(|window| window.crypto().ok()).ok_or(LocalError::Refused)?;
    Ok(crypto.subtle())
}

fn refused(_: JsValue) -> LocalError {
    LocalError::Refused
}

fn sealed_with_another(_: JsValue) -> LocalError {
    LocalError::Sealed
}

impl Vault {
    /// A key ready for use, which nobody can read out of the browser.
    ///
    /// # Errors
    /// There is no cryptography: the page is not in a secure context.
    pub async fn unlocked(raw: &RawKey) -> Result<Self, LocalError> {
        let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
        let bytes = Uint8Array::from(raw.as_slice());
        let key = subtle()?.import_key_with_str("raw", &bytes, "AES-GCM", false, &usages);
        Ok(Self { key: settled(key).await.map_err(refused)?.unchecked_into() })
    }

    /// The key as the browser kept it.
    pub fn kept(key: CryptoKey) -> Self {
        Self { key }
    }

    /// The key for the browser to keep.
    pub fn key(&self) -> &CryptoKey {
        &self.key
    }

    async fn of_code(code: &str, salt: &[u8]) -> Result<Self, LocalError> {
        let subtle = subtle()?;
        let bytes = Uint8Array::from(code.as_bytes());
        let base =
            subtle.import_key_with_str("raw", &bytes, "PBKDF2", false, &Array::of1(&"deriveKey".into()));
        let base: CryptoKey = settled(base).await.map_err(refused)?.unchecked_into();
        let how = object(&[
            ("name", &"PBKDF2".into()),
            ("hash", &"SHA-256".into()),
            ("salt", &Uint8Array::from(salt)),
            ("iterations", &ROUNDS.into()),
        ]);
        let what = object(&[("name", &"AES-GCM".into()), ("length", &256.into())]);
        let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
        let key = subtle.derive_key_with_object_and_object(&how, &base, &what, false, &usages);
        Ok(Self { key: settled(key).await.map_err(refused)?.unchecked_into() })
    }

    /// Seals bytes for one place.
    ///
    /// # Errors
    /// The browser refused.
    pub async fn seal(&self, place: &str, plain: &[u8]) -> Result<Sealed, LocalError> {
        let mut sealed = self.seal_all(&[(place.to_owned(), plain)]).await?;
        sealed.pop().ok_or(LocalError::Refused)
    }

    /// Seals many, each for its place, all at once.
    ///
    /// # Errors
    /// The browser refused.
    pub async fn seal_all(&self, rows: &[(String, &[u8])]) -> Result<Vec<Sealed>, LocalError> {
        let subtle = subtle()?;
        let (ivs, under_way) = (Array::new(), Array::new());
        for (place, plain) in rows {
            let iv = Uint8Array::from(device::random::<IV>().as_slice());
            let how = algorithm(&iv, place);
            let sealed = subtle.encrypt_with_object_and_u8_array(&how, &self.key, plain);
            under_way.push(sealed.map_err(refused)?.as_ref());
            ivs.push(&iv);
        }
        let done: Array = settled(Ok(Promise::all(&under_way))).await.map_err(refused)?.unchecked_into();
        Ok(ivs.iter().zip(done.iter()).map(|(iv, rest)| Array::of2(&iv, &rest)).collect())
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// It was sealed with another key or for another place.
    pub async fn open(&self, place: &str, sealed: &Sealed) -> Result<Vec<u8>, LocalError> {
        let mut opened = self.open_all(&[(place.to_owned(), sealed.clone())]).await?;
        opened.pop().ok_or(LocalError::Refused)
    }

    /// Opens a text that was sealed for this place.
    ///
    /// # Errors
    /// As `open`.
    pub async fn open_text(&self, place: &str, sealed: &Sealed) -> Result<String, LocalError> {
        text(self.open(place, sealed).await?)
    }

    /// Opens many, all at once.
    ///
    /// # Errors
    /// One of them was sealed with another key or for another place.
    pub async fn open_all(&self, rows: &[(String, Sealed)]) -> Result<Vec<Vec<u8>>, LocalError> {
        let subtle = subtle()?;
        let under_way = Array::new();
        for (place, sealed) in rows {
            let how = algorithm(&sealed.get(0), place);
            let rest: Object = sealed.get(1).dyn_into().map_err(sealed_with_another)?;
            let opened = subtle.decrypt_with_object_and_buffer_source(&how, &self.key, &rest);
            under_way.push(opened.map_err(sealed_with_another)?.as_ref());
        }
        let done: Array =
            settled(Ok(Promise::all(&under_way))).await.map_err(sealed_with_another)?.unchecked_into();
        Ok(done.iter().map(|plain| Uint8Array::new(&plain).to_vec()).collect())
    }
}

fn algorithm(iv: &JsValue, place: &str) -> Object {
    object(&[
        ("name", &"AES-GCM".into()),
        ("iv", iv),
        ("additionalData", &Uint8Array::from(place.as_bytes())),
    ])
}

/// Sealed bytes in one piece.
pub fn joined(sealed: &Sealed) -> Vec<u8> {
    sealed.iter().flat_map(|part| Uint8Array::new(&part).to_vec()).collect()
}

/// The parts of sealed bytes that were one piece.
pub fn parted(joined: &[u8]) -> Sealed {
    let (iv, rest) = joined.split_at_checked(IV).unwrap_or_default();
    Array::of2(&Uint8Array::from(iv), &Uint8Array::from(rest))
}

fn place_of_key(user: UserId) -> String {
    format!("{user}|key|")
}

/// Seals a person's data key with the unlock code.
///
/// # Errors
/// The browser refused.
pub async fn seal_by_code(user: UserId, raw: &RawKey, code: &str) -> Result<SealedByCode, LocalError> {
    let salt = device::random::<16>();
    let vault = Vault::of_code(code, &salt).await?;
    Ok(SealedByCode { salt, sealed: joined(&vault.seal(&place_of_key(user), raw).await?) })
}

/// Opens a person's data key with the unlock code.
///
/// # Errors
/// `Sealed`: it is another code.
pub async fn open_by_code(user: UserId, sealed: &SealedByCode, code: &str) -> Result<RawKey, LocalError> {
    let vault = Vault::of_code(code, &sealed.salt).await?;
    open_key(&vault, user, &sealed.sealed).await
}

/// Seals a person's data key with the recovery key the server holds for this device.
///
/// # Errors
/// The browser refused.
pub async fn seal_by_recovery(user: UserId, raw: &RawKey, recovery: &RawKey) -> Result<Vec<u8>, LocalError> {
    let vault = Vault::unlocked(recovery).await?;
    Ok(joined(&vault.seal(&place_of_key(user), raw).await?))
}

/// Opens a person's data key with the recovery key.
///
/// # Errors
/// `Sealed`: it is the key of another device, or of a server started anew.
pub async fn open_by_recovery(user: UserId, sealed: &[u8], recovery: &RawKey) -> Result<RawKey, LocalError> {
    let vault = Vault::unlocked(recovery).await?;
    open_key(&vault, user, sealed).await
}

async fn open_key(vault: &Vault, user: UserId, sealed: &[u8]) -> Result<RawKey, LocalError> {
    let raw = vault.open(&place_of_key(user), &parted(sealed)).await?;
    raw.try_into().map_err(|_| LocalError::Sealed)
}

/// Bytes that were a text before they were sealed.
///
/// # Errors
/// They were none.
pub fn text(bytes: Vec<u8>) -> Result<String, LocalError> {
    String::from_utf8(bytes).map_err(|_| LocalError::Shape)
}
