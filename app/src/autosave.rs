//! Keeps a form on every change, at once, and says when it did: a form is safe before anybody presses
//! anything. One that the phone had no room for is tried again until it has (`owed`).

use crate::dates;
use crate::device;
use crate::local::LocalError;
use crate::owed::Owed;
use crate::phone::{Draft, Phone};
use crate::words::{say, say_with};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The keeping of one form.
#[derive(Clone, Copy)]
pub struct Autosave {
    /// When the form was last kept: 草稿已留 17:41.
    saved_at: RwSignal<Option<DateTime<Utc>>>,
    /// What kept it from being kept.
    pub failed: RwSignal<Option<LocalError>>,
    wanted: StoredValue<Rc<Cell<bool>>, LocalStorage>,
    again: RwSignal<()>,
}

impl Autosave {
    /// Watches a form until its page is left. Nothing is kept before the first change.
    pub fn watch<T>(key: String, title: Signal<String>, form: RwSignal<T>) -> Self
    where
        T: Serialize + Clone + Send + Sync + 'static,
    {
        let phone = Phone::get();
        let wanted = Rc::new(Cell::new(true));
        let autosave = Self {
            saved_at: RwSignal::new(None),
            failed: RwSignal::new(None),
            wanted: StoredValue::new_local(wanted.clone()),
            again: RwSignal::new(()),
        };
        autosave.hear_of_later_tries(phone, key.clone());
        // What is to be kept next. While one write is under way the next ones are written over each
        // other here, so that a burst of keys costs no more than the phone can carry.
        let next: Rc<RefCell<Option<Owed>>> = Rc::default();
        let under_way = Rc::new(Cell::new(false));
        Effect::new(move |seen: Option<()>| {
            form.track();
            autosave.again.track();
            if seen.is_none() || !wanted.get() {
                return;
            }
            let saved_at = device::now();
            let title = title.get_untracked();
            let draft =
                form.with_untracked(|form| serde_json::to_string(&Draft { title: &title, saved_at, form }));
            let Ok(draft) = draft else { return };
            *next.borrow_mut() = Some(Owed { title, saved_at, draft });
            if under_way.replace(true) {
                return;
            }
            let (key, wanted) = (key.clone(), wanted.clone());
            let (next, under_way) = (next.clone(), under_way.clone());
            // Goes on when its page has been left: what was read is written.
            spawn_local(async move {
                while let Some(form) = next.take() {
                    let saved_at = form.saved_at;
                    let done = phone.write_draft(&key, form, true, &|| wanted.get()).await;
                    // A form that is to become entries was left alone.
                    if done.is_ok() && wanted.get() {
                        let _ = autosave.saved_at.try_set(Some(saved_at));
                    }
                    let _ = autosave.failed.try_set(done.err());
                }
                under_way.set(false);
            });
        });
        autosave
    }

    /// What was owed and is owed no more was kept meanwhile.
    fn hear_of_later_tries(self, phone: Phone, key: String) {
        Effect::new(move |was_owed: Option<Option<DateTime<Utc>>>| {
            let owed = phone.owed.with(|owed| owed.get(&key).map(|form| form.saved_at));
            if let (Some(Some(saved_at)), None) = (was_owed, owed) {
                self.saved_at.set(Some(saved_at));
                self.failed.set(None);
            }
            owed
        });
    }

    /// 草稿已留 17:41, or why it is not.
    pub fn said(self) -> AnyView {
        match (self.failed.get(), self.saved_at.get()) {
            (Some(failed), _) => {
                view! { <span class="bad" role="alert">{say(failed.key())}</span> }.into_any()
            }
            (None, Some(at)) => say_with("state.kept", &[("at", &dates::clock(at))]).into_any(),
            (None, None) => ().into_any(),
        }
    }

    /// To be called before `Phone::record`: nothing is kept after the form became entries.
    pub fn stop(self) {
        self.wanted.try_with_value(|wanted| wanted.set(false));
    }

    /// To be called when `Phone::record` failed: the form is still a form and kept again, at once, since
    /// its last change may have been left alone.
    pub fn resume(self) {
        // None: its page has been left meanwhile.
        if self.wanted.try_with_value(|wanted| wanted.set(true)).is_some() {
            self.again.notify();
        }
    }
}
