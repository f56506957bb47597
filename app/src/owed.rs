//! Forms that the phone could not keep when they changed. Each waits here, as it last was, until it can
//! be kept: also when its page was left meanwhile, and behind the lock while nobody or another person
//! works on this phone.

use crate::browser::{self, Turn};
use crate::local::LocalError;
use crate::local::seat::Seat;
use crate::phone::Phone;
use crate::vault::Sealed;
use chrono::{DateTime, Utc};
use domain::ids::UserId;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A form as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// 五村 · 阿依古丽家
    pub title: String,
    /// When.
    pub saved_at: DateTime<Utc>,
    /// Itself.
    pub draft: String,
}

/// What is owed to people who do not work here now, sealed with the key of each; none while it is being
/// sealed. It lives as long as the page.
pub type Behind = BTreeMap<UserId, Option<Sealed>>;

/// Between two tries while somebody looks at the phone.
const NOW_AND_THEN_MS: u32 = 30_000;

/// Tries again whenever the page is left or come back to, and now and then, as long as it lives.
pub fn listen(phone: Phone) {
    browser::on_document("visibilitychange", move || again(phone));
    gloo_timers::callback::Interval::new(NOW_AND_THEN_MS, move || again(phone)).forget();
}

/// Tries to keep what is owed.
pub fn again(phone: Phone) {
    for (key, form) in phone.owed.get_untracked() {
        spawn_local(async move {
            let _ = keep(phone, &key, form, false).await;
        });
    }
}

/// Tries to keep all that is owed because somebody asks for it.
///
/// # Errors
/// Why some of it was not kept.
pub async fn keep_all(phone: Phone) -> Result<(), LocalError> {
    for (key, form) in phone.owed.get_untracked() {
        keep(phone, &key, form, true).await?;
    }
    Ok(())
}

async fn keep(phone: Phone, key: &str, form: Owed, make_room: bool) -> Result<(), LocalError> {
    let saved_at = form.saved_at;
    // By its turn a later state of the same form may have been kept, or become an entry.
    let wanted =
        || phone.owed.with_untracked(|owed| owed.get(key).is_some_and(|now| now.saved_at == saved_at));
    phone.write_draft(key, form, make_room, &wanted).await
}

fn place(user: UserId) -> String {
    format!("{user}|owed|")
}

/// Puts what is owed to the person who stands up behind the lock.
pub async fn put_behind(phone: Phone, owed: BTreeMap<String, Owed>, seat: &Seat) {
    if owed.is_empty() {
        return;
    }
    phone.behind.update(|behind| drop(behind.insert(seat.user, None)));
    let sealed = async {
        let plain = serde_json::to_string(&owed)?;
        seat.vault().seal(&place(seat.user), plain.as_bytes()).await
    };
    let sealed = sealed.await.ok();
    phone.behind.update(|behind| drop(behind.insert(seat.user, sealed)));
}

/// Gives the person who sits down back what is owed to them.
pub async fn take_back(phone: Phone, seat: &Seat) {
    if !phone.behind.with_untracked(|behind| behind.contains_key(&seat.user)) {
        return;
    }
    // It may still be being sealed.
    let _turn = Turn::take(&format!("qiaomen-write-{}", seat.user)).await;
    let sealed = phone.behind.try_update(|behind| behind.remove(&seat.user)).flatten().flatten();
    let Some(sealed) = sealed else { return };
    if let Ok(plain) = seat.vault().open_text(&place(seat.user), &sealed).await
        && let Ok(owed) = serde_json::from_str(&plain)
    {
        phone.owed.set(owed);
    }
}
