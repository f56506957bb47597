//! What is unsent, as a file: for the one who must leave a phone before there is signal. Sealed with
//! the same key as on the phone; only its author, signed in on this phone, can put it back.

use crate::api;
use crate::device;
use crate::local::LocalError;
use crate::phone::Phone;
use crate::session::{self, SessionError};
use crate::vault::{self, RawKey, Vault};
use domain::base64url::{decode, encode};
use domain::ids::UserId;
use domain::sync::{Progress, Queued};
use js_sys::Array;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast as _;

#[derive(Serialize, Deserialize)]
struct File {
    /// Shape of the file.
    rescue: u8,
    user: UserId,
    /// The data key, as on the phone.
    by_recovery: String,
    /// The entries, sealed.
    sealed: String,
}

#[derive(Deserialize)]
struct Recovery {
    recovery_key: String,
}

const SHAPE: u8 = 1;

fn place(user: UserId) -> String {
    format!("{user}|rescue|")
}

/// Saves what is unsent or came back as a file in the phone's downloads.
///
/// # Errors
/// The phone is locked, or the browser refused.
pub async fn save(phone: Phone) -> Result<(), LocalError> {
    use leptos::prelude::*;
    let seat = phone.seat()?;
    let holder = phone.holder.get_untracked().ok_or(LocalError::Locked)?;
    let entries: Vec<Queued> = phone.replica.with_untracked(|replica| {
        let open = |q: &&Queued| q.progress == Progress::Waiting || q.progress.is_back();
        replica.outbox.iter().filter(open).cloned().collect()
    });
    let plain = serde_json::to_string(&entries)?;
    let sealed = vault::joined(&seat.vault().seal(&place(seat.user), plain.as_bytes()).await?);
    let file = File {
        rescue: SHAPE,
        user: seat.user,
        by_recovery: encode(&holder.by_recovery),
        sealed: encode(&sealed),
    };
    let name = format!("qiaomen-{}.rescue", device::today());
    download(&name, &serde_json::to_string(&file)?).ok_or(LocalError::Refused)
}

fn download(name: &str, text: &str) -> Option<()> {
    let blob = web_sys::Blob::new_with_str_sequence(&Array::of1(&text.into())).ok()?;
    let address = web_sys::Url::create_object_url_with_blob(&blob).ok()?;
    let document = web_sys::window()?.document()?;
    let link: web_sys::HtmlAnchorElement = document.create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    Some(())
}

/// Puts a saved file back among what waits, and says how many that are: what is here already stays as it
/// is. Ids stay, so that what did arrive is recognised. Needs a password typed now or a short while ago.
///
/// # Errors
/// `Shape`: no such file. `Sealed`: somebody else's or another phone's. No signal, no password.
pub async fn put_back(phone: Phone, text: &str, password: &str) -> Result<usize, SessionError> {
    use leptos::prelude::*;
    let file: File = serde_json::from_str(text).map_err(LocalError::from)?;
    let seat = phone.seat()?;
    if file.rescue != SHAPE || file.user != seat.user {
        return Err(LocalError::Sealed.into());
    }
    if !password.is_empty() {
        let number = phone.holder.with_untracked(|h| h.as_ref().map(|h| h.phone.clone()));
        session::sign_in(phone, &number.unwrap_or_default(), password).await?;
    }
    let recovery: Recovery = api::get("/vault").await?;
    let bytes = |text: &str| decode(text).ok_or(LocalError::Shape);
    let recovery: RawKey = bytes(&recovery.recovery_key)?.try_into().map_err(|_| LocalError::Shape)?;
    let raw = vault::open_by_recovery(seat.user, &bytes(&file.by_recovery)?, &recovery).await?;
    let sealed = vault::parted(&bytes(&file.sealed)?);
    let plain = Vault::unlocked(&raw).await?.open_text(&place(seat.user), &sealed).await?;
    let entries: Vec<Queued> = serde_json::from_str(&plain).map_err(LocalError::from)?;
    let changes = phone.change(|replica| Ok(replica.put_back(entries.clone())?)).await?;
    phone.sync_now();
    Ok(changes.outbox.len())
}
