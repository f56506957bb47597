//! Forms that the phone could not keep when they changed. Each waits here, as it last was, until it can
//! be kept: also when its page was left meanwhile.

use crate::browser;
use crate::phone::Phone;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A form as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// 五村 · 阿依古丽家
    pub title: String,
    /// When.
    pub saved_at: DateTime<Utc>,
    /// Itself.
    pub draft: String,
}

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
            let saved_at = form.saved_at;
            // By its turn a later state of the same form may have been kept, or become an entry.
            let wanted = || {
                phone.owed.with_untracked(|owed| owed.get(&key).is_some_and(|now| now.saved_at == saved_at))
            };
            let _ = phone.write_draft(&key, form, false, &wanted).await;
        });
    }
}
